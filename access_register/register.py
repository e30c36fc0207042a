"""Keeping the Access Register (P14, R32-R36): give, change, withdraw.

Each function is one visit, so one transaction: the line, its permission rows and the ledger together or not at all.
The effect is there on the person's next request (R44).
"""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from access_register import grants
from access_register.levels import Level
from access_register.models import Person, RegisterLine
from access_register.models.lines import HEAD_SEAT, NAMED_SEATS, RegisterLineQuerySet
from access_register.records import LineRecord, RegisterPage
from access_register.to_confirm import questions
from sharing.authorise import Asker, NoSuchRecord, Permission, Refusal, Visit, visit
from sharing.dates import covers
from sharing.records import Why


class CannotChange(Exception):
    """The register's rules do not allow it. `field` is where the form shows the message."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message, self.field = message, field


class ChangeRefused(CannotChange, Refusal):
    """Not a slip of the pen but something the protocol rules out (R24, R32, R35): it is in the ledger."""


ALREADY_HERE = "This person is on the register already. Change their line instead."
STAYS_THIRD_PARTY = "A third party comes with a contract on record, and stays a third party here."
SEATS_TAKEN = "Both Level 1 places for named staff are taken. Lower or withdraw one of those people first."


@dataclass(frozen=True)
class Entry:
    """What a head writes on a line. `basis` and `basis_words` say why Level 2 is needed, `confirmed` that raising the
    level is within data-protection law (R34)."""

    level: Level = Level.THREE
    role: str = RegisterLine.Role.OFFICE
    basis: str = ""
    basis_words: str = ""
    ends_on: date | None = None
    confirmed: bool = False


def show_register(asker: Asker, urn: int) -> RegisterPage:
    """Who can see what at the establishment: its live and coming lines, Level 1 first."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="show_register") as here:
        lines = [_record(line, asker) for line in _live_lines(here).order_by("level", "seat", "person__name")]
        here.showed(lines=len(lines))
        return _page(here, lines)


def show_line(asker: Asker, urn: int, line_id: int) -> tuple[RegisterPage, LineRecord]:
    """One line, and the register it stands on. A withdrawn line says so, that a second click does no harm."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="show_line") as here:
        lines = RegisterLine.objects.filter(establishment=here.establishment).select_related("person")
        line = lines.filter(pk=line_id).first()
        if line is None:
            raise NoSuchRecord
        here.showed(lines=1, line=line.pk)
        return _page(here, []), _record(line, asker)


def _page(here: Visit, lines: list[LineRecord]) -> RegisterPage:
    is_head = _is_head(here)
    return RegisterPage(
        here.here,
        tuple(lines),
        named_seats_free=len(_free_seats(here)),
        can_name_level_1=is_head,
        to_confirm=questions(here) if is_head else (),
        why=Why(here.reason, here.permission),
    )


def give_access(asker: Asker, urn: int, *, name: str, email: str, entry: Entry) -> tuple[Person, bool]:
    """Add a person to the register. Answers (the person, whether the account is new).

    A known e-mail address is a line on the same account (A18). Raises CannotChange.
    """
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="give_access") as here:
        person, is_new = _known_or_new(name, email)
        if _live_lines(here).filter(person=person).exists():
            raise CannotChange(ALREADY_HERE, "email")
        if _was_third_party(here, person):
            raise ChangeRefused(STAYS_THIRD_PARTY, "email")
        line = RegisterLine(
            establishment=here.establishment,
            person=person,
            starts_on=here.today,
            level_since=here.today,
            given_by_name=asker.name,
        )
        _write(here, line, entry)
        here.changed(line=line.pk, person=person.pk, level=line.level)
        return person, is_new


def change_access(asker: Asker, urn: int, line_id: int, *, entry: Entry) -> None:
    """Raise, lower or rewrite a line. Raises CannotChange."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="change_access") as here:
        line = _line_to_change(here, line_id)
        before = line.level
        if before != entry.level:
            line.level_since, line.given_by_name = here.today, asker.name
        _write(here, line, entry)
        here.changed(line=line.pk, person=line.person_id, level_before=before, level=line.level)


