"""What somebody may see, asked once in a visit: SQL for migration 0131 (R6, R45).

The policies of pupils and of what hangs on them compare the same few arrays in each statement. `portal_sight` answers
with what the visit has asked before, and asks the function of that name otherwise. What it remembers is bound to the
transaction and to the visit, and forgotten when the visit itself changes what it follows from: `portal_look_again`.

Of whoever does not see all pupils whole, that is remembered and none of the arrays about pupils. One of them takes back
what another gives, so all are asked in the same statement.

A visit to one establishment sees the pupils of that one alone, whatever else the person may see (docs/adr/0040).
"""

from sharing.sql.overrides import within

_AS_OWNER = "SECURITY DEFINER SET search_path = public, pg_temp"
_LIVE = "starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)"

_ASK = """EXECUTE format('SELECT ARRAY(SELECT %I(%s))', 'portal_' || question,
                           CASE about WHEN '' THEN '' ELSE quote_literal(about) END) INTO found;"""
# For the policies of older migrations: asked each time. Migration 0131 writes the functions.
NOTHING_REMEMBERED = f"""
CREATE OR REPLACE FUNCTION portal_sees_whole() RETURNS bigint[] LANGUAGE sql STABLE AS $$ SELECT NULL::bigint[] $$;
CREATE OR REPLACE FUNCTION portal_sight(kind anyarray, question text, about text DEFAULT '') RETURNS anyarray
LANGUAGE plpgsql STABLE AS $$
DECLARE
    found kind%TYPE;
BEGIN
    {_ASK}
    RETURN found;
END $$;
GRANT EXECUTE ON FUNCTION portal_sight, portal_sees_whole TO portal_app, portal_batch;
"""
NOTHING_ANY_MORE = "DROP FUNCTION portal_sight, portal_sees_whole;"

_REMEMBERED = "starts_with(known, visit || '=')"
_WHO_ASKS = """id = portal_person() AND protocol_accepted_until >= CURRENT_DATE
      AND (suspended_until IS NULL OR suspended_until < CURRENT_DATE)"""
ASKER = f"""
CREATE OR REPLACE FUNCTION portal_asker() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    visit text := current_setting('portal.ctx', true);
    known text := current_setting('portal.asker', true);
    found bigint;
BEGIN
    IF {_REMEMBERED} THEN RETURN substr(known, length(visit) + 2); END IF;
    SELECT id INTO found FROM access_register_person WHERE {_WHO_ASKS};
    IF found IS NOT NULL THEN PERFORM set_config('portal.asker', visit || '=' || found, true); END IF;
    RETURN found;
END $$;
"""
ASKER_AS_BEFORE = f"""
CREATE OR REPLACE FUNCTION portal_asker() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT id FROM access_register_person WHERE {_WHO_ASKS}
$$;
"""

# Where the asker sees all pupils, in everything; NULL for whoever is narrowed anywhere, has a record opened to them,
# has sponsors, or has a child closed to them there. To those the functions answer one by one.
WHOLE = f"""
CREATE OR REPLACE FUNCTION portal_sees_whole() RETURNS bigint[] LANGUAGE plpgsql STABLE {_AS_OWNER} AS $$
DECLARE
    visit text := current_setting('portal.ctx', true);
    known text := current_setting('portal.sees_whole', true);
    who bigint;
    places bigint[];
    is_whole boolean;
    some_are_closed boolean;
BEGIN
    IF {_REMEMBERED} THEN RETURN nullif(substr(known, length(visit) + 2), '')::bigint[]; END IF;
    who := portal_asker();
    SELECT coalesce(array_agg(establishment_id), '{{}}'),
           coalesce(bool_and(year_groups = '{{}}' AND withheld = '{{}}'), true)
           AND NOT EXISTS (SELECT FROM sharing_opening WHERE person_id = who AND ended_at IS NULL AND ends_at > now())
           AND NOT EXISTS (SELECT FROM sharing_namedchild
                           WHERE person_id = who AND ended_at IS NULL AND ends_on >= CURRENT_DATE)
           AND NOT EXISTS (SELECT FROM access_register_registerline
                           WHERE person_id = who AND role = 'third_party' AND withdrawn_at IS NULL),
           EXISTS (SELECT FROM sharing_closing WHERE ended_at IS NULL AND ends_at > now())
    INTO places, is_whole, some_are_closed
    FROM sharing_establishmentpermission
    WHERE user_id = who AND through = portal_context(2) AND {_LIVE}
      AND permission_id = (SELECT id FROM auth_permission WHERE codename = 'view_pupils');
    IF is_whole AND some_are_closed THEN
        is_whole := NOT EXISTS (SELECT FROM sharing_pupil WHERE establishment_id = ANY (places)
                                AND id = ANY (portal_sight(NULL::uuid[], 'closed')));
    END IF;
    IF visit <> '' THEN
        PERFORM set_config('portal.sees_whole', visit || '=' || CASE WHEN is_whole THEN places::text ELSE '' END, true);
    END IF;
    RETURN CASE WHEN is_whole THEN places END;
END $$;
"""

