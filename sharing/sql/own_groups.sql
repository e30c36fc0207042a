-- Own groups of children (R8, R35): who may make them, and what remains of a child who has gone.

-- Where the asker may make groups: at Level 1 and 2 of an establishment. Officers read because of their duties and make
-- none. A third party only reads (R24), but not for good: somebody whose contract has ended can become head there.
CREATE OR REPLACE FUNCTION portal_makes_groups()
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT portal_establishments('view_pupils') WHERE portal_context(2) = 'schools_online'
    EXCEPT SELECT portal_third_party_at()
$$;

-- How many children were put into a group, including those who have gone since: they are only counted (R8).
CREATE OR REPLACE FUNCTION portal_own_group_size(wanted bigint)
RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*)
    FROM sharing_owngroupmember AS member
    JOIN sharing_owngroup AS owngroup ON owngroup.id = member.group_id
    WHERE owngroup.id = wanted AND member.pupil_id <> ALL (ARRAY(SELECT portal_closed()))
      AND owngroup.establishment_id IN (SELECT portal_establishments('view_pupils'))
      AND owngroup.establishment_id NOT IN (SELECT portal_narrowed())
      AND owngroup.establishment_id NOT IN (SELECT portal_out_of_scope())
      AND NOT EXISTS (
          SELECT FROM unnest(owngroup.tells) AS kind
          WHERE owngroup.establishment_id NOT IN (SELECT portal_showing(kind)))
$$;

GRANT EXECUTE ON FUNCTION portal_makes_groups, portal_own_group_size TO portal_app, portal_batch;
