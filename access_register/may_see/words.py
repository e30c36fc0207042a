"""Rights to see a child's record, in groups and in words for the reader (R9, R18, R24, R25)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from enum import Enum

from django.db.models import Q
from django.utils import timezone

from access_register.may_see.records import Group, Reader, Seer, WaysPast
from access_register.models import Duty, OfficerAppointment, RegisterLine
from access_register.officers.duty_words import scope_in_words
from sharing import narrowing
from sharing.authorise import Through
from sharing.dates import covers
from sharing.days import day_in_words
from sharing.models import Closing, EstablishmentPermission, NamedChild, Opening, Transfer

# What the list leaves out.
NOT_TOLD_TO_HEADS = (
    "Anything that the heads of a child’s schools are not told. A court or the Council can decide so. The list then "
    "leaves out who can see the record as a result, and that others no longer can."
)
FOR_THE_HEAD_ALONE = "Records opened for safeguarding, and closed children. Only the head is told about these."
SCOPE_IS_NOT_TOLD = "How far an officer’s duty reaches beyond your establishment. The information manager knows this."
REGISTER_IS_THE_HEADS = "People on the Access Register. It belongs to the head, who can say who sees the record."
OWN_RIGHT_ALONE = "Other officers. The information manager is told about them."
GLASS_IS_THE_HEADS = (
    "Officers who opened the record for safeguarding, without a duty. The head is told whose record it was."
)
OTHER_RECORDS = "People at another establishment with the child on roll. It keeps a record of its own."
NOT_TODAY = (
    "People who cannot come in today, because they have not accepted the protocol, their line is suspended, or their "
    "account is closed."
)
SANCTIONS = (
    "Whether somebody in the list is shut out for a breach of the protocol. The people concerned in the case know this."
)
NOBODY, NOBODY_TOLD = "Nobody today.", "Nobody you may be told about."
UNLIMITED = "No last day"


class Kind(Enum):
    """A kind of right: its heading, what it is, and what the page says if nobody has it."""

    REGISTER = (
        "On the Access Register",
        "Level 1 and Level 2 see pupils. Anyone whose line is narrowed to other year groups is not listed here.",
        NOBODY,
    )
    CONTRACT = (
        "Third parties under contract",
        "They act for this establishment under a contract that binds them to the protocol.",
        NOBODY,
    )
    DUTY = (
        "Officers under a recorded duty",
        "The Council has put on record that they need pupil information here, or about this child.",
        NOBODY_TOLD,
    )
    ORDER = (
        "By a legal override",
        "A court or the law opens the record to them. A second person has authorised it.",
        NOBODY_TOLD,
    )
    GLASS = (
        "By breaking the glass",
        "Officers who opened this record for safeguarding, without a duty. The record closes to them automatically.",
        NOBODY_TOLD,
    )


def groups(
    reader: Reader, rows: tuple[EstablishmentPermission, ...], ways: WaysPast
) -> tuple[tuple[Group, ...], tuple[Seer, ...]]:
    """Who sees the record, by kind of right; and who would, if the child were not closed to them (R18)."""
    found: dict[Kind, list[Seer]] = defaultdict(list)
    shut_out = []
    teams = _teams(reader, {*ways.people, *(row.user_id for row in rows if row.through == Through.EDUNET)})
    for kind, seer in (*_by_table(reader, rows, teams), *_by_name(ways.named, teams), *_by_glass(ways.opened, teams)):
        if ways.shut_out(seer.person_id):
            shut_out.append(seer)
        else:
            found[kind].append(seer)
    shown = [kind for kind in Kind if found[kind] or _is_told_of(kind, reader)]
    return tuple(Group(*kind.value, tuple(found[kind])) for kind in shown), tuple(shut_out)


def closings(ways: WaysPast) -> tuple[str, ...]:
    return tuple(_closing_in_words(row) for row in ways.closed)


def _closing_in_words(row: Closing) -> str:
    """Until when the child is closed as things are now: without a second person's agreement, not until its last day."""
    until = row.ends_at if row.agreed_at else min(row.ends_at, row.alone_until)
    said = f"The child is closed until {timezone.localtime(until):%H:%M on %-d %B %Y} ({row.get_basis_display()})."
    return said if row.agreed_at else f"{said} No second person has agreed yet."


