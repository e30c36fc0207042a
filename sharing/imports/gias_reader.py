"""Reading the two public files of GIAS (Get Information About Schools): schools and links.

Columns are found by name: the Department adds and removes some every year. Rows of other local authorities are skipped
unread, so that a slip in Cornwall does not stop Bradford. Heads' names are in the file and are not read: they are
personal data and not needed here. Source: formats pages 2 and 13.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.template.defaultfilters import pluralize

from sharing.codes import GIAS_PHASE, GIAS_STATUS, GIAS_TYPE
from sharing.imports.csv_text import Column, Table, open_table
from sharing.imports.problems import Problem, ProblemLog

_ESTABLISHMENTS: Final = "the GIAS download of all establishment data, 'edubasealldata....csv'"
_LINKS: Final = "the GIAS download of establishment links, 'links_edubasealldata....csv'"
_UNKNOWN_DATE: Final = date(1900, 1, 1)
_COUNT: Final = re.compile("[0-9]{1,6}")
_URN: Final = re.compile("[1-9][0-9]{5}")

COLUMNS: Final = {
    "urn": Column("URN", required=True),
    "la_code": Column("LA (code)", required=True),
    "establishment_number": Column("EstablishmentNumber", required=True),
    "name": Column("EstablishmentName", required=True),
    "type_code": Column("TypeOfEstablishment (code)", required=True),
    "type_name": Column("TypeOfEstablishment (name)"),
    "phase_code": Column("PhaseOfEducation (code)", required=True),
    "phase_name": Column("PhaseOfEducation (name)"),
    "status_code": Column("EstablishmentStatus (code)", required=True),
    "status_name": Column("EstablishmentStatus (name)"),
    "open_date": Column("OpenDate"),
    "close_date": Column("CloseDate"),
    "reason_opened_code": Column("ReasonEstablishmentOpened (code)"),
    "reason_closed_code": Column("ReasonEstablishmentClosed (code)"),
    "low_age": Column("StatutoryLowAge"),
    "high_age": Column("StatutoryHighAge"),
    "gender_name": Column("Gender (name)"),
    "capacity": Column("SchoolCapacity"),
    "number_of_pupils": Column("NumberOfPupils"),
    "percentage_fsm": Column("PercentageFSM"),
    "street": Column("Street"),
    "locality_line": Column("Locality"),
    "address3": Column("Address3"),
    "town": Column("Town"),
    "postcode": Column("Postcode"),
    "telephone": Column("TelephoneNum"),
    "website": Column("SchoolWebsite"),
    "head_title": Column("HeadTitle (name)", also=("HeadTitle",)),
    "head_job_title": Column("HeadPreferredJobTitle"),
    "lsoa_code": Column("LSOA (code)"),
    "ward_code": Column("AdministrativeWard (code)"),
    "ukprn": Column("UKPRN"),
    "trust_name": Column("Trusts (name)"),
    "religious_character": Column("ReligiousCharacter (name)"),
    "last_changed": Column("LastChangedDate"),
}

_FROM_A_CODE: Final = ("type_name", "phase_name", "status_name")

LINK_COLUMNS: Final = {
    "urn": Column("URN", required=True),
    "link_urn": Column("LinkURN", required=True),
    "link_name": Column("LinkName"),
    "link_type": Column("LinkType", required=True),
    "established": Column("LinkEstablishedDate"),
}


@dataclass(frozen=True)
class GiasEstablishment:
    """One establishment as GIAS publishes it.

    `row` is the line in the file. Ages are in years, `capacity` and `number_of_pupils` are
    counts, `percentage_fsm` is percent of pupils. Text that is absent is "", a number or
    date that is absent or unknown is None. `website` is an http(s) address, or "".
    """

    row: int
    urn: int
    la_code: int
    establishment_number: int | None
    name: str
    type_code: int
    type_name: str
    phase_code: int | None
    phase_name: str
    status_code: int
    status_name: str
    open_date: date | None
    close_date: date | None
    reason_opened_code: int | None
    reason_closed_code: int | None
    low_age: int | None
    high_age: int | None
    gender_name: str
    capacity: int | None
    number_of_pupils: int | None
    percentage_fsm: Decimal | None
    street: str
    locality_line: str
    address3: str
    town: str
    postcode: str
    telephone: str
    website: str
    head_title: str
    head_job_title: str
    lsoa_code: str
    ward_code: str
    ukprn: str
    trust_name: str
    religious_character: str
    last_changed: date | None


@dataclass(frozen=True)
class GiasLink:
    """`link_urn` is the `link_type` (Predecessor, Successor, ...) of `urn`, since `established`.

    The file has each link twice, once from either side. Links fork, merge, and may form a circle: code that follows
    them must remember where it has been.
    """

    row: int
    urn: int
    link_urn: int
    link_name: str
    link_type: str
    established: date | None


class _Row:
    """The cells of one row as values; anything wrong goes to the log and makes `good` false."""

    def __init__(
        self,
        number: int,
        cells: list[str],
        table: Table,
        columns: Mapping[str, Column],
        log: ProblemLog,
    ) -> None:
        self.number, self.good = number, True
        self._cells, self._table, self._columns, self._log = cells, table, columns, log
        extra = len(cells) - table.width
        if extra:
            cure = (
                f"This row has {abs(extra)} cell{pluralize(abs(extra))} "
                f"{'more' if extra > 0 else 'fewer'} than the header: a comma or quotation "
                "mark is out of place. Download the file again and do not edit it."
            )
            self.wrong("", "", cure)

    def wrong(self, name: str, value: str, cure: str) -> None:
        self.good = False
        header = self._columns[name].header if name else ""
        self._log.add(Problem(self.number, header, value, cure))

    def odd(self, name: str, cure: str) -> None:
        self._log.add(Problem(self.number, self._columns[name].header, "", cure, fatal=False))

    def text(self, name: str) -> str:
        return self._table.pick(self._cells, name)

    def needed(self, name: str) -> str:
        if not (text := self.text(name)):
            self.wrong(name, "", "This cell is empty and must not be.")
        return text

    def count(self, name: str, most: int = 999_999) -> int | None:
        text = self.text(name)
        if not text or (_COUNT.fullmatch(text) and int(text) <= most):
            return int(text) if text else None
        cure = f"This must be a whole number from 0 to {most:,}, or empty when unknown."
        self.wrong(name, text, cure)
        return None

    def urn(self, name: str) -> int:
        text = self.text(name)
        if _URN.fullmatch(text):
            return int(text)
        self.wrong(name, text, "A URN has six digits. Look it up on the GIAS web site.")
        return 0

    def code(self, name: str, known: Mapping[int, str]) -> int | None:
        text = self.text(name)
        code = int(text) if _COUNT.fullmatch(text) else None
        if code in known or not text:
            return code
        cure = "This code is not on our list. Ask support to add it before this file is used."
        self.wrong(name, text, cure)
        return None

    def day(self, name: str) -> date | None:
        text = self.text(name)
        if not text:
            return None
        day = gias_date(text)
        if day is None:
            self.wrong(name, text, "This is not a date. Write it day-month-year: 01-09-2016.")
        return day if day != _UNKNOWN_DATE else None

    def percent(self, name: str) -> Decimal | None:
        text = self.text(name)
        if not text:
            return None
        if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,6})?", text) and Decimal(text) <= 100:
            return Decimal(text)
        self.wrong(name, text, "This must be a percentage between 0 and 100, without a sign.")
        return None


def gias_date(text: str) -> date | None:
    """A day written dd-mm-yyyy or dd/mm/yyyy, or None if it is not a valid one."""
    match = re.fullmatch(r"([0-9]{2})([-/])([0-9]{2})\2([0-9]{4})", text)
    try:
        return date(int(match[4]), int(match[3]), int(match[1])) if match else None
    except ValueError:
        return None


def _telephone(text: str) -> str:
    """A telephone number with its leading zero, which spreadsheets drop and every British number has."""
    return f"0{text}" if re.fullmatch("[1-9][0-9]{8,9}", text) else text


def web_address(text: str) -> str:
    """An http(s) address that is safe in a link, "" for anything else."""
    address = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(address)
        port_is_a_number = parts.port is None or parts.port > 0
    except ValueError:
        return ""
    sound = parts.scheme in ("http", "https") and port_is_a_number and "@" not in parts.netloc
    host = parts.hostname or ""
    return address if sound and "." in host and not re.search(r"\s", address) else ""


def load_establishments(path: Path, la: int | None = None, log: ProblemLog | None = None) -> list[GiasEstablishment]:
    """The establishments of the file, of one local authority if `la` is given.

    Raises ImportRefused with every problem of the file when there is a fatal one. Give a
    `log` to see the queries (odd but importable) of a file that is accepted.
    """
    return list(read_establishments(path, la, log))


def read_establishments(
    path: Path, la: int | None = None, log: ProblemLog | None = None
) -> Iterator[GiasEstablishment]:
    """The valid rows one by one; at the end ImportRefused if any row was not valid.

    So apply nothing before the last row: `load_establishments` sees to that.
    """
    log = ProblemLog() if log is None else log
    first_seen: dict[int, int] = {}
    others: set[int] = set()
    with open_table(path, _ESTABLISHMENTS, COLUMNS) as table:
        for number, cells in table.rows:
            la_text = table.pick(cells, "la_code")
            la_code = int(la_text) if re.fullmatch("[0-9]{1,3}", la_text) else None
            if la is not None and la_code is not None and la_code != la:
                others.add(la_code)
                continue
            row = _Row(number, cells, table, COLUMNS, log)
            if row.good and la_code is None:
                row.wrong("la_code", la_text, "A local authority code has three digits.")
            establishment = _establishment(row, la_code or 0) if row.good else None
            if establishment and _is_new(row, establishment.urn, first_seen):
                yield establishment
    if not first_seen and not log.fatal:
        log.add(_nothing_found(la, others))
    log.refuse_if_fatal()


def _establishment(row: _Row, la_code: int) -> GiasEstablishment | None:
    """The row as a record, None when a cell is wrong."""
    type_code = row.code("type_code", GIAS_TYPE)
    status_code = row.code("status_code", GIAS_STATUS)
    phase_code = row.code("phase_code", GIAS_PHASE)
    row.needed("type_code")
    row.needed("status_code")
    text = row.text
    if not text("name"):
        row.odd("name", "The name is empty; the URN stands in for it until GIAS gives one.")
    status_name = text("status_name")
    if status_code and status_name.casefold() not in ("", GIAS_STATUS[status_code].casefold()):
        cure = f"Code {status_code} should mean '{GIAS_STATUS[status_code]}'. Ask support."
        row.wrong("status_name", status_name, cure)
    record = GiasEstablishment(
        row=row.number,
        urn=row.urn("urn"),
        la_code=la_code,
        establishment_number=row.count("establishment_number", 9999),
        name=text("name") or f"(no name in GIAS, URN {row.text('urn')})",
        type_code=type_code or 0,
        type_name=text("type_name") or GIAS_TYPE.get(type_code or 0, ""),
        phase_code=phase_code,
        phase_name=text("phase_name") or GIAS_PHASE.get(phase_code or 0, ""),
        status_code=status_code or 0,
        status_name=status_name or GIAS_STATUS.get(status_code or 0, ""),
        open_date=row.day("open_date"),
        close_date=row.day("close_date"),
        reason_opened_code=row.count("reason_opened_code", 99),
        reason_closed_code=row.count("reason_closed_code", 99),
        low_age=row.count("low_age", 99),
        high_age=row.count("high_age", 99),
        gender_name=text("gender_name"),
        capacity=row.count("capacity"),
        number_of_pupils=row.count("number_of_pupils"),
        percentage_fsm=row.percent("percentage_fsm"),
        street=text("street"),
        locality_line=text("locality_line"),
        address3=text("address3"),
        town=text("town"),
        postcode=text("postcode"),
        telephone=_telephone(text("telephone")),
        website=web_address(text("website")),
        head_title=text("head_title"),
        head_job_title=text("head_job_title"),
        lsoa_code=text("lsoa_code"),
        ward_code=text("ward_code"),
        ukprn=text("ukprn"),
        trust_name=text("trust_name"),
        religious_character=text("religious_character"),
        last_changed=row.day("last_changed"),
    )
    return record if row.good else None


def _is_new(row: _Row, urn: int, first_seen: dict[int, int]) -> bool:
    first = first_seen.setdefault(urn, row.number)
    if first == row.number:
        return True
    row.wrong("urn", str(urn), f"This URN is in row {first} already. Remove one of the two.")
    return False


def _nothing_found(la: int | None, others: set[int]) -> Problem:
    if la is None or not others:
        return Problem(None, "", "", f"There is a header and no rows. Download {_ESTABLISHMENTS}.")
    some = ", ".join(str(code) for code in sorted(others)[:5])
    more = f" and {len(others) - 5} more" if len(others) > 5 else ""
    cure = f"No row is for local authority {la}; the file is for {some}{more}. Choose another file."
    return Problem(None, COLUMNS["la_code"].header, "", cure)


def lacking(path: Path) -> list[str]:
    """The names of the columns that the file of establishments does not have, and that nothing else stands in for."""
    with open_table(path, _ESTABLISHMENTS, COLUMNS) as table:
        return [name for name in COLUMNS if name not in table.positions and name not in _FROM_A_CODE]


def load_links(path: Path) -> list[GiasLink]:
    """All links of the file. Raises ImportRefused with every problem when there is one."""
    return list(read_links(path))


def read_links(path: Path) -> Iterator[GiasLink]:
    """The valid links one by one; at the end ImportRefused if any row was not valid.

    A row that repeats an earlier one exactly is skipped.
    """
    log = ProblemLog()
    seen: set[tuple[int, int, str]] = set()
    with open_table(path, _LINKS, LINK_COLUMNS) as table:
        for number, cells in table.rows:
            row = _Row(number, cells, table, LINK_COLUMNS, log)
            link = _link(row) if row.good else None
            if link is None or (key := (link.urn, link.link_urn, link.link_type)) in seen:
                continue
            seen.add(key)
            yield link
    if not seen and not log.fatal:
        log.add(Problem(None, "", "", f"There is a header and no rows. Download {_LINKS}."))
    log.refuse_if_fatal()


def _link(row: _Row) -> GiasLink | None:
    link = GiasLink(
        row=row.number,
        urn=row.urn("urn"),
        link_urn=row.urn("link_urn"),
        link_name=row.text("link_name"),
        link_type=row.needed("link_type"),
        established=row.day("established"),
    )
    if row.good and link.urn == link.link_urn:
        row.wrong("link_urn", str(link.link_urn), "An establishment cannot be linked to itself.")
    return link if row.good else None
