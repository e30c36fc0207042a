"""Who asked and is told that there is an answer, in SQL for migration 0190 (R7, R18, R20, R23).

Whoever could read the answer today, and at which site: where they hold the permission that its page asks for. Nobody
who gave the answer. Of a transfer that was called off after it was accepted, Level 1 of the school that expects the
child. Of a child nobody is told to whom the record of a challenge is not shown, or the child is closed.
"""

from sharing.sql.overrides import within

CREATE = """
CREATE FUNCTION access_register_asker_to_tell(what text, wanted bigint) RETURNS TABLE (person bigint, site varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH asked AS (
        SELECT reported_by_id AS person, 'view_establishment' AS needs, NULL::bigint AS place, NULL::uuid AS pupil
        FROM sharing_misusereport WHERE what = 'misuse' AND id = wanted AND state = 'closed'
        UNION ALL
        SELECT asserted_by, 'view_pupils', coalesce(from_establishment_id, establishment_id), leaving_id
        FROM sharing_transfer WHERE what = 'declined' AND id = wanted AND declined_at IS NOT NULL
        UNION ALL
        SELECT line.person_id, 'keep_records', transfer.establishment_id, coalesce(pupil_id, leaving_id)
        FROM sharing_transfer AS transfer
        JOIN access_register_registerline AS line ON line.establishment_id = transfer.establishment_id
        WHERE what = 'cancelled' AND transfer.id = wanted AND cancelled_at IS NOT NULL AND agreed_on IS NOT NULL
          AND line.level = 1 AND line.withdrawn_at IS NULL AND line.suspended_at IS NULL
        UNION ALL
        SELECT raised_by_id, CASE about WHEN 'pupil' THEN 'view_pupils' WHEN 'staff' THEN 'view_staff'
            ELSE 'view_establishment' END, establishment_id, pupil_id
        FROM sharing_challenge AS challenge
        WHERE what = 'challenge' AND id = wanted AND state = 'answered'
          AND (pupil_id IS NULL OR EXISTS (
            SELECT FROM sharing_pupil AS pupil WHERE pupil.id = challenge.pupil_id AND pupil.visible @> CURRENT_DATE)))
    SELECT asked.person, max(held.through) FROM asked
    JOIN access_register_person AS who ON who.id = asked.person AND who.is_active
     AND (who.suspended_until IS NULL OR who.suspended_until < CURRENT_DATE)
    JOIN sharing_establishmentpermission AS held ON held.user_id = asked.person
     AND held.permission_id = (SELECT id FROM auth_permission WHERE codename = asked.needs)
     AND held.establishment_id = coalesce(asked.place, held.establishment_id)
     AND held.starts_on <= CURRENT_DATE AND (held.ends_on IS NULL OR held.ends_on >= CURRENT_DATE)
    WHERE asked.person <> portal_asker() AND NOT EXISTS (
        SELECT FROM sharing_closing AS closing JOIN sharing_child AS child ON child.id = closing.child_id
        JOIN sharing_pupil AS pupil ON pupil.child_id IN (child.id, child.same_as_id)
        WHERE pupil.id = asked.pupil AND closing.starts_at <= now() AND closing.ends_at > now()
          AND closing.ended_at IS NULL AND asked.person <> ALL (closing.named))
    GROUP BY asked.person
$$;
GRANT EXECUTE ON FUNCTION access_register_asker_to_tell TO portal_app;
"""
DROP = "DROP FUNCTION access_register_asker_to_tell;"

# For migration 0200: of a legal override too, whoever recorded it may not keep duties any more (R9); and nobody is told
# whose line is narrowed to year groups that the child is not in (R35).
_FIRST = "    WITH asked AS (\n"
_ALSO_OF_ORDERS = f"""{_FIRST}
        SELECT recorded_by_id AS person, 'manage_duties' AS needs, NULL::bigint AS place, NULL::uuid AS pupil
        FROM access_register_order WHERE what = 'order' AND id = wanted AND authorised_at IS NOT NULL
        UNION ALL
"""  # noqa: S608
_TODAY = "     AND held.starts_on <= CURRENT_DATE AND (held.ends_on IS NULL OR held.ends_on >= CURRENT_DATE)\n    WHERE"
_OF_THEIR_YEARS = _TODAY.replace(
    "\n    WHERE",
    """
     AND (asked.pupil IS NULL OR held.year_groups = '{}' OR EXISTS (
        SELECT FROM sharing_pupil AS pupil WHERE pupil.id = asked.pupil AND year_group = ANY (held.year_groups)))
    WHERE""",
)
_CHANGES = ((_FIRST, _ALSO_OF_ORDERS), (_TODAY, _OF_THEIR_YEARS))
WHO_MAY_READ = within("access_register_asker_to_tell", *_CHANGES)
WHO_ASKED = within("access_register_asker_to_tell", *[change[::-1] for change in _CHANGES])

