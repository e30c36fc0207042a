"""Records opened and children closed, in SQL for migrations 0040 and 0041 (P7, R18).

Instants are those of the transaction: what ends while somebody reads ends with their next request (R44).
"""

_AS_OWNER = "SECURITY DEFINER SET search_path = public, pg_temp"
_LIVE = "starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)"
PUPILS = f"""user_id = (SELECT portal_asker()) AND through = (SELECT portal_context(2))
      AND permission_id = (SELECT id FROM auth_permission WHERE codename = 'view_pupils') AND {_LIVE}"""
# For the policies of older migrations, before there are the tables. Migration 0040 writes the functions.
NOTHING_YET = """
CREATE FUNCTION portal_opened() RETURNS SETOF uuid LANGUAGE sql STABLE AS $$ SELECT NULL::uuid WHERE false $$;
CREATE FUNCTION portal_closed() RETURNS SETOF uuid LANGUAGE sql STABLE AS $$ SELECT NULL::uuid WHERE false $$;
CREATE FUNCTION portal_pupils_at() RETURNS SETOF bigint LANGUAGE sql STABLE AS
$$ SELECT portal_establishments('view_pupils') $$;
CREATE FUNCTION portal_opened_for(category text) RETURNS SETOF uuid LANGUAGE sql STABLE AS
$$ SELECT NULL::uuid WHERE false $$;
GRANT EXECUTE ON FUNCTION portal_opened, portal_closed, portal_pupils_at, portal_opened_for TO portal_app, portal_batch;
"""
NOTHING_ANY_MORE = "DROP FUNCTION IF EXISTS portal_opened, portal_closed, portal_pupils_at, portal_opened_for;"

# Whoever opened it is an officer still: their appointment lets them look at the establishment.
LOOKED_AT = """FROM sharing_opening AS opening
    WHERE opening.person_id = (SELECT portal_asker()) AND (SELECT portal_context(2)) = 'edunet'
      AND opening.starts_at <= now() AND opening.ends_at > now() AND opening.ended_at IS NULL
      AND opening.establishment_id IN (SELECT portal_establishments('view_establishment'))"""
_CLOSED_NOW = "starts_at <= now() AND ends_at > now() AND ended_at IS NULL"
OPENED = f"""
CREATE OR REPLACE FUNCTION portal_opened() RETURNS SETOF uuid LANGUAGE sql STABLE {_AS_OWNER} AS $$
    SELECT opening.pupil_id {LOOKED_AT}
$$;
CREATE OR REPLACE FUNCTION portal_pupils_at() RETURNS SETOF bigint LANGUAGE sql STABLE {_AS_OWNER} AS $$
    SELECT portal_establishments('view_pupils') UNION ALL SELECT opening.establishment_id {LOOKED_AT}
$$;
CREATE OR REPLACE FUNCTION portal_narrowed() RETURNS SETOF bigint LANGUAGE sql STABLE {_AS_OWNER} AS $$
    SELECT establishment_id FROM sharing_establishmentpermission AS held
    WHERE {PUPILS} AND year_groups <> '{{}}' AND NOT EXISTS (
        SELECT FROM sharing_establishmentpermission AS whole
        WHERE {PUPILS} AND establishment_id = held.establishment_id AND year_groups = '{{}}')
    UNION ALL
    SELECT opening.establishment_id {LOOKED_AT} AND NOT EXISTS (
        SELECT FROM sharing_establishmentpermission AS whole
        WHERE {PUPILS} AND establishment_id = opening.establishment_id AND year_groups = '{{}}')
$$;
CREATE OR REPLACE FUNCTION portal_showing(category text) RETURNS SETOF bigint LANGUAGE sql STABLE {_AS_OWNER} AS $$
    SELECT establishment_id FROM sharing_establishmentpermission WHERE {PUPILS} AND category <> ALL (withheld)
    UNION ALL
    SELECT opening.establishment_id {LOOKED_AT} AND NOT EXISTS (
        SELECT FROM sharing_establishmentpermission AS held
        WHERE {PUPILS} AND establishment_id = opening.establishment_id)
$$;
"""
# The records of children who are closed to whoever asks; where nobody asks (the worker), of every closed child.
CLOSED = f"""
CREATE OR REPLACE FUNCTION portal_closed() RETURNS SETOF uuid LANGUAGE sql STABLE {_AS_OWNER} AS $$
    SELECT pupil.id FROM sharing_closing AS closing JOIN sharing_child AS child ON child.id = closing.child_id
    JOIN sharing_pupil AS pupil ON pupil.child_id IN (child.id, child.same_as_id)
    WHERE {_CLOSED_NOW} AND (agreed_at IS NOT NULL OR now() < starts_at + interval '72 hours')
      AND NOT coalesce(portal_asker() = ANY (named), false)
$$;
"""
# The record is shut to the officer, also where it was opened twice, as it could be before migration 0135.
END_OPENING = f"""
CREATE OR REPLACE FUNCTION sharing_end_opening(wanted bigint) RETURNS boolean LANGUAGE plpgsql {_AS_OWNER} AS $$
BEGIN
    UPDATE sharing_opening AS opening SET ended_at = now() FROM sharing_opening AS said
    WHERE said.id = wanted AND opening.pupil_id = said.pupil_id AND opening.person_id = said.person_id
      AND said.ended_at IS NULL AND said.ends_at > now() AND portal_context(2) = 'edunet'
      AND opening.ended_at IS NULL AND opening.ends_at > now()
      AND (said.person_id = portal_asker() OR EXISTS (SELECT FROM portal_establishments('manage_duties')));
    RETURN FOUND;
END $$;
"""
# What both forms of breaking the glass share: whom it is told of, one child at a time, and what is written down.
_TOLD = "(upn_key text, fore text, sur text, birth date, kind text, sealed bytea, barred boolean, who text)"
_OF_ONE_CHILD = """
    IF sealed IS NULL OR sharing_glass_count(upn_key, fore, sur, birth) IS DISTINCT FROM 1 THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('sharing_break_glass'), portal_asker()::int);"""
