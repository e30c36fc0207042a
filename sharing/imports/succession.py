"""One establishment carries on as another, as when a school becomes an academy under a new URN (A2, formats page 2).

Only where GIAS leaves no doubt: one closed predecessor, one open successor, linked as plain Predecessor and Successor.
Mergers and splits are for a person to decide, and are named in the report.
"""

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from sharing.dates import covers
from sharing.models import (
    Enrolment,
    Establishment,
    EstablishmentLink,
    LocalityMembership,
    Participation,
    Pupil,
    StaffMember,
    Transfer,
)
from sharing.signals import establishment_succeeded

if TYPE_CHECKING:
    from sharing.imports.gias import GiasReport

CLOSED = 2
CLOSED_SAYS_GIAS = "Closed, says GIAS"


def carry_over_all(stored: dict[int, Establishment], today: date, report: "GiasReport") -> None:
    """Find who carries on as whom among the establishments of the file, and carry each over once."""
    followers, forerunners = _links()
    for urn, predecessor in stored.items():
        if predecessor.status_code != CLOSED or not followers[urn] or not _is_in_use(predecessor, today):
            continue
        successors = [stored[other] for other in followers[urn] if other in stored]
        if len(followers[urn]) > 1 or not successors or len(forerunners[successors[0].urn]) > 1:
            report.to_decide.append(f"{urn} is closed, and who carries on its work is not one establishment.")
            continue
        successor = successors[0]
        first_day = successor.open_date or (predecessor.close_date or today) + timedelta(days=1)
        if successor.status_code == CLOSED or not successor.kind or first_day > today:
            continue
        report.to_decide += carry_over(predecessor, successor, first_day, today)
        report.carried_over.append((urn, successor.urn))


def excluded_forerunners(stored: dict[int, Establishment], today: date) -> set[int]:
    """URNs of the file that carry on for an establishment which had excluded itself: they do not join by themselves."""
    _, forerunners = _links()
    excluded = Participation.objects.filter(ends_on__lt=today).exclude(ended_because=CLOSED_SAYS_GIAS)
    urns = set(excluded.exclude(establishment__in=_taking_part(today)).values_list("establishment__urn", flat=True))
    return {urn for urn in stored if forerunners[urn] & urns}


def _taking_part(today: date) -> QuerySet[Establishment]:
    return Establishment.objects.participating(today)


def _is_in_use(establishment: Establishment, today: date) -> bool:
    """It takes part, or has children on roll: a school that has excluded itself converts like any other (R17)."""
    on_roll = Enrolment.objects.filter(covers(today), establishment=establishment, cancelled_at=None)
    return _taking_part(today).filter(pk=establishment.pk).exists() or on_roll.exists()


def carry_over(predecessor: Establishment, successor: Establishment, on: date, today: date) -> list[str]:
    """Participation, Locality, pupils, staff and (by the signal) the register go on at the successor from `on`.

    Answers what could not be carried, for a person to decide.
    """
    for stretches in (Participation, LocalityMembership):
        for stretch in stretches.objects.filter(covers(on), establishment=predecessor):
            ended = {"ended_because": CLOSED_SAYS_GIAS} if stretches is Participation else {}
            last_day = max(on - timedelta(days=1), stretch.starts_on)
            stretches.objects.filter(pk=stretch.pk).update(ends_on=last_day, **ended)
            if stretches.objects.filter(covers(on), establishment=successor).exists():
                continue
            stretch.pk, stretch._state.adding = None, True
            stretch.establishment, stretch.starts_on = successor, on
            stretch.save()
    _carry_pupils(predecessor, successor, on)
    _carry_staff(predecessor, successor, on)
    answers = establishment_succeeded.send(
        sender=Establishment, predecessor=predecessor, successor=successor, on=on, today=today
    )
    return [question for _, questions in answers for question in questions or ()]


def _links() -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """(successors by URN, predecessors by URN), from links written at either end."""
    followers: dict[int, set[int]] = defaultdict(set)
    forerunners: dict[int, set[int]] = defaultdict(set)
    for urn, link_urn, link_type in EstablishmentLink.objects.values_list("urn", "link_urn", "link_type"):
        if link_type.startswith("Successor"):
            before, after = urn, link_urn
        elif link_type.startswith("Predecessor"):
            before, after = link_urn, urn
        else:
            continue
        followers[before].add(after)
        forerunners[after].add(before)
    return followers, forerunners


def _carry_pupils(predecessor: Establishment, successor: Establishment, on: date) -> None:
    """Children still on roll, or coming, get a record at the successor; the old record is of the past from `on`."""
    last_day = on - timedelta(days=1)
    enrolments = Enrolment.objects.filter(establishment=predecessor, cancelled_at=None).exclude(ends_on__lt=on)
    transfers = Transfer.objects.filter(establishment=predecessor, cancelled_at=None, lapses_on__gte=on)
    moving = {e.pupil_id for e in enrolments} | {t.pupil_id for t in transfers}
    known = set(Pupil.objects.of(successor.pk).values_list("child_id", flat=True))
    new_of: dict[object, Pupil] = {}
    for pupil in Pupil.objects.filter(pk__in=moving).exclude(child_id__in=known).defer("visible"):
        copy = {f.attname: getattr(pupil, f.attname) for f in Pupil._meta.fields if f.name not in ("id", "visible")}
        new_of[pupil.pk] = Pupil(**copy | {"establishment_id": successor.pk})
    Pupil.objects.bulk_create(new_of.values(), batch_size=500)
    Enrolment.objects.bulk_create(
        [
            Enrolment(
                pupil=new_of[e.pupil_id],
                establishment=successor,
                kind=e.kind,
                starts_on=max(on, e.starts_on),
                ends_on=e.ends_on,
            )
            for e in enrolments
            if e.pupil_id in new_of
        ],
        batch_size=500,
    )
    Transfer.objects.bulk_create(
        Transfer(
            pupil=new_of[t.pupil_id],
            establishment=successor,
            from_urn=t.from_urn,
            agreed_on=max(on, t.agreed_on),
            expected_on=t.expected_on,
            lapses_on=t.lapses_on,
        )
        for t in transfers
        if t.pupil_id in new_of
    )
    # Of the old records nothing holds from `on`, also of children whom the successor knows already.
    enrolments.filter(starts_on__gte=on).delete()
    enrolments.all().update(ends_on=last_day)
    transfers.filter(agreed_on__gte=on).delete()
    transfers.all().update(lapses_on=last_day)


def _carry_staff(predecessor: Establishment, successor: Establishment, on: date) -> None:
    going_on = StaffMember.objects.of(predecessor.pk).exclude(ends_on__lt=on)
    copies = [
        StaffMember(
            establishment=successor,
            starts_on=max(on, member.starts_on),
            **{
                name: getattr(member, name)
                for name in ("surname", "forename", "post", "contract", "hours", "ends_on", "source", "as_of")
            },
        )
        for member in going_on
    ]
    going_on.filter(starts_on__gte=on).delete()
    StaffMember.objects.of(predecessor.pk).exclude(ends_on__lt=on).update(ends_on=on - timedelta(days=1))
    StaffMember.objects.bulk_create(copies, batch_size=500)
