"""What the register's rules allow, and storing a line within them (R24, R32, R34, R35)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from psycopg2.errors import DeadlockDetected

from access_register import grants
from access_register.levels import Level
from access_register.models import LineEvent, RegisterLine
from access_register.models.lines import HEAD_SEAT, NAMED_SEATS, RegisterLineQuerySet
from access_register.register import history
from sharing.authorise import NotYourEstablishment, Refusal, Visit, the_one
from sharing.cannot import CannotDo, ChangedMeanwhile
from sharing.dates import covers
from sharing.days import day_in_words
from sharing.statements import value_of


class CannotChange(CannotDo):
    """The register's rules do not allow it. `also`: what else is wrong."""

    also: "Sequence[CannotChange]" = ()

    @property
    def told(self) -> list[tuple[str | None, str]]:
        return [(slip.field, slip.message) for slip in (self, *self.also)]


class ChangeRefused(CannotChange, Refusal):
    """Not a slip but something the protocol rules out (R24, R32, R35), so the refusal goes into the ledger."""


Role = RegisterLine.Role
ALREADY_HERE = "This person is already on the register. Change their line instead."
ANOTHER_LINE = "{} has another line here on some of these days. Choose a last day before that one begins."
BEGINS_LATER = (
    "This person’s line here begins on {}. If they need access before, withdraw that line, and add them again."
)
STAYS_THIRD_PARTY = "A third party needs a contract on record, and stays a third party here."
NOT_A_WORK_ADDRESS = (
    "This is not a work address. Use a work address, or confirm that this person has none and that this one is theirs."
)
IF_NOT = "If it now belongs to somebody else, ask the people who run the service to free it first."
OTHER_NAME = f"This address is on record under another name. Check it, or confirm that it is the same person. {IF_NOT}"
LONG_UNUSED = f"Nobody has signed in with this address for a year. Confirm that it is the same person. {IF_NOT}"
WITHIN_THE_CONTRACT = "The last day must be within the contract, which ends on {}."
SEATS_TAKEN = "Both Level 1 places for named staff are taken. Lower or withdraw one of those people first."


@dataclass(frozen=True)
class Entry:
    """What a head enters for a line. `basis` and `basis_words` say why Level 2 is needed. `confirmed`: raising the
    level is within data-protection law (R34). `webmail_confirmed`: an address that anybody can get is the person's.
    `other_name`: an account that has the address under another name, or has long been unused, is the person's. For a
    new line only: `starts_on` is the first day (None: today), and `year_groups` and `withheld` narrow it at Level 2. An
    existing line keeps its own."""

    level: Level = Level.THREE
    role: str = Role.OFFICE
    basis: str = ""
    basis_words: str = ""
    ends_on: date | None = None
    confirmed: bool = False
    webmail_confirmed: bool = False
    other_name: bool = True
    starts_on: date | None = None
    year_groups: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()


def live_lines(here: Visit) -> RegisterLineQuerySet:
    return RegisterLine.objects.live_on(here.today).filter(establishment=here.establishment).select_related("person")


def is_head(here: Visit) -> bool:
    """Whether the asker is head today: not if their headship has yet to begin, nor if their line is suspended."""
    holds = live_lines(here).filter(covers(here.today), awaiting_since=None, suspended_at=None)
    return holds.filter(person_id=here.asker.person_id, seat=HEAD_SEAT).exists()


def free_seats(here: Visit) -> list[int]:
    """The seats for named staff that are free. Invitations and suspended lines count as taken (R32, A9)."""
    taken = set(live_lines(here).filter(seat__isnull=False).values_list("seat", flat=True))
    return [seat for seat in NAMED_SEATS if seat not in taken]


def line_to_change(here: Visit, line_id: int) -> RegisterLine:
    """The line, locked until the end of the transaction. Raises ChangeRefused for the head's own line and, unless the
    asker is head, for any Level 1 line (R35); raises NoSuchRecord."""
    found = live_lines(here).filter(pk=line_id)
    if the_one(found).is_head:
        raise ChangeRefused("The head’s own line changes only when the headship is handed over.")
    line = the_one(found.select_for_update(of=("self",)))
    if line.level == Level.ONE and not is_head(here):
        raise ChangeRefused("Only the head may change a Level 1 line.")
    return line


def hold_register(here: Visit) -> None:
    """Keep the register from ending beside a line that is being added, raised or put back (R44).

    It holds until the transaction ends. Whoever ends the register, or takes back its first head, waits for all who do
    so, or they for them. Comes before any row is locked. Raises NotYourEstablishment if it has just ended.
    """
    place = here.establishment.pk
    value_of("SELECT pg_advisory_xact_lock_shared(hashtext('access_register_registerline'), %s)", place)
    if not value_of("SELECT %s IN (SELECT portal_establishments('manage_register'))", place):
        raise NotYourEstablishment


def check_version(line: RegisterLine, version: int | None) -> None:
    """Raise ChangedMeanwhile if the line is no longer as the form showed it, in `version`."""
    if version in (None, line.version):
        return
    events = LineEvent.objects.filter(line=line, after__version__gt=version).order_by("at", "pk")
    told = ". ".join(events.values_list("words", flat=True)) or "it is not as you saw it"
    message = f"Someone changed this line while you had it open: {told}. Look again, then save if it is still right."
    raise ChangedMeanwhile(message, line.version)


def says(line: RegisterLine, entry: Entry) -> bool:
    """Whether the line already is as `entry` would have it, so that a double click's second half changes nothing."""
    kept = line.level, line.role, line.ends_on, line.basis, line.basis_words
    return kept == (entry.level, entry.role, _last_day(line, entry), *_basis(entry))


