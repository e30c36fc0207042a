"""The same steps in children's lives as `lives`, taken in the store as pages and imports take them; and what it says."""

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from django.db import connection
from django.db.models import F
from django.utils import timezone

from sharing import door
from sharing.authorise import Asker, NoSuchRecord, Permission, visit
from sharing.codes import TERM
from sharing.door import CannotTransfer
from sharing.grace import give_grace
from sharing.imports import by_command, census, collect
from sharing.imports.kinds import Kind
from sharing.imports.problems import ImportRefused
from sharing.models import Download, Enrolment, Establishment, Import, LedgerEntry, Pupil, Transfer
from sharing.upn import make_upn
from tests.people import EDUNET, as_batch, as_owner, asker
from tests.sharing import census_returns
from tests.sharing.collect_export import Export
from tests.sharing.lives import Told

SCHOOLS = {"beckside": 999002, "ravensgill": 999003, "larkroyd": 999004}
BY_URN = {urn: school for school, urn in SCHOOLS.items()}
CHILDREN = {name: make_upn(380, 2999, 2021, 900 + serial) for serial, name in enumerate(("Adams", "Bell", "Cook"))}
AROUND = range(-30, 150)
TODAY = timezone.localdate()
LONG_AGO = date(2020, 1, 16)
BORN = date(2017, 3, 2)
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


