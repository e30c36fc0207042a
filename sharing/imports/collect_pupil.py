"""One pupil of a COLLECT export: their own row, and the rows of other tables about them, as a ToldPupil.

The checks are those of a school's own return (census_pupil). Source: formats pages 4.2, 11 and 13.
"""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Model

from sharing import codes
from sharing.imports.addresses import home_address
from sharing.imports.census_groups import absence, says_anything, standing, together, told_whole
from sharing.imports.collect_cells import MISSING, Cells, cells_of
from sharing.imports.collect_details import Row
from sharing.imports.collect_tables import ADDRESSES, DETAILS, MEALS, NEEDS, ON_ROLL, SECOND_HALF, SESSIONS, SUSPENSIONS
from sharing.imports.problems import mask_date, mask_text
from sharing.imports.pupil_checks import check_age, former_upn_of, has_meals_on, is_mixed_year, name_of, upn_of
from sharing.imports.told import ToldPupil
from sharing.models import (
    Attendance,
    Enrolment,
    FreeMealsPeriod,
    HomeAddress,
    Pupil,
    PupilNeeds,
    SenNeed,
    Suspension,
)
from sharing.school_year import counts_second_half, term_counted_at

_MOST_SESSIONS = 500
_KINDS: Final = frozenset(Enrolment.Kind.values)
_COUNTRIES: Final = ("ENG", "NIR", "SCT", "WLS")
_MAY_BE_EMPTY: Final = ("middle_names", "preferred_surname")  # an empty code, by contrast, says nothing
_LEFT_OUT: Final = "It is left out."
_LIMITS: Final = {
    field.name: field.max_length or 0
    for field in Pupil._meta.fields
    if field.name in ("surname", "forename", "middle_names", "preferred_surname")
}


@dataclass(frozen=True)
class Said:
    """What the export as a whole gives: its day, and which columns and tables it has."""

    reference_date: date
    columns: Container[str]
    tables: Container[str]


def read_pupil(
    row: Cells, dfe_number: str, urn: int | None, said: Said, details: Mapping[str, list[Row]]
) -> ToldPupil | None:
    """The pupil; None where something is wrong that prevents storing the pupil. The problems are kept with the row."""
    pupil = _Pupil(row, said, details)
    record = pupil.record()
    parts = pupil.parts(record["born_on"])
    if FreeMealsPeriod in parts:
        record["free_school_meals"] = has_meals_on(said.reference_date, parts[FreeMealsPeriod])
    told = ToldPupil(
        row=row.number,
        upn=upn_of(row, "upn", row.text("upn")),
        former_upn=former_upn_of(row, "formerupn", row.text("formerupn")),
        dfe_number=dfe_number,
        urn=urn,
        record=record,
        parts=parts,
    )
    return None if any(problem.fatal for problem in row.problems) else told