def withdraw_access(asker: Asker, urn: int, line_id: int, *, because: str) -> None:
    """End a line at once. Raises CannotChange, or NoSuchRecord where it has ended already."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="withdraw_access") as here:
        line = _line_to_change(here, line_id)
        line.withdrawn_at = timezone.now()
        line.withdrawn_by_name = asker.name
        line.withdrawn_because = because
        line.save()
        grants.replace(f"line:{line.pk}", grants.of_line(line))
        here.changed(line=line.pk, person=line.person_id, withdrawn=True)


def _live_lines(here: Visit) -> RegisterLineQuerySet:
    return RegisterLine.objects.live_on(here.today).filter(establishment=here.establishment).select_related("person")


def _known_or_new(name: str, email: str) -> tuple[Person, bool]:
    """(the person with this address, whether the account is new), also when two add the same person at once."""
    known = Person.objects.filter(email__iexact=email.strip())
    person = known.first()
    if person:
        return person, False
    try:
        with transaction.atomic():
            return Person.objects.create_user(email, name), True
    except IntegrityError:
        return known.get(), False


def _was_third_party(here: Visit, person: Person) -> bool:
    """Whether the person was on this register as a third party: withdrawing and adding again changes nothing (R24)."""
    lines = RegisterLine.objects.filter(establishment=here.establishment, person=person)
    return lines.filter(role=RegisterLine.Role.THIRD_PARTY).exists()


def _is_head(here: Visit) -> bool:
    """Today, that is: a head to come has no say yet."""
    return _live_lines(here).filter(covers(here.today), person_id=here.asker.person_id, seat=HEAD_SEAT).exists()


def _free_seats(here: Visit) -> list[int]:
    taken = set(_live_lines(here).filter(seat__isnull=False).values_list("seat", flat=True))
    return [seat for seat in NAMED_SEATS if seat not in taken]


def _line_to_change(here: Visit, line_id: int) -> RegisterLine:
    """The line, held until the end of the transaction. Named staff do not touch Level 1, nobody the head's (R35)."""
    line = _live_lines(here).filter(pk=line_id).first()
    if line is None:
        raise NoSuchRecord
    if line.is_head:
        raise ChangeRefused("The head's own line is changed only when the headship is handed over.")
    if line.level == Level.ONE and not _is_head(here):
        raise ChangeRefused("Only the head may change a Level 1 line.")
    held = _live_lines(here).select_for_update(of=("self",)).filter(pk=line_id).first()
    if held is None:
        raise NoSuchRecord
    return held


def _write(here: Visit, line: RegisterLine, entry: Entry) -> None:
    """Put `entry` on the line, with its seat and its permission rows. Raises CannotChange."""
    _check(here, line, entry)
    line.level, line.role, line.ends_on = entry.level, entry.role, entry.ends_on
    line.basis, line.basis_words = (entry.basis, entry.basis_words) if entry.level == Level.TWO else ("", "")
    if entry.level != Level.ONE:
        line.seat = None
        _save(line)
    elif line.seat is None:
        _take_a_seat(here, line)
    else:
        _save(line)
    grants.replace(f"line:{line.pk}", grants.of_line(line))


def _check(here: Visit, line: RegisterLine, entry: Entry) -> None:
    third_party = RegisterLine.Role.THIRD_PARTY
    if entry.role == RegisterLine.Role.HEAD:
        raise CannotChange("There is one head. The headship is handed over, not added.", "role")
    if (line.role == third_party) != (entry.role == third_party):
        raise ChangeRefused(STAYS_THIRD_PARTY, "role")
    if entry.level == Level.ONE:
        if entry.role in (third_party, RegisterLine.Role.GOVERNOR):
            raise ChangeRefused("Level 1 is for staff. Governors and third parties cannot have it.", "level")
        if not _is_head(here):
            raise ChangeRefused("Only the head may name people at Level 1.", "level")
    if entry.level == Level.TWO:
        if entry.role == third_party and not (line.contract and line.contract.dbs_confirmed_on):
            raise ChangeRefused("Record the safeguarding (DBS) check with the contract first.", "level")
        if not entry.basis:
            raise CannotChange("Say why this person needs pupil information.", "basis")
        if entry.basis == RegisterLine.Basis.HEADS_REASON and not entry.basis_words.strip():
            raise CannotChange("Write the reason for Level 2.", "basis_words")
    if entry.level < line.level and not entry.confirmed:
        raise CannotChange(f"Confirm that this person needs Level {entry.level}.", "confirm")
    if entry.ends_on and entry.ends_on < max(line.starts_on, here.today):
        raise CannotChange("The last day must be today or later.", "ends_on")


def _save(line: RegisterLine) -> None:
    """Store the line. What the database refuses, also between two who ask at the same instant, is said in words."""
    try:
        with transaction.atomic():
            line.save()
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        if constraint == "one_person_in_a_seat":
            raise ChangeRefused(SEATS_TAKEN, "level") from None
        if constraint == "one_line_for_each_person":
            raise CannotChange(ALREADY_HERE, "email") from None
        raise


def _take_a_seat(here: Visit, line: RegisterLine) -> None:
    """The first free seat that the database lets the line have (R32)."""
    for seat in _free_seats(here):
        line.seat = seat
        try:
            return _save(line)
        except CannotChange as refused:
            if refused.message != SEATS_TAKEN:
                raise
    raise ChangeRefused(SEATS_TAKEN, "level")


def _record(line: RegisterLine, asker: Asker) -> LineRecord:
    own_words = line.basis == RegisterLine.Basis.HEADS_REASON and line.basis_words
    return LineRecord(
        id=line.pk,
        name=line.person.name,
        email=line.person.email,
        level=line.level,
        role=line.role,
        role_words=line.get_role_display(),
        basis=line.basis,
        basis_words=line.basis_words,
        basis_shown=own_words or line.get_basis_display(),
        is_head=line.is_head,
        is_asker=line.person_id == asker.person_id,
        given_by_name=line.given_by_name,
        level_since=line.level_since,
        starts_on=line.starts_on,
        ends_on=line.ends_on,
        is_withdrawn=line.withdrawn_at is not None,
    )
