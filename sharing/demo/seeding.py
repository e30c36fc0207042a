"""Fills the demonstration, and restores it: the rows are the same however often it runs."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db.models import ManyToOneRel, Model, Q, QuerySet

from sharing import codes
from sharing.crypto import blind_index
from sharing.demo import pupils as invented_pupils
from sharing.demo import staff as invented_staff
from sharing.demo.adding import add
from sharing.demo.cases import asserted, cases
from sharing.demo.days import last_census, year_start
from sharing.demo.details import DETAILS
from sharing.demo.order import exactly, put_in_order
from sharing.demo.places import LA, LOCALITIES, PLACES, SOURCE, Invented, sizes
from sharing.demo.pupils import NAMESPACE, Wanted
from sharing.demo.releases import place_releases
from sharing.demo.restricted import place_restricted
from sharing.demo.statistics import place_statistics
from sharing.demo.support import place_support
from sharing.measures import catalogue
from sharing.models import (
    Challenge,
    ChallengeEvent,
    Child,
    Enrolment,
    Establishment,
    Explanation,
    Locality,
    LocalityMembership,
    Opening,
    OwnGroupMember,
    Participation,
    Pupil,
    PupilChange,
    PupilNeeds,
    StaffAbsence,
    StaffContract,
    StaffMember,
    Transfer,
)
from sharing.roles import BATCH, acting_as
from sharing.signals import community_changed

PROTOCOL_BEGAN = date(2022, 9, 1)
OPENED = date(1998, 9, 1)
OPEN = 1


@dataclass(frozen=True)
class DemoEstablishments:
    """The contents of the demonstration, and how many rows had to be written for it."""

    by_urn: dict[int, Establishment]
    pupils: int
    staff: int
    written: int


def is_filled() -> bool:
    """Whether there is any establishment yet."""
    with acting_as(BATCH):
        return Establishment.objects.exists()


def seed(today: date, *, pupils: int = 3000, seed: int = 2012) -> DemoEstablishments:
    """Bring Localities, establishments, about `pupils` pupils and their staff to today's state of the demonstration."""
    with acting_as(BATCH):
        by_urn, moved = _establishments(today, pupils)
        children = [*invented_pupils.everyone(today, pupils, seed), *cases(today)]
        written = moved + _pupils(children, by_urn) + _transfers(children, by_urn, today) + catalogue.sync()
        staff, staff_written = _staff(by_urn, today, pupils, seed)
        written += place_releases(today) + place_restricted(today)
        written += place_support(today) + place_statistics(today)
        if moved:
            community_changed.send(sender=Establishment, today=today)
    return DemoEstablishments(by_urn, len(children), staff, written + staff_written)


def _establishments(today: date, pupils: int) -> tuple[dict[int, Establishment], int]:
    size = sizes(pupils)
    wanted = [_establishment(place, size.get(place.urn, 0), today) for place in PLACES]
    written = put_in_order(Establishment.objects.all(), wanted, key="urn")
    stored = {place.urn: place for place in Establishment.objects.filter(urn__in=[place.urn for place in PLACES])}
    written += _localities(stored) + _participations(stored, today)
    return stored, written