_OPEN = """
    INSERT INTO sharing_opening (pupil_id, establishment_id, person_id, person_name, because, reason, head_barred,
        before, starts_at, ends_at)
    SELECT pupil_id, place, portal_asker(), who, kind, sealed, barred,
           (SELECT count(DISTINCT earlier.starts_at) FROM sharing_opening AS earlier
            WHERE earlier.person_id = portal_asker() AND earlier.starts_at > now() - interval '7 days'),
           now(), now() + interval '24 hours'"""
_BREAK_EACH_TIME = f"""CREATE FUNCTION sharing_break_glass{_TOLD}
RETURNS SETOF bigint LANGUAGE plpgsql {_AS_OWNER} AS $$
BEGIN {_OF_ONE_CHILD}
    RETURN QUERY {_OPEN}
    FROM sharing_glass_finds(upn_key, fore, sur, birth) RETURNING id;
END $$;
"""
# One child, whom the officer names exactly: the records of today at the establishments that they may look at.
BREAK_GLASS = f"""
CREATE FUNCTION sharing_glass_finds(upn_key text, fore text, sur text, birth date)
RETURNS TABLE (pupil_id uuid, child uuid, place bigint) LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT pupil.id, coalesce(child.same_as_id, child.id), pupil.establishment_id
    FROM sharing_pupil AS pupil JOIN sharing_child AS child ON child.id = pupil.child_id
    WHERE CASE WHEN upn_key IS NOT NULL THEN pupil.upn_index = upn_key
               ELSE pupil.born_on = birth AND sharing_plain(pupil.forename) = sharing_plain(fore)
                    AND sharing_plain(sur) IN (sharing_plain(pupil.surname), sharing_plain(pupil.preferred_surname))
                    AND sharing_plain(sur) <> '' END
      AND pupil.visible @> CURRENT_DATE AND pupil.id <> ALL (ARRAY(SELECT portal_closed()))
      AND (SELECT portal_context(2)) = 'edunet'
      AND pupil.establishment_id IN (SELECT portal_establishments('view_establishment'))
$$;
CREATE FUNCTION sharing_glass_count(upn_key text, fore text, sur text, birth date) RETURNS bigint
LANGUAGE sql STABLE {_AS_OWNER} AS $$
    SELECT count(DISTINCT child) FROM sharing_glass_finds(upn_key, fore, sur, birth)
$$;
{_BREAK_EACH_TIME}
CREATE FUNCTION sharing_mark_opening(wanted bigint, step text, who text) RETURNS boolean LANGUAGE plpgsql {_AS_OWNER}
AS $$
BEGIN
    IF step NOT IN ('explained', 'asked') THEN RETURN false; END IF;
    IF portal_context(2) = 'edunet' THEN
        UPDATE sharing_opening SET manager_mark = step, manager_mark_by = who
        WHERE id = wanted AND person_id <> portal_asker()
          AND EXISTS (SELECT FROM portal_establishments('manage_duties'));
    ELSE
        UPDATE sharing_opening SET head_mark = step, head_mark_by = who
        WHERE id = wanted AND NOT head_barred AND establishment_id IN (SELECT portal_heads());
    END IF;
    RETURN FOUND;
END $$;
-- Who keeps officers' duties today, and is told of a broken glass.
CREATE FUNCTION sharing_information_managers() RETURNS SETOF bigint LANGUAGE sql STABLE {_AS_OWNER} AS $$
    SELECT DISTINCT user_id::bigint FROM sharing_establishmentpermission
    WHERE permission_id = (SELECT id FROM auth_permission WHERE codename = 'manage_duties') AND through = 'edunet'
      AND {_LIVE} AND portal_asker() IS NOT NULL AND portal_context(2) = 'edunet'
$$;
"""
# For migration 0135: one opening for each record at a time. Of the same form sent twice at one moment the second waits
# for the first, and finds the record open. Answers with all that are open now, and which of them are new.
BREAK_ONCE = f"""
DROP FUNCTION sharing_break_glass;
CREATE FUNCTION sharing_break_glass{_TOLD}
RETURNS TABLE (number bigint, is_new boolean) LANGUAGE plpgsql {_AS_OWNER} AS $$
BEGIN {_OF_ONE_CHILD}
    RETURN QUERY
    WITH found AS (SELECT * FROM sharing_glass_finds(upn_key, fore, sur, birth)),
    already AS (
        SELECT opening.id, opening.pupil_id FROM sharing_opening AS opening JOIN found USING (pupil_id)
        WHERE opening.person_id = portal_asker() AND opening.ended_at IS NULL AND opening.ends_at > now()),
    made AS ({_OPEN}
        FROM found WHERE pupil_id NOT IN (SELECT already.pupil_id FROM already) RETURNING id)
    SELECT id, false FROM already UNION ALL SELECT id, true FROM made;
END $$;
GRANT EXECUTE ON FUNCTION sharing_break_glass TO portal_app;
"""
BREAK_EACH_TIME = f"""
DROP FUNCTION sharing_break_glass;
{_BREAK_EACH_TIME}GRANT EXECUTE ON FUNCTION sharing_break_glass TO portal_app;
"""
# How often the asker has named a child who is not there, by name and date of birth, within a day: tries that were
# answered. One at a time counts.
MISSES = f"""
CREATE OR REPLACE FUNCTION sharing_glass_misses() RETURNS bigint LANGUAGE plpgsql {_AS_OWNER} AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sharing_glass_misses'), portal_asker()::int);
    RETURN (SELECT count(*) FROM sharing_ledgerentry
            WHERE person_id = portal_asker() AND action = 'count_exactly' AND at > now() - interval '24 hours'
              AND about->>'by' = 'name' AND about->>'children' = '0'
              AND about->>'too_often' IS DISTINCT FROM 'true');
END $$;
GRANT EXECUTE ON FUNCTION sharing_glass_misses TO portal_app;
"""
# An information manager closes a child by UPN; another one, or the head of one of the child's schools, agrees. Without
# that the same person closes it once more within 90 days, and not again: answered with 0.
CLOSE_CHILD = f"""
CREATE OR REPLACE FUNCTION sharing_close_child(upn_key text, seen_by bigint[], authority text, law text, sealed bytea,
    barred boolean, until timestamptz, who text) RETURNS bigint LANGUAGE plpgsql {_AS_OWNER} AS $$
DECLARE
    kid uuid;
    made bigint;
    alone bigint;
BEGIN
    IF portal_context(2) IS DISTINCT FROM 'edunet' OR sealed IS NULL
       OR NOT EXISTS (SELECT FROM portal_establishments('manage_duties')) THEN RETURN NULL; END IF;
    SELECT coalesce(same_as_id, id) INTO kid FROM sharing_child WHERE upn_index = upn_key;
    IF NOT FOUND THEN RETURN NULL; END IF;
    PERFORM 1 FROM sharing_child WHERE id = kid FOR NO KEY UPDATE;
    SELECT count(*) INTO alone FROM sharing_closing
    WHERE child_id IN (SELECT id FROM sharing_child WHERE kid IN (id, same_as_id))
      AND asked_by_id = portal_asker() AND agreed_at IS NULL AND starts_at > now() - interval '90 days';
    IF alone > 1 THEN RETURN 0; END IF;
    INSERT INTO sharing_closing (child_id, named, authoriser, basis, reason, head_barred, starts_at, ends_at,
        asked_by_id, asked_by_name, is_renewal)
    VALUES (kid, seen_by, authority, law, sealed, barred, now(), until, portal_asker(), who, alone > 0)
    RETURNING id INTO made;
    RETURN made;
END $$;
"""
CLOSE = f"""{CLOSE_CHILD}
-- At one of the asker's establishments, or at all.
CREATE FUNCTION portal_closings_to_head(place bigint DEFAULT NULL) RETURNS SETOF bigint
LANGUAGE sql STABLE {_AS_OWNER} AS $$
    SELECT closing.id FROM sharing_closing AS closing JOIN sharing_child AS child ON child.id = closing.child_id
    JOIN sharing_pupil AS pupil ON pupil.child_id IN (child.id, child.same_as_id)
    WHERE portal_context(2) = 'schools_online' AND NOT head_barred AND pupil.visible @> CURRENT_DATE
      AND pupil.establishment_id IN (SELECT portal_heads()) AND (place IS NULL OR pupil.establishment_id = place)
$$;
CREATE FUNCTION sharing_agree_closing(wanted bigint, who text) RETURNS boolean LANGUAGE plpgsql {_AS_OWNER} AS $$
BEGIN
    UPDATE sharing_closing SET agreed_by_id = portal_asker(), agreed_by_name = who, agreed_at = now()
    WHERE id = wanted AND agreed_at IS NULL AND ended_at IS NULL AND ends_at > now() AND asked_by_id <> portal_asker()
      AND (portal_context(2) = 'edunet' AND EXISTS (SELECT FROM portal_establishments('manage_duties'))
           OR id IN (SELECT portal_closings_to_head()));
    RETURN FOUND;
END $$;
CREATE FUNCTION sharing_end_closing(wanted bigint, who text) RETURNS boolean LANGUAGE plpgsql {_AS_OWNER} AS $$
BEGIN
    UPDATE sharing_closing SET ended_at = now(), ended_by_name = who
    WHERE id = wanted AND ended_at IS NULL AND ends_at > now()
      AND portal_context(2) = 'edunet' AND EXISTS (SELECT FROM portal_establishments('manage_duties'));
    RETURN FOUND;
END $$;
"""
_FOR_THE_APPLICATION = (
    "sharing_glass_count", "sharing_break_glass", "sharing_mark_opening", "sharing_end_opening",
    "sharing_information_managers", "sharing_close_child", "portal_closings_to_head", "sharing_agree_closing",
    "sharing_end_closing",
)  # fmt: skip
TABLES = """
ALTER TABLE sharing_opening ADD CONSTRAINT opening_at_the_pupils_establishment
    FOREIGN KEY (pupil_id, establishment_id) REFERENCES sharing_pupil (id, establishment_id)
    DEFERRABLE INITIALLY DEFERRED;
REVOKE INSERT, UPDATE, DELETE ON sharing_opening, sharing_closing FROM portal_app;
"""
# The officer of whom somebody asks says why, once for each time they are asked. Those who asked have an answer then.
EXPLAIN = f"""
REVOKE INSERT, UPDATE, DELETE ON sharing_explanation FROM portal_app;
CREATE FUNCTION sharing_explain_opening(wanted bigint, sealed bytea) RETURNS boolean LANGUAGE plpgsql {_AS_OWNER} AS $$
BEGIN
    IF sealed IS NULL THEN RETURN false; END IF;
    UPDATE sharing_opening SET
        manager_mark = CASE manager_mark WHEN 'asked' THEN 'answered' ELSE manager_mark END,
        head_mark = CASE head_mark WHEN 'asked' THEN 'answered' ELSE head_mark END
    WHERE id = wanted AND person_id = portal_asker() AND portal_context(2) = 'edunet'
      AND 'asked' IN (manager_mark, head_mark);
    IF NOT FOUND THEN RETURN false; END IF;
    INSERT INTO sharing_explanation (opening_id, establishment_id, text, at)
    SELECT id, establishment_id, sealed, now() FROM sharing_opening WHERE id = wanted;
    RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION sharing_explain_opening TO portal_app;
"""
EXPLAIN_NO_MORE = "DROP FUNCTION sharing_explain_opening;"
CREATE = (
    TABLES
    + OPENED
    + CLOSED
    + BREAK_GLASS
    + END_OPENING
    + CLOSE
    + f"GRANT EXECUTE ON FUNCTION {', '.join(_FOR_THE_APPLICATION)} TO portal_app;"
    + "GRANT EXECUTE ON FUNCTION portal_opened, portal_closed, portal_pupils_at TO portal_app, portal_batch;"
)
DROP = f"""
DROP FUNCTION {", ".join(_FOR_THE_APPLICATION)};
DROP FUNCTION sharing_glass_finds;
"""


