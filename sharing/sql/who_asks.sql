-- Who asks, and what they hold today (R6, R45). Every policy and every other function relies on these.
--
-- An officer of the whole authority holds hundreds of establishments, each time for the same reason, and every visit
-- and policy asks. So who asks is found out once and not for each row. Holdings are returned as one row for each
-- reason, or as the rows of one place.

-- One part of the context that portal_enter set. It is bound to the transaction: a setting left over from another
-- transaction names nobody.
CREATE OR REPLACE FUNCTION portal_context(part integer)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN split_part(context, '@', 3) = extract(epoch FROM now())::text
                THEN nullif(split_part(context, '@', part), '') END
    FROM (SELECT current_setting('portal.ctx', true) AS context) AS setting
$$;

-- Who asks: somebody who has accepted the protocol and is not suspended today. NULL for everybody else. The visit
-- remembers who was found.
CREATE OR REPLACE FUNCTION portal_asker()
RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    visit text := current_setting('portal.ctx', true);
    known text := current_setting('portal.asker', true);
    found bigint;
BEGIN
    IF starts_with(known, visit || '=') THEN RETURN substr(known, length(visit) + 2); END IF;
    SELECT id INTO found FROM access_register_person
    WHERE id = portal_person() AND protocol_accepted_until >= CURRENT_DATE
      AND (suspended_until IS NULL OR suspended_until < CURRENT_DATE);
    IF found IS NOT NULL THEN PERFORM set_config('portal.asker', visit || '=' || found, true); END IF;
    RETURN found;
END
$$;

-- The rows of a permission that the asker holds today, at this site. Only a part of other functions (today.sql).
CREATE OR REPLACE FUNCTION sharing_held_by_asker(wanted text)
RETURNS SETOF sharing_establishmentpermission LANGUAGE sql STABLE AS $$
    SELECT * FROM sharing_held_today(wanted)
    WHERE user_id = (SELECT portal_asker()) AND through = (SELECT portal_context(2))
$$;

-- Where the asker holds a permission today, at this site.
CREATE OR REPLACE FUNCTION portal_establishments(wanted text)
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT establishment_id FROM sharing_held_by_asker(wanted)
$$;

-- Whether the asker is an information manager on EduNet today. Only a part of other functions (today.sql).
CREATE OR REPLACE FUNCTION sharing_manages_duties()
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT portal_context(2) IS NOT DISTINCT FROM 'edunet'
       AND EXISTS (SELECT FROM portal_establishments('manage_duties'))
$$;

-- The year groups that the asker can see where pupils are narrowed, each with its establishment.
CREATE OR REPLACE FUNCTION portal_years()
RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT establishment_id || ':' || year FROM sharing_held_by_asker('view_pupils'), unnest(year_groups) AS year
$$;

-- What the asker holds. With `place`, at the establishment with this URN. With `wanted`, where that permission is held.
-- With neither, all of it. `set_aside`: held for a third party's other sponsors, for whom the person is not acting now
-- (R24). At one establishment there is nothing to gather: each row gives its own reason.
CREATE OR REPLACE FUNCTION portal_holdings(place bigint, wanted text)
RETURNS TABLE(establishments bigint[], codename character varying, reason character varying,
    year_groups character varying[], withheld character varying[], set_aside boolean, ends_on date)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    who bigint := portal_asker();
    site text := portal_context(2);
    aside bigint[] := portal_sight(NULL::bigint[], 'out_of_scope');
BEGIN
    IF place IS NOT NULL THEN
        RETURN QUERY
        SELECT ARRAY[establishment_id], (SELECT codename FROM auth_permission WHERE id = permission_id), reason,
               year_groups, withheld, establishment_id = ANY (aside), ends_on
        FROM sharing_establishmentpermission
        WHERE user_id = who AND through = site AND starts_on <= CURRENT_DATE
          AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)
          AND establishment_id = (SELECT id FROM sharing_establishment WHERE urn = place)
        ORDER BY id;
    ELSIF wanted IS NOT NULL THEN
        RETURN QUERY
        SELECT held.establishments, (SELECT codename FROM auth_permission WHERE id = first.permission_id),
               first.reason, first.year_groups, first.withheld, held.set_aside, first.ends_on
        FROM (SELECT array_agg(establishment_id) AS establishments, min(id) AS id,
                     establishment_id = ANY (aside) AS set_aside
              FROM sharing_establishmentpermission
              WHERE user_id = who AND through = site AND starts_on <= CURRENT_DATE
                AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)
                AND permission_id = (SELECT id FROM auth_permission WHERE codename = wanted)
              GROUP BY permission_id, source, ends_on, establishment_id = ANY (aside),
                       CASE WHEN cardinality(year_groups) + cardinality(withheld) > 0 THEN id END) AS held
        JOIN sharing_establishmentpermission AS first ON first.id = held.id
        ORDER BY first.id;
    ELSE
        RETURN QUERY
        SELECT held.establishments, (SELECT codename FROM auth_permission WHERE id = first.permission_id),
               first.reason, first.year_groups, first.withheld, held.set_aside, first.ends_on
        FROM (SELECT array_agg(establishment_id) AS establishments, min(id) AS id,
                     establishment_id = ANY (aside) AS set_aside
              FROM sharing_establishmentpermission
              WHERE user_id = who AND through = site AND starts_on <= CURRENT_DATE
                AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)
              GROUP BY permission_id, source, ends_on, establishment_id = ANY (aside),
                       CASE WHEN cardinality(year_groups) + cardinality(withheld) > 0 THEN id END) AS held
        JOIN sharing_establishmentpermission AS first ON first.id = held.id
        ORDER BY first.id;
    END IF;
END
$$;

-- Begins a visit: sets who asks, and returns what they hold. The choice of a sponsor is set first, and then who asks:
-- what is out of scope follows from both. The last part of the context is unique to the visit, so that two visits in
-- one transaction remember nothing of each other.
CREATE OR REPLACE FUNCTION portal_enter(
    asker bigint, through text, chosen text, place bigint, wanted text, seen_at bigint
)
RETURNS TABLE(establishments bigint[], codename character varying, reason character varying,
    year_groups character varying[], withheld character varying[], set_aside boolean, ends_on date)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('portal.acting_for', chosen, true);
    PERFORM set_config(
        'portal.ctx',
        asker || '@' || through || '@' || extract(epoch FROM now())::text || '@' || clock_timestamp()::text, true);
    PERFORM set_config(
        'portal.here',
        CASE WHEN seen_at IS NULL THEN ''
             ELSE coalesce((SELECT id FROM sharing_establishment WHERE urn = seen_at), 0)::text END, true);
    RETURN QUERY SELECT * FROM portal_holdings(place, wanted);
END
$$;

GRANT EXECUTE ON FUNCTION portal_context, portal_asker, portal_establishments, portal_years, portal_holdings,
    portal_enter TO portal_app, portal_batch;
