"""The steps of `told`, taken in the store as pages and imports take them; and what the store then says."""

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

from django.db import connection
from django.db.models import F
from django.utils import timezone

from sharing import door
from sharing.authorise import Asker, NoSuchRecord, Permission, visit
from sharing.codes import TERM
from sharing.ctf import writer as ctf_writer
from sharing.door import CannotTransfer
from sharing.grace import give_grace
from sharing.imports import by_command, census, collect, ctf
from sharing.imports import classes as classes_file
from sharing.imports.gias import SOURCE
from sharing.imports.kinds import Kind
from sharing.imports.problems import ImportRefused
from sharing.imports.told import ToldPupil
from sharing.models import Download, Enrolment, Establishment, Import, LedgerEntry, Pupil, Transfer
from sharing.upn import make_upn
from tests.people import EDUNET, as_batch, as_owner, asker
from tests.sharing import census_returns
from tests.sharing.collect_export import Export
from tests.sharing.conversions import BECKSIDE, NEW, convert
from tests.sharing.lives_of_children.known import BEFORE, REASON, TOLD_FROM_OUTSIDE, Told

SCHOOLS = {"beckside": 999002, "ravensgill": 999003, "larkroyd": 999004}
CHILDREN = {name: make_upn(380, 2999, 2021, 900 + serial) for serial, name in enumerate(("Adams", "Bell"))}
AROUND = range(-30, 150)
TODAY = timezone.localdate()
LONG_AGO = date(2020, 1, 16)
BORN = date(TODAY.year - 9, 3, 2)
YEAR = "X"  # it is the same after the summer
_serials = itertools.count(1)
_DAYS = {
    "sharing_enrolment": ("starts_on", "ends_on", "file_until", "file_made_on"),
    "sharing_transfer": ("expected_on", "lapses_on", "agreed_on", "arrived_on", "sender_keeps_until", "file_sent_at"),
    "sharing_pupil": ("as_of",),
}
_OURS = {
    "sharing_enrolment": "pupil_id IN (SELECT id FROM sharing_pupil WHERE surname = ANY (%s))",
    "sharing_transfer": "surname = ANY (%s)",
    "sharing_pupil": "surname = ANY (%s) OR surname IN ('Madeup', 'Onroll7')",  # whom each file has on roll
}


_SEEN = """
    SELECT surname, urn, visible = sharing_days_seen(pupil.id), lower(days), upper(days)
    FROM sharing_pupil AS pupil JOIN sharing_establishment AS place ON place.id = establishment_id
    LEFT JOIN LATERAL unnest(visible) AS days ON true
    WHERE surname = ANY (%s)
"""


def head(school: str) -> Asker:
    return asker(f"head-{school}")


def admissions() -> Asker:
    return asker("officer-admissions", EDUNET)


_MAY_BE_REFUSED = ("A newer return, of", "This child is not on roll here, and no transfer to you is agreed.")