def within(name: str, *changes: tuple[str, str]) -> str:
    """SQL that changes parts of a function, of whatever subject; its owner and its rights stay.

    A part that does not stand there to the letter is an error, “assertion failed”: `scripts.in_force` prints what does.
    """
    steps = "".join(
        f"ASSERT position($part${part}$part$ IN said) > 0; "
        f"said := replace(said, $part${part}$part$, $part${instead}$part$);"
        for part, instead in changes
    )
    return f"DO $do$ DECLARE said text := pg_get_functiondef('{name}'::regproc); BEGIN {steps} EXECUTE said; END $do$;"


# For migration 0149: the same form sent again within the hour (a double click) is the same closing, and no renewal.
# `again`: which of the asker's closings say the same, as the application can read their reasons.
_NO_THIRD = "    IF alone > 1 THEN RETURN 0; END IF;"
_THE_SAME = f"""    SELECT id INTO made FROM sharing_closing
    WHERE id = ANY (again) AND child_id IN (SELECT id FROM sharing_child WHERE kid IN (id, same_as_id))
      AND asked_by_id = portal_asker() AND agreed_at IS NULL AND ended_at IS NULL
      AND starts_at > now() - interval '1 hour'
    ORDER BY id LIMIT 1;
    IF FOUND THEN RETURN made; END IF;
{_NO_THIRD}"""
_ONCE, _AGAIN = "who text)", "who text, again bigint[])"
_CLOSES = "sharing_close_child(text, bigint[], text, text, bytea, boolean, timestamptz, text{})"
CLOSED_BY_A_DOUBLE_CLICK = f"""{within("sharing_close_child", (_NO_THIRD, _THE_SAME), (_ONCE, _AGAIN))}
DROP FUNCTION {_CLOSES.format("")};
GRANT EXECUTE ON FUNCTION sharing_close_child TO portal_app;"""
CLOSED_AS_BEFORE = f"""{within("sharing_close_child", (_THE_SAME, _NO_THIRD), (_AGAIN, _ONCE))}
DROP FUNCTION {_CLOSES.format(", bigint[]")};
GRANT EXECUTE ON FUNCTION sharing_close_child TO portal_app;"""