class Store:
    """`now` is today, as a number; the days of the story are counted from it."""

    def __init__(self, folder: Path) -> None:
        self.now = 0
        self.folder, self.file = folder, folder / "return.xml"
        with as_batch():
            Pupil.objects.filter(establishment__urn__in=SCHOOLS.values()).update(as_of=LONG_AGO)
            Import.objects.update(as_of=LONG_AGO)
            places = Establishment.objects.filter(urn__in=SCHOOLS.values())
            self.number = {place.urn: place.establishment_number for place in places}

    def day(self, number: int) -> date:
        return TODAY + timedelta(days=number - self.now)

    # Files

    def send(self, kind: Kind) -> bool:
        try:
            by_command.bring_in(kind, self.file, apply=True)
        except ImportRefused as refused:
            assert "newer return" in str(refused.problems), refused.problems
            return False
        return True

    def send_return(self, school: str, day: int, told: Iterable[Told]) -> bool:
        reference = self.day(day)
        header = {
            "Estab": f"{self.number[SCHOOLS[school]]}", "ReferenceDate": f"{reference}",
            "Term": census_returns.term_of(reference), "Year": f"{reference.year}",
        }  # fmt: skip
        text = census_returns.document(census_returns.pupil(), *map(self._in_xml, told), **header)
        self.file.write_text(text.replace("999998", f"{SCHOOLS[school]}"))
        return self.send(census.KIND)

    def send_export(self, day: int, told: dict[str, Iterable[Told]]) -> bool:
        reference = self.day(day)
        term = census_returns.term_of(reference)
        export = Export(period=f"{reference.year}_{TERM[term].lower()}_")
        cells = {"term": term, "year": f"{reference.year}", "referencedate": _in_collect(reference)}
        for school, pupils in told.items():
            key = export.school(self.number[SCHOOLS[school]], **cells)
            export.pupil(key, 7)
            for one in pupils:
                self._into(export, key, one)
        path = export.zip(self.folder / f"{next(_serials)}.zip")
        try:
            by_command.bring_in(collect.KIND, path, apply=True)
        except ImportRefused as refused:
            raise AssertionError(refused.problems) from None
        return True

    def _in_xml(self, told: Told) -> str:
        write = census_returns.pupil if told.last is None else census_returns.leaver
        leaving = {} if told.last is None else {"LeavingDate": f"{self.day(told.last)}"}
        return write(
            UPN=CHILDREN[told.child], Surname=told.child, Forename=told.forename, DOB=f"{BORN}", SENprovision="",
            EnrolStatus=told.kind, EntryDate=f"{self.day(told.first)}", NCyearActual="4", **leaving,
        )  # fmt: skip

    def _into(self, export: Export, key: str, told: Told) -> None:
        facts = {
            "upn": CHILDREN[told.child], "surname": told.child, "forename": told.forename, "dob": _in_collect(BORN),
            "sex": "F", "entrydate": _in_collect(self.day(told.first)), "enrolstatus": told.kind, "ncyearactual": "4",
        }  # fmt: skip
        if told.last is None:
            export.pupil(key, 1, **facts)
        else:
            export.leaver(key, 1, **facts, leavingdate=_in_collect(self.day(told.last)))

    # Steps that people take

    def begin(self, child: str, sender: str, receiver: str, expected: int) -> bool:
        to, on = SCHOOLS[receiver], self.day(expected)
        return self._may(
            lambda: door.begin_transfer(head(sender), SCHOOLS[sender], self.record(child, sender), to=to, expected_on=on)
        )

    def tell_from_outside(self, child: str, receiver: str, expected: int, forename: str) -> bool:
        facts = {"forename": forename, "surname": child, "born_on": BORN, "sex": "F", "year_group": "4"}
        return self._may(
            lambda: door.tell_from_outside(
                admissions(), to=SCHOOLS[receiver], expected_on=self.day(expected), upn=CHILDREN[child],
                from_name="Elsewhere", **facts,
            )
        )  # fmt: skip

    def accept(self, transfer: int, receiver: str) -> bool:
        return self._may(lambda: door.accept_transfer(head(receiver), SCHOOLS[receiver], transfer))

    def decline(self, transfer: int, receiver: str) -> bool:
        return self._may(lambda: door.decline_transfer(head(receiver), SCHOOLS[receiver], transfer, because="Full"))

    def cancel(self, transfer: int, sender: str, receiver: str) -> bool:
        who, place = (head(sender), sender) if sender else (admissions(), receiver)
        return self._may(lambda: door.cancel_transfer(who, SCHOOLS[place], transfer))

    def arrive(self, transfer: int, receiver: str, day: int) -> bool:
        on = self.day(day)
        return self._may(lambda: door.say_arrived(head(receiver), SCHOOLS[receiver], transfer, on=on, kind="C"))

    def leave(self, child: str, school: str, last: int, reason: str, outside: bool) -> bool:
        last_day, urn = self.day(last), SCHOOLS[school]
        return self._may(
            lambda: door.end_enrolment(
                head(school), urn, self.record(child, school), last_day=last_day, reason=reason, outside=outside
            )
        )

    def stay_after_all(self, child: str, school: str) -> bool:
        return self._may(lambda: door.take_back_leaving(head(school), SCHOOLS[school], self.record(child, school)))

    def make_file(self, transfer: int, sender: str) -> bool:
        return self._may(lambda: door.make_transfer_file(head(sender), SCHOOLS[sender], transfer))

    def make_file_outside(self, child: str, school: str) -> bool:
        return self._may(lambda: door.make_leaver_file(head(school), SCHOOLS[school], self.record(child, school)))

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
            Download.objects.update(asked_at=F("asked_at") - back)
            give_grace()

    # What the store says

    def record(self, child: str, school: str) -> UUID:
        with as_batch():
            mine = Pupil.objects.filter(surname=child, establishment__urn=SCHOOLS[school])
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
            mine = seen.setdefault((child, BY_URN[urn]), set())
            if first:
                mine.update(range(self.number_of(first), AROUND.stop if last is None else self.number_of(last)))
        return seen

    def stays(self) -> dict[tuple[str, str], list[tuple[int, int | None]]]:
        with as_batch():
            found = Enrolment.objects.filter(pupil__surname__in=CHILDREN, cancelled_at=None).order_by("starts_on")
            rows = list(found.values_list("pupil__surname", "establishment__urn", "starts_on", "ends_on"))
        stays = defaultdict(list)
        for child, urn, first, last in rows:
            stays[child, BY_URN[urn]].append((self.number_of(first), self.number_of(last)))
        return stays

    def seen_by_the_head(self, school: str) -> tuple[set[tuple[str, str]], set[str]]:
        """The children whom the head sees today, each with the forename, and whose transfer file is to be made."""
        with visit(head(school), Permission.VIEW_PUPILS, SCHOOLS[school], action="test") as here:
            seen = set(Pupil.objects.filter(surname__in=CHILDREN).values_list("surname", "forename"))
            here.showed()
        owed = {move.name.split()[-1] for move in door.show_moves(head(school), SCHOOLS[school]).in_grace}
        return seen, owed & CHILDREN.keys()

    def number_of(self, day: date | None) -> int | None:
        return None if day is None else (day - TODAY).days + self.now


def _last_in_the_ledger() -> int:
    with as_batch():
        return LedgerEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _in_collect(day: date) -> str:
    return f"{day:%Y-%b-%d} 00:00:00"
