"""What a person holds, in SQL for migrations 0016 and 0143: as many rows as there are reasons, or those of one place.

An officer of all holds hundreds of establishments for one reason each time, and each visit and policy asks.
"""

from sharing.sql.overrides import within

AS_OWNER = "SECURITY DEFINER SET search_path = public, pg_temp"
_COLUMNS = """establishments bigint[], codename varchar, reason varchar, year_groups varchar[], withheld varchar[],
    set_aside boolean"""
_LIVE = "starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)"
# What follows from one source until one day has one reason, so the first row of each tells it: to compare hundreds of
# long texts takes longer than to fetch them. A narrowed row stands by itself.
_HELD = """
    SELECT held.establishments, (SELECT codename FROM auth_permission WHERE id = first.permission_id), first.reason,
           first.year_groups, first.withheld, held.set_aside
    FROM (SELECT array_agg(establishment_id) AS establishments, min(id) AS id,
                 establishment_id = ANY (aside) AS set_aside
          FROM sharing_establishmentpermission
          WHERE user_id = who AND through = site AND {live}{only}
          GROUP BY permission_id, source, ends_on, establishment_id = ANY (aside),
                   CASE WHEN cardinality(year_groups) + cardinality(withheld) > 0 THEN id END) AS held
    JOIN sharing_establishmentpermission AS first ON first.id = held.id
    ORDER BY first.id"""
_EVERYTHING, _AT_PLACE, _OF_PERMISSION = (
    _HELD.format(live=_LIVE, only=only)
    for only in (
        "",
        " AND establishment_id = (SELECT id FROM sharing_establishment WHERE urn = place)",
        " AND permission_id = (SELECT id FROM auth_permission WHERE codename = wanted)",
    )
)
# `place`: what is held at the establishment with this URN; `wanted`: where that permission is held; neither: all of it.
# `set_aside`: of a third party's other sponsors, for whom the person does not act now (R24). The choice is told first,
# then who asks: what is out of scope follows from both.
HOLDINGS = f"""
DROP FUNCTION portal_enter, portal_holdings;
CREATE FUNCTION portal_holdings(place bigint, wanted text) RETURNS TABLE ({_COLUMNS})
LANGUAGE plpgsql STABLE {AS_OWNER} AS $$
#variable_conflict use_column
DECLARE
    who bigint := portal_asker();
    site text := portal_context(2);
    aside bigint[] := ARRAY(SELECT portal_out_of_scope());
BEGIN
    IF place IS NOT NULL THEN
        RETURN QUERY {_AT_PLACE};
    ELSIF wanted IS NOT NULL THEN
        RETURN QUERY {_OF_PERMISSION};
    ELSE
        RETURN QUERY {_EVERYTHING};
    END IF;
END $$;
CREATE FUNCTION portal_enter(asker bigint, through text, chosen text, place bigint, wanted text)
RETURNS TABLE ({_COLUMNS}) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('portal.acting_for', chosen, true);
    PERFORM set_config('portal.ctx', asker || '@' || through || '@' || extract(epoch FROM now())::text, true);
    RETURN QUERY SELECT * FROM portal_holdings(place, wanted);
END $$;
GRANT EXECUTE ON FUNCTION portal_holdings, portal_enter TO portal_app, portal_batch;
"""

# For migration 0143. At one establishment there is nothing to gather: each row tells its own reason.
_ROW_BY_ROW = f"""
    SELECT ARRAY[establishment_id], (SELECT codename FROM auth_permission WHERE id = permission_id), reason,
           year_groups, withheld, establishment_id = ANY (aside)
    FROM sharing_establishmentpermission
    WHERE user_id = who AND through = site AND {_LIVE}
      AND establishment_id = (SELECT id FROM sharing_establishment WHERE urn = place)
    ORDER BY id"""
AT_ONE_PLACE = within("portal_holdings", (_AT_PLACE, _ROW_BY_ROW))
AT_ONE_PLACE_AS_BEFORE = within("portal_holdings", (_ROW_BY_ROW, _AT_PLACE))

_PUPILS = f"""user_id = (SELECT portal_asker()) AND through = (SELECT portal_context(2))
      AND permission_id = (SELECT id FROM auth_permission WHERE codename = 'view_pupils') AND {_LIVE}"""
_NARROWED = f"CREATE OR REPLACE FUNCTION portal_narrowed() RETURNS SETOF bigint LANGUAGE sql STABLE {AS_OWNER} AS $$"
# Where somebody has two grants, each opens what it opens: narrowed is who has none without year groups. Begun from the
# rows with year groups, of which there are next to none.
NARROWED = f"""
{_NARROWED}
    SELECT establishment_id FROM sharing_establishmentpermission AS held
    WHERE {_PUPILS} AND year_groups <> '{{}}' AND NOT EXISTS (
        SELECT FROM sharing_establishmentpermission AS whole
        WHERE {_PUPILS} AND establishment_id = held.establishment_id AND year_groups = '{{}}')
$$;
"""
CREATE = HOLDINGS + NARROWED

DROP = f"""
DROP FUNCTION portal_enter, portal_holdings;
CREATE FUNCTION portal_holdings()
RETURNS TABLE (establishment_id bigint, codename varchar, reason varchar, year_groups varchar[], withheld varchar[])
LANGUAGE sql STABLE {AS_OWNER} AS $$
    SELECT held.establishment_id, permission.codename, held.reason, held.year_groups, held.withheld
    FROM sharing_establishmentpermission AS held JOIN auth_permission AS permission ON permission.id = permission_id
    WHERE held.user_id = portal_asker() AND held.through = portal_context(2) AND {_LIVE}
    ORDER BY held.id
$$;
CREATE FUNCTION portal_enter(asker bigint, through text)
RETURNS TABLE (establishment_id bigint, codename varchar, reason varchar, year_groups varchar[], withheld varchar[])
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('portal.ctx', asker || '@' || through || '@' || extract(epoch FROM now())::text, true);
    RETURN QUERY SELECT * FROM portal_holdings();
END $$;
GRANT EXECUTE ON FUNCTION portal_holdings, portal_enter TO portal_app, portal_batch;
{_NARROWED}
    SELECT establishment_id FROM sharing_establishmentpermission WHERE {_PUPILS}
    GROUP BY establishment_id HAVING bool_and(year_groups <> '{{}}')
$$;
"""
