"""Reading breaches (P17, R41): those concerned see each one as far as their part in it goes; nobody else sees any."""

import json
from collections.abc import Container, Iterable, Iterator
from datetime import date, datetime, timedelta

from django.template.defaultfilters import pluralize
from django.utils import timezone

from access_register.breaches import notices, rules
from access_register.breaches.records import (
    BreachLine,
    BreachList,
    CasePage,
    Desk,
    Evidence,
    EvidenceRow,
    Reporting,
    SanctionRecord,
    Step,
    Suspension,
    Suspensions,
    Telling,
    Vote,
)
from access_register.models import (
    Breach,
    BreachEvidence,
    BreachParty,
    BreachReport,
    BreachSeat,
    BreachStep,
    BreachTold,
    Measure,
    Sanction,
)
from access_register.models.breaches import WITH_A_LENGTH
from sharing.authorise import Asker, NeedsSecondFactor, NoSuchRecord, Permission, Visit, visit
from sharing.days import day_in_words
from sharing.door.managing import other_managers
from sharing.door.paging import page_of
from sharing.models import Locality, Participation
from sharing.models.establishments import names_apart
from sharing.records import Why
from sharing.statements import rows_of, value_of, values_of

# The portal does not record that training was completed (docs/questions-for-the-council.md, H26).
GIVEN = {Measure.TRAINING: "Given. The panel’s reasons say which training, and by when"}
REASON = "Only the people it concerns can read about a breach of the protocol (protocol paragraph 17)."
WHY = Why(REASON, "")
NO_PLACE = (
    "You cannot report a breach here, because you have no access at this site today. Tell the head of the school "
    "or centre, or the Education Department, and do it today."
)
CHOOSE_FIRST = (
    "You work for more than one establishment. Choose one on the home page first. Then you can report a breach."
)
PARTS = {
    "desk": "For you to deal with",
    "panel": "You are on the panel",
    "respondent": "Against you, or an establishment or contract of yours",
    "reporter": "Reported by you",
}
SEEN_TO = "Dealt with"
NO_LONGER_SITS = "Can no longer sit on this panel, so does not vote"
DOES_NOT_COUNT = "This vote does not count: the member can no longer sit on this panel"
WITH_PANEL = "With the panel"
STILL_TO_TELL = "Somebody still has to be told"
APPEAL_DAYS = 28
OPEN = {Breach.State.REPORTED, Breach.State.REFERRED, Breach.State.APPEALED}
WITH_THE_PANEL = {Breach.State.REFERRED, Breach.State.APPEALED}
SENSITIVE = {"desk", "panel"}


def list_breaches(asker: Asker, *, number: int = 1) -> BreachList:
    """The breaches that concern the asker, the newest first."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="list_breaches") as here:
        roles = _roles()
        is_desk = any("desk" in held for held in roles.values())
        if is_desk and not asker.second_factor:
            raise NeedsSecondFactor
        rows = Breach.objects.filter(pk__in=roles).newest_first()
        desk = _desk(asker.person_id) if is_desk else Desk(frozenset(), frozenset())
        page = page_of(rows, number, lambda row: _line(row, roles[row.pk], desk))
        here.showed(breaches=[line.id for line in page])
        return BreachList(page, bool(here.holdings.at(Permission.MANAGE_DUTIES)), WHY)


def show_reporting(asker: Asker) -> Reporting:
    """What the report form needs. Every page leads here, so somebody without a place at this site reads whom to tell
    instead, and a third party of several sponsors who has not chosen one yet (R24) is asked to do so first.
    """
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="show_reporting") as here:
        why = Why("Anybody who has signed up can report a breach.", here.permission)
        if not here.holdings.at(Permission.VIEW_ESTABLISHMENT):
            here.showed(form=False)
            return Reporting((), (), why, CHOOSE_FIRST if here.holdings.to_choose_from() else NO_PLACE)
        places = names_apart(here.readable_establishments().by_name())
        here.showed()
        return Reporting(tuple(places.items()), other_managers(), why)


def show_breach(asker: Asker, breach_id: int, *, to: str = "") -> CasePage:
    """One breach. `to`: a step the asker is about to take. Raises NoSuchRecord if the breach or step is not theirs."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="show_breach") as here:
        roles = _roles().get(breach_id, frozenset())
        breach = Breach.objects.select_related("about").filter(pk=breach_id).first() if roles else None
        if breach is None:
            raise NoSuchRecord
        if roles & SENSITIVE and not asker.second_factor:
            raise NeedsSecondFactor
        page = _page(here, breach, roles)
        if to and to not in page.may:
            raise NoSuchRecord
        here.showed(breach=breach_id, as_=sorted(roles))
        return page