def _last_day(line: RegisterLine, entry: Entry) -> date | None:
    """The line's last day. A third party without one gets the contract's, so as not to outstay it (R25)."""
    return entry.ends_on or (line.contract.ends_on if line.contract else None)


def _basis(entry: Entry) -> tuple[str, str]:
    return (entry.basis, entry.basis_words) if entry.level == Level.TWO else ("", "")


def write_entry(here: Visit, line: RegisterLine, entry: Entry) -> None:
    """Put `entry` on the line, with its seat, its permission rows and its history. Raises CannotChange."""
    refuse(*amiss(here, line, entry))
    before = history.facts(line) if line.pk else None
    if before and before["level"] != entry.level:
        line.level_since, line.given_by_name = max(here.today, line.starts_on), here.asker.name
        if entry.level < before["level"]:
            line.review_due_on = None  # a line raised this term is reviewed next term (docs/adr/0010)
    line.level, line.role, line.ends_on = entry.level, entry.role, _last_day(line, entry)
    line.basis, line.basis_words = _basis(entry)
    if entry.level != Level.ONE:
        line.seat = None
        store(line)
    elif line.seat is None:
        _take_a_seat(line)
    else:
        store(line)
    given = "invited" if line.awaiting_since else "given"
    what = history.what_changed(before, history.facts(line)) if before else given
    enact(here, line, what, before=before)


def enact(here: Visit, line: RegisterLine, what: str, *, before: dict[str, Any] | None, because: str = "") -> None:
    """Bring a stored line's permission rows into line with it, and add to its history."""
    grants.follow_line(line)
    history.tell(line, what, by_name=here.asker.name, before=before, because=because)


def refuse(*slips: CannotChange) -> None:
    """Raise all of them together, so that nobody sends the form once for each. What the protocol rules out leads."""
    if slips:
        first, *others = sorted(slips, key=lambda slip: not isinstance(slip, ChangeRefused))
        first.also = others
        raise first


def amiss(here: Visit, line: RegisterLine, entry: Entry) -> Iterator[CannotChange]:
    """Why the asker may not put `entry` on the line: ruled out by the protocol, missing, or mistyped (R34)."""
    if entry.role == Role.HEAD:
        yield CannotChange("There can be only one head. To change the head, hand the headship over.", "role")
    if (line.role == Role.THIRD_PARTY) != (entry.role == Role.THIRD_PARTY):
        yield ChangeRefused(STAYS_THIRD_PARTY, "role")
    if entry.level == Level.ONE:
        yield from _amiss_at_level_1(here, entry)
    if entry.level == Level.TWO:
        # R25: a third party at Level 2 must have a DBS check on file.
        if entry.role == Role.THIRD_PARTY and not (line.contract and line.contract.dbs_confirmed_on):
            yield ChangeRefused("Record the safeguarding (DBS) check with the contract first.", "level")
        if not entry.basis:
            yield CannotChange("Say why this person needs pupil information.", "basis")
        if entry.basis == RegisterLine.Basis.HEADS_REASON and not entry.basis_words.strip():
            yield CannotChange("Write the reason for Level 2.", "basis_words")
    if entry.ends_on and entry.ends_on < max(line.starts_on, here.today):
        begins = line.starts_on > here.today
        yield CannotChange(f"The last day must be {'the first day' if begins else 'today'} or later.", "ends_on")
    if entry.ends_on and line.contract and entry.ends_on > line.contract.ends_on:
        yield CannotChange(WITHIN_THE_CONTRACT.format(day_in_words(line.contract.ends_on)), "ends_on")
    if entry.level < line.level and not entry.confirmed:
        yield CannotChange(f"Confirm that this person needs Level {entry.level}.", "confirm")


def _amiss_at_level_1(here: Visit, entry: Entry) -> Iterator[CannotChange]:
    """Level 1 is only for staff, and only the head names people for it (R24, R32)."""
    if entry.role in (Role.THIRD_PARTY, Role.GOVERNOR):
        yield ChangeRefused("Level 1 is for staff. Governors and third parties cannot have it.", "level")
    if not is_head(here):
        yield ChangeRefused("Only the head may name people at Level 1.", "level")


def store(line: RegisterLine) -> None:
    """Store the line. What the database refuses, even in a race between two people, becomes CannotChange in words."""
    is_new = line.pk is None
    if not is_new:
        line.version += 1
    try:
        _save(line)
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        if constraint == "one_person_in_a_seat":
            raise ChangeRefused(SEATS_TAKEN, "level") from None
        if constraint == "one_line_for_each_person" and is_new:
            raise CannotChange(ALREADY_HERE, "email") from None
        if constraint == "one_line_for_each_person":
            raise CannotChange(ANOTHER_LINE.format(line.person.name), "ends_on") from None
        raise


def _save(line: RegisterLine) -> None:
    """Save the line, and try again once after a deadlock: two people saving at once can wait for each other at a
    constraint, and PostgreSQL then ends one of them."""
    try:
        with transaction.atomic():
            line.save()
    except OperationalError as error:
        if not isinstance(error.__cause__, DeadlockDetected):
            raise
        with transaction.atomic():
            line.save()


def _take_a_seat(line: RegisterLine) -> None:
    """Put the line in the first seat that is free on all of its days (R32). Raises ChangeRefused if there is none."""
    for seat in NAMED_SEATS:
        line.seat = seat
        try:
            return store(line)
        except CannotChange as refused:
            if refused.message != SEATS_TAKEN:
                raise
    raise ChangeRefused(SEATS_TAKEN, "level")