def elsewhere(reader: Reader) -> tuple[str, ...]:
    """Where the child is going, or comes from, by an agreed transfer: each has its own record (R5, R8). Leaves out a
    school outside the community."""
    here, pupil, today = reader.here, reader.pupil, reader.here.today
    comes = Q(pupil=pupil, establishment=here.establishment, from_establishment__isnull=False)
    ours = Q(leaving=pupil, from_establishment=here.establishment) | comes
    on_the_way = Q(lapses_on__gte=today) & (Q(arrived_on=None) | Q(arrived_on__gt=today))
    moves = Transfer.objects.filter(
        ours, on_the_way | Q(sender_keeps_until__gte=today), cancelled_at=None, agreed_on__isnull=False
    )
    found = moves.select_related("establishment", "from_establishment").by_day()
    return tuple(_move_in_words(row, today, leaves=row.leaving_id == pupil.pk) for row in found)


def untold(reader: Reader) -> tuple[str, ...]:
    """What the page leaves out, whichever child it is about: the same sentences for every record."""
    if reader.on_edunet:
        own = () if reader.keeps_duties else (OWN_RIGHT_ALONE,)
        return (*own, REGISTER_IS_THE_HEADS, GLASS_IS_THE_HEADS, OTHER_RECORDS, NOT_TODAY, SANCTIONS)
    for_head = () if reader.is_head else (FOR_THE_HEAD_ALONE,)
    return (NOT_TOLD_TO_HEADS, *for_head, SCOPE_IS_NOT_TOLD, OTHER_RECORDS, NOT_TODAY, SANCTIONS)


def _is_told_of(kind: Kind, reader: Reader) -> bool:
    """Whether the reader may be told that nobody has this kind of right."""
    if reader.on_edunet:
        return reader.keeps_duties and kind in (Kind.DUTY, Kind.ORDER)
    return kind != Kind.GLASS or reader.is_head


def _by_table(
    reader: Reader, rows: tuple[EstablishmentPermission, ...], teams: Mapping[int, str]
) -> Iterator[tuple[Kind, Seer]]:
    """Those who see it by the permission table: lines of the register, Level 1 first; then duties and orders."""
    lines, scopes = _lines(reader, rows), _scopes(reader, rows)
    for row in sorted(rows, key=lambda row: lines[row.source].level if row.source in lines else 0):
        line = lines.get(row.source)
        if row.through == Through.SCHOOLS_ONLINE:
            is_third = line is not None and line.role == RegisterLine.Role.THIRD_PARTY
            kind = Kind.CONTRACT if is_third else Kind.REGISTER
        else:
            kind = Kind.ORDER if row.source.startswith("order:") else Kind.DUTY
        place = _place_of(line) if line else teams.get(row.user_id, "")
        facts = _facts_of(line, reader) if line else scopes.get(row.source, ())
        until = day_in_words(row.ends_on) if row.ends_on else UNLIMITED
        since = max(row.starts_on, line.level_since) if line else row.starts_on  # a line may be older than its level
        site = Through(row.through)
        yield kind, Seer(row.user_id, row.user.name, site, place, row.reason, facts, since, until)


def _by_name(rows: Iterable[NamedChild], teams: Mapping[int, str]) -> Iterator[tuple[Kind, Seer]]:
    """Those who see it because the child is named individually, for a casework duty or by an order."""
    for row in rows:
        kind = Kind.ORDER if row.source.startswith("order:") else Kind.DUTY
        without = narrowing.in_words((), row.withheld)
        facts = ("For this child alone", *([f"{without[0].upper()}{without[1:]}"] if without else []))
        site, until = Through(row.through), day_in_words(row.ends_on)
        place = teams.get(row.person_id, "") if site == Through.EDUNET else ""
        yield kind, Seer(row.person_id, row.person_name, site, place, row.reason, facts, row.starts_on, until)