def show_suspensions(asker: Asker, urn: int | None = None) -> Suspensions:
    """What shuts the asker out today. With a URN: only there, where it applies to everybody with a place there."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, urn, action="show_suspensions") as here:
        found = tuple(held for held in _suspensions() if urn is None or held.urn == urn)
        if urn and not found:
            raise NoSuchRecord
        here.showed(suspensions=len(found))
        return Suspensions(found, here.shares_with_others, Why(here.reason or REASON, ""))


def may_one_be_suspended(today: date) -> bool:
    """Whether any establishment takes part only from a later day.

    It is asked first when somebody is refused, so that refusing a stranger costs no visit of its own.
    """
    return Participation.objects.filter(starts_on__gt=today).exists()


def _suspensions() -> Iterator[Suspension]:
    told = rows_of("SELECT name, urn, decided_on, ends_on, breach_id FROM portal_suspensions()")
    for name, urn, decided_on, ends_on, case in told:
        yield Suspension(name or "", urn, decided_on, ends_on, case)


def _roles() -> dict[int, frozenset[str]]:
    """Breach -> the asker's roles in it."""
    held: dict[int, set[str]] = {}
    for breach_id, role in rows_of("SELECT breach_id, role FROM portal_breach_roles()"):
        held.setdefault(breach_id, set()).add(role)
    return {breach_id: frozenset(roles) for breach_id, roles in held.items()}


def _desk(manager_id: int) -> Desk:
    """What this information manager's home page counts."""
    rows = Breach.objects.at_the_desk()
    waiting = rows.to_refer(manager_id) | rows.without_a_panel()
    return Desk(*(frozenset(found.values_list("pk", flat=True)) for found in (waiting, rows.to_tell())))


def _line(breach: Breach, roles: frozenset[str], desk: Desk) -> BreachLine:
    part = next(role for role in PARTS if role in roles)
    words = _at_the_desk(breach, desk) if part == "desk" else PARTS[part]
    return BreachLine(
        breach.pk, words, breach.get_state_display(), _decision(breach), breach.reported_at, breach.state in OPEN
    )


def _at_the_desk(breach: Breach, desk: Desk) -> str:
    if breach.pk in desk.waiting:
        words = PARTS["desk"]
    elif breach.state == Breach.State.REPORTED:
        words = BreachStep.What.TO_CLOSE.label
    else:
        words = WITH_PANEL if breach.state in WITH_THE_PANEL else SEEN_TO
    return f"{words}. {STILL_TO_TELL}" if breach.pk in desk.to_tell else words


def _decision(breach: Breach) -> str:
    return _measure(breach.outcome, breach.weeks) if breach.outcome else ""


def _measure(measure: str, weeks: int) -> str:
    length = f" for {weeks} week{pluralize(weeks)}" if weeks else ""
    return f"{Measure(measure).label}{length}"


