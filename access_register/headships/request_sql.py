"""A request for a child's own records at a school that nobody heads, in SQL for migration 0205 (R18).

The head alone reads and answers it, and the law's month goes on: between two heads, while the head's line or account is
suspended, or once the school has ended, the information manager has it, as where the head does not see the child.
"""

from sharing.sql.overrides import within

_OF_THE_STORE = "    SELECT id FROM sharing_subjectrequest\n    WHERE through = 'edunet'"
_OF_NO_HEAD = """    SELECT request.id FROM sharing_subjectrequest AS request
    WHERE request.through = 'schools_online' AND request.state = 'open' AND portal_context(2) = 'edunet'
      AND EXISTS (SELECT FROM portal_establishments('manage_duties')) AND NOT EXISTS (
        SELECT FROM access_register_registerline AS line JOIN access_register_person AS head ON head.id = line.person_id
        WHERE line.establishment_id = request.establishment_id AND line.seat = 0 AND line.withdrawn_at IS NULL
          AND line.suspended_at IS NULL AND line.awaiting_since IS NULL AND line.starts_on <= CURRENT_DATE
          AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE) AND head.is_active
          AND (head.suspended_until IS NULL OR head.suspended_until < CURRENT_DATE))
    UNION ALL
"""
_BOTH = _OF_NO_HEAD + _OF_THE_STORE
WITHOUT_HEAD = within("portal_subject_requests", (_OF_THE_STORE, _BOTH))
WITH_HEAD_ALONE = within("portal_subject_requests", (_BOTH, _OF_THE_STORE))