class _Pupil:
    def __init__(self, row: Cells, said: Said, details: Mapping[str, list[Row]]) -> None:
        self._row, self._said, self._details = row, said, details
        self._on_roll = row.name == ON_ROLL

    def record(self) -> dict[str, Any]:
        """The columns of Pupil that this table has. Ethnicity is collected in spring only: autumn leaves it alone."""
        row = self._row
        record: dict[str, Any] = {
            "surname": self._name("surname", "surname"),
            "forename": self._name("forename", "forename"),
            "born_on": self._born_on(),
            "sex": row.code("sex", codes.SEX, needed=True),
        }
        facts: list[tuple[str, str, Callable[[], Any]]] = [
            ("middle_names", "middlenames", lambda: self._name("middlenames", "middle_names", needed=False)),
            (
                "preferred_surname",
                "preferredsurname",
                lambda: self._name("preferredsurname", "preferred_surname", False),
            ),
            ("uln", "uniquelearnernumber", self._uln),
            ("ethnicity", "ethnicity", lambda: row.code("ethnicity", _Ethnicities(), "[A-Z]{4}")),
            ("language", "language", self._language),
            ("year_group", "ncyearactual" if self._on_roll else "ncyearleaving", self._year_group),
            ("service_child", "servicechild", lambda: row.code("servicechild", codes.SERVICE_CHILD)),
            ("young_carer", "youngcarer", lambda: row.code("youngcarer", codes.YOUNG_CARER)),
            ("post_looked_after", "plaa", lambda: row.code("plaa", codes.POST_LOOKED_AFTER)),
            ("boarder", "boarder", lambda: row.code("boarder", codes.BOARDER)),
            ("part_time", "parttime", lambda: row.flag("parttime")),
        ]
        told = {fact: read() for fact, column, read in facts if column in self._said.columns}
        may_be_empty = _MAY_BE_EMPTY if self._on_roll else ()
        return record | {fact: value for fact, value in told.items() if value not in ("", None) or fact in may_be_empty}

    def _name(self, column: str, fact: str, needed: bool = True) -> str:
        text = name_of(self._row, column, self._row.text(column))
        if needed and not text:
            self._row.wrong(column, "", MISSING)
        if len(text) > _LIMITS[fact]:
            self._row.wrong(column, mask_text(text), f"{len(text)} letters. Shorten it to {_LIMITS[fact]} at most.")
        return text

    def _born_on(self) -> date | None:
        day = self._row.day("dob", mask_date, needed=True)
        check_age(self._row, "dob", day, self._said.reference_date)
        return day

    def _uln(self) -> str:
        text = self._row.text("uniquelearnernumber").removesuffix(".0")
        if text and not (text.isascii() and text.isdigit() and len(text) == 10):
            self._row.odd("uniquelearnernumber", mask_text(text), f"This number has ten digits. {_LEFT_OUT}")
            return ""
        return text

    def _language(self) -> str:
        return self._row.code("language", codes.LANGUAGE, "[A-Z]{3,4}")

    def _year_group(self) -> str:
        column = "ncyearactual" if self._on_roll else "ncyearleaving"
        mixed = is_mixed_year(self._row, column, self._row.text(column))
        return "" if mixed else self._row.code(column, codes.NC_YEARS)

    def parts(self, born_on: date | None) -> dict[type[Model], list[dict[str, Any]]]:
        """Rows of the tables about a pupil, for those tables that the export has. The others are left as they are."""
        parts: dict[type[Model], list[dict[str, Any]]] = {Enrolment: self._enrolment()}
        provision = ""
        if self._on_roll and "senprovision" in self._said.columns:
            needs = self._needs()
            provision = needs["sen_provision"] or ""
            if any(value is not None for value in needs.values()):
                parts[PupilNeeds] = [needs]
            if provision == codes.NO_NEEDS:
                parts[SenNeed] = []
        whole = told_whole(self._on_roll, self._said.reference_date, provision)
        readers: dict[str, tuple[type[Model], Callable[[list[Cells]], list[dict[str, Any]]]]] = {
            ADDRESSES: (HomeAddress, self._addresses),
            MEALS: (FreeMealsPeriod, self._meals),
            NEEDS: (SenNeed, self._sen_needs),
            SUSPENSIONS: (Suspension, self._suspensions),
        }
        for part, (model, read) in readers.items():
            if part in self._said.tables:  # names of the tables for such pupils, on roll or gone
                rows = read(self._rows(part))
                if rows or model in whole:
                    parts[model] = rows
        if "termlysessionspossible" in self._said.columns:
            parts[Attendance] = self._attendance(born_on)
        return parts

    def _rows(self, part: str) -> list[Cells]:
        """The rows of the tables that report this part, each under its own table's name."""
        return [
            cells_of(name, DETAILS[name].columns, number, cells, self._row.problems)
            for name, rows in self._details.items()
            if DETAILS[name].part == part
            for number, cells in rows
        ]

    def _enrolment(self) -> list[dict[str, Any]]:
        row, today = self._row, self._said.reference_date
        starts_on = row.day("entrydate", needed=True)
        ends_on = None if self._on_roll else row.day("leavingdate", needed=True)
        if starts_on and starts_on > today:
            cure = "The pupil starts after the reference date and does not belong in this return."
            row.wrong("entrydate", starts_on.isoformat(), cure)
        if starts_on and ends_on and ends_on < starts_on:
            row.wrong("leavingdate", ends_on.isoformat(), "The pupil leaves before starting.")
        elif ends_on and ends_on > today:
            cure = "The pupil was still on roll on the reference date. Check the date."
            row.odd("leavingdate", ends_on.isoformat(), cure)
        return [{"kind": self._kind(), "starts_on": starts_on, "ends_on": ends_on}]

    def _kind(self) -> str | None:
        """How the pupil is registered: only here, if a pupil on roll has no status. Leavers have no such column: a stay
        that is known keeps its kind, and another one counts as registered only here.
        """
        if not self._on_roll or "enrolstatus" not in self._said.columns:
            return None
        if not self._row.text("enrolstatus"):
            self._row.odd("enrolstatus", "", "This is missing. It is taken as C, registered at this school only.")
            return Enrolment.Kind.CURRENT
        return self._row.code("enrolstatus", _KINDS)

    def _needs(self) -> dict[str, Any]:
        provision = self._row.code("senprovision", codes.SEN_PROVISION)
        return standing(provision, self._row.flag("senunitindicator"), self._row.flag("resourcedprovisionindicator"))

    def _addresses(self, rows: list[Cells]) -> list[dict[str, Any]]:
        """The first address that has any line. A second one raises a query, since only one home is kept."""
        found: list[dict[str, Any]] = []
        for row in rows:
            if not (home := home_address({name: row.text(name) for name in DETAILS[row.name].columns})):
                continue
            if found and home not in found:
                row.odd("", "", "The pupil has another address in an earlier row. This one is left out.")
            found.append(home)
        return found[:1]

    def _meals(self, rows: list[Cells]) -> list[dict[str, Any]]:
        found: dict[date, dict[str, Any]] = {}
        for row in rows:
            starts_on, ends_on = row.day("fsmstartdate"), row.day("fsmenddate")
            country = row.code("ukcountry", _COUNTRIES)
            if starts_on is None:
                row.odd("fsmstartdate", "", f"This period of free meals has no start. {_LEFT_OUT}")
                continue
            if ends_on and ends_on < starts_on:
                row.wrong("fsmenddate", ends_on.isoformat(), "Free school meals end before they start.")
            period = {"starts_on": starts_on, "ends_on": ends_on, "country": country}
            if found.setdefault(starts_on, period) != period:
                row.wrong("fsmstartdate", starts_on.isoformat(), "Two periods start on this day. Keep one in the MIS.")
        return list(found.values())

    def _sen_needs(self, rows: list[Cells]) -> list[dict[str, Any]]:
        found: dict[int, dict[str, Any]] = {}
        for row in rows:
            rank, need = row.count("sentyperank", needed=True), row.code("sentype", codes.SEN_NEED, needed=True)
            if rank is None:
                continue
            if not 1 <= rank <= 99:
                row.wrong("sentyperank", str(rank), "The first need has rank 1, the next one 2.")
            if found.setdefault(rank, {"rank": rank, "need": need})["need"] != need:
                row.wrong("sentyperank", str(rank), "Two needs of the pupil have this rank. Rank them in the MIS.")
        return [found[rank] for rank in sorted(found)]

    def _suspensions(self, rows: list[Cells]) -> list[dict[str, Any]]:
        found: dict[tuple[str, date], dict[str, Any]] = {}
        for row in rows:
            starts_on, category = row.day("startdate", needed=True), row.code("category", codes.EXCLUSION_CATEGORY)
            category = "SUSP" if category in ("FIXD", "") else category
            sessions = row.count("sessions")
            given = [row.code(f"reason{n}", codes.EXCLUSION_REASON, "[A-Z]{2}") for n in (1, 2, 3)]
            reasons = [reason for reason in dict.fromkeys(given) if reason]
            if starts_on is None:
                continue
            self._check_sessions(row, "sessions", sessions)
            suspension = {"category": category, "starts_on": starts_on, "sessions": sessions, "reasons": reasons}
            if found.setdefault((category, starts_on), suspension) != suspension:
                cure = "Two of the same kind begin on this day for this pupil. Keep one in the MIS."
                row.wrong("startdate", starts_on.isoformat(), cure)
        return list(found.values())

    def _attendance(self, born_on: date | None) -> list[dict[str, Any]]:
        """Sessions of the term before the reference date: of the summer term both halves, as in a school's return."""
        counted = academic_year, term = term_counted_at(self._said.reference_date)
        told = self._sessions("termly", SESSIONS)
        if counts_second_half(counted, born_on):
            told = together(told, self._sessions("summerhalfterm2", SECOND_HALF))
        if not says_anything(told):
            return []
        return [{"academic_year": academic_year, "term": term, "dfe_number": "", **told}]

    def _sessions(self, when: str, part: str) -> dict[str, Any]:
        """The sessions of a term, or of the second half of summer: columns that begin with `when`, rows of `part`."""
        possible = self._row.count(f"{when}sessionspossible")
        missed: dict[str, int] = {}
        for row in self._rows(part):
            code = row.code("attendancereason", _SessionCodes(), "[A-Z0-9]{1,2}", needed=True)
            sessions = row.count("sessions")
            if sessions is None:
                row.odd("sessions", "", f"There is no number. {_LEFT_OUT}")
            elif code not in codes.NOT_ABSENT:
                missed[code] = missed.get(code, 0) + sessions
        absent, unauthorised = self._absent(when, part, missed)
        self._check_sessions(self._row, f"{when}sessionspossible", possible)
        self._check_sessions(self._row, "sessions missed", absent)
        if absent is not None and absent > (possible or 0):
            cure = "More sessions were missed than were possible. Check the attendance."
            self._row.odd(f"{when}sessionspossible", str(possible or 0), cure)
        return {
            "sessions_possible": possible,
            "sessions_absent": absent,
            "sessions_unauthorised": unauthorised,
            "by_code": missed,
        }

    def _absent(self, when: str, part: str, missed: Mapping[str, int]) -> tuple[int | None, int | None]:
        """Sessions missed in all and without leave; None where the export has neither reasons nor totals."""
        with_leave = self._row.count(f"{when}sessionsauthorised")
        without = self._row.count(f"{when}sessionsunauthorised")
        if not missed and part not in self._said.tables and with_leave is None and without is None:
            return None, None
        return absence(missed, with_leave, without)

    @staticmethod
    def _check_sessions(row: Cells, column: str, sessions: int | None) -> None:
        if sessions is not None and sessions > _MOST_SESSIONS:
            row.wrong(column, str(sessions), f"More than {_MOST_SESSIONS} sessions. Correct it in the MIS.")


class _Ethnicities:
    """The main and extended codes of ethnicity."""

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and codes.main_ethnicity(code) is not None


class _SessionCodes:
    """Every code of attendance that a return may contain, absence or not."""

    def __contains__(self, code: object) -> bool:
        return code in codes.ABSENCE or code in codes.NOT_ABSENT
