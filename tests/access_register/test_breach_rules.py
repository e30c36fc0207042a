"""Who may judge, on which days a sanction holds, and who must be told by when, over many cases (P17, R41)."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from django.db import IntegrityError, connection, transaction
from django.forms import Form
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from access_register.breaches import forms, rules, steps
from access_register.models import Breach, BreachSeat, OfficerAppointment, Person, RegisterLine, Sanction
from sharing.authorise import NeedsConfirmation, NoSuchRecord, Permission, visit
from sharing.models import Establishment, LocalityMembership, Participation, Pupil
from tests.access_register.breaches import (
    BECKSIDE,
    OTHERS,
    PANEL,
    against,
    against_establishment,
    against_person,
    case,
    contract_of,
    decide,
    manager,
    report,
    seat,
    vote,
)
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
few = st.frozensets(st.integers(1, 5), max_size=3)
teams = st.frozensets(st.sampled_from(["Data team", "Admissions"]), max_size=2)
candidates = st.builds(rules.Candidate, st.integers(1, 5), st.just("Ann"), st.just("Here"), st.booleans(), few, teams)
cases = st.builds(rules.Concerned, few, few, teams)


@given(st.lists(candidates, max_size=6), cases)
def test_nobody_judges_their_own(several: list[rules.Candidate], concerned: rules.Concerned) -> None:
    """R41: of whoever is left, none is concerned, works where somebody concerned does, or is of their team."""
    left = rules.without_conflict(several, concerned)
    for one in left:
        assert one.person_id not in concerned.people
        assert one.establishments.isdisjoint(concerned.establishments)
        assert one.teams.isdisjoint(concerned.teams)
    for one in several:
        alone = rules.Concerned(frozenset(), frozenset(), frozenset())
        assert rules.may_sit(one, alone)
        assert (one in left) == rules.may_sit(one, concerned)


@given(st.integers(0, 200), st.sampled_from(["", "unlikely", "risk", "high"]), st.booleans())
def test_the_clock_runs_from_becoming_aware(hours: int, severity: str, panel_says_so: bool) -> None:
    """R41, UK GDPR Art. 33 and 34: 72 hours, the 72nd included; the people where the risk is high."""
    aware = NOW - timedelta(hours=hours)
    found = rules.to_tell(aware, severity, panel_says_so=panel_says_so, told={})
    whom = {one.whom for one in found}
    assert ("ico" in whom) == (severity in {"risk", "high"} or panel_says_so)
    assert ("people" in whom) == (severity == "high")
    assert rules.hours_left(aware, NOW) == 72 - hours
    assert {one.is_late(NOW) for one in found if one.whom == "ico"} <= {hours > 72}
    told = rules.to_tell(aware, severity, panel_says_so=True, told={"ico": aware + timedelta(hours=72)})
    assert not told[0].is_late(NOW)


RESPONDENTS = [
    "teacher-beckside", "head-oxenby", "teacher-two-schools", "officer-data", "third-party-beckside",
    "head-ravensgill", "teacher-ended",
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("pair", list(combinations(RESPONDENTS, 2))[::4])
def test_both_rules_let_the_same_people_sit_and_none_of_them_is_concerned(pair: tuple[str, str]) -> None:
    """R41: the form's rule, PostgreSQL's rule and a plain reading of the cast agree, whoever it is held against."""
    number = against(*[("person", person(slug).pk) for slug in pair], by="governor-millbeck")
    with visit(asker("officer-information", EDUNET), Permission.MANAGE_DUTIES, action="test") as here:
        offered = {one.person_id for one in steps.without_conflict_of(number)}
        here.showed()
    with as_batch(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM access_register_person WHERE access_register_may_sit(%s, id)", [number])
        allowed = {found for (found,) in cursor.fetchall()}
    assert offered == allowed == _plainly(pair)
    with as_batch(), pytest.raises(IntegrityError), transaction.atomic():
        BreachSeat.objects.create(breach_id=number, person=person(pair[0]), name="x", sitting=1)


def _plainly(pair: tuple[str, str]) -> set[int]:
    """Heads of those that take part in the Localities concerned, and officers, less whoever shares or shared a place,
    or a team, with those concerned."""
    today, found = timezone.localdate(), set()
    with as_batch():
        lines = [
            line
            for line in RegisterLine.objects.filter(withdrawn_at=None)
            if line.ends_on is None or line.ends_on >= today - timedelta(days=300)
        ]
        held = {person(slug).pk for slug in pair}
        homes = {line.establishment_id for line in lines if line.person_id in held}
        localities = {m.locality_id for m in LocalityMembership.objects.filter(establishment__in=homes)}
        near = {m.establishment_id for m in LocalityMembership.objects.filter(locality__in=localities)}
        if not homes or OfficerAppointment.objects.filter(person__in=held).exists():  # A16: about Beckside
            near |= {m.establishment_id for m in LocalityMembership.objects.filter(locality__name="Aireholme")}
        near &= set(Establishment.objects.participating(today).values_list("pk", flat=True))
        out = {line.person_id for line in lines if line.establishment_id in homes}
        out |= held | {person("governor-millbeck").pk, person("officer-information").pk}  # the information manager
        for somebody in Person.objects.all():
            team = set(somebody.appointments.values_list("team", flat=True))
            theirs = {one.team for pk in held for one in Person.objects.get(pk=pk).appointments.all()}
            is_head = any(
                line.person_id == somebody.pk and line.seat == 0 and line.establishment_id in near and _now(line, today)
                for line in lines
            )
            if (is_head or team) and somebody.pk not in out and not team & theirs:
                found.add(somebody.pk)
    return found


def _now(line: RegisterLine, today) -> bool:
    return line.starts_on <= today and (line.ends_on is None or line.ends_on >= today)


@pytest.mark.django_db
@pytest.mark.parametrize(("last", "holds"), [(-1, False), (0, True), (1, True), (None, False)])
def test_the_days_on_which_a_person_is_shut_out(last: int | None, holds: bool) -> None:
    """R41, R44: up to the last day and not a day longer, by the gate alone and by PostgreSQL alone; no job lifts it."""
    today = timezone.localdate()
    with as_batch():
        until = today + timedelta(days=last) if last is not None else None
        Person.objects.filter(pk=person("teacher-beckside").pk).update(suspended_until=until)
    assert client("teacher-beckside").get("/establishments/999002/pupils/").status_code == (403 if holds else 200)
    with visit(asker("teacher-beckside"), Permission.VIEW_ESTABLISHMENT, action="test") as here:
        assert Pupil.objects.exists() is not holds
        assert bool(here.holdings.everything) is not holds
        here.showed()


@pytest.mark.django_db
@pytest.mark.parametrize(("first", "last", "holds"), [(-9, -1, False), (-9, 0, True), (0, 0, True), (0, 9, True)])
def test_the_last_day_of_a_person_follows_from_what_stands(first: int, last: int, holds: bool) -> None:
    """R41: kept by the database from the sanctions themselves: ended, lifted, and several at once."""
    decide(against_person("teacher-beckside"), "suspend_person", 1)
    today = timezone.localdate()

    def until():
        return Person.objects.get(pk=person("teacher-beckside").pk).suspended_until

    assert until() == today + timedelta(days=6)
    with as_batch():
        Sanction.objects.update(starts_on=today + timedelta(days=first), ends_on=today + timedelta(days=last))
        assert (until() == today + timedelta(days=last)) is holds
        Sanction.objects.update(lifted_at=timezone.now())
        assert until() is None


@pytest.mark.django_db
@pytest.mark.parametrize("facts", [{"suspended_until": timezone.localdate()}, {"is_active": False}])
def test_who_is_shut_out_is_at_no_desk(facts: dict) -> None:
    """R41: a case does not wait for them: a panel is drawn."""
    number = report(asker("governor-beckside"))

    def desk() -> list[tuple[int]]:
        with as_batch(), connection.cursor() as cursor:
            cursor.execute("SELECT access_register_breach_desk(%s)", [number])
            return cursor.fetchall()

    assert desk() == [(manager().person_id,)]
    with as_batch():
        Person.objects.filter(pk=manager().person_id).update(**facts)
    assert desk() == []


@pytest.mark.django_db
def test_who_votes_and_who_says_that_somebody_was_told_has_confirmed_lately_that_it_is_they() -> None:
    """R13."""
    number = against_person("teacher-beckside")
    seat(number)
    member, desk = (replace(one, confirmed_lately=False) for one in (asker(PANEL[0]), manager()))
    with pytest.raises(NeedsConfirmation):
        steps.vote_on_breach(member, number, measure="advice", weeks=0, tell_ico=False, reason="So it is right.")
    with pytest.raises(NeedsConfirmation):
        steps.record_told(desk, number, whom="ico")


@pytest.mark.django_db
@pytest.mark.drifts
def test_who_reported_it_referred_it_or_is_suspended_at_their_own_place_does_not_sit() -> None:
    """R41: by the database alone, three heads of the Locality."""
    number = against_person("teacher-beckside", by=PANEL[0])
    with as_batch():
        Breach.objects.filter(pk=number).update(triaged_by_id=person(PANEL[1]).pk)
        RegisterLine.objects.filter(person=person(PANEL[2])).update(suspended_at=timezone.now())
    for slug in PANEL:
        with as_batch(), pytest.raises(IntegrityError, match="nobody sits"), transaction.atomic():
            BreachSeat.objects.create(breach_id=number, person=person(slug), name=slug, sitting=1)


@pytest.mark.django_db
def test_nobody_becomes_aware_in_the_future() -> None:
    """R41: the 72 hours would begin later. The form says so in words; the database has the last one."""
    with pytest.raises(NoSuchRecord):
        report(asker("governor-beckside"), aware_at=timezone.now() + timedelta(hours=1))


REPORTED = {
    "form_key": "4b0e4be5-6b0f-4a30-9dd2-6f3ff1d2ef66", "whose": "person", "happened": "A list was lost.",
    "aware_at": "1/9/2025 08:00", "categories": ["names"], "children": "10",
}  # fmt: skip
TODAY, TOMORROW = (f"{timezone.localdate() + timedelta(days=days):%d/%m/%Y}" for days in (0, 1))


def reporting(**typed: str) -> forms.ReportForm:
    return forms.ReportForm(REPORTED | typed, establishments=(), managers=())


def voting(**typed: str) -> forms.VoteForm:
    measures = (("advice", "Advice"), ("suspend_person", "Suspend"))
    return forms.VoteForm({"reason": "So"} | typed, measures=measures)


def attaching(first: str, last: str) -> forms.EvidenceForm:
    return forms.EvidenceForm({"urn": "", "first": first, "last": last}, urns=())


@pytest.mark.parametrize(
    ("form", "refused"),
    [
        (reporting(happened_on=TODAY), set()),
        (reporting(happened_on=TOMORROW), {"happened_on"}),
        (reporting(aware_at=f"{TOMORROW} 08:00"), {"aware_at"}),
        (voting(measure="advice"), set()),
        (voting(measure="suspend_person"), {"weeks"}),
        (voting(measure="suspend_person", weeks="2"), set()),
        (voting(), {"measure"}),
        (attaching("1/1/2026", "1/1/2026"), set()),
        (attaching("1/1/2026", "3/4/2026"), set()),
        (attaching("1/1/2026", "4/4/2026"), {"last"}),
        (attaching("2/1/2026", "1/1/2026"), {"last"}),
        (attaching("x", "1/1/2026"), {"first"}),
        (attaching("1/1/2026", ""), {"last"}),
    ],
)
def test_what_is_typed_wrongly_is_said_beside_its_field(form: Form, refused: set[str]) -> None:
    """R41: nothing to come is reported, a suspension has a length, and evidence is of 93 days at most."""
    assert set(form.errors) == refused


@pytest.mark.django_db
def test_only_whom_it_is_held_against_answers_and_appeals() -> None:
    """R41: an answer while it is judged; an appeal against what burdens them. What suspends a person needs one."""
    number, others = against_person("teacher-beckside"), (asker("head-beckside"), asker(PANEL[0]), manager())
    for who in others:
        with pytest.raises(steps.CannotChange):
            steps.answer_breach(who, number, words="It was not so.")
    decide(number, "suspend_person", 1)
    for who in others:
        with pytest.raises(steps.CannotChange):
            steps.appeal_breach(who, number, words="It was too much.")
    with pytest.raises(steps.CannotChange):
        steps.answer_breach(asker("teacher-beckside"), number, words="It was not so.")
    free = against_person("assistant-beckside")
    decide(free, "none")
    with pytest.raises(steps.CannotChange):
        steps.appeal_breach(asker("assistant-beckside"), free, words="It was too much.")
    place = against_establishment(BECKSIDE)
    seat(place)
    assert "suspend_person" not in dict(case(place, PANEL[0]).measures)
    with pytest.raises(steps.CannotChange):
        vote(place, PANEL[0], "suspend_person", 1)


@pytest.mark.django_db
@pytest.mark.parametrize(("ago", "may"), [(timedelta(days=27), True), (timedelta(days=28, hours=1), False)])
def test_an_appeal_is_offered_and_taken_within_28_days(ago: timedelta, may: bool) -> None:
    """R41: the last day, and the day after, by the page and by the database."""
    number, teacher = against_person("teacher-beckside"), "teacher-beckside"
    decide(number, "training")
    with as_batch():
        Breach.objects.filter(pk=number).update(decided_at=timezone.now() - ago)
    assert ("appeal" in case(number, teacher).may) is may
    with nullcontext() if may else pytest.raises(steps.CannotChange):
        steps.appeal_breach(asker(teacher), number, words="It was too much.")


@pytest.mark.django_db
def test_an_appeal_changes_the_length_and_not_the_first_day() -> None:
    """R41: what has passed of a suspension until then counts. Nor is it taken back that the Commissioner is told."""
    number = against_person("teacher-beckside")
    seat(number)
    with pytest.raises(steps.CannotChange):
        vote(number, PANEL[0], "suspend_person", 8, reason="")
    assert [vote(number, slug, "suspend_person", 8, tell_ico=True) for slug in PANEL] == [False, False, True]
    with as_batch():
        Breach.objects.filter(pk=number).update(decided_at=timezone.now() - timedelta(days=10))
    steps.appeal_breach(asker("teacher-beckside"), number, words="It was too much.")
    decide(number, "suspend_person", 2, OTHERS)
    until = timezone.localdate() - timedelta(days=10) + timedelta(days=13)
    with as_batch():
        assert Breach.objects.get(pk=number).tell_ico
    assert Person.objects.get(pk=person("teacher-beckside").pk).suspended_until == until


@pytest.mark.django_db
def test_an_establishment_that_is_suspended_cannot_come_back_before() -> None:
    """R16, R41: whoever writes it; two suspensions one after the other; the day after, it takes part by itself."""
    beckside = Establishment.objects.get(urn=BECKSIDE)
    for weeks, by in ((1, "governor-ravensgill"), (4, "governor-millbeck")):
        decide(against(("establishment", beckside.pk), by=by), "suspend_establishment", weeks, PANEL)
    today = timezone.localdate()
    with as_batch():
        with pytest.raises(IntegrityError), transaction.atomic():
            Participation.objects.create(establishment=beckside, starts_on=today, ends_on=today)
        again = Participation.objects.get(establishment=beckside, starts_on__gt=today)
        assert again.starts_on == today + timedelta(days=28)
        assert beckside not in Establishment.objects.participating(today)
        assert beckside not in Establishment.objects.participating(again.starts_on - timedelta(days=1))
        assert beckside in Establishment.objects.participating(again.starts_on)


@pytest.mark.django_db
def test_no_contract_takes_the_place_of_one_that_a_sanction_ended() -> None:
    """R25, R41: by whatever way."""
    contract = contract_of("third-party-beckside")
    decide(against(("third_party", contract.pk)), "end_third_party", 4)
    with as_batch(), pytest.raises(IntegrityError), transaction.atomic():
        type(contract).objects.filter(pk=contract.pk).update(ended_at=None)
    assert client("third-party-beckside", SCHOOLS_ONLINE).get("/").status_code == 200
