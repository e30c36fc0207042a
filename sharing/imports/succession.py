"""One establishment carries on as another, as when a school becomes an academy under a new URN (A2, formats page 2).

Only where GIAS leaves no doubt: one closed predecessor, one open successor, linked as plain Predecessor and Successor.
Mergers and splits are for a person to decide, and are named in the report.
"""

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

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


def carry_over_all(stored: dict[int, Establishment], today: date, report: "GiasReport") -> None:
    """Find who carries on as whom among the establishments of the file, and carry each over once."""
    followers, forerunners = _links()
    for urn, predecessor in stored.items():
        if predecessor.status_code != CLOSED or not followers[urn]:
            continue
        if not Participation.objects.filter(covers(today), establishment=predecessor).exists():
            continue
        successors = [stored[other] for other in followers[urn] if other in stored]
        if len(followers[urn]) > 1 or not successors or len(forerunners[successors[0].urn]) > 1:
            report.to_decide.append(f"{urn} is closed, and who carries on its work is not one establishment.")
            continue
        successor = successors[0]
        first_day = successor.open_date or (predecessor.close_date or today) + timedelta(days=1)
        if successor.status_code == CLOSED or not successor.kind or first_day > today:
            continue
        if not Participation.objects.filter(establishment=successor).exists():
            carry_over(predecessor, successor, first_day)
            report.carried_over.append((urn, successor.urn))


def carry_over(predecessor: Establishment, successor: Establishment, on: date) -> None:
    """Participation, Locality, pupils, staff and (by the signal) the register go on at the successor from `on`."""
    for stretches in (Participation, LocalityMembership):
        for stretch in stretches.objects.filter(covers(on), establishment=predecessor):
            stretches.objects.filter(pk=stretch.pk).update(ends_on=max(on - timedelta(days=1), stretch.starts_on))
            stretch.pk, stretch._state.adding = None, True
            stretch.establishment, stretch.starts_on = successor, on
            stretch.save()
    _carry_pupils(predecessor, successor, on)
    _carry_staff(predecessor, successor, on)
    establishment_succeeded.send(sender=Establishment, predecessor=predecessor, successor=successor, on=on)


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
    enrolments.filter(starts_on__gte=on).delete()
    Enrolment.objects.filter(pupil__in=list(new_of), cancelled_at=None).exclude(ends_on__lt=on).update(ends_on=last_day)
    Transfer.objects.filter(pupil__in=list(new_of), agreed_on__gte=on).delete()
    Transfer.objects.filter(pupil__in=list(new_of), lapses_on__gte=on).update(lapses_on=last_day)


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
