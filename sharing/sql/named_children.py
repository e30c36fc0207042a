"""Single children opened for a person wherever they are on roll, in SQL for migration 0062 (R9, R18, P7).

`portal_opened`: the records that are seen one by one, by a broken glass or as named children. `portal_opened_for`: of
those the ones of which a kind of data is seen. At establishments of such records the permission table's rows open what
they open, and beside them these records and nothing else.
"""

from sharing.sql.overrides import LOOKED_AT, PUPILS
from sharing.sql.overrides import OPENED as ALONE

_AS_OWNER = "SECURITY DEFINER SET search_path = public, pg_temp"
_LIVE = "named.ended_at IS NULL AND named.starts_on <= CURRENT_DATE AND named.ends_on >= CURRENT_DATE"
_RECORDS = """FROM sharing_namedchild AS named JOIN sharing_child AS child ON child.id = named.child_id
    JOIN sharing_pupil AS pupil ON pupil.child_id IN (child.id, child.same_as_id)"""
# An officer by an appointment that lets them look at the establishment; at Schools Online who has a place somewhere.
NAMED = f"""{_RECORDS}
    WHERE named.person_id = (SELECT portal_asker()) AND named.through = (SELECT portal_context(2)) AND {_LIVE}
      AND pupil.visible @> CURRENT_DATE
      AND CASE WHEN named.through = 'edunet'
          THEN pupil.establishment_id IN (SELECT portal_establishments('view_establishment'))
          ELSE EXISTS (SELECT FROM portal_establishments('view_establishment')) END"""
_NOT_CLOSED = "pupil.id <> ALL (ARRAY(SELECT portal_closed()))"
_WHOLE = f"""EXISTS (SELECT FROM sharing_establishmentpermission AS whole
        WHERE {PUPILS} AND establishment_id = {{place}} AND year_groups = '{{{{}}}}')"""
OPENED = f"""
CREATE OR REPLACE FUNCTION portal_opened() RETURNS SETOF uuid LANGUAGE sql STABLE {_AS_OWNER} AS $$
    SELECT opening.pupil_id {LOOKED_AT} UNION ALL SELECT pupil.id {NAMED}
$$;
CREATE OR REPLACE FUNCTION portal_opened_for(category text) RETURNS SETOF uuid LANGUAGE sql STABLE {_AS_OWNER} AS $$
    SELECT opening.pupil_id {LOOKED_AT} UNION ALL SELECT pupil.id {NAMED} AND category <> ALL (named.withheld)
$$;
CREATE OR REPLACE FUNCTION portal_pupils_at() RETURNS SETOF bigint LANGUAGE sql STABLE {_AS_OWNER} AS $$
    SELECT portal_establishments('view_pupils')
    UNION ALL SELECT opening.establishment_id {LOOKED_AT} UNION ALL SELECT pupil.establishment_id {NAMED}
$$;
CREATE OR REPLACE FUNCTION portal_narrowed() RETURNS SETOF bigint LANGUAGE sql STABLE {_AS_OWNER} AS $$
    SELECT establishment_id FROM sharing_establishmentpermission AS held
    WHERE {PUPILS} AND year_groups <> '{{}}' AND NOT {_WHOLE.format(place="held.establishment_id")}
    UNION ALL
    SELECT opening.establishment_id {LOOKED_AT} AND NOT {_WHOLE.format(place="opening.establishment_id")}
    UNION ALL
    SELECT pupil.establishment_id {NAMED} AND NOT {_WHOLE.format(place="pupil.establishment_id")}
$$;
CREATE OR REPLACE FUNCTION portal_showing(category text) RETURNS SETOF bigint LANGUAGE sql STABLE {_AS_OWNER} AS $$
    SELECT establishment_id FROM sharing_establishmentpermission WHERE {PUPILS} AND category <> ALL (withheld)
$$;
"""
# For the door: which records of today, why, and without what. And for the head of a school: who sees which child of it.
ASKED = f"""
CREATE FUNCTION portal_named_records() RETURNS TABLE (named_id bigint, pupil_id uuid, place bigint)
LANGUAGE sql STABLE {_AS_OWNER} AS $$
    SELECT named.id, pupil.id, pupil.establishment_id {NAMED} AND {_NOT_CLOSED}
$$;
CREATE FUNCTION portal_named_here(place bigint DEFAULT NULL) RETURNS TABLE (named_id bigint, pupil_id uuid)
LANGUAGE sql STABLE {_AS_OWNER} AS $$
    SELECT named.id, pupil.id {_RECORDS}
    WHERE {_LIVE} AND NOT named.head_barred AND portal_context(2) = 'schools_online'
      AND pupil.establishment_id IN (SELECT portal_establishments('manage_register'))
      AND (place IS NULL OR pupil.establishment_id = place) AND pupil.visible @> CURRENT_DATE AND {_NOT_CLOSED}
$$;
-- Exactly one child, named by the information manager: no record is seen by it. NULL where there is none or are two.
CREATE FUNCTION sharing_which_child(upn_key text, fore text, sur text, birth date) RETURNS uuid
LANGUAGE sql STABLE {_AS_OWNER} AS $$
    SELECT min(child::text)::uuid FROM sharing_glass_finds(upn_key, fore, sur, birth)
    WHERE EXISTS (SELECT FROM portal_establishments('manage_duties')) HAVING count(DISTINCT child) = 1
$$;
"""
_FUNCTIONS = "portal_named_records, portal_named_here, sharing_which_child"
# What was opened stays on record: nothing is deleted.
CREATE = (
    OPENED
    + ASKED
    + "REVOKE DELETE ON sharing_namedchild FROM portal_app;"
    + f"GRANT EXECUTE ON FUNCTION {_FUNCTIONS}, portal_opened_for TO portal_app;"
)
DROP = (
    f"DROP FUNCTION {_FUNCTIONS};"
    + ALONE
    + f"""
CREATE OR REPLACE FUNCTION portal_opened_for(category text) RETURNS SETOF uuid LANGUAGE sql STABLE {_AS_OWNER} AS $$
    SELECT opening.pupil_id {LOOKED_AT}
$$;
"""
)