def _page(here: Visit, breach: Breach, roles: frozenset[str]) -> CasePage:
    now = timezone.now()
    judges = bool(roles & SENSITIVE)
    knows = judges or "respondent" in roles
    parties = list(BreachParty.objects.filter(breach=breach).order_by("pk")) if knows else []
    seats = list(BreachSeat.objects.filter(breach=breach).order_by("sitting", "name")) if knows else []
    report = BreachReport.objects.filter(breach=breach).first()
    sitting = {seat.person_id for seat in seats if seat.sitting == breach.sitting}
    last = _last_to_appeal(breach)
    told = dict(BreachTold.objects.filter(breach=breach).values_list("whom", "told_at")) if judges else {}
    untold = _untold(told) if _may_tell(breach, roles) else ()
    return CasePage(
        id=breach.pk,
        roles=roles,
        may=_may(breach, roles, sitting, here) | ({"tell"} if untold else set()),
        state=breach.get_state_display(),
        whose=breach.get_whose_display(),
        about=breach.about.name if breach.about else "",
        categories=tuple(Breach.Data(code).label for code in breach.categories),
        children=breach.get_children_display(),
        happened_on=breach.happened_on,
        aware_at=breach.aware_at,
        reported_at=breach.reported_at,
        reported_by=report.person_name if report and (not report.name_withheld or "desk" in roles) else "",
        happened=str(breach.happened),
        whom=str(breach.whom) if roles & {"desk", "reporter"} else "",
        parties=tuple(party.name for party in parties),
        named=tuple((party.pk, party.name) for party in parties) if "desk" in roles else (),
        is_personal=breach.is_personal if knows else None,
        severity=breach.get_severity_display() if knows and breach.severity else "",
        localities=tuple(Locality.objects.filter(pk__in=breach.localities).values_list("name", flat=True)),
        outcome=_decision(breach),
        outcome_from=timezone.localdate(breach.decided_at) if breach.decided_at else None,
        appeal_until=last if breach.state == Breach.State.DECIDED else None,
        tell_ico=breach.tell_ico and judges,
        due_at=rules.due_at(breach.aware_at),
        hours_left=rules.hours_left(breach.aware_at, now) if judges and breach.is_personal is not False else None,
        tellings=tuple(_tellings(breach, told, now)) if judges else (),
        untold=untold,
        steps=tuple(_steps(breach, roles)),
        votes=tuple(_votes(breach, seats, with_names=judges)),
        sanctions=tuple(_sanctions(breach, parties, here.today)) if knows else (),
        evidence=tuple(_evidence(breach)) if knows else (),
        measures=_measures(parties) if "panel" in roles else (),
        managers=other_managers() if _may_ask_again(breach, roles, here.today) else (),
        urns=_urns(breach, parties) if "desk" in roles else (),
        why=WHY,
    )


def _may(breach: Breach, roles: frozenset[str], sitting: set[int], here: Visit) -> frozenset[str]:
    """The steps that are open to the asker now. PostgreSQL's functions check all of this again."""
    state, found = breach.state, set()
    if "desk" in roles:
        if state == Breach.State.REPORTED:
            found |= {"concern", "refer"}
        if state in WITH_THE_PANEL:
            found |= {"evidence"} if _is_full(breach) else {"seat", "evidence"}
    if "panel" in roles and state in WITH_THE_PANEL and here.asker.person_id in sitting:
        found.add("vote")
    if "respondent" in roles and state in WITH_THE_PANEL:
        found.add("answer")
    last = _last_to_appeal(breach)
    if "respondent" in roles and state == Breach.State.DECIDED and last and here.today <= last:
        found.add("appeal")
    if _may_ask_again(breach, roles, here.today):
        found.add("again")
    return frozenset(found)


def _is_full(breach: Breach) -> bool:
    """Whether the panel has all its members, and all of them can sit."""
    return bool(value_of("SELECT access_register_panel_is_full(%s)", breach.pk))


def _may_tell(breach: Breach, roles: frozenset[str]) -> bool:
    """The desk may, once it has said what the breach is. If nobody is at the desk, the panel may, even before that."""
    if not (breach.is_personal or breach.tell_ico):
        return breach.is_personal is None and breach.state != Breach.State.REPORTED and _stands_in(breach, roles)
    return "desk" in roles or _stands_in(breach, roles)


def _stands_in(breach: Breach, roles: frozenset[str]) -> bool:
    return "panel" in roles and not notices.people_of(breach.pk, "desk")


def _may_ask_again(breach: Breach, roles: frozenset[str], today: date) -> bool:
    """Whether the asker may ask again: once, as the person who reported it, within the days allowed for an appeal."""
    if "reporter" not in roles or breach.state != Breach.State.DISMISSED or breach.asked_again_at:
        return False
    closed_at = breach.triaged_at
    return closed_at is not None and today <= timezone.localdate(closed_at + timedelta(days=APPEAL_DAYS - 1))


def _last_to_appeal(breach: Breach) -> date | None:
    if not breach.decided_at or breach.outcome == Measure.NONE:
        return None
    return timezone.localdate(breach.decided_at + timedelta(days=APPEAL_DAYS - 1))


