"""Keeping the Access Register (P14, R32-R36): give, change, narrow, suspend, resume and withdraw access.

Each function is one visit and therefore one transaction: the line, its permission rows, its history and the ledger
change together or not at all. The change takes effect on the person's next request (R44).
"""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from django.utils import timezone

from access_register.levels import Level
from access_register.models import Invitation, Person, RegisterLine
from access_register.notices import mail
from access_register.register import history
from access_register.register.reading import show_line, show_register
from access_register.register.rules import (
    ALREADY_HERE,
    BEGINS_LATER,
    LONG_UNUSED,
    NOT_A_WORK_ADDRESS,
    OTHER_NAME,
    SEATS_TAKEN,
    STAYS_THIRD_PARTY,
    CannotChange,
    ChangeRefused,
    Entry,
    amiss,
    check_version,
    enact,
    hold_register,
    line_to_change,
    live_lines,
    refuse,
    says,
    store,
    write_entry,
)
from access_register.sign_in import welcome
from access_register.sign_in.addresses import is_webmail
from sharing import codes
from sharing.authorise import Asker, Permission, Visit, Withheld, visit
from sharing.cannot import ChangedMeanwhile
from sharing.days import day_in_words

__all__ = [
    "ALREADY_HERE",
    "SEATS_TAKEN",
    "STAYS_THIRD_PARTY",
    "CannotChange",
    "ChangeRefused",
    "ChangedMeanwhile",
    "Entry",
    "Given",
    "change_access",
    "check_access",
    "check_name",
    "give_access",
    "give_within",
    "narrow_access",
    "resume_access",
    "show_line",
    "show_register",
    "suspend_access",
    "why_ask",
    "withdraw_access",
]

LONG: Final = timedelta(days=365)  # after so long without a sign-in, the address may belong to somebody else
MOST_AHEAD: Final = timedelta(days=365)
ONLY_LEVEL_2: Final = "Only a Level 2 line can be narrowed. Level 1 sees everything, and Level 3 sees no pupils."
NO_SUCH_FIRST_DAY: Final = "The first day must be today or later, and within a year. Leave it empty for today."


class Given(NamedTuple):
    """The result of adding a person: whether they have to accept first, and whether the email to them was sent."""

    person: Person
    line_id: int
    awaits: bool
    told: bool


def give_access(asker: Asker, urn: int, *, name: str, email: str, entry: Entry) -> Given:
    """Add a person to the register, and write to them.

    If the email address is known, the line goes on that account at once (A18). Somebody without an account gets a
    waiting line and an invitation. The waiting line takes up its place, even at Level 1 (A9), and opens nothing until
    it is accepted. Raises CannotChange.
    """
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="give_access") as here:
        hold_register(here)
        line, letter = give_within(here, name=name, email=email, entry=entry)
        awaits = line.awaiting_since is not None
        narrowed = {"year_groups": line.year_groups, "withheld": line.withheld}
        here.changed(line=line.pk, person=line.person_id, level=line.level, awaits=awaits, **narrowed)
    return Given(line.person, line.pk, awaits, mail.send(letter) == 1)