def _establishment(place: Invented, size: int, today: date) -> Establishment:
    as_of, _ = last_census(today)
    return Establishment(
        urn=place.urn,
        la_code=LA,
        establishment_number=place.number,
        name=place.name,
        kind=place.kind,
        type_code=place.type_code,
        type_name=place.type_name,
        phase_code=place.phase_code,
        phase_name=codes.GIAS_PHASE[place.phase_code or 0],
        status_code=OPEN,
        status_name=codes.GIAS_STATUS[OPEN],
        open_date=OPENED,
        low_age=place.ages[0],
        high_age=place.ages[1],
        gender_name="Mixed",
        capacity=-(-size * 11 // 100) * 10 or None,
        number_of_pupils=size or None,
        street=place.street,
        town=place.town,
        postcode=place.postcode,
        telephone=place.telephone,
        website=f"https://{place.domain}/",
        head_title=place.head_title,
        head_job_title=place.head_job_title,
        trust_name=place.trust_name,
        religious_character=place.religious_character,
        source=SOURCE,
        as_of=as_of,
    )


def _localities(stored: dict[int, Establishment]) -> int:
    Locality.objects.bulk_create([Locality(name=name) for name in LOCALITIES], ignore_conflicts=True)
    by_name = {locality.name: locality for locality in Locality.objects.filter(name__in=LOCALITIES)}
    return exactly(
        LocalityMembership.objects.filter(establishment__in=stored.values()),
        [
            LocalityMembership(
                establishment=stored[place.urn], locality=by_name[place.locality], starts_on=PROTOCOL_BEGAN
            )
            for place in PLACES
            if place.locality
        ],
    )


def _participations(stored: dict[int, Establishment], today: date) -> int:
    """Make all of the community take part; one has excluded itself since the beginning of the school year."""
    return exactly(
        Participation.objects.filter(establishment__in=stored.values()),
        [
            Participation(
                establishment=stored[place.urn],
                starts_on=PROTOCOL_BEGAN,
                ends_on=year_start(today) - timedelta(days=1) if place.excluded_because else None,
                ended_because=place.excluded_because,
            )
            for place in PLACES
            if place.kind
        ],
    )


def _pupils(children: list[Wanted], by_urn: dict[int, Establishment]) -> int:
    """Write records, then what makes them visible: the database itself maintains the days (`Pupil.visible`)."""
    child_of = _children({wanted.upn for wanted in children})
    for wanted in children:
        wanted.pupil.establishment = by_urn[wanted.urn]
        wanted.pupil.child_id = child_of[wanted.upn]
        parts: list[Any] = [wanted.needs, *wanted.enrolments, *wanted.details]
        for part in parts:
            part.establishment = by_urn[wanted.urn]
        for enrolment in wanted.enrolments:
            enrolment.pupil = wanted.pupil
    records = [wanted.pupil for wanted in children]
    written = _take_out_strangers(records, by_urn)
    written += put_in_order(Pupil.objects.defer("visible"), records, but=("visible",))
    written += put_in_order(PupilNeeds.objects.all(), [wanted.needs for wanted in children], key="pupil_id")
    keys = [pupil.pk for pupil in records]
    for model in DETAILS:
        rows = [row for wanted in children for row in wanted.details if isinstance(row, model)]
        written += exactly(model._default_manager.filter(pupil__in=keys), rows)
    return written + exactly(
        Enrolment.objects.filter(pupil__in=keys),
        [enrolment for wanted in children for enrolment in wanted.enrolments],
    )


def _transfers(children: list[Wanted], by_urn: dict[int, Establishment], today: date) -> int:
    """Write the transfers, and delete those made in play: a child coming by one of them has no record here any more."""
    agreed = []
    for wanted in children:
        for from_urn, transfer in wanted.transfers:
            transfer.pupil, transfer.establishment = wanted.pupil, by_urn[wanted.urn]
            transfer.from_establishment = by_urn[from_urn]
            agreed.append(transfer)
    waiting = []
    for to_urn, sender, transfer in asserted(today):
        transfer.establishment = by_urn[to_urn]
        transfer.from_establishment = by_urn[sender] if sender else None
        waiting.append(transfer)
    records = [wanted.pupil.pk for wanted in children]
    ours = Q(pupil__in=records) | Q(leaving__in=records) | Q(upn_index__in=[row.upn_index for row in waiting])
    return exactly(
        Transfer.objects.filter(ours),
        [*agreed, *waiting],
        but=["asserted_at"],
    )


def _children(upns: set[str]) -> dict[str, UUID]:
    """UPN -> the child's identity. One that an import has made already is kept."""
    index = {blind_index(upn): upn for upn in upns}
    known = dict(Child.objects.filter(upn_index__in=index).values_list("upn_index", "pk"))
    new = [
        Child(id=uuid5(NAMESPACE, f"child {upn}"), upn_index=found)
        for found, upn in index.items()
        if found not in known
    ]
    add(Child, new)
    known |= {child.upn_index: child.pk for child in new}
    return {upn: known[found] for found, upn in index.items()}


def _take_out_strangers(records: list[Pupil], by_urn: dict[int, Establishment]) -> int:
    """Delete records of an earlier demonstration (another size, another year) that today's does not have."""
    earlier = Pupil.objects.filter(source=SOURCE, establishment__in=by_urn.values())
    gone = set(earlier.values_list("pk", flat=True)) - {pupil.pk for pupil in records}
    if gone:
        children = list(Pupil.objects.filter(pk__in=gone).values_list("child_id", flat=True))
        Transfer.objects.filter(Q(pupil__in=gone) | Q(leaving__in=gone)).delete()
        Explanation.objects.filter(opening__pupil__in=gone).delete()
        parts: tuple[type[Model], ...] = (Enrolment, PupilNeeds, PupilChange, OwnGroupMember, Opening, *DETAILS)
        for part in parts:
            part._default_manager.filter(pupil__in=gone).delete()
        _forget_challenges(Challenge.objects.filter(pupil__in=gone))
        Pupil.objects.filter(pk__in=gone).delete()
        Child.objects.filter(pk__in={*children} - _still_named(children)).delete()
    return len(gone)


def _still_named(children: list[UUID]) -> set[UUID]:
    """Those whose identity stays: there is another record, or something was done in play, such as a legal hold."""
    relations = [field for field in Child._meta.get_fields(include_hidden=True) if isinstance(field, ManyToOneRel)]
    return {
        child
        for relation in relations
        for child in relation.related_model._default_manager.filter(
            **{f"{relation.field.name}__in": children}
        ).values_list(relation.field.name, flat=True)
    }


def _forget_challenges(challenges: QuerySet[Challenge]) -> None:
    """Delete challenges of records that disappear when the demonstration's size changes."""
    ChallengeEvent.objects.filter(challenge__in=challenges).delete()
    challenges.delete()


def _staff(by_urn: dict[int, Establishment], today: date, pupils: int, seed: int) -> tuple[int, int]:
    """Write the staff. Returns (how many there are, how many rows were written)."""
    contracts, absences = [], []
    for urn, contract, away in invented_staff.everyone(today, pupils, seed):
        contract.establishment = contract.member.establishment = by_urn[urn]
        contracts.append(contract)
        for absence in away:
            absence.establishment = by_urn[urn]
            absences.append(absence)
    members = [contract.member for contract in contracts]
    earlier = StaffMember.objects.filter(source=SOURCE, establishment__in=by_urn.values())
    strangers = earlier.exclude(pk__in=[member.pk for member in members])
    StaffContract.objects.filter(member__in=strangers).delete()
    StaffAbsence.objects.filter(member__in=strangers).delete()
    _forget_challenges(Challenge.objects.filter(member__in=strangers))
    gone, _ = strangers.delete()
    written = gone + put_in_order(StaffMember.objects.all(), members)
    written += exactly(StaffContract.objects.filter(member__in=members), contracts)
    return len(members), written + exactly(StaffAbsence.objects.filter(member__in=members), absences)