# At a third party's other sponsors, for whom they do not act now, no pupils are seen (R24): portal_pupils_at says so.
# The years that are opened where pupils are narrowed, and single records: `admitted` names both, as text.
# `opened_beyond`: the records that are opened where no line shows the child, so that no line says what is withheld.
_LAST_OF_THEM = "ELSE EXISTS (SELECT FROM portal_establishments('view_establishment')) END"
_SEEN_AT = (_LAST_OF_THEM, f"{_LAST_OF_THEM} EXCEPT SELECT portal_out_of_scope()")
QUESTIONS = f"""{within("portal_pupils_at", _SEEN_AT)}
CREATE OR REPLACE FUNCTION portal_admitted() RETURNS SETOF text LANGUAGE sql STABLE {_AS_OWNER} AS $$
    SELECT portal_years() UNION ALL SELECT portal_opened()::text
$$;
CREATE OR REPLACE FUNCTION portal_opened_beyond() RETURNS SETOF uuid LANGUAGE sql STABLE {_AS_OWNER} AS $$
    SELECT id FROM sharing_pupil
    WHERE id = ANY (ARRAY(SELECT portal_opened())) AND establishment_id = ANY (ARRAY(SELECT portal_narrowed()))
      AND establishment_id || ':' || year_group <> ALL (ARRAY(SELECT portal_years()))
$$;
GRANT EXECUTE ON FUNCTION portal_admitted, portal_opened_beyond TO portal_app, portal_batch;
"""
SIGHT = f"""
CREATE OR REPLACE FUNCTION portal_sight(kind anyarray, question text, about text DEFAULT '') RETURNS anyarray
LANGUAGE plpgsql STABLE AS $$
DECLARE
    visit text := current_setting('portal.ctx', true);
    setting text := 'portal.sees_' || question || '_' || about;
    known text := current_setting(setting, true);
    whole bigint[];
    found kind%TYPE := '{{}}';
BEGIN
    IF starts_with(known, visit || '=') THEN RETURN substr(known, length(visit) + 2); END IF;
    IF question = 'establishments' THEN found := ARRAY(SELECT portal_establishments(about));
    ELSIF question = 'closed' THEN found := ARRAY(SELECT portal_closed());
    ELSE
        whole := portal_sees_whole();
        IF whole IS NULL THEN
            {_ASK}
            RETURN found;
        ELSIF question IN ('pupils_at', 'showing') THEN found := whole;
        END IF;
    END IF;
    IF visit <> '' THEN PERFORM set_config(setting, visit || '=' || found::text, true); END IF;
    RETURN found;
END $$;
"""

_ASIDE = ("ARRAY(SELECT portal_out_of_scope());", "portal_sight(NULL::bigint[], 'out_of_scope');")
# The last part of the context is the visit's own: two visits in one transaction remember nothing of each other.
_BY_TRANSACTION = "extract(epoch FROM now())::text, true"
_STAMP = (_BY_TRANSACTION, _BY_TRANSACTION.replace(", true", " || '@' || clock_timestamp()::text, true"))
ENTER = within("portal_holdings", _ASIDE) + within("portal_enter", _STAMP)

