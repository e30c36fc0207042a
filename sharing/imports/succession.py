"""One establishment carries on as another, as when a school becomes an academy under a new URN (A2, formats page 2).

Only where GIAS leaves no doubt: one closed predecessor, one open successor, linked as plain Predecessor and Successor.
Mergers and splits are for a person to decide, and are named in the report.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from sharing.dates import covers
from sharing.models import (
    Attendance,
    Challenge,
    ChallengeEvent,
    Consent,
    Contact,
    Download,
    Enrolment,
    Establishment,
    EstablishmentLink,
    Explanation,
    FreeMealsPeriod,
    HomeAddress,
    LocalityMembership,
    LocalityMove,
    Opening,
    OwnGroup,
    OwnGroupMember,
    Participation,
    Pupil,
    PupilChange,
    PupilNeeds,
    RestrictedFile,
    RestrictedItem,
    Result,
    SenNeed,
    StaffAbsence,
    StaffContract,
    StaffMember,
    SubjectRequest,
    SupportOffer,
    SupportRequest,
    Suspension,
    Transfer,
    UnusualPattern,
    VisitNote,
)
from sharing.models.establishments import CLOSED
from sharing.models.transfers import TransferQuerySet
from sharing.signals import establishment_succeeded

if TYPE_CHECKING:
    from sharing.imports.gias import GiasReport

CLOSED_SAYS_GIAS = "Closed, says GIAS"
CENTRE_CLOSED = "The centre has closed."
TO_END = "To end its enrolments and its register: manage.py end_establishment {}"
# How long before the old URN closes the new one may have opened and still be the same establishment.
HANDOVER = timedelta(days=62)
PARTS_OF_A_PUPIL = (
    PupilNeeds, SenNeed, FreeMealsPeriod, Attendance, Suspension, Result, HomeAddress, Contact, PupilChange,
)  # fmt: skip
STAFF_FACTS = (
    "person_index",
    "teacher_number",
    "ni_number",
    "surname",
    "forename",
    "born_on",
    "sex",
    "ethnicity",
    "disability",
    "has_qts",
    "is_hlta",
    "is_senior_leader",
    "ends_on",
    "source",
    "as_of",
)
TRANSFER_FACTS = (
    "from_establishment",
    "leaving",
    "from_name",
    "surname",
    "forename",
    "born_on",
    "sex",
    "year_group",
    "upn",
    "upn_index",
    "asserted_by",
    "asserted_by_name",
    "answered_by_name",
    "sender_keeps_until",
    "file_sent_at",
)


def carry_over_all(stored: dict[int, Establishment], today: date, report: "GiasReport") -> None:
    """Find who carries on as whom among the establishments of the file, and carry each over once."""
    links = Links.stored()
    for urn, predecessor in stored.items():
        if predecessor.status_code != CLOSED or not _is_in_use(predecessor, today):
            continue
        first_day = (predecessor.close_date or today) + timedelta(days=1)
        answer = _successor(predecessor, stored, links, first_day)
        if isinstance(answer, str):
            report.to_decide.append(f"{urn} is closed and in use. {answer} {TO_END.format(urn)}")
        elif first_day <= today:
            report.to_decide += carry_over(predecessor, answer, first_day, today)
            report.carried_over.append((urn, answer.urn))


def _successor(
    predecessor: Establishment, stored: dict[int, Establishment], links: "Links", first_day: date
) -> Establishment | str:
    """Who carries on for a closed establishment beyond doubt; else, in words, what a person has to decide."""
    followers = links.followers[predecessor.urn]
    if not followers:
        return "Nobody carries on for it."
    if len(followers) > 1 or not followers <= stored.keys():
        return "Who carries on for it is not one establishment of this file."
    successor = stored[next(iter(followers))]
    if len(links.forerunners[successor.urn]) > 1 or (predecessor.urn, successor.urn) not in links.plain:
        return f"{successor.urn} is a merger, a split or the like, not the same establishment under a new URN."
    if successor.status_code == CLOSED or not successor.kind or successor.la_code != settings.AUTHORITY_CODE:
        return f"{successor.urn} is not an open establishment of this community."
    ran_before = Enrolment.objects.filter(establishment=successor, starts_on__lt=first_day, cancelled_at=None)
    opened = successor.open_date or first_day
    if first_day - opened > HANDOVER or ran_before.exists():
        return f"{successor.urn} was there before: it is another school, with a register of its own."
    return successor


def excluded_forerunners(stored: dict[int, Establishment], today: date) -> set[int]:
    """URNs of the file that carry on for an establishment which had excluded itself: they do not join by themselves."""
    forerunners = Links.stored().forerunners
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
    _carry_what_is_to_come(predecessor, successor, on)
    _carry_pupils(predecessor, successor, on)
    _carry_staff(predecessor, successor, on)
    _carry_what_is_kept_of_it(predecessor, successor)
    _carry_support(predecessor, successor)
    about_it = Challenge.objects.filter(establishment=predecessor, about=Challenge.About.FIGURE)
    ChallengeEvent.objects.filter(challenge__in=about_it).update(establishment=successor)
    about_it.update(establishment=successor)
    answers = establishment_succeeded.send(
        sender=Establishment, predecessor=predecessor, successor=successor, on=on, today=today
    )
    return [question for _, questions in answers for question in questions or ()]


def _carry_what_is_to_come(predecessor: Establishment, successor: Establishment, on: date) -> None:
    """Stretches of taking part and of a Locality that begin later: after a suspension, or by a move that is planned."""
    for stretches in (Participation, LocalityMembership):
        to_come = stretches.objects.filter(establishment=predecessor, starts_on__gt=on)
        for stretch in to_come:
            there = stretches.objects.filter(establishment=successor).exclude(ends_on__lt=stretch.starts_on)
            if not there.exists():
                stretches.objects.filter(pk=stretch.pk).update(establishment=successor)
    LocalityMove.objects.filter(establishment=predecessor, on__gt=on).update(establishment=successor)


def _carry_what_is_kept_of_it(predecessor: Establishment, successor: Establishment) -> None:
    """Confidential items with their consents (R26), requests for a child's own records (R18), downloads that are to be
    destroyed (R14), officers' notes for a visit, and unusual patterns that wait to be looked at (R43): at the old URN
    nobody reads of them any more. So do consents of others to it (R27): its people read on, and nobody else."""
    for kept in (RestrictedItem, RestrictedFile, Consent, SubjectRequest, VisitNote):
        kept.objects.filter(establishment=predecessor).update(establishment=successor)
    Download.objects.filter(establishment=predecessor).still_kept().update(establishment=successor)
    same = UnusualPattern.objects.filter(
        establishment=successor, **{f: OuterRef(f) for f in ("person_id", "kind", "day")}
    )
    patterns = UnusualPattern.objects.filter(establishment=predecessor).waiting()
    patterns.exclude(Exists(same)).update(establishment=successor)
    to_it = Consent.objects.filter(to_establishments__contains=[predecessor.pk], withdrawn_at=None)
    for consent in to_it:
        named = [successor.pk if place == predecessor.pk else place for place in consent.to_establishments]
        Consent.objects.filter(pk=consent.pk).update(to_establishments=named)


def _carry_support(predecessor: Establishment, successor: Establishment) -> None:
    """Offers that are not withdrawn, with what was asked and answered, and what it has asked of others (P8).

    What the two have asked of each other stays, and an offer of which the successor has its own.
    """
    made_there = SupportOffer.objects.of(successor.pk).filter(withdrawn_at=None).values("challenge")
    offers = SupportOffer.objects.of(predecessor.pk).filter(withdrawn_at=None).exclude(challenge__in=made_there)
    going = list(offers.exclude(requests__from_establishment=successor).values_list("pk", flat=True))
    SupportOffer.objects.filter(pk__in=going).update(establishment=successor)
    SupportRequest.objects.filter(offer__in=going).update(establishment=successor)
    asked_there = SupportRequest.objects.filter(from_establishment=successor).values("offer")
    asked = SupportRequest.objects.filter(from_establishment=predecessor).exclude(establishment=successor)
    asked.exclude(offer__in=asked_there).update(from_establishment=successor)


@dataclass(frozen=True)
class Links:
    """Who follows whom, by URN, from links written at either end. `plain`: pairs linked as the same establishment."""

    followers: dict[int, set[int]]
    forerunners: dict[int, set[int]]
    plain: set[tuple[int, int]]

    @classmethod
    def stored(cls) -> "Links":
        links = cls(defaultdict(set), defaultdict(set), set())
        for urn, link_urn, link_type in EstablishmentLink.objects.values_list("urn", "link_urn", "link_type"):
            if not link_type.startswith(("Successor", "Predecessor")):
                continue
            before, after = (urn, link_urn) if link_type.startswith("Successor") else (link_urn, urn)
            links.followers[before].add(after)
            links.forerunners[after].add(before)
            if link_type in ("Successor", "Predecessor"):
                links.plain.add((before, after))
        return links


def _carry_pupils(predecessor: Establishment, successor: Establishment, on: date) -> None:
    """Children still on roll, or coming, get a record at the successor; the old record is of the past from `on`. So do
    those who have left and whose transfer file is still to be sent: from there it goes (R8)."""
    last_day = on - timedelta(days=1)
    enrolments = Enrolment.objects.filter(establishment=predecessor, cancelled_at=None).exclude(ends_on__lt=on)
    coming = Transfer.objects.filter(establishment=predecessor, cancelled_at=None, lapses_on__gte=on)
    transfers = coming.exclude(agreed_on=None)
    moving = {e.pupil_id for e in enrolments} | {t.pupil_id for t in transfers if t.pupil_id}
    moving |= set(_departing(predecessor, on).file_to_send(on).values_list("leaving", flat=True))
    known = set(Pupil.objects.of(successor.pk).values_list("child_id", flat=True))
    new_of: dict[object, Pupil] = {}
    for pupil in Pupil.objects.filter(pk__in=moving).exclude(child_id__in=known).defer("visible"):
        copy = {f.attname: getattr(pupil, f.attname) for f in Pupil._meta.fields if f.name not in ("id", "visible")}
        new_of[pupil.pk] = Pupil(**copy | {"establishment_id": successor.pk})
    Pupil.objects.bulk_create(new_of.values(), batch_size=500)
    _carry_parts(new_of)
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
            **{name: getattr(t, name) for name in TRANSFER_FACTS},
            agreed_on=max(on, t.agreed_on or on),
            expected_on=t.expected_on,
            lapses_on=t.lapses_on,
        )
        for t in transfers
        if t.pupil_id in new_of
    )
    _carry_departures(predecessor, successor, new_of, on)
    _carry_challenges("pupil", new_of, successor)
    _carry_openings(new_of, successor)
    _carry_own_groups(predecessor, successor, new_of)
    # Of the old records nothing holds from `on`, also of children whom the successor knows already.
    enrolments.filter(starts_on__gte=on).delete()
    enrolments.all().update(ends_on=last_day)
    transfers.filter(agreed_on__gte=on).delete()
    transfers.all().update(lapses_on=last_day)
    # What waits for an answer waits for the successor's.
    coming.filter(agreed_on=None).update(establishment=successor)


def _carry_own_groups(predecessor: Establishment, successor: Establishment, new_of: dict[Any, Pupil]) -> None:
    """The groups in use are made again at the successor, with those of their children who go along."""
    made_there = set(OwnGroup.objects.of(successor.pk).values_list("made_by_id", "name_index"))
    for group in OwnGroup.objects.of(predecessor.pk).filter(archived_at=None):
        if (group.made_by_id, group.name_index) in made_there:
            continue
        members = OwnGroupMember.objects.filter(group=group.pk, pupil__in=list(new_of)).values_list("pupil", flat=True)
        going = [new_of[pupil] for pupil in members]
        group.pk, group._state.adding, group.establishment = None, True, successor
        group.save()
        OwnGroupMember.objects.bulk_create(
            OwnGroupMember(group=group, pupil=pupil, establishment=successor) for pupil in going
        )


def _carry_departures(predecessor: Establishment, successor: Establishment, new_of: dict[Any, Pupil], on: date) -> None:
    """Children on the way from the predecessor leave the successor: there ends their registration with the arrival."""
    leaving = _departing(predecessor, on)
    for transfer in leaving.filter(leaving__in=list(new_of)):
        left = new_of[transfer.leaving_id]
        Transfer.objects.filter(pk=transfer.pk).update(from_establishment=successor, leaving=left)
    leaving.filter(agreed_on=None).update(from_establishment=None, leaving=None, from_name=predecessor.name)


def _departing(predecessor: Establishment, on: date) -> TransferQuerySet:
    """The transfers of children who leave it and have not arrived, or whose file is to be sent."""
    to_send = Q(agreed_on__isnull=False, file_sent_at=None, sender_keeps_until__gte=on)
    told = Transfer.objects.filter(from_establishment=predecessor, cancelled_at=None, declined_at=None)
    return told.filter(Q(arrived_on=None, lapses_on__gte=on) | to_send)


def _carry_challenges(of: str, new_of: dict[Any, Any], successor: Establishment) -> None:
    """What is said to be wrong with a record goes with it, and what was answered: at the old URN nobody reads it."""
    for challenge in Challenge.objects.filter(**{f"{of}__in": list(new_of)}):
        record = {of: new_of[getattr(challenge, f"{of}_id")], "establishment": successor}
        Challenge.objects.filter(pk=challenge.pk).update(**record)
        ChallengeEvent.objects.filter(challenge=challenge).update(establishment=successor)


def _carry_openings(new_of: dict[Any, Pupil], successor: Establishment) -> None:
    """The record stays open to who broke the glass until its end, and those who are told look at it there (P7)."""
    for opening in Opening.objects.filter(pupil__in=list(new_of)):
        Opening.objects.filter(pk=opening.pk).update(pupil=new_of[opening.pupil_id], establishment=successor)
        Explanation.objects.filter(opening=opening).update(establishment=successor)


def _carry_parts(new_of: dict[object, Pupil]) -> None:
    """What hangs on a record goes with it."""
    part: Any
    for part in PARTS_OF_A_PUPIL:
        copies = list(part.objects.filter(pupil__in=list(new_of)))
        for row in copies:
            row.pupil = new_of[row.pupil_id]
            row.establishment_id = row.pupil.establishment_id
            if part is not PupilNeeds:  # whose key is the pupil itself
                row.pk = None
        part.objects.bulk_create(copies, batch_size=500)


def _carry_staff(predecessor: Establishment, successor: Establishment, on: date) -> None:
    """Who goes on in post, with the contracts that go on."""
    members = StaffMember.objects.of(predecessor.pk).exclude(ends_on__lt=on)
    going_on = list(members)
    copies = {
        member.pk: StaffMember(
            establishment=successor,
            starts_on=max(on, member.starts_on),
            **{name: getattr(member, name) for name in STAFF_FACTS},
        )
        for member in going_on
    }
    contracts = StaffContract.objects.filter(member__in=copies.keys()).exclude(ends_on__lt=on)
    carried = list(contracts)
    absences = list(StaffAbsence.objects.filter(member__in=list(copies)))
    StaffMember.objects.bulk_create(copies.values(), batch_size=500)
    _carry_challenges("member", copies, successor)
    # Of the old records nothing holds from `on`.
    contracts.filter(starts_on__gte=on).delete()
    contracts.update(ends_on=on - timedelta(days=1))
    StaffAbsence.objects.filter(member__in=members.filter(starts_on__gte=on)).delete()
    members.filter(starts_on__gte=on).delete()
    members.update(ends_on=on - timedelta(days=1))
    for contract in carried:
        contract.pk, contract.member, contract.establishment = None, copies[contract.member_id], successor
        contract.starts_on = max(on, contract.starts_on)
    StaffContract.objects.bulk_create(carried, batch_size=500)
    for absence in absences:
        absence.pk, absence.member, absence.establishment = None, copies[absence.member_id], successor
    StaffAbsence.objects.bulk_create(absences, batch_size=500)
