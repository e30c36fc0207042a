"""Who took a child's record away is told with who opened it, in SQL for migration 0099 (R14, R43)."""

from sharing.sql.overrides import within

INDEX = "children_taken_away"
TAKEN_AWAY = "action IN ('ask_for_download', 'make_download', 'print_records') AND about ? 'pupils'"
INDEXED = f"USING gin ((about -> 'pupils')) WHERE {TAKEN_AWAY}"
_FOUND, _SEEN = "    ) AS entry", "outcome <> 'refused' AND EXISTS"
_ALSO_FOUND = f"""        UNION ALL
        SELECT * FROM sharing_ledgerentry WHERE {TAKEN_AWAY} AND about -> 'pupils' ? wanted::text
{_FOUND}"""
# The function runs as the owner, for whom no child is closed: of one who is, nothing is told (R18).
_NOT_CLOSED = "outcome <> 'refused' AND wanted <> ALL (ARRAY(SELECT portal_closed())) AND EXISTS"
CREATE = within("portal_openings", (_FOUND, _ALSO_FOUND), (_SEEN, _NOT_CLOSED))
DROP = within("portal_openings", (_NOT_CLOSED, _SEEN), (_ALSO_FOUND, _FOUND))