# From what the answers follow. A change inside a visit acts at once there, too.
_FOLLOWS_FROM = {
    "sharing_establishmentpermission": "INSERT OR UPDATE OR DELETE",
    "sharing_opening": "INSERT OR UPDATE OR DELETE",
    "sharing_namedchild": "INSERT OR UPDATE OR DELETE",
    "sharing_closing": "INSERT OR UPDATE OR DELETE",
    "sharing_child": "UPDATE OF same_as_id",
    "sharing_pupil": "INSERT OR UPDATE OF child_id, establishment_id, year_group, visible",
    "access_register_person": "UPDATE OF protocol_accepted_until, suspended_until",
}
LOOK_AGAIN = """
CREATE FUNCTION portal_look_again() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    visit text := current_setting('portal.ctx', true);
BEGIN
    IF visit <> '' THEN
        PERFORM set_config('portal.ctx', split_part(visit, '@', 1) || '@' || split_part(visit, '@', 2)
                           || '@' || split_part(visit, '@', 3) || '@' || clock_timestamp()::text, true);
    END IF;
    RETURN NULL;
END $$;
""" + "".join(
    f"CREATE TRIGGER look_again AFTER {changes} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION portal_look_again();"
    for table, changes in _FOLLOWS_FROM.items()
)

_CONFINED = ("sharing_pupil", "sharing_enrolment")  # by portal_pupils_at from now on
SCOPE = "".join(f"DROP POLICY app_scope ON {table};" for table in _CONFINED)
SCOPE_AS_BEFORE = "".join(
    f"""CREATE POLICY app_scope ON {table} AS RESTRICTIVE FOR SELECT TO portal_app
    USING (establishment_id <> ALL (ARRAY(SELECT portal_out_of_scope())));"""
    for table in _CONFINED
)

CREATE = ASKER + WHOLE + QUESTIONS + SIGHT + ENTER + LOOK_AGAIN + SCOPE
DROP = (
    SCOPE_AS_BEFORE
    + "".join(f"DROP TRIGGER look_again ON {table};" for table in _FOLLOWS_FROM)
    + "DROP FUNCTION portal_look_again;"
    + within("portal_enter", _STAMP[::-1])
    + within("portal_holdings", _ASIDE[::-1])
    + within("portal_pupils_at", _SEEN_AT[::-1])
    + NOTHING_REMEMBERED
    + ASKER_AS_BEFORE
)

# For migration 0195. `portal.here`: the establishment that the visit is to, by its number; 0 if there is none with that
# URN; empty where the visit is to none.
_WITHOUT = "RETURN QUERY SELECT * FROM portal_holdings(place, wanted);"
_WITH = f"""PERFORM set_config('portal.here', CASE WHEN seen_at IS NULL THEN '' ELSE coalesce(
        (SELECT id FROM sharing_establishment WHERE urn = seen_at), 0)::text END, true);
    {_WITHOUT}"""
_ARGUMENTS, _ONE_MORE = "wanted text)", "wanted text, seen_at bigint)"
_ENTER = "portal_enter(bigint, text, text, bigint, text{})"
_ANYWHERE = f"""{_ASK}
            RETURN found;
        ELSIF question IN ('pupils_at', 'showing') THEN found := whole;
        END IF;"""
_HERE = f"""{_ASK}
        ELSIF question IN ('pupils_at', 'showing') THEN found := whole;
        END IF;
        IF question = 'pupils_at' AND here <> '' THEN
            found := ARRAY(SELECT place FROM unnest(found) AS place WHERE place = here::bigint);
        END IF;
        IF whole IS NULL THEN RETURN found; END IF;"""
_KNOWN = "    whole bigint[];"
_KNOWN_HERE = f"    here text := current_setting('portal.here', true);\n{_KNOWN}"
_GRANTED = "GRANT EXECUTE ON FUNCTION portal_enter TO portal_app, portal_batch;"
AT_ONE_PLACE = f"""{within("portal_sight", (_ANYWHERE, _HERE), (_KNOWN, _KNOWN_HERE))}
{within("portal_enter", (_WITHOUT, _WITH), (_ARGUMENTS, _ONE_MORE))}
DROP FUNCTION {_ENTER.format("")};
{_GRANTED}"""
WHEREVER = f"""{within("portal_enter", (_WITH, _WITHOUT), (_ONE_MORE, _ARGUMENTS))}
DROP FUNCTION {_ENTER.format(", bigint")};
{_GRANTED}
{within("portal_sight", (_HERE, _ANYWHERE), (_KNOWN_HERE, _KNOWN))}"""
