"""Where both sites show figures: the closed list of what is compared."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from portal.parity import reading
from sharing.records.reports import GOVERNORS


class Form(StrEnum):
    """What kind of content is sent, and so how to read it."""

    PAGE = "page"
    CSV = "csv"
    ROWS = "rows"
    WORKBOOK = "xlsx"
    PDF = "pdf"


READ: dict[Form, Callable[[bytes], reading.Facts]] = {
    Form.PAGE: reading.of_page,
    Form.CSV: reading.of_csv,
    Form.ROWS: reading.of_rows,
    Form.WORKBOOK: reading.of_workbook,
    Form.PDF: reading.of_pdf,
}


@dataclass(frozen=True)
class Scope:
    """An address of both sites. `own`: only for those with a place there. `of_both`: officers read about more
    establishments, so what only one site says is no difference. `name`: of the address, in the URL maps."""

    kind: str
    name: str
    path: str
    form: Form = Form.PAGE
    own: bool = False
    of_both: bool = False


CALENDAR, LIST, KEY_DATA, DEEPER = "Calendar of releases", "List of establishments", "Key Data", "Deeper Data"
STATISTICS = "Open statistics"
OF_ALL = (Scope(CALENDAR, "release_calendar", "/calendar/"),)
_HERE = "/establishments/{urn}"
OF_EACH = (
    Scope("Page of an establishment", "establishment", f"{_HERE}/"),
    Scope(KEY_DATA, "key_data", f"{_HERE}/key-data/"),
    Scope(KEY_DATA, "key_data_file", f"{_HERE}/key-data/download/csv/", Form.CSV),
    Scope(KEY_DATA, "key_data_file", f"{_HERE}/key-data/download/meta/", Form.CSV),
    Scope(KEY_DATA, "key_data_file", f"{_HERE}/key-data/download/xlsx/", Form.WORKBOOK),
    Scope("Reports", "reports", f"{_HERE}/reports/"),
    Scope("Reports", "report_file", f"{_HERE}/reports/{GOVERNORS}/", Form.PDF),
    Scope(STATISTICS, "statistics_of", f"{_HERE}/statistics/"),
    Scope("Dashboard", "dashboard", f"{_HERE}/dashboard/", own=True),
    Scope("School Finder", "school_finder", "/school-finder/?of={urn}", own=True),
)
# Deeper Data answers a question, which is in the query of the address.
OF_A_QUESTION = (
    Scope(DEEPER, "deeper", f"{_HERE}/deeper/"),
    Scope(DEEPER, "deeper_file", f"{_HERE}/deeper/download/csv/", Form.CSV),
    Scope(DEEPER, "deeper_file", f"{_HERE}/deeper/download/xlsx/", Form.WORKBOOK),
)
# For each published year: the list, each open table, and each table that names establishments, as its file.
LIST_OF_STATISTICS = Scope(STATISTICS, "statistics", "/statistics/")
OF_A_TABLE = (
    Scope(STATISTICS, "open_table", "/statistics/{table}/"),
    Scope(STATISTICS, "open_table_file", "/statistics/{table}/download/csv/", Form.CSV),
    Scope(STATISTICS, "open_table_file", "/statistics/{table}/download/meta/", Form.CSV),
    Scope(STATISTICS, "open_table_file", "/statistics/{table}/download/xlsx/", Form.WORKBOOK),
)
OF_A_NAMED_TABLE = (
    Scope(STATISTICS, "named_table_file", "/statistics/establishments/{table}/download/csv/", Form.ROWS, of_both=True),
)
# Compared row by row, since officers read about more establishments; and the history of each dataset of the calendar.
BESIDES = {"establishments": LIST, "establishments_file": LIST, "release_history": CALENDAR}
_OF_STATISTICS = (LIST_OF_STATISTICS, *OF_A_TABLE, *OF_A_NAMED_TABLE)
COMPARED = {scope.name for scope in (*OF_ALL, *OF_EACH, *OF_A_QUESTION, *_OF_STATISTICS)} | BESIDES.keys()
