"""One establishment carries on as another, as when a school becomes an academy under a new URN (A2, formats page 2).

This happens only where GIAS leaves no doubt: one closed predecessor, one open successor, linked as plain Predecessor
and Successor. Mergers and splits are for a person to decide, and are named in the report.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Exists, Max, Min, OuterRef, QuerySet

from sharing.dates import covers
from sharing.days import day_in_words
from sharing.downloads import keeping
from sharing.imports.carried_pupils import carry_challenges, carry_pupils
from sharing.models import (
    Challenge,
    ChallengeEvent,
    Consent,
    Download,
    Enrolment,
    Establishment,
    EstablishmentLink,
    EstablishmentPermission,
    LegalHold,
    ListedType,
    LocalityMembership,
    LocalityMove,
    OwnList,
    Participation,
    RestrictedFile,
    RestrictedItem,
    StaffAbsence,
    StaffContract,
    StaffMember,
    SubjectRequest,
    SupportOffer,
    SupportRequest,
    UnusualPattern,
    VisitNote,
)
from sharing.models.establishments import CLOSED, CLOSED_SAYS_GIAS, TYPE_ENDED
from sharing.signals import establishment_succeeded

if TYPE_CHECKING:
    from sharing.imports.gias import GiasReport

SAME, ENDS = {"Successor", "Predecessor"}, ("Successor", "Predecessor")
# Links of a merger that do not say which came first; and the reasons for opening and closing (formats page 2).
MERGED, BY_A_MERGER = ("Result of Amalgamation", "Merge", "Expansion", "Closure"), 1
TO_END = "To end its enrolments and its register: manage.py end_establishment {}"
NOT_HERE = (
    "{} carries on for it, and is not in this file. If that belongs here, bring in a file that has it, and end nothing."
)
NO_LAST_DAY = "GIAS gives no closing date for it. Ask GIAS for one, and bring in the file that has it."
GONE_ON = (
    "{} is open again. Its register and its records are at {} and stay there. Look at GIAS to see which of the two "
    "is right."
)
# How far apart the closing of the old URN and the opening of the new one may be for the same establishment.
HANDOVER = timedelta(days=62)
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


def carry_over_all(stored: dict[int, Establishment], today: date, report: "GiasReport") -> None:
    """Find which establishments of the file carry on as another, and carry each over once."""
    links = Links.stored()
    closed = {place.pk for place in stored.values() if place.status_code == CLOSED}
    in_use = closed & _in_use(today)  # a successor is open, so none becomes so on the way
    for urn, predecessor in stored.items():
        if predecessor.pk not in in_use:
            continue
        if predecessor.close_date is None:
            report.to_decide.append(f"{urn} is closed and in use. {NO_LAST_DAY}")
            continue
        first_day = predecessor.close_date + timedelta(days=1)
        answer = _successor(predecessor, stored, links, first_day)
        if isinstance(answer, str):
            report.to_decide.append(f"{urn} is closed and in use. {answer} {TO_END.format(urn)}")
        elif first_day <= today:
            report.to_decide += carry_over(predecessor, answer, first_day, today)
            report.carried_over.append((urn, answer.urn))


def _successor(
    predecessor: Establishment, stored: dict[int, Establishment], links: "Links", first_day: date
) -> Establishment | str:
    """The establishment that carries on for a closed one beyond doubt; else, in words, what a person has to decide."""
    followers = links.followers[predecessor.urn]
    if not followers:
        merged = ", ".join(str(urn) for urn in sorted(links.merged[predecessor.urn]))
        return f"GIAS links it with {merged} by a merger." if merged else "Nobody carries on for it."
    if missing := followers - stored.keys():
        return NOT_HERE.format(", ".join(str(urn) for urn in sorted(missing)))
    if len(followers) > 1:
        return "More than one establishment carries on for it."
    successor = stored[next(iter(followers))]
    if not links.say_the_same(predecessor.urn, successor.urn):
        return f"{successor.urn} is a merger, a split or the like, not the same establishment under a new URN."
    if successor.status_code == CLOSED or not successor.kind or successor.la_code != settings.AUTHORITY_CODE:
        return f"{successor.urn} is not an open establishment of this community."
    ran_before = Enrolment.objects.filter(establishment=successor, starts_on__lt=first_day, cancelled_at=None)
    opened = successor.open_date
    if opened is None:
        return f"GIAS gives no opening date for {successor.urn}, as it gives none for old schools."
    if first_day - opened > HANDOVER or ran_before.exists():
        return f"{successor.urn} was there before: it is another school, with a register of its own."
    if opened - first_day > HANDOVER:
        return f"{successor.urn} opens on {day_in_words(opened)}, and nobody is there until then."
    return successor


def excluded_forerunners(stored: dict[int, Establishment], today: date) -> dict[int, bool]:
    """URNs of the file that come after an establishment which had excluded itself, each with whether it is the same
    one. If so, it does not join automatically.

    After a merger or a split it is a different establishment, and does join: where an establishment does not take part
    no head can be recorded, so nobody could sign up. An establishment that carried on for an excluded one, and never
    took part, has not joined either; nor has the one that carries on for it in turn.
    """
    links = Links.stored()
    excluded = Participation.objects.filter(ends_on__lt=today).exclude(ended_because=CLOSED_SAYS_GIAS)
    urns = set(excluded.exclude(establishment__in=_taking_part(today)).values_list("establishment__urn", flat=True))
    ever_joined = set(Participation.objects.values_list("establishment__urn", flat=True))
    while carried_on := links.same_after(urns) - ever_joined - urns:
        urns |= carried_on
    after = {urn: links.forerunners[urn] & urns for urn in stored}
    return {urn: any(links.say_the_same(one, urn) for one in before) for urn, before in after.items() if before}


def _taking_part(today: date) -> QuerySet[Establishment]:
    return Establishment.objects.participating(today)


def _in_use(today: date) -> set[int]:
    """The keys of those that take part, or have children on roll or people on their register. A school that has
    excluded itself converts like any other (R17), and so does one that never brought in its children.
    """
    on_roll = Enrolment.objects.filter(covers(today), cancelled_at=None).values_list("establishment", flat=True)
    registers = EstablishmentPermission.objects.filter(source__startswith="line:").exclude(ends_on__lt=today)
    return {
        *_taking_part(today).values_list("pk", flat=True),
        *on_roll.distinct(),
        *registers.values_list("content_object", flat=True).distinct(),
    }


def gone_on_as(establishment: Establishment, links: "Links", today: date) -> int | None:
    """The URN, if it takes part, under which GIAS had said that an establishment which has opened again carries on."""
    after = [link for before, link in links.plain if before == establishment.urn]
    return _taking_part(today).filter(urn__in=after).values_list("urn", flat=True).first()


def carry_over(predecessor: Establishment, successor: Establishment, on: date, today: date) -> list[str]:
    """Carry participation, Locality, pupils, staff and (by the signal) the register over to the successor from `on`.

    Returns what could not be carried over, for a person to decide.
    """
    for stretches in (Participation, LocalityMembership):
        for stretch in stretches.objects.filter(covers(on), establishment=predecessor):
            ended = {"ended_because": CLOSED_SAYS_GIAS} if stretches is Participation else {}
            last_day = max(on - timedelta(days=1), stretch.starts_on)
            stretches.objects.filter(pk=stretch.pk).update(ends_on=last_day, **ended)
            there = stretches.objects.filter(establishment=successor)
            if there.filter(covers(on)).exists():
                continue
            stretch.pk, stretch._state.adding = None, True
            stretch.establishment, stretch.starts_on = successor, on
            _until_its_type_ends(stretch, today)
            own = there.filter(starts_on__gt=on).order_by("starts_on").first()  # begun before the closing was known
            if own and (stretch.ends_on is None or stretch.ends_on >= own.starts_on):
                stretch.ends_on = own.starts_on - timedelta(days=1)
            stretch.save()
    _carry_what_is_to_come(predecessor, successor, on, today)
    carry_pupils(predecessor, successor, on)
    _carry_staff(predecessor, successor, on)
    _carry_what_is_kept_of_it(predecessor, successor)
    _hold_there_too(predecessor, successor, today)
    _carry_support(predecessor, successor)
    about_it = Challenge.objects.filter(establishment=predecessor, about=Challenge.About.FIGURE)
    ChallengeEvent.objects.filter(challenge__in=about_it).update(establishment=successor)
    about_it.update(establishment=successor)
    answers = establishment_succeeded.send(
        sender=Establishment, predecessor=predecessor, successor=successor, on=on, today=today
    )
    return [question for _, questions in answers for question in questions or ()]


def _until_its_type_ends(stretch: Participation | LocalityMembership, today: date) -> None:
    """Let it take part as long as the type that it has now counts, and not the one that it had (A2)."""
    if isinstance(stretch, Participation) and (stretch.ends_on is None or stretch.ended_because == TYPE_ENDED):
        its_type = Establishment.objects.filter(pk=stretch.establishment_id).values("type_code")
        listed = ListedType.objects.counting_on(today).filter(type_code__in=its_type).first()
        stretch.ends_on = listed.ends_on if listed else None
        stretch.ended_because = TYPE_ENDED if stretch.ends_on else ""


def _carry_what_is_to_come(predecessor: Establishment, successor: Establishment, on: date, today: date) -> None:
    """Carry over future stretches of taking part (after a suspension) and of a Locality (by a planned move). If the
    successor has its own for these days, or its type counts no more by then, the closed one needs none."""
    for stretches in (Participation, LocalityMembership):
        to_come = stretches.objects.filter(establishment=predecessor, starts_on__gt=on)
        for stretch in to_come:
            there = stretches.objects.filter(establishment=successor).exclude(ends_on__lt=stretch.starts_on)
            stretch.establishment = successor
            _until_its_type_ends(stretch, today)
            if there.exists() or (stretch.ends_on and stretch.ends_on < stretch.starts_on):
                stretch.delete()
            else:
                stretch.save()
    LocalityMove.objects.filter(establishment=predecessor, on__gt=on).update(establishment=successor)


def _carry_what_is_kept_of_it(predecessor: Establishment, successor: Establishment) -> None:
    """Move the rest that is kept of it, which nobody can read at the old URN any more.

    These are confidential items with their consents (R26), requests for a child's own records (R18), downloads that are
    to be destroyed (R14), officers' notes for a visit, and unusual patterns that nobody has looked at yet (R43).
    Consents that others gave to it (R27) go too: its people can still read what they cover, and nobody else can.
    """
    for kept in (RestrictedItem, RestrictedFile, Consent, SubjectRequest, VisitNote):
        kept.objects.filter(establishment=predecessor).update(establishment=successor)
    Download.objects.filter(establishment=predecessor).still_kept().update(establishment=successor)
    keeping.lapse_at(predecessor.pk)
    same = UnusualPattern.objects.filter(
        establishment=successor, **{f: OuterRef(f) for f in ("person_id", "kind", "day", "through")}
    )
    patterns = UnusualPattern.objects.filter(establishment=predecessor).waiting()
    patterns.exclude(Exists(same)).update(establishment=successor)
    kept_there = OwnList.objects.filter(establishment=successor, person=OuterRef("person"))
    OwnList.objects.filter(~Exists(kept_there), establishment=predecessor).update(establishment=successor)
    to_it = Consent.objects.filter(to_establishments__contains=[predecessor.pk], withdrawn_at=None)
    for consent in to_it:
        named = [successor.pk if place == predecessor.pk else place for place in consent.to_establishments]
        Consent.objects.filter(pk=consent.pk).update(to_establishments=named)


def _hold_there_too(predecessor: Establishment, successor: Establishment, today: date) -> None:
    """Place a legal hold of the whole establishment (P5) on the successor too, so that it covers what has moved as well
    as what stays, also where `goes_on_as` does not say that they are one. Until both are lifted, it holds on.
    """
    for hold in LegalHold.objects.standing_on(today).filter(establishment=predecessor):
        same = {"until": hold.until, "placed_by_id": hold.placed_by_id, "placed_by_name": hold.placed_by_name}
        if not LegalHold.objects.filter(establishment=successor, lifted_at=None, **same).exists():
            LegalHold.objects.create(establishment=successor, reason=hold.reason, **same)


def _carry_support(predecessor: Establishment, successor: Establishment) -> None:
    """Carry over offers that are not withdrawn, with their requests and answers, and its own requests to others (P8).

    Requests between the two stay where they are, and so does an offer if the successor has its own of that kind.
    """
    made_there = SupportOffer.objects.of(successor.pk).filter(withdrawn_at=None).values("challenge")
    offers = SupportOffer.objects.of(predecessor.pk).filter(withdrawn_at=None).exclude(challenge__in=made_there)
    going_on = offers.exclude(requests__from_establishment=successor).select_for_update().order_by("pk")
    going = list(going_on.values_list("pk", flat=True))
    SupportOffer.objects.filter(pk__in=going).update(establishment=successor)
    SupportRequest.objects.filter(offer__in=going).update(establishment=successor)
    asked_there = SupportRequest.objects.filter(from_establishment=successor).values("offer")
    asked = SupportRequest.objects.filter(from_establishment=predecessor).exclude(establishment=successor)
    asked.exclude(offer__in=asked_there).update(from_establishment=successor)


@dataclass(frozen=True)
class Links:
    """Which establishment follows which, by URN, from links written at either end. `plain`: pairs linked as the same
    establishment, by every link between them and by the reasons for closing and opening. `merged`: in both directions,
    where no link says which came first.
    """

    followers: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    forerunners: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    merged: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    plain: set[tuple[int, int]] = field(default_factory=set)

    @classmethod
    def stored(cls) -> "Links":
        links, told = cls(), defaultdict[frozenset[int], set[str]](set)
        for urn, link_urn, link_type in EstablishmentLink.objects.values_list("urn", "link_urn", "link_type"):
            told[frozenset((urn, link_urn))].add(link_type)
            if link_type.startswith(MERGED):
                links.merged[urn].add(link_urn)
                links.merged[link_urn].add(urn)
            if link_type.startswith(ENDS):
                before, after = (urn, link_urn) if link_type.startswith("Successor") else (link_urn, urn)
                links.followers[before].add(after)
                links.forerunners[after].add(before)
        closed = _by_a_merger("reason_closed_code")
        opened = _by_a_merger("reason_opened_code")
        links.plain.update(
            (before, after)
            for before, those_after in links.followers.items()
            for after in those_after
            if told[frozenset((before, after))] <= SAME and before not in closed and after not in opened
        )
        return links

    def say_the_same(self, before: int, after: int) -> bool:
        """Whether the two are linked plainly, with no other establishment after the first or before the second."""
        alone = len(self.followers[before]) == 1 and len(self.forerunners[after]) == 1
        return alone and (before, after) in self.plain

    def same_after(self, urns: set[int]) -> set[int]:
        return {after for before, after in self.plain if before in urns and self.say_the_same(before, after)}


def _by_a_merger(reason: str) -> set[int]:
    """URNs for which GIAS gives a merger as the reason."""
    return set(Establishment.objects.filter(**{reason: BY_A_MERGER}).values_list("urn", flat=True))


def _carry_staff(predecessor: Establishment, successor: Establishment, on: date) -> None:
    """Carry over staff in post and contracts in force. A person in post there by its own return keeps those facts."""
    members = StaffMember.objects.of(predecessor.pk).exclude(ends_on__lt=on)
    going_on = list(members)
    in_post_there = StaffMember.objects.of(successor.pk).exclude(person_index="").exclude(ends_on__lt=on)
    there = {member.person_index: member for member in in_post_there}
    known = {member.pk: there[member.person_index] for member in going_on if member.person_index in there}
    copies = {
        member.pk: StaffMember(
            establishment=successor,
            starts_on=max(on, member.starts_on),
            **{name: getattr(member, name) for name in STAFF_FACTS},
        )
        for member in going_on
        if member.pk not in known
    }
    contracts = StaffContract.objects.filter(member__in=going_on).exclude(ends_on__lt=on)
    carried = [contract for contract in contracts if contract.member_id in copies]
    absences = list(StaffAbsence.objects.filter(member__in=list(copies)))
    StaffMember.objects.bulk_create(copies.values(), batch_size=500)
    carry_challenges("member", {**copies, **known}, successor)
    # Nothing in the old records is in force from `on`.
    contracts.filter(starts_on__gte=on).delete()
    contracts.update(ends_on=on - timedelta(days=1))
    never_here = members.filter(starts_on__gte=on, contracts=None)
    StaffAbsence.objects.filter(member__in=never_here).delete()
    never_here.delete()
    earlier = StaffContract.objects.filter(member=OuterRef("pk")).order_by().values("member")
    members.filter(starts_on__gte=on).update(  # of who comes back from `on`, the time before stays
        starts_on=earlier.annotate(first=Min("starts_on")).values("first"),
        ends_on=earlier.annotate(last=Max("ends_on")).values("last"),
    )
    members.update(ends_on=on - timedelta(days=1))
    begin = Counter((contract.member_id, contract.post, max(on, contract.starts_on)) for contract in carried)
    for contract in carried:
        first_day = max(on, contract.starts_on)
        if begin[contract.member_id, contract.post, first_day] == 1:  # else they stay two, each by its own first day
            contract.starts_on = first_day
        contract.pk, contract.member, contract.establishment = None, copies[contract.member_id], successor
    StaffContract.objects.bulk_create(carried, batch_size=500)
    for absence in absences:
        absence.pk, absence.member, absence.establishment = None, copies[absence.member_id], successor
    StaffAbsence.objects.bulk_create(absences, batch_size=500)