# A head who is an officer too does not mark their own either.
_TOLD_TO_HEAD = "WHERE id = wanted AND NOT head_barred"
_NOT_ONES_OWN = f"{_TOLD_TO_HEAD} AND person_id <> portal_asker()"
MARK_NOT_ONES_OWN = within("sharing_mark_opening", (_TOLD_TO_HEAD, _NOT_ONES_OWN))
MARK_AS_BEFORE = within("sharing_mark_opening", (_NOT_ONES_OWN, _TOLD_TO_HEAD))
_NOT = " AND {}.id <> ALL (ARRAY(SELECT portal_closed()))"
_MISSING = "WHERE pupil.establishment_id IN (SELECT portal_establishments('view_pupils'))"
# What runs as its owner holds the condition itself.
HIDE = (
    within(
        "portal_find_pupils",
        ("pupil.establishment_id = ANY (mine)", "pupil.establishment_id = ANY (mine)" + _NOT.format("pupil")),
        ("pupil.establishment_id = ANY ($1)", "pupil.establishment_id = ANY ($1)" + _NOT.format("pupil")),
    )
    + within(
        "portal_times_opened",
        (
            "AND EXISTS (SELECT FROM sharing_pupil AS pupil WHERE pupil.id = wanted",
            "AND wanted <> ALL (ARRAY(SELECT portal_closed())) AND (wanted IN (SELECT portal_opened()) OR EXISTS ("
            "SELECT FROM sharing_pupil AS pupil WHERE pupil.id = wanted",
        ),
        (");\nEND", "));\nEND"),
    )
    + within("sharing_assert_transfer", ("WHERE id = wanted", "WHERE id = wanted" + _NOT.format("pupil")))
    + within("sharing_missing_children", (_MISSING, _MISSING + _NOT.format("pupil")))
    + within(
        "sharing_registered_elsewhere",
        ("pupil.establishment_id <> place", "pupil.establishment_id <> place" + _NOT.format("pupil")),
    )
    + within(
        "portal_own_group_size", ("WHERE owngroup.id = wanted", "WHERE owngroup.id = wanted" + _NOT.format("pupil"))
    )
    + within(
        "sharing_settle_challenge",
        ("WHERE pupil.id = challenge.pupil_id", "WHERE pupil.id = challenge.pupil_id" + _NOT.format("pupil")),
    )
    + within(
        "sharing_end_enrolment",
        (
            "WHERE id = enrolment.pupil_id",
            "WHERE id = enrolment.pupil_id AND id <> ALL (ARRAY(SELECT portal_closed()))",
        ),
    )
)
