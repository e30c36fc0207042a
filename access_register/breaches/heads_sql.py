"""The head answers for the establishment at both sites, in SQL for migration 0151 (P17, R41).

Who is an officer besides is written to at EduNet, and read there that no such case exists. A case opens no data of
either site, and whoever else it concerns reads it at both.
"""

from sharing.sql.overrides import within

_AT_SCHOOLS_ONLINE = "party.establishment_id IN (SELECT portal_heads())"
_AT_BOTH = """party.establishment_id IN (
               SELECT line.establishment_id FROM access_register_registerline AS line
               WHERE line.person_id = portal_asker() AND line.seat = 0 AND line.withdrawn_at IS NULL
                 AND line.suspended_at IS NULL AND line.awaiting_since IS NULL
                 AND line.starts_on <= CURRENT_DATE AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE))"""
CREATE = within("portal_breach_roles", (_AT_SCHOOLS_ONLINE, _AT_BOTH))
DROP = within("portal_breach_roles", (_AT_BOTH, _AT_SCHOOLS_ONLINE))