class Store:
    """`now` is today, as a number; the days of the story are counted from it."""

    def __init__(self, folder: Path) -> None:
        self.now = 0
        self.folder, self.file = folder, folder / "return.xml"
        with as_batch():
            Pupil.objects.filter(establishment__urn__in=SCHOOLS.values()).update(as_of=LONG_AGO)
            Import.objects.update(as_of=LONG_AGO)
            places = Establishment.objects.filter(urn__in=SCHOOLS.values())
            number = {place.urn: place.establishment_number for place in places}
            places.update(source=SOURCE)
        self.urns, self.numbers = dict(SCHOOLS), {school: number[urn] for school, urn in SCHOOLS.items()}

    @property
    def schools(self) -> dict[int, str]:
        return {urn: school for school, urn in self.urns.items()}

    def day(self, number: int) -> date:
        return TODAY + timedelta(days=number - self.now)

    # Files

    def send(self, kind: Kind, path: Path, urn: int | None = None) -> bool:
        """Whether the file was applied. The same file again changes nothing (R22)."""
        before = _last_in_the_ledger()
        try:
            by_command.bring_in(kind, path, urn=urn, apply=True)
        except ImportRefused as refused:
            if all(problem.cure.startswith(_MAY_BE_REFUSED) for problem in refused.problems):
                return False
            raise
        assert _last_in_the_ledger() > before
        assert by_command.bring_in(kind, path, urn=urn, apply=False).outcome.changes_nothing
        return True

    def send_return(self, school: str, day: int, told: Iterable[Told]) -> bool:
        reference = self.day(day)
        header = {
            "Estab": f"{self.numbers[school]}", "ReferenceDate": f"{reference}",
            "Term": census_returns.term_of(reference), "Year": f"{reference.year}",
        }  # fmt: skip
        text = census_returns.document(census_returns.pupil(), *map(self._in_xml, told), **header)
        self.file.write_text(text.replace("999998", f"{self.urns[school]}"))
        return self.send(census.KIND, self.file)

    def send_export(self, day: int, told: dict[str, Iterable[Told]]) -> bool:
        reference = self.day(day)
        term = census_returns.term_of(reference)
        export = Export(period=f"{reference.year}_{TERM[term].lower()}_")
        cells = {"term": term, "year": f"{reference.year}", "referencedate": _in_collect(reference)}
        for school, pupils in told.items():
            key = export.school(self.numbers[school], **cells)
            export.pupil(key, 7)
            for one in pupils:
                self._into(export, key, one)
        return self.send(collect.KIND, export.zip(self.folder / f"{next(_serials)}.zip"))

    def send_transfer_file(self, child: str, school: str, day: int, forename: str) -> bool:
        facts = {"surname": child, "forename": forename, "born_on": BORN, "sex": "F"}
        told, here = ToldPupil(1, CHILDREN[child], record=facts), ctf_writer.School(self.dfe_number(school))
        at = datetime.combine(self.day(day), time())
        text = ctf_writer.write_ctf(
            [told], source=ctf_writer.School(""), destination=here, at=at, year=self.day(day).year
        )
        self.file.write_bytes(text)
        return self.send(ctf.KIND, self.file, self.urns[school])

    def send_class_list(self, school: str, classes: dict[str, str]) -> bool:
        rows = [f"{self.dfe_number(school)},{CHILDREN[child]},{name}" for child, name in classes.items()]
        path = self.folder / "classes.csv"
        path.write_text("\n".join(["DfE number,UPN,Class", *rows]))
        return self.send(classes_file.KIND, path, self.urns[school])

    def dfe_number(self, school: str) -> str:
        return f"380{self.numbers[school]:04}"

    def _in_xml(self, told: Told) -> str:
        write = census_returns.pupil if told.last is None else census_returns.leaver
        leaving = {} if told.last is None else {"LeavingDate": f"{self.day(told.last)}"}
        return write(
            UPN=CHILDREN[told.child], Surname=told.child, Forename=told.forename, DOB=f"{BORN}", SENprovision="",
            EnrolStatus=told.kind, EntryDate=f"{self.day(told.first)}", NCyearActual=YEAR, **leaving,
        )  # fmt: skip

    def _into(self, export: Export, key: str, told: Told) -> None:
        facts = {
            "upn": CHILDREN[told.child], "surname": told.child, "forename": told.forename, "dob": _in_collect(BORN),
            "sex": "F", "entrydate": _in_collect(self.day(told.first)), "enrolstatus": told.kind, "ncyearactual": YEAR,
        }  # fmt: skip
        if told.last is None:
            export.pupil(key, 1, **facts)
        else:
            export.leaver(key, 1, **facts, leavingdate=_in_collect(self.day(told.last)))

    # Steps that people take

    def begin(self, child: str, sender: str, receiver: str, expected: int) -> bool:
        to, on = self.urns[receiver], self.day(expected)
        return self._may(
            lambda: door.begin_transfer(
                head(sender), self.urns[sender], self.record(child, sender), to=to, expected_on=on
            )
        )

    def tell_from_outside(self, child: str, receiver: str, expected: int) -> bool:
        facts = {"forename": TOLD_FROM_OUTSIDE, "surname": child, "born_on": BORN, "sex": "F", "year_group": YEAR}
        return self._may(
            lambda: door.tell_from_outside(
                admissions(), to=self.urns[receiver], expected_on=self.day(expected), upn=CHILDREN[child],
                from_name="Elsewhere", **facts,
            )
        )  # fmt: skip

    def accept(self, transfer: int, receiver: str) -> bool:
        return self._may(lambda: door.accept_transfer(head(receiver), self.urns[receiver], transfer))

    def decline(self, transfer: int, receiver: str) -> bool:
        return self._may(lambda: door.decline_transfer(head(receiver), self.urns[receiver], transfer, because="Full"))

    def cancel(self, transfer: int, sender: str, receiver: str) -> bool:
        who, place = (head(sender), sender) if sender else (admissions(), receiver)
        return self._may(lambda: door.cancel_transfer(who, self.urns[place], transfer))

    def arrive(self, transfer: int, receiver: str, day: int) -> bool:
        on = self.day(day)
        return self._may(lambda: door.say_arrived(head(receiver), self.urns[receiver], transfer, on=on, kind="C"))

    def leave(self, child: str, school: str, last: int, outside: bool) -> bool:
        last_day, urn = self.day(last), self.urns[school]
        return self._may(
            lambda: door.end_enrolment(
                head(school), urn, self.record(child, school), last_day=last_day, reason=REASON, outside=outside
            )
        )

    def stay_after_all(self, child: str, school: str) -> bool:
        return self._may(lambda: door.take_back_leaving(head(school), self.urns[school], self.record(child, school)))

    def make_file(self, transfer: int, sender: str) -> bool:
        return self._may(lambda: door.make_transfer_file(head(sender), self.urns[sender], transfer))

    def make_file_outside(self, child: str, school: str) -> bool:
        return self._may(lambda: door.make_leaver_file(head(school), self.urns[school], self.record(child, school)))

    def _may(self, step: Callable[[], object]) -> bool:
        """Whether the step could be taken. The ledger has a row of it (R43)."""
        before = _last_in_the_ledger()
        try:
            step()
        except (CannotTransfer, NoSuchRecord):
            return False
        assert _last_in_the_ledger() > before
        return True

    # Days

    def convert(self) -> None:
        """Beckside becomes an academy with a new URN today, as the national register says (A2)."""
        convert(self.folder, TODAY)
        self.urns |= {"beckside": NEW, BEFORE: BECKSIDE}

    def let_pass(self, days: int) -> None:
        """All days of the store go back; then comes the night. Triggers would take the days for news."""
        self.now += days
        names = list(CHILDREN)
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table, columns in _DAYS.items():
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                for back in (10_000 + days, -10_000):  # beyond all others first, as no two stays begin on one day
                    sets = ", ".join(f"{name} = {name} - make_interval(days => {back})" for name in columns)
                    cursor.execute(f"UPDATE {table} SET {sets} WHERE {_OURS[table]}", [names])
            cursor.execute("UPDATE sharing_pupil SET visible = sharing_days_seen(id) WHERE surname = ANY (%s)", [names])
            for table in _DAYS:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        with as_batch():
            back = timedelta(days=days)
            Import.objects.filter(by=by_command.BY, as_of__gt=LONG_AGO).update(as_of=F("as_of") - back)
            moved = Establishment.objects.filter(urn__in=[NEW, BECKSIDE])
            moved.update(open_date=F("open_date") - back, close_date=F("close_date") - back)
            Download.objects.update(asked_at=F("asked_at") - back)
            give_grace()

    # What the store says

    def record(self, child: str, school: str) -> UUID:
        with as_batch():
            mine = Pupil.objects.filter(surname=child, establishment__urn=self.urns[school])
            return mine.values_list("pk", flat=True).first() or UUID(int=0)

    def transfers(self) -> list[int]:
        with as_batch():
            return list(Transfer.objects.filter(surname__in=CHILDREN).order_by("pk").values_list("pk", flat=True))

    def days_seen(self) -> dict[tuple[str, str], set[int]]:
        """The days on which the record may be seen, by child and school."""
        with as_batch(), connection.cursor() as cursor:
            cursor.execute(_SEEN, [list(CHILDREN)])
            rows = cursor.fetchall()
        seen: dict[tuple[str, str], set[int]] = {}
        for child, urn, is_right, first, last in rows:
            assert is_right
            mine = seen.setdefault((child, self.schools[urn]), set())
            if first:
                mine.update(range(self.number_of(first), AROUND.stop if last is None else self.number_of(last)))
        return seen

    def stays(self) -> dict[tuple[str, str], list[tuple[int, int | None, str]]]:
        with as_batch():
            found = Enrolment.objects.filter(pupil__surname__in=CHILDREN, cancelled_at=None).order_by("starts_on")
            rows = list(
                found.values_list("pupil__surname", "establishment__urn", "starts_on", "ends_on", "leaving_reason")
            )
        stays = defaultdict(list)
        for child, urn, first, last, reason in rows:
            stays[child, self.schools[urn]].append((self.number_of(first), self.number_of(last), reason))
        return stays

    def seen_by_the_head(self, school: str) -> tuple[set[tuple[str, str]], set[str]]:
        """The children whom the head sees today, each with the forename, and whose transfer file is to be made."""
        with visit(head(school), Permission.VIEW_PUPILS, self.urns[school], action="test") as here:
            seen = set(Pupil.objects.filter(surname__in=CHILDREN).values_list("surname", "forename"))
            here.showed()
        owed = {move.name.split()[-1] for move in door.show_moves(head(school), self.urns[school]).in_grace}
        return seen, owed & CHILDREN.keys()

    def classes(self) -> dict[tuple[str, str], str]:
        with as_batch():
            mine = Pupil.objects.filter(surname__in=CHILDREN)
            found = mine.values_list("surname", "establishment__urn", "class_name")
            return {(child, self.schools[urn]): name for child, urn, name in found}

    def missing(self) -> set[str]:
        """The children whom no school has, as the officer reads it (R9)."""
        pages = door.list_missing(admissions()).page
        found = [row for number in pages.numbers for row in door.list_missing(admissions(), number=number).page]
        return {row.surname for row in found} & CHILDREN.keys()

    def number_of(self, day: date | None) -> int | None:
        return None if day is None else (day - TODAY).days + self.now


def _last_in_the_ledger() -> int:
    with as_batch():
        return LedgerEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _in_collect(day: date) -> str:
    return f"{day:%Y-%b-%d} 00:00:00"
