"""Places the cast, and puts it back where it belongs. Nothing is written if everything is in order."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from access_register import service
from access_register.demo import agreements
from access_register.demo.cast import CAST, DEMO_PASSWORD, HEAD_OF, Line, Member, Task
from access_register.demo.challenges import place_challenges
from access_register.demo.invited import invite_newcomers
from access_register.demo.own_groups import place_own_groups
from access_register.demo.reviews import place_reviews
from access_register.demo.unusual import place_patterns
from access_register.levels import Level
from access_register.models import (
    Acceptance,
    Contract,
    Duty,
    OfficerAppointment,
    Person,
    ProtocolVersion,
    RegisterLine,
    Sanction,
)
from access_register.models.lines import HEAD_SEAT
from access_register.reviews import terms
from sharing import demo as shared
from sharing.demo.order import nothing_collected
from sharing.models import Establishment, Locality
from sharing.roles import BATCH, OWNER, acting_as
from sharing.statements import value_of

OFFICE = "the Education Department"
APPOINTED = date(2023, 9, 1)


@dataclass(frozen=True)
class DemoPeople:
    """The establishments, the cast, and the lines that the register no longer has room for, because of what has been
    done in the demonstration meanwhile."""

    establishments: shared.DemoEstablishments
    people: int
    written: int
    left_as_is: tuple[str, ...]


@dataclass
class _Placing:
    today: date
    establishments: dict[int, Establishment]
    written: int = 0
    left_as_is: list[str] = field(default_factory=list)
    contracts: dict[tuple[int, str], Contract] = field(default_factory=dict)


def seed(today: date, *, pupils: int = 3000, seed: int = 2012) -> DemoPeople:
    """Bring the whole demonstration, establishments and people, up to date. It can be run again without harm."""
    _lift_sanctions(today)
    with nothing_collected(), acting_as(BATCH):
        establishments = shared.seed(today, pupils=pupils, seed=seed)
        placing = _Placing(today, establishments.by_urn)
        people = _people(placing)
        _accept(placing, people)
        placing.contracts, written = agreements.place_contracts(today, placing.establishments)
        placing.written += written
        for member in CAST:
            person = people[member.email]
            for line in member.lines:
                _place(placing, member, person, line)
            if member.team:
                _appoint(placing, member, person)
        placing.written += agreements.place_handover(today, placing.establishments)
        placing.written += agreements.place_responsible(today)
        placing.written += place_reviews(today)
        placing.written += place_challenges(today, placing.establishments)
        placing.written += place_own_groups(today, placing.establishments)
        placing.written += place_patterns(today, placing.establishments)
        placing.written += invite_newcomers(placing.establishments)
    return DemoPeople(establishments, len(people), placing.written, tuple(placing.left_as_is))


def _lift_sanctions(today: date) -> None:
    """Lift what panels have decided in play, as an appeal would: what a sanction shuts out could not be put back."""
    with acting_as(OWNER):
        in_force = Sanction.objects.filter(lifted_at=None, ends_on__gte=today)
        for breach in list(in_force.order_by("breach").values_list("breach", flat=True).distinct()):
            value_of("SELECT access_register_enact(%s, 'none', 0, %s)", breach, today)


def _people(placing: _Placing) -> dict[str, Person]:
    """Every member's account, by email address. They all share one password hash, since argon2 is slow on purpose."""
    known = {person.email: person for person in Person.objects.filter(email__in=[member.email for member in CAST])}
    password = _hash_in_use(known) or make_password(DEMO_PASSWORD)
    wanted = {
        member.email: {"name": member.name, "is_superuser": member.superuser, "is_active": True, "password": password}
        for member in CAST
    }
    new = [Person(email=email, **facts) for email, facts in wanted.items() if email not in known]
    Person.objects.bulk_create(new)
    changed = [person for email, person in known.items() if _set(person, wanted[email])]
    Person.objects.bulk_update(changed, ["name", "is_superuser", "is_active", "password"])
    placing.written += len(new) + len(changed)
    return known | {person.email: person for person in new}


def _hash_in_use(known: dict[str, Person]) -> str:
    first = known.get(CAST[0].email)
    return first.password if first and check_password(DEMO_PASSWORD, first.password) else ""


def _accept(placing: _Placing, people: dict[str, Person]) -> None:
    """Members who have accepted the protocol accept it for a year from today. Others see the page that asks for it."""
    version = ProtocolVersion.objects.in_force_on(placing.today).first()
    if version is None:
        return
    until = placing.today + timedelta(days=364)
    signed = []
    for member in CAST:
        person = people[member.email]
        holds = person.protocol_accepted_until is not None and person.protocol_accepted_until >= placing.today
        if holds != member.accepted:
            person.protocol_accepted_until = until if member.accepted else None
            signed.append(person)
    Person.objects.bulk_update(signed, ["protocol_accepted_until"])
    accepted = [person for person in signed if person.protocol_accepted_until]
    Acceptance.objects.bulk_create(
        [Acceptance(person=person, version=version, until=until, purpose=version.purpose) for person in accepted],
        ignore_conflicts=True,
    )
    placing.written += len(signed)


