"""For whom somebody sits on a panel, in SQL for migration 0145 (P6, P17, R16, R41).

A head for an establishment that takes part today: whoever has left the protocol reads nothing of other establishments,
and a case is about one. An officer by an appointment that opens something: not while it waits for a second manager.
"""

from sharing.sql.overrides import within

_IN_LOCALITY = "member.locality_id = ANY (breach.localities)"
_TAKES_PART = f"""{_IN_LOCALITY}
        AND EXISTS (SELECT FROM sharing_participation AS part WHERE part.establishment_id = line.establishment_id
                    AND part.starts_on <= CURRENT_DATE AND (part.ends_on IS NULL OR part.ends_on >= CURRENT_DATE))"""
_OFFICER = "officer.starts_on <= CURRENT_DATE"
_CONFIRMED = f"NOT officer.awaits_second AND {_OFFICER}"
_WHO_SITS = ("access_register_may_sit", "access_register_breach_candidates")
CREATE = "".join(within(rules, (_IN_LOCALITY, _TAKES_PART), (_OFFICER, _CONFIRMED)) for rules in _WHO_SITS)
DROP = "".join(within(rules, (_TAKES_PART, _IN_LOCALITY), (_CONFIRMED, _OFFICER)) for rules in _WHO_SITS)
