"""Bringing in a School Workforce Census return of one school (R22, R33; formats page 5).

The return has the last word on the people in it: their facts, the contracts in force on the day of the census, the
absences of the school year before. People in post here who are not in it stay, with a query: an end is never guessed.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils import timezone

from sharing.crypto import blind_index
from sharing.imports.kinds import Kind, Outcome
from sharing.imports.problems import Problem, ProblemLog, known_as, refused
from sharing.imports.staging import run
from sharing.imports.workforce_reader import MEMBERS, ToldMember, WorkforceHeader, read_header, read_members
from sharing.models import Establishment, StaffAbsence, StaffContract, StaffMember
from sharing.models.establishments import CLOSED
from sharing.models.plain import plainly
from sharing.returns import not_the_senders
from sharing.school_year import academic_year

_MOST_MEMBERS: Final = 5000
_WORDS: Final = {
    "joined": "People added",
    "changed": "Staff records changed",
    "left": "People who have left",
    "contract added": "Contracts added",
    "contract changed": "Contracts changed",
    "contract ended": "Contracts ended",
    "contract removed": "Contracts removed",
    "absence added": "Absences added",
    "absence changed": "Absences changed",
    "absence removed": "Absences removed",
}
_NUMBERS: Final = ("teacher_number", "ni_number")
_CONTRACT_KEY: Final = ("starts_on", "post")
_ABSENCE_KEY: Final = ("first_day", "category")


def bring_in(path: Path, *, urn: int | None, apply: bool, progress: Callable[[int], None]) -> Outcome:
    """See sharing.imports.kinds.BringIn."""
    header = read_header(path)
    here = _establishment(header, urn)
    run("SELECT pg_advisory_xact_lock(hashtext('sharing_staffmember'))")
    plan, log = _Plan(here, header), ProblemLog()
    title = f"{plan.source}, {here.name}"
    with known_as(title):
        if StaffMember.objects.of(here.pk).filter(as_of__gt=header.reference_date).exists():
            cure = (
                "A newer return has been brought in. An older one would undo it. Choose the file of the newest census."
            )
            raise refused("ReferenceDate", cure, f"{header.reference_date:%d/%m/%Y}")
        told = _read(path, log)
        progress(40)
        plan.make(told, log)
        log.refuse_if_fatal()
    progress(70)
    if apply:
        plan.apply()
    progress(100)
    in_words = [(words, plan.numbers[name]) for name, words in _WORDS.items() if plan.numbers[name]]
    return Outcome(
        as_of=header.reference_date,
        title=title,
        changes=in_words,
        by_establishment={here.urn: in_words},
        notes=[f"People in the return: {len(told)}. Unchanged: {plan.numbers['unchanged']}."],
        queries=log.queries(),
        who=plan.who(),
        to_look_at=[(_WORDS[what], plan.to_look_at[what]) for what in ("joined", "left") if what in plan.to_look_at],
    )


KIND: Final = Kind(
    slug="workforce",
    name="School Workforce Census",
    endings=(".xml",),
    hint="The return of one school, as its MIS exports it for COLLECT in November.",
    for_schools=True,
    bring_in=bring_in,
    rows=MEMBERS,
)


def _establishment(header: WorkforceHeader, urn: int | None) -> Establishment:
    """The establishment whose return it is. Raises ImportRefused if it is somebody else's."""
    day, number = header.reference_date, f"{header.la:03}/{header.establishment_number:04}"
    if day > timezone.localdate():
        raise refused("ReferenceDate", "The day of the census is still to come. Check the date.", f"{day:%d/%m/%Y}")
    if header.la != settings.AUTHORITY_CODE:
        cure = (
            f"This return is from {number}, in another authority. Only returns from {settings.AUTHORITY_CODE} "
            "belong here."
        )
        raise refused("LEA", cure, str(header.la))
    with_number = Establishment.objects.of_the_community().filter(establishment_number=header.establishment_number)
    found = list(with_number.exclude(open_date__gt=day).not_closed_on(day)[:2])
    if len(found) != 1:
        cure = (
            f"There is not exactly one establishment of the community open on {day:%d/%m/%Y} with the number {number}. "
            "Check the number and the reference date."
        )
        raise refused("Estab", cure, str(header.establishment_number))
    if urn is not None and urn != found[0].urn:
        raise refused("Estab", not_the_senders(found[0], urn, number), str(header.establishment_number))
    return found[0]


def _read(path: Path, log: ProblemLog) -> list[ToldMember]:
    told = []
    for found in read_members(path):
        if isinstance(found, Problem):
            log.add(found)
        else:
            told.append(found)
        if len(told) > _MOST_MEMBERS:
            cure = f"More than {_MOST_MEMBERS:,} people: this is not the return of one school."
            raise refused("SchoolWorkforceMembers", cure)
    return told


@dataclass
class _Rows:
    """The rows of one table that are to be written."""

    add: list[Any] = field(default_factory=list)
    change: list[Any] = field(default_factory=list)
    remove: list[Any] = field(default_factory=list)


