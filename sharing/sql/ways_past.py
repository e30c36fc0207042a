"""What somebody may be told of the ways past the ordinary rules to one record, in SQL for migrations 0273 and 0274
(R9, R18).

Children named one by one, records opened by a broken glass, children closed: of those that act on the record today, the
numbers of the ones that the asker may be told of. To whom one opens nothing, as they may not come in there any more,
is not among them. Of a broken glass the head alone is told (docs/adr/0021).
"""

from sharing.sql.overrides import within

_AS_OWNER = "SECURITY DEFINER SET search_path = public, pg_temp"
_LIVE = "{row}.starts_on <= CURRENT_DATE AND ({row}.ends_on IS NULL OR {row}.ends_on >= CURRENT_DATE)"
_BY_INSTANT = "{row}.starts_at <= now() AND {row}.ends_at > now() AND {row}.ended_at IS NULL"
# As portal_named_records and portal_opened ask it of the person themselves.
_MAY_LOOK = f"""EXISTS (SELECT FROM sharing_establishmentpermission AS held
        WHERE held.user_id = {{row}}.person_id AND held.through = {{through}} AND {_LIVE.format(row="held")}
          AND held.permission_id = (SELECT id FROM auth_permission WHERE codename = 'view_establishment')
          AND {{where}})"""
_NAMED_LOOKS = _MAY_LOOK.format(
    row="named",
    through="named.through",
    where="(named.through = 'schools_online' OR held.establishment_id = identity.place)",
)
_OPENER_LOOKS = _MAY_LOOK.format(row="opening", through="'edunet'", where="held.establishment_id = seen.place")
_ON_EDUNET = "portal_context(2) = 'edunet'"  # then the information manager, who is told of all
CREATE = f"""
CREATE FUNCTION portal_ways_past(record uuid) RETURNS TABLE (way text, number bigint)
LANGUAGE sql STABLE {_AS_OWNER} AS $$
    WITH seen AS (
        SELECT pupil.id, pupil.child_id AS child, pupil.establishment_id AS place FROM sharing_pupil AS pupil
        WHERE pupil.id = record AND pupil.visible @> CURRENT_DATE AND pupil.id <> ALL (ARRAY(SELECT portal_closed()))
          AND pupil.establishment_id IN (SELECT portal_establishments('view_pupils'))
          AND pupil.establishment_id IN (SELECT portal_establishments(
              CASE portal_context(2) WHEN 'edunet' THEN 'manage_duties' ELSE 'manage_register' END))),
    identity AS (
        SELECT child, place FROM seen
        UNION SELECT other.id, place FROM seen JOIN sharing_child AS other ON other.same_as_id = seen.child)
    SELECT 'named', named.id FROM identity JOIN sharing_namedchild AS named ON named.child_id = identity.child
    WHERE named.ended_at IS NULL AND {_LIVE.format(row="named")} AND ({_ON_EDUNET} OR NOT named.head_barred)
      AND {_NAMED_LOOKS}
    UNION ALL
    SELECT 'opened', opening.id FROM seen JOIN sharing_opening AS opening ON opening.pupil_id = seen.id
    WHERE {_BY_INSTANT.format(row="opening")} AND {_OPENER_LOOKS}
      AND ({_ON_EDUNET} OR NOT opening.head_barred AND seen.place IN (SELECT portal_heads()))
    UNION ALL
    SELECT 'closed', closing.id FROM identity JOIN sharing_closing AS closing ON closing.child_id = identity.child
    WHERE {_BY_INSTANT.format(row="closing")}
      AND (closing.agreed_at IS NOT NULL OR now() < closing.starts_at + interval '72 hours')
      AND ({_ON_EDUNET} OR closing.id IN (SELECT portal_closings_to_head()))
$$;
GRANT EXECUTE ON FUNCTION portal_ways_past TO portal_app;
"""
DROP = "DROP FUNCTION portal_ways_past;"

# For migration 0274. The information manager is told who broke a glass and why, and nowhere for which child.
_GLASS = f"({_ON_EDUNET} OR NOT opening.head_barred AND seen.place IN (SELECT portal_heads()))"
_GLASS_TO_THE_HEAD = "NOT opening.head_barred AND seen.place IN (SELECT portal_heads())"
# And portal_named_here: to whom a child is named, and who may not come in there any more, sees nothing. At one
# establishment, which is what its page asks, neither does who is shut out by a closing of which the head is told; whose
# row may be read stays as it was, as "Who may see this record" names them among the shut out.
_NAMED_HERE = "AND NOT named.head_barred AND portal_context(2) = 'schools_online'"
_CLOSED_TO_THEM = f"""EXISTS (
          SELECT FROM sharing_closing AS closing JOIN sharing_child AS kept ON kept.id = closing.child_id
          WHERE pupil.child_id IN (kept.id, kept.same_as_id) AND {_BY_INSTANT.format(row="closing")}
            AND (closing.agreed_at IS NOT NULL OR now() < closing.starts_at + interval '72 hours')
            AND closing.id IN (SELECT portal_closings_to_head(place)) AND named.person_id <> ALL (closing.named))"""
_WHO_SEES = f"""{_NAMED_HERE}
      AND {_NAMED_LOOKS.replace("identity.place", "pupil.establishment_id")}
      AND (place IS NULL OR NOT {_CLOSED_TO_THEM})"""
_CHANGES = (("portal_ways_past", _GLASS, _GLASS_TO_THE_HEAD), ("portal_named_here", _NAMED_HERE, _WHO_SEES))
EXACTLY = "".join(within(name, (before, now)) for name, before, now in _CHANGES)
NEARLY = "".join(within(name, (now, before)) for name, before, now in _CHANGES)
