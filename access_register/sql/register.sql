-- What the register says about who can see confidential items (R24, R27). Policies call these functions.

-- The lines that are in force today. Only a part of other functions (sharing/sql/today.sql).
CREATE OR REPLACE FUNCTION access_register_lines_today()
RETURNS SETOF access_register_registerline LANGUAGE sql STABLE AS $$
    SELECT * FROM access_register_registerline
    WHERE withdrawn_at IS NULL AND suspended_at IS NULL AND awaiting_since IS NULL
      AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)
$$;

-- Where the asker is head today: only heads can consent.
CREATE OR REPLACE FUNCTION portal_heads()
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT line.establishment_id FROM access_register_lines_today() AS line
    WHERE line.seat = 0 AND line.person_id = portal_asker() AND portal_context(2) = 'schools_online'
$$;

-- Where the asker is a third party, who does not widen what anybody can see.
CREATE OR REPLACE FUNCTION portal_third_party_at()
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT line.establishment_id FROM access_register_lines_today() AS line
    WHERE line.role = 'third_party' AND line.person_id = portal_asker() AND portal_context(2) = 'schools_online'
$$;

-- How many people can see an establishment's items, for heads.
CREATE OR REPLACE FUNCTION portal_count_readers(places bigint[])
RETURNS TABLE(establishment_id bigint, people bigint, third_parties bigint, level_1 bigint, officers bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT held.establishment_id,
           count(DISTINCT held.user_id) FILTER (
               WHERE held.through = 'schools_online' AND permission.codename = 'view_establishment'
                 AND line.role IS DISTINCT FROM 'third_party'),
           count(DISTINCT held.user_id) FILTER (
               WHERE held.through = 'schools_online' AND permission.codename = 'view_establishment'
                 AND line.role = 'third_party'),
           count(DISTINCT held.user_id) FILTER (
               WHERE held.through = 'schools_online' AND permission.codename = 'manage_register'),
           count(DISTINCT held.user_id) FILTER (
               WHERE held.through = 'edunet' AND permission.codename = 'view_restricted')
    FROM sharing_establishmentpermission AS held
    JOIN auth_permission AS permission ON permission.id = held.permission_id
    JOIN access_register_person AS person ON person.id = held.user_id
    LEFT JOIN access_register_registerline AS line ON 'line:' || line.id = held.source
    WHERE held.establishment_id = ANY (places) AND EXISTS (SELECT FROM portal_heads())
      AND held.starts_on <= CURRENT_DATE AND (held.ends_on IS NULL OR held.ends_on >= CURRENT_DATE)
      AND person.is_active AND person.protocol_accepted_until >= CURRENT_DATE
    GROUP BY held.establishment_id
$$;

GRANT EXECUTE ON FUNCTION access_register_lines_today TO portal_batch;
GRANT EXECUTE ON FUNCTION portal_heads, portal_third_party_at, portal_count_readers TO portal_app, portal_batch;
