"""Bringing the register into line with a list of staff: previewed line by line first, then applied whole or not at all.

The preview makes the very change and rolls it back, so that what it says is what will happen: seats, third parties, the
head's own line (R24, R32, R34, R35). About somebody new it repeats what the list says. It does not reveal who has an
account elsewhere, nor the name on it (R2), only that the address may be a slip, or may belong to another person now.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db import transaction

from access_register.levels import Level
from access_register.models import RegisterLine
from access_register.notices import mail
from access_register.register.register import give_within, why_ask
from access_register.register.rules import CannotChange, Entry, hold_register, line_to_change, live_lines, write_entry
from access_register.register.staff_file import StaffRow
from access_register.sign_in.addresses import is_webmail
from sharing.authorise import Asker, NoSuchRecord, Permission, Visit, visit
from sharing.cannot import version_of
from sharing.days import day_in_words
from sharing.records import Here, Why

NO_LIST = "This list no longer waits here: it has been applied or discarded."
LOOK_AGAIN = "The register has changed since you looked at this list. Nothing was applied. Look through it again."
CORRECT = "Correct the lines that are refused, and upload the list again."
CHECK_IT = ". Check the address: it is on record under another name, or nobody has used it for a year"
NO_ROLE = "Write what they do here in the column “role”."
BEGAN = "Their first day here is {}, and cannot be changed. Leave the cell empty, or write that day."


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class PlannedLine:
    """What one line of the file would do. `words` say what changes, or why the line is refused."""

    number: int
    name: str
    email: str
    outcome: Outcome
    words: str
    raises: bool = False
    is_webmail: bool = False


@dataclass(frozen=True)
class Plan:
    """What the file would do. It can be applied if no line is refused and something changes. `here`: set if the file is
    about one establishment."""

    here: Here | None
    why: Why
    lines: tuple[PlannedLine, ...]

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(line.outcome.value for line in self.lines)
        return {outcome.value: found[outcome.value] for outcome in Outcome}

    @property
    def refused_first(self) -> tuple[PlannedLine, ...]:
        """The lines as the page shows them: those to correct, then the others, each in the order of the file."""
        return tuple(sorted(self.lines, key=lambda line: line.outcome != Outcome.REFUSED))

    @property
    def can_be_applied(self) -> bool:
        return not self.counts["refused"] and bool(self.counts["new"] + self.counts["changed"])

    @property
    def raised(self) -> int:
        """How many people get Level 2 or 1, which the head confirms once for the whole file (R34)."""
        return sum(line.raises for line in self.lines)

    @property
    def webmail(self) -> int:
        return sum(line.is_webmail for line in self.lines)

    @property
    def seal(self) -> str:
        """A fingerprint of what was previewed: if it differs when applied, something has changed in between."""
        told = [(line.number, line.email, line.outcome.value, line.words) for line in self.lines]
        return version_of(told)


def preview_staff(asker: Asker, urn: int, rows: Sequence[StaffRow]) -> Plan:
    """What the list would do to the register. Changes nothing and sends no email."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="preview_staff") as here:
        with transaction.atomic():
            plan, _, _ = _run(here, rows)
            transaction.set_rollback(True)
        here.showed(lines=len(plan.lines))
        return plan


def apply_staff(
    asker: Asker, urn: int, rows: Sequence[StaffRow], *, seal: str, confirmed: bool, webmail_confirmed: bool
) -> tuple[Plan, int]:
    """Do everything that the preview with this seal said. Returns (what was done, how many emails could not be sent).

    Raises CannotChange, and changes nothing, if a line is refused, a confirmation is missing, or the register has
    changed.
    """
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="apply_staff") as here:
        hold_register(here)
        plan, letters, lines = _run(here, rows)
        if plan.seal != seal:
            raise CannotChange(LOOK_AGAIN)
        if not plan.can_be_applied:
            raise CannotChange(CORRECT)
        if plan.raised and not confirmed:
            raise CannotChange("Confirm that these people need Level 2 or Level 1.", "confirmed")
        if plan.webmail and not webmail_confirmed:
            raise CannotChange("Confirm the addresses that are not work addresses.", "webmail_confirmed")
        here.changed(**plan.counts, lines=lines)
    return plan, len(letters) - mail.send(*letters)