def check_access(asker: Asker, urn: int, *, name: str, email: str, entry: Entry) -> None:
    """Check an incomplete form, so that all its problems are reported together. Raises CannotChange."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="give_access") as here:
        here.showed(checked=True)
        _check_given(here, _new_line(here, entry.starts_on), name, email, entry)


def give_within(
    here: Visit, *, name: str, email: str, entry: Entry, narrowed_like: RegisterLine | None = None
) -> tuple[RegisterLine, mail.Letter]:
    """`give_access` as part of a visit that gives several lines. The caller sends the letter once the visit is over."""
    line = _new_line(here, entry.starts_on)
    _check_given(here, line, name, email, entry)
    line.person = Person.objects.known_or_new(email, name)
    line.awaiting_since = None if line.person.has_account else timezone.now()
    if narrowed_like:
        line.year_groups, line.withheld = narrowed_like.year_groups, narrowed_like.withheld
    else:
        _put_narrowing(line, entry.year_groups, entry.withheld)
    write_entry(here, line, entry)
    return line, welcome.letter(line)


def _new_line(here: Visit, first_day: date | None) -> RegisterLine:
    """A line given by the asker, from today on unless another first day is given."""
    return RegisterLine(
        establishment=here.establishment,
        starts_on=first_day or here.today,
        level_since=first_day or here.today,
        given_by_name=here.asker.name,
    )


def _check_given(here: Visit, line: RegisterLine, name: str, email: str, entry: Entry) -> None:
    """Everything that stands in the way of a new line, at once. The form itself reports a missing address or name."""
    refuse(
        *_amiss_with_person(here, name, email, entry), *_amiss_with_first_day(here, line),
        *_amiss_with_narrowing(entry), *amiss(here, line, entry),
    )  # fmt: skip


def _amiss_with_first_day(here: Visit, line: RegisterLine) -> Iterator[CannotChange]:
    """Nobody can have had access before it was given, and a person years ahead cannot be known by name today."""
    if not here.today <= line.starts_on <= here.today + MOST_AHEAD:
        yield CannotChange(NO_SUCH_FIRST_DAY, "starts_on")


def _amiss_with_narrowing(entry: Entry) -> Iterator[CannotChange]:
    """Refuse to narrow any level but 2. Otherwise the head would believe that somebody at Level 1 sees less."""
    if entry.level != Level.TWO and (entry.year_groups or entry.withheld):
        yield CannotChange(ONLY_LEVEL_2, "year_groups" if entry.year_groups else "withheld")


def _put_narrowing(line: RegisterLine, year_groups: Collection[str], withheld: Collection[str]) -> None:
    """Store the narrowing in the order of the lists. Raises CannotChange for anything that is in no list."""
    line.year_groups = [code for code in codes.NC_YEARS if code in year_groups]
    line.withheld = [kind.value for kind in Withheld if kind in withheld]
    if len(line.year_groups) < len(set(year_groups)) or len(line.withheld) < len(set(withheld)):
        raise CannotChange("Choose year groups and kinds of data from the list.")


def _amiss_with_person(here: Visit, name: str, email: str, entry: Entry) -> Iterator[CannotChange]:
    person = Person.objects.of_address(email).first()
    lines = live_lines(here).filter(person=person).order_by("starts_on") if person else ()
    if person and _was_third_party(here, person):
        yield ChangeRefused(STAYS_THIRD_PARTY, "email")
    elif lines and lines[0].starts_on > here.today:
        yield CannotChange(BEGINS_LATER.format(day_in_words(lines[0].starts_on)), "email")
    elif lines:
        yield CannotChange(ALREADY_HERE, "email")
    elif person and name and not entry.other_name and (asked := why_ask(person, name)):
        yield CannotChange(asked, "other_name")
    if is_webmail(email) and not entry.webmail_confirmed:
        yield CannotChange(NOT_A_WORK_ADDRESS, "webmail_confirmed")


def change_access(asker: Asker, urn: int, line_id: int, *, entry: Entry, version: int | None = None) -> None:
    """Raise, lower or rewrite a line. `version`: the line as the form showed it. One that is so already stays so.

    Raises CannotChange.
    """
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="change_access") as here:
        hold_register(here)
        line = line_to_change(here, line_id)
        if says(line, entry):
            here.showed(line=line.pk)
            return
        check_version(line, version)
        level_before = line.level
        write_entry(here, line, entry)
        here.changed(line=line.pk, person=line.person_id, level_before=level_before, level=line.level)


def narrow_access(
    asker: Asker,
    urn: int,
    line_id: int,
    *,
    year_groups: Collection[str],
    withheld: Collection[str],
    because: str = "",
    version: int | None = None,
) -> None:
    """Set which pupils, and which of their data, a Level 2 line shows (R35, A5). If nothing is named, it shows
    everything.

    If the line is already narrowed in this way, nothing changes. Raises CannotChange.
    """
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="narrow_access") as here:
        line = line_to_change(here, line_id)
        if line.level != Level.TWO:
            raise CannotChange(ONLY_LEVEL_2)
        before = history.facts(line)
        _put_narrowing(line, year_groups, withheld)
        if history.facts(line) == before:
            here.showed(line=line.pk)
            return
        check_version(line, version)
        store(line)
        enact(here, line, "narrowed", before=before, because=because)
        here.changed(line=line.pk, person=line.person_id, year_groups=line.year_groups, withheld=line.withheld)


def suspend_access(asker: Asker, urn: int, line_id: int, *, because: str) -> None:
    """Close a line at once, until it is resumed (R35). One already suspended stays so. Raises CannotChange."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="suspend_access") as here:
        line = line_to_change(here, line_id)
        if line.suspended_at is None:
            before = history.facts(line)
            line.suspended_at, line.suspended_by_name, line.suspended_because = timezone.now(), asker.name, because
            store(line)
            enact(here, line, "suspended", before=before, because=because)
            here.changed(line=line.pk, person=line.person_id, suspended=True)
        else:
            here.showed(line=line.pk)