class _Plan:
    """What the return changes: worked out first, and applied afterwards."""

    def __init__(self, here: Establishment, header: WorkforceHeader) -> None:
        self.here, self.header = here, header
        self.source = f"School Workforce Census, {header.year}"
        self.numbers: Counter[str] = Counter()
        self.to_look_at: dict[str, list[int]] = defaultdict(list)
        self._who: list[str] = []
        self._rows = {model: _Rows() for model in (StaffMember, StaffContract, StaffAbsence)}
        self._written: dict[Any, set[str]] = {model: set() for model in self._rows}

    def make(self, told: Collection[ToldMember], log: ProblemLog) -> None:
        known = _KnownStaff(self.here, told)
        for one in told:
            member = known.find(one, log)
            if member is None:
                member = StaffMember(establishment=self.here, source=self.source, as_of=self.header.reference_date)
                self._rows[StaffMember].add.append(member)
                contracts, absences = [], []
                self.numbers["joined"] += 1
                self.to_look_at["joined"].append(one.row)
            else:
                contracts, absences = known.contracts_of(member), known.absences_of(member)
            is_new = member._state.adding
            before = self.numbers.copy()
            self._end_with_the_establishment(one)
            stay = self._plan_contracts(member, one.contracts, contracts)
            self._plan_absences(member, one.absences, absences)
            if not one.tells_arrival:
                one.record["starts_on"] = _unbroken_since(one.record["starts_on"], stay)
            # Facts that the return leaves out stay as they are.
            facts = {name: value for name, value in one.record.items() if value not in ("", None) or name == "ends_on"}
            facts["person_index"] = blind_index(_person(member, one))
            left = not is_new and self._is_there(member.ends_on) and not self._is_there(facts["ends_on"])
            differs = _set(member, facts)
            if not is_new:
                self.numbers["changed"] += bool(differs)
                self.numbers["left"] += left
                if left:
                    self.to_look_at["left"].append(one.row)
                self.numbers["unchanged"] += self.numbers == before
                if differs or member.as_of < self.header.reference_date:
                    _set(member, {"source": self.source, "as_of": self.header.reference_date})
                    self._rows[StaffMember].change.append(member)
            self._written[StaffMember] |= facts.keys() | {"source", "as_of"}
            changes = sorted((self.numbers - before).items())
            self._who.append(f"{one.row} {'' if is_new else f'{member.pk} {differs}'} {changes}")
        not_told = known.in_post_and_not_found(self.header.reference_date)
        if not_told:
            cure = (
                "People in post here are not in the return. They stay until a return gives the end of their contract. "
                "Data quality lists those whose record is older than this return."
            )
            log.add(Problem(None, "SchoolWorkforceMembers", str(not_told), cure, fatal=False))

    def _is_there(self, last_day: date | None) -> bool:
        return last_day is None or last_day >= self.header.reference_date

    def _end_with_the_establishment(self, told: ToldMember) -> None:
        """Make sure that a return which comes after the establishment has closed leaves nobody in post there (R44)."""
        last_day = self.here.close_date
        if self.here.status_code != CLOSED or last_day is None:
            return
        told.contracts[:] = [contract for contract in told.contracts if contract["starts_on"] <= last_day]
        for facts in (told.record, *told.contracts):
            facts["ends_on"] = min(facts["ends_on"] or last_day, last_day)

    def _plan_contracts(
        self, member: StaffMember, told: list[dict[str, Any]], known: list[StaffContract]
    ) -> list[StaffContract]:
        """Plan the contracts, and return the known ones that the return lacks and that stay.

        A known contract in force on the day that the return lacks ends where the next one in the return begins. If none
        begins later, it was never true, and is removed.
        """
        stay = []
        rest = self._plan_rows(StaffContract, "contract", member, told, known, _CONTRACT_KEY)
        for contract in rest:
            if contract.starts_on > self.header.reference_date or not self._is_there(contract.ends_on):
                stay.append(contract)
                continue
            later = [row["starts_on"] for row in told if row["starts_on"] > contract.starts_on]
            if later:
                contract.ends_on = min(later) - timedelta(days=1)
                self._rows[StaffContract].change.append(contract)
                self._written[StaffContract].add("ends_on")
                self.numbers["contract ended"] += 1
                stay.append(contract)
            else:
                self._rows[StaffContract].remove.append(contract)
                self.numbers["contract removed"] += 1
        return stay

    def _plan_absences(self, member: StaffMember, told: list[dict[str, Any]], known: list[StaffAbsence]) -> None:
        """Replace absences of this and the previous school year, if the return reports absences at all."""
        if not self.header.has_absences:
            return
        since = date(academic_year(self.header.reference_date) - 1, 9, 1)
        for absence in self._plan_rows(StaffAbsence, "absence", member, told, known, _ABSENCE_KEY):
            if since <= absence.first_day <= self.header.reference_date:
                self._rows[StaffAbsence].remove.append(absence)
                self.numbers["absence removed"] += 1

    def _plan_rows(
        self, model: Any, name: str, member: StaffMember, told: list[dict[str, Any]], known: list[Any],
        key: tuple[str, str],
    ) -> list[Any]:  # fmt: skip
        """Plan to add and change rows as the return says. Returns the known rows that are not in it."""
        by_key = {tuple(getattr(row, part) for part in key): row for row in known}
        for facts in told:
            row = by_key.pop(tuple(facts[part] for part in key), None)
            if row is None:
                self._rows[model].add.append(model(member=member, establishment=self.here, **facts))
                self.numbers[f"{name} added"] += 1
            elif _set(row, facts):
                self._rows[model].change.append(row)
                self._written[model] |= facts.keys()
                self.numbers[f"{name} changed"] += 1
        return list(by_key.values())

    def who(self) -> str:
        """A digest of which records change in what (see `Outcome`)."""
        return sha256("\n".join(self._who).encode()).hexdigest()

    def apply(self) -> None:
        """Change the store, in a number of statements that does not grow with the return."""
        for model, rows in self._rows.items():
            model.objects.bulk_create(rows.add, batch_size=1000)
            if rows.change:
                model.objects.bulk_update(rows.change, sorted(self._written[model]), batch_size=500)
            if rows.remove:
                model.objects.filter(pk__in=[row.pk for row in rows.remove]).delete()


