"""The search of all establishments, in SQL for migration 0016: that of migration 0008, with less to do each time.

LIKE is not leakproof, so under a policy it has no index: the function runs as the owner, whom no policy narrows, and
holds the whole of the policy on sharing_pupil itself. It gives away numbers of records and nothing else.
"""

from sharing.sql.overrides import within

_HEAD = r"""
CREATE OR REPLACE FUNCTION portal_find_pupils(named text, upn_key text, birth date, number int, page_size int)
RETURNS TABLE (pupil_id uuid, total bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp {settings}AS $$
DECLARE
    mine bigint[] := ARRAY(SELECT portal_establishments('view_pupils'));
    narrowed bigint[] := ARRAY(SELECT portal_narrowed());
    years text[] := CASE WHEN narrowed = '{}' THEN '{}' ELSE ARRAY(SELECT portal_years()) END;
    patterns text[] := ARRAY(
        SELECT CASE WHEN length(word) < 3 THEN '% ' ELSE '%' END
               || replace(replace(replace(word, '\', '\\'), '%', '\%'), '_', '\_') || '%'
        FROM regexp_split_to_table(sharing_plain(named), '\s+') AS word
        WHERE word <> '' ORDER BY length(word) DESC);
    children uuid[] := ARRAY(SELECT coalesce(same_as_id, id) FROM sharing_child WHERE upn_index = upn_key);
BEGIN
    IF patterns = '{}' AND upn_key IS NULL AND birth IS NULL THEN
        RETURN;
    END IF;"""
_FOUND = """SELECT pupil.id, count(*) OVER ()
      FROM sharing_pupil AS pupil
     WHERE pupil.establishment_id = ANY ({mine}) AND pupil.visible @> CURRENT_DATE
       AND (pupil.establishment_id <> ALL ({narrowed})
            OR pupil.establishment_id || ':' || pupil.year_group = ANY ({years}))"""
_NAMES = "sharing_plain(' ' || surname || ' ' || forename || ' ' || middle_names || ' ' || preferred_surname)"
_PAGE = "ORDER BY surname, forename, pupil.id OFFSET ({number} - 1) * {size} LIMIT {size}"
_IS_NUMBER = "(upn_index = {key} OR (former_upn_index <> '' AND former_upn_index = {key}) OR child_id = ANY ({kids}))"

_OF_VARIABLES = _FOUND.format(mine="mine", narrowed="narrowed", years="years")
_OF_PLACES = _FOUND.format(mine="$1", narrowed="$2", years="$3")


def _known_plan(asked: str) -> str:
    """One of few children: which index is known, and the plan is made once for each connection."""
    return f"""{_OF_VARIABLES}
       AND {asked} AND (patterns = '{{}}' OR {_NAMES} LIKE ALL (patterns))
     {_PAGE.format(number="number", size="page_size")}"""


_BY_NUMBER = _known_plan(_IS_NUMBER.format(key="upn_key", kids="children") + " AND (birth IS NULL OR born_on = birth)")
_BY_BIRTHDAY = _known_plan("born_on = birth")
# By words EXECUTE makes a plan for what was typed. The two longest are looked for in the index, which LIKE ALL has not.
CREATE = f"""{_HEAD.replace("{settings}", "SET plan_cache_mode = force_generic_plan ")}
    IF upn_key IS NOT NULL THEN
        RETURN QUERY {_BY_NUMBER};
    ELSIF birth IS NOT NULL THEN
        RETURN QUERY {_BY_BIRTHDAY};
    ELSE
        RETURN QUERY EXECUTE $find$
    {_OF_PLACES}
       AND {_NAMES} LIKE $4 AND ($5 IS NULL OR {_NAMES} LIKE $5) AND (cardinality($6) < 3 OR {_NAMES} LIKE ALL ($6))
     {_PAGE.format(number="$7", size="$8")}
        $find$ USING mine, narrowed, years, patterns[1], patterns[2], patterns, number, page_size;
    END IF;
END $$;
"""
DROP = f"""{_HEAD.replace("{settings}", "")}
    RETURN QUERY EXECUTE $find$
    {_OF_PLACES}
       AND ($4 IS NULL OR {_NAMES} LIKE $4) AND (cardinality($5) < 2 OR {_NAMES} LIKE ALL ($5))
       AND ($6 IS NULL OR {_IS_NUMBER.format(key="$6", kids="$7")}) AND ($8 IS NULL OR born_on = $8)
     {_PAGE.format(number="$9", size="$10")}
    $find$ USING mine, narrowed, years, patterns[1], patterns, upn_key, children, birth, number, page_size;
END $$;
"""