def resume_access(asker: Asker, urn: int, line_id: int, *, version: int | None = None) -> None:
    """Let a suspended line go on as it was. If it is not suspended, nothing changes. `version`: the line as the page
    showed it, and so why it is suspended. Raises CannotChange."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="resume_access") as here:
        line = line_to_change(here, line_id)
        if line.suspended_at is not None:
            check_version(line, version)
            before = history.facts(line)
            line.suspended_at, line.suspended_by_name, line.suspended_because = None, "", ""
            store(line)
            enact(here, line, "resumed", before=before)
            here.changed(line=line.pk, person=line.person_id, suspended=False)
        else:
            here.showed(line=line.pk)


def withdraw_access(asker: Asker, urn: int, line_id: int, *, because: str) -> None:
    """End a line at once. Raises CannotChange, or NoSuchRecord if it has already ended."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="withdraw_access") as here:
        line = line_to_change(here, line_id)
        before = history.facts(line)
        line.withdrawn_at = timezone.now()
        line.withdrawn_by_name = asker.name
        line.withdrawn_because = because
        store(line)
        Invitation.objects.filter(line=line, accepted_at=None).update(revoked_at=line.withdrawn_at)
        enact(here, line, "withdrawn", before=before, because=because)
        here.changed(line=line.pk, person=line.person_id, withdrawn=True)


def check_name(person: Person, name: str, *, other_name: bool) -> None:
    """Check that an account is the person meant, before it gets access. Raises CannotChange, without its name."""
    if not other_name and (asked := why_ask(person, name)):
        raise CannotChange(asked, "other_name")


def why_ask(person: Person, name: str) -> str:
    """Why the account may not be the person who was meant, in words: the address was a slip, or belongs to another
    person by now (A18). Empty if it clearly is that person. Somebody who was invited and never came has a name on
    record too, which the letter would show, so it is checked as well."""
    if _words(person.name) != _words(name):
        return OTHER_NAME
    if person.last_login and person.last_login < timezone.now() - LONG:
        return LONG_UNUSED
    return ""


def _words(name: str) -> list[str]:
    """The words of a name, in an order and spelling that can be compared, however it was written."""
    return sorted(name.replace(",", " ").casefold().split())


def _was_third_party(here: Visit, person: Person) -> bool:
    """Whether the person is or was a third party on this register: withdrawing and adding again, or changing the line,
    makes no member of staff (R24)."""
    lines = RegisterLine.objects.filter(establishment=here.establishment, person=person)
    return lines.filter(role=RegisterLine.Role.THIRD_PARTY).exists()
