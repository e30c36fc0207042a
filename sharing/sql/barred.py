"""What a head may not be told stays out of what heads read of the ledger, in SQL for migration 0076 (R18, R43).

A row that comes of a broken glass of which telling the head is barred carries `not_for_the_head`. The information
manager reads it; it is in no list, and in no count, of those who keep a register or see the child.
"""

from sharing.rls import replace_reads
from sharing.sql.overrides import within

TOLD = "NOT about ? 'not_for_the_head'"


_COUNTED, _LISTED = "AND at > now() - interval '12 months'", "WHERE id < older_than"
CREATE = (
    within("portal_times_opened", (_COUNTED, f"{_COUNTED} AND {TOLD}"))
    + within("portal_openings", (_LISTED, f"{_LISTED} AND {TOLD}"))
    + replace_reads("sharing_ledgerentry")
)
DROP = within("portal_times_opened", (f"{_COUNTED} AND {TOLD}", _COUNTED)) + within(
    "portal_openings", (f"{_LISTED} AND {TOLD}", _LISTED)
)