# By number or birthday the few children are looked up first. A plan made for any number of establishments guesses few
# of them, and would read the index of all their pupils beside; a sum has no index.
_LOOKED_UP = ("pupil.establishment_id = ANY (mine)", "pupil.establishment_id + 0 = ANY (mine)")
CHILDREN_FIRST = within("portal_find_pupils", _LOOKED_UP)
AS_BEFORE = within("portal_find_pupils", _LOOKED_UP[::-1])

# For migration 0156: in the order of the lists (sharing.models.plain).
_BY_LETTERS = ("ORDER BY surname, forename,", "ORDER BY sharing_plain(surname), sharing_plain(forename),")
IN_ORDER_OF_NAMES = within("portal_find_pupils", _BY_LETTERS)
IN_ORDER_AS_BEFORE = within("portal_find_pupils", _BY_LETTERS[::-1])

# For migration 0158: nor do letters that cannot be seen count, or ` and ´ typed as an apostrophe. The indexes hold what
# the function said of each name.
_PLAIN = """CREATE OR REPLACE FUNCTION sharing_plain(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(lower(public.unaccent('public.unaccent'::regdictionary, {words})), '-''.{more}', ' ')"""
_SEEN = r"translate(words, U&'\00AD\200B\200C\200D\2060\FEFF', '')"
_INDEXED_ANEW = (
    "REINDEX INDEX CONCURRENTLY pupils_in_order_of_names", "REINDEX INDEX CONCURRENTLY pupils_by_part_of_name",
)  # fmt: skip
AS_SEEN = (_PLAIN.format(words=_SEEN, more="`´"), *_INDEXED_ANEW)
NOT_AS_SEEN = (_PLAIN.format(words="words", more=""), *_INDEXED_ANEW)

# For migration 0170. PostgreSQL puts what the function says in the place of its call, but not where something in it may
# change, as unaccent. So a function of its own asks that, for names that have a letter beyond ASCII. Both say the same
# of a name, and the indexes stay as they are.
_OF_ANY_LETTERS = _PLAIN.format(words=_SEEN, more="`´")
INLINED = f"""{_OF_ANY_LETTERS.replace("sharing_plain", "sharing_plain_of_any_letters")};
GRANT EXECUTE ON FUNCTION sharing_plain_of_any_letters TO portal_app, portal_batch;
CREATE OR REPLACE FUNCTION sharing_plain(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN octet_length(words) = length(words) THEN translate(lower(words), '-''.`', ' ')
            ELSE public.sharing_plain_of_any_letters(words) END"""
CALLED = f"{_OF_ANY_LETTERS}; DROP FUNCTION sharing_plain_of_any_letters"

# For migration 0185: a third party finds, and is told the number of, children of the sponsor they act for alone (R24).
_MINE = "ARRAY(SELECT portal_establishments('view_pupils'))"
_IN_SCOPE = "ARRAY(SELECT portal_establishments('view_pupils') EXCEPT SELECT portal_out_of_scope())"
FOUND_IN_SCOPE = within("portal_find_pupils", (_MINE, _IN_SCOPE))
FOUND_AS_BEFORE = within("portal_find_pupils", (_IN_SCOPE, _MINE))