def _run(here: Visit, rows: Sequence[StaffRow]) -> tuple[Plan, list[mail.Letter], dict[int, int]]:
    """(what became of each row, the letters to send, the level of each line that was written).

    Confirmations are asked for once for the whole file, when it is applied.
    """
    known = {line.person.email.lower(): line for line in live_lines(here)}
    first = {row.email.lower(): row.number for row in reversed(rows)}
    letters: list[mail.Letter] = []
    written: dict[int, int] = {}
    done = []
    # People who are lowered go first, so that two people can swap places at Level 1 within one list.
    for row in sorted(rows, key=lambda row: _frees_a_place(row, known.get(row.email.lower())), reverse=True):
        line = known.get(row.email.lower())
        try:
            if row.problem:
                raise CannotChange(row.problem)
            if first[row.email.lower()] != row.number:
                raise CannotChange(f"The same address is on line {first[row.email.lower()]}.")
            entry = _entry(row, line)
            with transaction.atomic():
                done.append(_apply(here, row, line, entry, letters, written))
        except CannotChange as refused:
            words = " ".join(message for _, message in refused.told)
            done.append(PlannedLine(row.number, row.name, row.email, Outcome.REFUSED, words))
        except NoSuchRecord:
            done.append(PlannedLine(row.number, row.name, row.email, Outcome.REFUSED, LOOK_AGAIN))
    done.sort(key=lambda planned: planned.number)
    return Plan(here.here, here.why, tuple(done)), letters, written


def _frees_a_place(row: StaffRow, line: RegisterLine | None) -> bool:
    return line is not None and line.level == Level.ONE and row.level not in (None, Level.ONE)


def _entry(row: StaffRow, line: RegisterLine | None) -> Entry:
    """The row as an entry. An empty cell keeps what is on the register; for somebody new it means Level 3 (R34)."""
    level = Level(row.level or (line.level if line else Level.THREE))
    basis = row.basis or (RegisterLine.Basis.HEADS_REASON.value if row.reason else "") or (line.basis if line else "")
    words = row.reason or (line.basis_words if line and line.basis == basis else "")
    ends_on = date.fromisoformat(row.last_day) if row.last_day else (line.ends_on if line else None)
    starts_on = date.fromisoformat(row.first_day) if row.first_day else None
    if not row.role and line is None:
        raise CannotChange(NO_ROLE)
    if line and starts_on not in (None, line.starts_on):
        raise CannotChange(BEGAN.format(day_in_words(line.starts_on)))
    return Entry(
        level,
        row.role or (line.role if line else ""),
        basis if level == Level.TWO else "",
        words if level == Level.TWO else "",
        ends_on,
        confirmed=True,
        webmail_confirmed=True,
        starts_on=starts_on,
    )


def _apply(
    here: Visit,
    row: StaffRow,
    line: RegisterLine | None,
    entry: Entry,
    letters: list[mail.Letter],
    written: dict[int, int],
) -> PlannedLine:
    if line is None:
        line, letter = give_within(here, name=row.name, email=row.email, entry=entry)
        letters.append(letter)
        first = f", first day {day_in_words(line.starts_on)}" if line.starts_on > here.today else ""
        last = f"{first}, last day {day_in_words(entry.ends_on)}" if entry.ends_on else first
        other = CHECK_IT if why_ask(line.person, row.name) else ""
        outcome, words = Outcome.NEW, f"Level {entry.level}, gets an email{last}{other}"
        level_before = Level.THREE.value
    else:
        level_before, words = line.level, _difference(line, entry)
        if not words:
            return PlannedLine(row.number, line.person.name, row.email, Outcome.UNCHANGED, f"Level {line.level}")
        outcome = Outcome.CHANGED
        line = line_to_change(here, line.pk)
        write_entry(here, line, entry)
    written[line.pk] = line.level
    raises = entry.level < level_before
    is_new_webmail = outcome == Outcome.NEW and is_webmail(row.email)
    name = row.name if outcome == Outcome.NEW else line.person.name
    return PlannedLine(row.number, name, row.email, outcome, words, raises, is_new_webmail)


def _difference(line: RegisterLine, entry: Entry) -> str:
    """What the entry changes on the line, in words. Empty if it changes nothing."""
    found = []
    if entry.level != line.level:
        found.append(f"Level {line.level} becomes Level {entry.level}")
    if entry.role != line.role:
        found.append(f"role becomes {RegisterLine.Role(entry.role).label}")
    if entry.level == line.level and (entry.basis, entry.basis_words) != (line.basis, line.basis_words):
        found.append("another basis")
    if entry.ends_on and entry.ends_on != line.ends_on:
        found.append(f"last day {day_in_words(entry.ends_on)}")
    return ", ".join(found)
