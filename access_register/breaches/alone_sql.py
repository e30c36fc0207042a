"""The last information manager closes what they would have closed with another, in SQL for migration 0153 (P17, R41).

The other has left since, and nobody is there to agree: the case waited for nobody.
"""

from sharing.sql.overrides import within

_ALWAYS = "IF portal_asker() = ANY (breach.closed_by) THEN RETURN 'again'; END IF;"
_WITH_ANOTHER = """IF portal_asker() = ANY (breach.closed_by) AND EXISTS (
            SELECT FROM access_register_breach_desk(wanted) AS other WHERE other <> portal_asker()) THEN
            RETURN 'again';
        END IF;"""
CREATE = within("access_register_refer_breach", (_ALWAYS, _WITH_ANOTHER))
DROP = within("access_register_refer_breach", (_WITH_ANOTHER, _ALWAYS))