def _person(member: StaffMember, told: ToldMember) -> str:
    """The number (or text) that identifies a person: a number that was known before stays known."""
    numbers = (told.record[name] or getattr(member, name) for name in _NUMBERS)
    return next(filter(None, numbers), told.person)


def _unbroken_since(first: date, earlier: Iterable[StaffContract]) -> date:
    """The first day of the contracts that follow each other without a gap, up to the one that begins on `first`."""
    ended = sorted(((one.ends_on, one.starts_on) for one in earlier if one.ends_on), reverse=True)
    for ends_on, starts_on in ended:
        if ends_on >= first - timedelta(days=1):
            first = min(first, starts_on)
    return first


def _set(row: Any, facts: dict[str, Any]) -> list[str]:
    """Set the facts on the row, and return the names of those that differed."""
    differing = [name for name, value in facts.items() if getattr(row, name) != value]
    for name in differing:
        setattr(row, name, facts[name])
    return differing


class _KnownStaff:
    """The staff records here, by what identifies a person."""

    def __init__(self, here: Establishment, told: Collection[ToldMember]) -> None:
        self._all = list(StaffMember.objects.of(here.pk).prefetch_related("contracts", "absences"))
        names = [(member.surname, member.forename) for member in self._all]
        names += [(one.record["surname"], one.record["forename"]) for one in told]
        self._plain = plainly(chain.from_iterable(names))
        self._by_index = {member.person_index: member for member in self._all if member.person_index}
        self._by_name: dict[tuple[str, str], list[StaffMember]] = {}
        self._by_ni_number: dict[Any, list[StaffMember]] = {}
        for member in self._all:
            self._by_ni_number.setdefault(member.ni_number, []).append(member)
            self._by_name.setdefault(self._name(member.surname, member.forename), []).append(member)
        self._found: set[Any] = set()

    def find(self, told: ToldMember, log: ProblemLog) -> StaffMember | None:
        """The record by number; else the only one with that National Insurance number, or with that name, unless a date
        of birth or a number contradicts it.
        """
        facts = told.record
        numbers = [facts["teacher_number"], facts["ni_number"], told.person]
        found = {
            member.pk: member for number in numbers if number and (member := self._by_index.get(blind_index(number)))
        }
        if len(found) > 1:
            cure = "Teacher number and National Insurance number belong to two people here. Find out whose they are."
            log.add(Problem(told.row, "TeacherNumber", "", cure))
        member = next(iter(found.values()), None) or self._fitting(facts)
        if member is None:
            return None
        if member.pk in self._found:
            cure = "This is the same person as another member of this return. Export each person once."
            log.add(Problem(told.row, "StaffDetails", "", cure))
        self._found.add(member.pk)
        return member

    def _fitting(self, facts: dict[str, Any]) -> StaffMember | None:
        """The one record that fits. Someone with a teacher number is not indexed by National Insurance number."""
        with_number = self._by_ni_number.get(facts["ni_number"], []) if facts["ni_number"] else []
        named = self._by_name.get(self._name(facts["surname"], facts["forename"]), [])
        for candidates in (with_number, named):
            fitting = [member for member in candidates if self._may_be(member, facts)]
            if len(fitting) == 1:
                return fitting[0]
        return None

    def _name(self, surname: str, forename: str) -> tuple[str, str]:
        return self._plain[surname], self._plain[forename]

    def _may_be(self, member: StaffMember, facts: dict[str, Any]) -> bool:
        return (
            member.born_on in (None, facts["born_on"])
            and member.pk not in self._found
            and all(getattr(member, name) in ("", facts[name]) or not facts[name] for name in _NUMBERS)
        )

    def contracts_of(self, member: StaffMember) -> list[StaffContract]:
        return list(member.contracts.all())

    def absences_of(self, member: StaffMember) -> list[StaffAbsence]:
        return list(member.absences.all())

    def in_post_and_not_found(self, day: date) -> int:
        return sum(
            member.pk not in self._found
            and member.starts_on <= day
            and (member.ends_on is None or member.ends_on >= day)
            for member in self._all
        )
