"""Children of an establishment that carries on as another: their records, and what is under way for them (A2)."""

from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from sharing.keys import child_keys
from sharing.models import (
    Attendance,
    Challenge,
    ChallengeEvent,
    Contact,
    Enrolment,
    Establishment,
    Explanation,
    FreeMealsPeriod,
    HomeAddress,
    Opening,
    OwnGroup,
    OwnGroupMember,
    Pupil,
    PupilChange,
    PupilNeeds,
    Result,
    SenNeed,
    Suspension,
    Transfer,
)
from sharing.models.pupils import PupilQuerySet
from sharing.models.transfers import TransferQuerySet
from sharing.statements import hold_lock

PARTS_OF_A_PUPIL = (
    PupilNeeds, SenNeed, FreeMealsPeriod, Attendance, Suspension, Result, HomeAddress, Contact, PupilChange,
)  # fmt: skip
FACTS = [f.name for f in Pupil._meta.fields if f.name not in ("id", "establishment", "child", "visible")]


def carry_pupils(predecessor: Establishment, successor: Establishment, on: date) -> None:
    """Give children who are on roll, or coming, a record at the successor; the old record ends the day before `on`.
    Children who have left and whose transfer file is still to be sent get one too: the successor will send the file
    (R8).

    Where the successor already has a record of a child, that one is used (`_records_at`).
    """
    hold_people(predecessor)
    about_it = Challenge.objects.filter(establishment=predecessor)  # about children, staff and figures
    list(about_it.select_for_update().order_by("pk").values_list("pk"))
    last_day = on - timedelta(days=1)
    enrolments = Enrolment.objects.filter(establishment=predecessor, cancelled_at=None).exclude(ends_on__lt=on)
    enrolments = enrolments.order_by(F("ends_on").asc(nulls_last=True), "pk")
    coming = Transfer.objects.filter(establishment=predecessor, cancelled_at=None, lapses_on__gte=on)
    # A child who arrived before `on` arrived at the predecessor: that row stays as it is.
    transfers = coming.exclude(agreed_on=None).exclude(arrived_on__lt=on)
    moving = {e.pupil_id for e in enrolments} | {t.pupil_id for t in transfers if t.pupil_id}
    moving |= set(departing(predecessor, on).file_to_send(on).values_list("leaving", flat=True))
    with child_keys.one_for_each_child():
        new_of, written = _records_at(successor, Pupil.objects.filter(pk__in=moving), on)
    # Of stays that overlap on the first day, as those of a return may, the last one goes on: it is the longest.
    going_on = {(e.pupil_id, max(on, e.starts_on)): e for e in enrolments}
    Enrolment.objects.bulk_create(
        [
            Enrolment(
                pupil=new_of[pupil],
                establishment=successor,
                kind=e.kind,
                starts_on=first_day,
                ends_on=e.ends_on,
                leaving_reason=e.leaving_reason,
                destination=e.destination,
                file_until=e.file_until,
                file_made_on=e.file_made_on,
                here_since=(e.here_since or e.starts_on) if e.starts_on < on else None,
            )
            for (pupil, first_day), e in going_on.items()
            if pupil in written
        ],
        batch_size=500,
    )
    for transfer in transfers:
        _bring_along(transfer, new_of[transfer.pupil_id], on)
    _carry_departures(predecessor, successor, new_of, on)
    carry_challenges("pupil", new_of, successor)
    _carry_openings(new_of, successor)
    _carry_own_groups(predecessor, successor, new_of)
    # Nothing in the old records is in force from `on`. What is planned for leaving is kept with the new enrolment only.
    enrolments.filter(starts_on__gte=on).delete()
    enrolments.all().update(ends_on=last_day, leaving_reason="", destination="", file_until=None, file_made_on=None)
    # Transfers that the predecessor had yet to answer now wait for the successor's answer.
    coming.filter(agreed_on=None).update(establishment=successor)


def hold_people(place: Establishment) -> None:
    """Wait for imports of pupils and staff that are under way, and lock the transfers of the establishment before the
    enrolments and records of their children, as each step of a transfer does."""
    hold_lock("sharing_pupil")
    hold_lock("sharing_staffmember")
    here = Transfer.objects.filter(Q(establishment=place) | Q(from_establishment=place))
    list(here.select_for_update().order_by("pk").values_list("pk", flat=True))