# For migration 0201: of a closing, a disposal and a second officer too, whoever asked for them and keeps duties today
# (R18, R38, R43). Of a challenge about a leaver that the night has closed, who raised it and still sees pupils there:
# the page of it is nobody's any more, so the record need not be shown (R5, R23). By night nobody asks.
_MORE = f"""{_FIRST}
        SELECT asked_by_id AS person, 'manage_duties' AS needs, NULL::bigint AS place, NULL::uuid AS pupil
        FROM sharing_closing WHERE what = 'closing' AND id = wanted AND agreed_at IS NOT NULL
        UNION ALL
        SELECT asked_by_id, 'manage_duties', NULL, NULL
        FROM sharing_disposal WHERE what = 'disposal' AND id = wanted AND decided_at IS NOT NULL
        UNION ALL
        SELECT recorded_by_id, 'manage_duties', NULL, NULL
        FROM access_register_officerappointment WHERE what = 'officer' AND id = wanted AND NOT awaits_second
        UNION ALL
        SELECT raised_by_id, 'view_pupils', establishment_id, pupil_id
        FROM sharing_challenge WHERE what = 'left' AND id = wanted AND outcome = 'has_left'
        UNION ALL
"""  # noqa: S608
_NOT_THEMSELVES = "WHERE asked.person <> portal_asker() AND"
_NOR_BY_NIGHT = "WHERE (asked.person <> portal_asker() OR what = 'left') AND"
_MORE_CHANGES = ((_FIRST, _MORE), (_NOT_THEMSELVES, _NOR_BY_NIGHT))
_BY_NIGHT_TOO = "GRANT EXECUTE ON FUNCTION access_register_asker_to_tell TO portal_batch;"
_BY_DAY_ALONE = "REVOKE EXECUTE ON FUNCTION access_register_asker_to_tell FROM portal_batch;"
MORE_WHO_ASKED = within("access_register_asker_to_tell", *_MORE_CHANGES) + _BY_NIGHT_TOO
FEWER_WHO_ASKED = within("access_register_asker_to_tell", *[change[::-1] for change in _MORE_CHANGES]) + _BY_DAY_ALONE

# For migration 0202: of an answer to a request for support, whoever asked and keeps the records there today, at Schools
# Online, where its page is (R20).
_SUPPORT = f"""{_FIRST}
        SELECT asked_by_id AS person, 'keep_records' AS needs, from_establishment_id AS place, NULL::uuid AS pupil
        FROM sharing_supportrequest WHERE what = 'support' AND id = wanted AND state IN ('accepted', 'declined')
        UNION ALL
"""  # noqa: S608
_AT_THE_PLACE = "AND held.establishment_id = coalesce(asked.place, held.establishment_id)"
_AT_A_SCHOOL = f"{_AT_THE_PLACE} AND (what <> 'support' OR held.through = 'schools_online')"
_SUPPORT_CHANGES = ((_FIRST, _SUPPORT), (_AT_THE_PLACE, _AT_A_SCHOOL))
SUPPORT_TOO = within("access_register_asker_to_tell", *_SUPPORT_CHANGES)
WITHOUT_SUPPORT = within("access_register_asker_to_tell", *[change[::-1] for change in _SUPPORT_CHANGES])

# For migration 0207. That there is a new request for support: Level 1 of who offers it, as they may answer (P8).
_ASKED = f"""{_FIRST}
        SELECT line.person_id AS person, 'keep_records' AS needs, request.establishment_id AS place, NULL::uuid AS pupil
        FROM sharing_supportrequest AS request
        JOIN access_register_registerline AS line ON line.establishment_id = request.establishment_id
        WHERE what = 'support_asked' AND request.id = wanted AND state = 'waiting'
          AND line.level = 1 AND line.withdrawn_at IS NULL AND line.suspended_at IS NULL
        UNION ALL
"""  # noqa: S608
_OF_SUPPORT, _OF_BOTH = "(what <> 'support' OR", "(what NOT IN ('support', 'support_asked') OR"
_ASKED_CHANGES = ((_FIRST, _ASKED), (_OF_SUPPORT, _OF_BOTH))
NEW_SUPPORT_TOO = within("access_register_asker_to_tell", *_ASKED_CHANGES)
ANSWERED_SUPPORT_ALONE = within("access_register_asker_to_tell", *[change[::-1] for change in _ASKED_CHANGES])