def _untold(told: Container[str]) -> tuple[tuple[str, str], ...]:
    return tuple((one.value, one.label) for one in BreachTold.Whom if one not in told)


def _tellings(breach: Breach, told: dict[str, datetime], now: datetime) -> Iterator[Telling]:
    needed = rules.to_tell(breach.aware_at, breach.severity, panel_says_so=breach.tell_ico, told=told)
    for one in needed:
        yield Telling(one.whom, BreachTold.Whom(one.whom).label, one.due_at, one.told_at, one.is_late(now))


def _steps(breach: Breach, roles: frozenset[str]) -> Iterator[Step]:
    audiences = {BreachStep.Audience.ALL}
    if roles - {"reporter"}:
        audiences.add(BreachStep.Audience.PARTIES)
    if "desk" in roles:
        audiences.add(BreachStep.Audience.DESK)
    told = iter(BreachTold.objects.filter(breach=breach).order_by("pk") if "desk" in roles else ())
    for step in BreachStep.objects.filter(breach=breach, audience__in=audiences).order_by("at", "pk"):
        what = step.get_what_display()
        if step.what == BreachStep.What.TOLD and (one := next(told, None)):
            what = f"{what}: {one.get_whom_display()}"
        yield Step(step.at, what, step.by_name, str(step.words))


def _votes(breach: Breach, seats: Iterable[BreachSeat], *, with_names: bool) -> Iterator[Vote]:
    """The votes. Those the case is against read the reasons without names, and in an order that reveals none. The
    others also read which do not count, as the member can no longer sit."""
    count: set[int] = set()
    if with_names:
        count = set(values_of("SELECT access_register_seats_that_count(%s)", breach.pk))
    else:
        seats = sorted(seats, key=lambda seat: (seat.sitting, seat.measure, seat.weeks, str(seat.reason)))
    for seat in seats:
        is_awaited = breach.state in WITH_THE_PANEL and seat.sitting == breach.sitting
        not_voted = "Has not voted yet" if is_awaited else "Did not vote"
        voted = _measure(seat.measure, seat.weeks) if seat.voted_at else not_voted
        if is_awaited and with_names and seat.pk not in count:
            voted = f"{voted}. {DOES_NOT_COUNT}" if seat.voted_at else NO_LONGER_SITS
        yield Vote(seat.name if with_names else "", seat.sitting, voted, str(seat.reason))


def _sanctions(breach: Breach, parties: list[BreachParty], today: date) -> Iterator[SanctionRecord]:
    names = {(party.person_id, party.establishment_id, party.contract_id): party.name for party in parties}
    for row in Sanction.objects.filter(breach=breach).order_by("pk"):
        if row.lifted_at:
            state = f"Lifted on {day_in_words(timezone.localtime(row.lifted_at))}"
        elif row.ends_on and row.ends_on < today:
            state = "Ended"
        else:
            state = "In force" if row.measure in WITH_A_LENGTH else GIVEN.get(Measure(row.measure), "Given")
        against = names.get((row.person_id, row.establishment_id, row.contract_id), "")
        yield SanctionRecord(row.get_measure_display(), against, row.starts_on, row.ends_on, state)


def _evidence(breach: Breach) -> Iterator[Evidence]:
    for row in BreachEvidence.objects.filter(breach=breach).order_by("pk"):
        facts = json.loads(str(row.content))
        rows = tuple(EvidenceRow(datetime.fromisoformat(at), *rest) for at, *rest in facts)
        yield Evidence(row.asked, row.attached_at, row.attached_by_name, rows)


def _measures(parties: list[BreachParty]) -> tuple[tuple[str, str], ...]:
    """What a panel can decide against these parties."""
    against = {
        Measure.SUSPEND_PERSON: any(party.person_id for party in parties),
        Measure.SUSPEND_ESTABLISHMENT: any(party.establishment_id for party in parties),
        Measure.END_THIRD_PARTY: any(party.contract_id for party in parties),
    }
    return tuple((one.value, one.label) for one in Measure if against.get(one, True))


def _urns(breach: Breach, parties: list[BreachParty]) -> tuple[tuple[int, str], ...]:
    places = [breach.about, *(party.establishment for party in parties)]
    return tuple(names_apart({place.urn: place for place in places if place}.values()).items())