def _records_at(successor: Establishment, pupils: PupilQuerySet, on: date) -> tuple[dict[object, Pupil], set[object]]:
    """The successor's record for each of the predecessor's pupils, and the keys of those that take its facts.

    A child who is on roll at the successor by its own return keeps the successor's facts. Any other child it has a
    record of (from a transfer that came to nothing, say) takes what the predecessor knows.
    """
    at_home = Enrolment.objects.filter(establishment=successor, cancelled_at=None).exclude(ends_on__lt=on)
    on_roll = set(at_home.values_list("pupil", flat=True))
    known = {pupil.child_id: pupil for pupil in Pupil.objects.of(successor.pk).defer("visible")}
    new_of: dict[object, Pupil] = {}
    fresh, told_anew = [], []
    for pupil in pupils.defer("visible"):
        facts = {name: getattr(pupil, name) for name in FACTS}
        there = known.get(pupil.child_id)
        if there is None:
            there = Pupil(establishment=successor, child_id=pupil.child_id, **facts)
            fresh.append(there)
        elif there.pk not in on_roll:
            for name, fact in facts.items():
                setattr(there, name, fact)
            told_anew.append(there)
        new_of[pupil.pk] = there
    Pupil.objects.bulk_create(fresh, batch_size=500)
    for there in told_anew:
        there.save(update_fields=FACTS)
    for part in PARTS_OF_A_PUPIL:
        part._default_manager.filter(pupil__in=told_anew).delete()
    Enrolment.objects.filter(pupil__in=told_anew, starts_on__gte=on).delete()
    written = {old for old, there in new_of.items() if there.pk not in on_roll}
    _carry_parts({old: new_of[old] for old in written})
    return new_of, written


def _bring_along(transfer: Transfer, pupil: Pupil, on: date) -> None:
    """Move a transfer to the record at the successor. A transfer cannot change its pupil, so it is written again."""
    asserted_at = transfer.asserted_at
    Transfer.objects.filter(pk=transfer.pk).delete()
    transfer.pupil, transfer.establishment_id, transfer.arrived_on = pupil, pupil.establishment_id, None
    transfer.agreed_on = max(on, transfer.agreed_on or on)
    transfer.save(force_insert=True)
    Transfer.objects.filter(pk=transfer.pk).update(asserted_at=asserted_at)


def _carry_own_groups(predecessor: Establishment, successor: Establishment, new_of: dict[Any, Pupil]) -> None:
    """Make the groups in use again at the successor, with those of their children who move. The old groups are
    archived, since nobody at the old URN could do it any more: a group's name may identify a child, and is not kept for
    ever (P5).
    """
    made_there = set(OwnGroup.objects.of(successor.pk).values_list("made_by_id", "name_index"))
    in_use = OwnGroup.objects.of(predecessor.pk).in_use()
    for group in in_use:
        if (group.made_by_id, group.name_index) in made_there:
            continue
        members = OwnGroupMember.objects.filter(group=group.pk, pupil__in=list(new_of)).values_list("pupil", flat=True)
        going = [new_of[pupil] for pupil in members]
        made_at, group.pk, group._state.adding, group.establishment = group.made_at, None, True, successor
        group.save()
        OwnGroup.objects.filter(pk=group.pk).update(made_at=made_at)
        OwnGroupMember.objects.bulk_create(
            OwnGroupMember(group=group, pupil=pupil, establishment=successor) for pupil in going
        )
    in_use.update(archived_at=timezone.now())


def _carry_departures(predecessor: Establishment, successor: Establishment, new_of: dict[Any, Pupil], on: date) -> None:
    """Children on the way from the predecessor now leave the successor: their arrival ends their registration there."""
    leaving = departing(predecessor, on)
    for transfer in leaving.filter(leaving__in=list(new_of)):
        left = new_of[transfer.leaving_id]
        Transfer.objects.filter(pk=transfer.pk).update(from_establishment=successor, leaving=left)
    leaving.filter(agreed_on=None).update(from_establishment=None, leaving=None, from_name=predecessor.name)


def departing(predecessor: Establishment, on: date) -> TransferQuerySet:
    """Transfers of children who are leaving it and have not arrived, or whose file is still to be sent."""
    to_send = Q(agreed_on__isnull=False, file_sent_at=None, sender_keeps_until__gte=on)
    told = Transfer.objects.filter(from_establishment=predecessor, cancelled_at=None, declined_at=None)
    return told.filter(Q(arrived_on=None, lapses_on__gte=on) | to_send)


def carry_challenges(of: str, new_of: dict[Any, Any], successor: Establishment) -> None:
    """Move challenges to a record, with their answers, to the new record: nobody can read them at the old URN."""
    for challenge in Challenge.objects.filter(**{f"{of}__in": list(new_of)}):
        record = {of: new_of[getattr(challenge, f"{of}_id")], "establishment": successor}
        Challenge.objects.filter(pk=challenge.pk).update(**record)
        ChallengeEvent.objects.filter(challenge=challenge).update(establishment=successor)


def _carry_openings(new_of: dict[Any, Pupil], successor: Establishment) -> None:
    """Keep the record open, until the opening ends, to whoever broke the glass; those told of it look there (P7)."""
    for opening in Opening.objects.filter(pupil__in=list(new_of)):
        Opening.objects.filter(pk=opening.pk).update(pupil=new_of[opening.pupil_id], establishment=successor)
        Explanation.objects.filter(opening=opening).update(establishment=successor)


def _carry_parts(new_of: dict[object, Pupil]) -> None:
    """Copy the rows that belong to a record to the new record."""
    part: Any
    for part in PARTS_OF_A_PUPIL:
        copies = list(part.objects.filter(pupil__in=list(new_of)))
        for row in copies:
            row.pupil = new_of[row.pupil_id]
            row.establishment_id = row.pupil.establishment_id
            if part is not PupilNeeds:  # its primary key is the pupil
                row.pk = None
        part.objects.bulk_create(copies, batch_size=500)
