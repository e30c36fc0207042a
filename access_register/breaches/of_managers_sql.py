"""Who passes a misuse on may name information managers who did it, in SQL for migration 0211 (P17, R41).

As who reports a breach may: they do not look at it then. In the same transaction alone, in which the case is made.
"""

from sharing.sql.overrides import within

_BY_WHO_REPORTS = "IF NOT FOUND OR NOT portal_breach_is(wanted, 'reporter') THEN RETURN; END IF;"
_OR_PASSES_IT_ON = """IF NOT FOUND OR NOT portal_breach_is(wanted, 'reporter') AND NOT EXISTS (
        SELECT FROM access_register_breach
        WHERE id = wanted AND passed_on_by_id = portal_asker() AND reported_at = now()) THEN RETURN; END IF;"""
CREATE = within("access_register_breach_by_managers", (_BY_WHO_REPORTS, _OR_PASSES_IT_ON))
DROP = within("access_register_breach_by_managers", (_OR_PASSES_IT_ON, _BY_WHO_REPORTS))