def _by_glass(rows: Iterable[Opening], teams: Mapping[int, str]) -> Iterator[tuple[Kind, Seer]]:
    for row in rows:
        since, until = timezone.localdate(row.starts_at), f"{timezone.localtime(row.ends_at):%H:%M on %-d %B %Y}"
        who = row.person_id, row.person_name, Through.EDUNET, teams.get(row.person_id, "")
        yield Kind.GLASS, Seer(*who, row.get_because_display(), (), since, until)


def _numbers(rows: Iterable[EstablishmentPermission], of: str) -> list[int]:
    sources = (row.source.partition(":") for row in rows)
    return [int(number) for what, _, number in sources if what == of]


def _lines(reader: Reader, rows: Iterable[EstablishmentPermission]) -> dict[str, RegisterLine]:
    numbers = _numbers(rows, "line")
    if not numbers:
        return {}
    lines = RegisterLine.objects.filter(establishment=reader.here.establishment, pk__in=numbers)
    found = lines.select_related("contract__organisation").defer("contract__document")
    return {f"line:{line.pk}": line for line in found}


def _place_of(line: RegisterLine) -> str:
    role = line.contract.organisation.name if line.contract else line.get_role_display()
    return f"{role}, {line.get_level_display()}"


def _facts_of(line: RegisterLine, reader: Reader) -> tuple[str, ...]:
    """For a third party: whom they work for, and what for."""
    if line.contract is None:
        return ()
    purpose = line.basis_words or line.get_basis_display()
    sponsor = f"Sponsor: {reader.here.establishment.name}", f"Contract: {line.contract.reference}"
    return (*([f"Purpose: {purpose}"] if purpose else []), *sponsor)


def _teams(reader: Reader, officers: Collection[int]) -> dict[int, str]:
    if not officers:
        return {}
    today = OfficerAppointment.objects.filter(covers(reader.here.today), person__in=officers)
    return dict(today.values_list("person", "team"))


def _scopes(reader: Reader, rows: Iterable[EstablishmentPermission]) -> dict[str, tuple[str, ...]]:
    """How far each duty reaches, for readers on EduNet who may read the duty."""
    numbers = _numbers(rows, "duty") if reader.on_edunet else []
    if not numbers:
        return {}
    duties = Duty.objects.filter(pk__in=numbers).prefetch_related("establishments", "localities")
    return {f"duty:{duty.pk}": (f"Scope: {scope_in_words(duty)}",) for duty in duties}


def _move_in_words(row: Transfer, today: date, *, leaves: bool) -> str:
    """What is true on the day: the child is coming, has come, or has not come in time."""
    arrived, lapsed = row.arrived_on and row.arrived_on <= today, row.lapses_on < today
    expected, own_record = day_in_words(row.expected_on), "It has a record of its own. Its head can say who sees it."
    if not leaves:
        came = f"came on {day_in_words(row.arrived_on)}" if row.arrived_on and arrived else "is coming"
        came = f"was expected on {expected}" if lapsed and not arrived else came
        return f"{row.sender}, from which the child {came}. {own_record}"
    name = f"{row.establishment.name}, where the child"
    if row.arrived_on and arrived:
        return f"{name} arrived on {day_in_words(row.arrived_on)}. {own_record}"
    if lapsed:
        return (
            f"{name} was expected on {expected}, and has not arrived. The transfer lapsed after "
            f"{day_in_words(row.lapses_on)}, so it lets nobody there see a record of the child."
        )
    assert row.agreed_on is not None
    return (
        f"{name} is going (agreed on {day_in_words(row.agreed_on)}, expected on {expected}). People at Level 1 and "
        "Level 2 there see its own record of the child. Its head can say who they are."
    )