def _set(row: Any, facts: dict[str, Any]) -> bool:
    """Put the facts on the row. Returns whether any of them were different."""
    differs = any(getattr(row, name) != value for name, value in facts.items())
    for name, value in facts.items():
        setattr(row, name, value)
    return differs


def _place(placing: _Placing, member: Member, person: Person, line: Line) -> None:
    """Place the member's line, again if it was withdrawn. If others have its seat or days by now, it stays as it is."""
    establishment = placing.establishments[line.urn]
    starts_on = line.starts(placing.today)
    row = _line_there(person, establishment, starts_on) or RegisterLine(establishment=establishment, person=person)
    row.person = person
    is_new = row.pk is None
    facts = {
        "level": line.level,
        "seat": line.seat,
        "role": line.role,
        "basis": line.basis,
        "basis_words": line.basis_words,
        "contract_id": placing.contracts[line.urn, line.contract].pk if line.contract else None,
        "starts_on": starts_on,
        "ends_on": line.ends(placing.today) if line.ends else None,
        "level_since": line.raised(placing.today) if line.raised else starts_on,
        "year_groups": list(line.year_groups),
        "withheld": list(line.withheld),
        "suspended_because": line.suspended_because,
        "suspended_by_name": HEAD_OF[line.urn] if line.suspended_because else "",
        "given_by_name": OFFICE if line.seat == HEAD_SEAT else HEAD_OF[line.urn],
    }
    differs = _set(row, facts)
    if bool(row.suspended_at) != bool(line.suspended_because):
        differs, row.suspended_at = True, timezone.now() if line.suspended_because else None
    if not differs and not is_new:
        return
    try:
        with transaction.atomic():
            _place_with_its_past(row, facts, line, placing.today) if is_new else service.place_line(row)
        placing.written += 1
    except IntegrityError:
        placing.left_as_is.append(f"{member.slug} at {line.urn}")


def _place_with_its_past(row: RegisterLine, facts: dict[str, Any], line: Line, today: date) -> None:
    """A new line, with its history written as if it had been placed when it began, and raised when it was."""
    starts_on = line.starts(today)
    if line.raised:
        _set(row, {"level": Level.THREE, "basis": "", "level_since": starts_on, "year_groups": [], "withheld": []})
        service.place_line(row, at=_morning_of(starts_on))
        _set(row, facts)
    written_on = facts["level_since"]
    service.place_line(row, at=_morning_of(written_on) if written_on < today else None)


def _morning_of(day: date) -> datetime:
    """When a line that began in the past was placed, so that the demonstration has a history."""
    return timezone.make_aware(datetime.combine(day, time(9)))


def _line_there(person: Person, establishment: Establishment, starts_on: date) -> RegisterLine | None:
    """The person's line at the establishment: the one with this first day, or else the first that is not withdrawn."""
    lines = RegisterLine.objects.filter(person=person, establishment=establishment, withdrawn_at=None)
    ordered = sorted(lines.order_by("starts_on", "pk"), key=lambda line: line.starts_on != starts_on)
    return ordered[0] if ordered else None


def _appoint(placing: _Placing, member: Member, person: Person) -> None:
    place = {"team": member.team, "post": member.post, "manager": member.manager}
    row = OfficerAppointment.objects.filter(person=person).order_by("pk").last()
    is_new = row is None
    row = row or OfficerAppointment(person=person, recorded_by_name=OFFICE)
    if _set(row, place | {"starts_on": APPOINTED, "ends_on": None}) or is_new:
        service.appoint_officer(row)
        placing.written += 1
    for task in member.duties:
        _record(placing, row, task)


def _record(placing: _Placing, appointment: OfficerAppointment, task: Task) -> None:
    """Record the duty, again if somebody ended it."""
    facts = {
        "starts_on": task.starts(placing.today),
        "ends_on": task.ends(placing.today),
        "whole_community": not task.locality,
        "function": task.function,
        "confirmed_until": None if task.data == Duty.Data.DUTIES else terms.due_next_term(placing.today),
    }
    localities = tuple(Locality.objects.filter(name=task.locality)) if task.locality else ()
    same = Duty.objects.filter(appointment=appointment, data=task.data, reason=task.reason, ended_at=None)
    row = same.order_by("pk").first()
    is_new = row is None
    row = row or Duty(appointment=appointment, data=task.data, reason=task.reason, recorded_by_name=OFFICE)
    moved = not is_new and (set(row.localities.all()) != set(localities) or row.establishments.exists())
    if _set(row, facts) or is_new or moved:
        service.record_duty(row, localities=localities)
        placing.written += 1
