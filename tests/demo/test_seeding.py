"""Filling the demonstration: the same rows again and again, back in order after play, the days right on any day."""

import re
from collections import Counter
from datetime import date, timedelta

import pytest
from django.utils import timezone

from access_register import demo, grants, service
from access_register.models import Duty, OfficerAppointment, RegisterLine, Sanction
from access_register.officers import appointments
from access_register.register import register
from access_register.register.register import Entry
from sharing.crypto import blind_index
from sharing.demo.cases import BY_SLUG as CASES
from sharing.demo.cases import cases
from sharing.demo.comparators import comparators
from sharing.demo.days import last_census, year_told
from sharing.demo.details import DETAILS
from sharing.demo.places import SOURCE
from sharing.demo.pupils import everyone
from sharing.demo.releases import YEARS
from sharing.models import (
    Attendance,
    Child,
    Contact,
    Establishment,
    Explanation,
    HomeAddress,
    LedgerEntry,
    LegalHold,
    LocalityMembership,
    Opening,
    Pupil,
    Result,
    StaffMember,
    StatisticsCell,
    Suspension,
    Transfer,
)
from sharing.models.establishments import Kind
from sharing.models.releases import Figure
from sharing.school_year import academic_year, school_days_after
from sharing.upn import upn_problem
from tests.access_register.breaches import against, against_establishment, against_person, contract_of, decide
from tests.databases import PUPILS
from tests.people import EDUNET, as_batch, asker, client, person

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL, SYNTHETIC, OXENBY, MILLBECK = 999002, 999003, 999999, 999005, 999008
NETHERWICK, THORNLEY_CROSS = 999010, 999006


def seed(today: date | None = None) -> int:
    """Fill again. Gives the number of rows that were written."""
    filled = demo.seed(today or timezone.localdate(), pupils=PUPILS)
    return filled.written + filled.establishments.written


def live_line(slug: str, urn: int = BECKSIDE) -> RegisterLine:
    with as_batch():
        return RegisterLine.objects.live_on(timezone.localdate()).get(person=person(slug), establishment__urn=urn)


def test_filling_again_writes_nothing_not_even_in_the_ledger() -> None:
    with as_batch():
        before = LedgerEntry.objects.count()
        assert seed() == 0
        assert LedgerEntry.objects.count() == before


def test_what_was_changed_in_play_is_put_back() -> None:
    head = asker("head-beckside")
    register.withdraw_access(head, BECKSIDE, live_line("teacher-beckside").pk, because="play")
    register.change_access(head, BECKSIDE, live_line("senco-beckside").pk, entry=Entry(role="support"))
    fiona = OfficerAppointment.objects.get(person=person("officer-no-duty"))
    information = asker("officer-information", EDUNET)
    appointments.change_officer(information, fiona.pk, team="Another", post="Another", manager="Another")
    with as_batch():
        service.end_duty(Duty.objects.get(appointment__person=person("officer-admissions"), data="view_pupils"))
        StaffMember.objects.filter(establishment__urn=BECKSIDE, surname="Lumb").update(surname="Lamb")
    assert seed() == 6  # the new line's review among them
    assert OfficerAppointment.objects.get(person=person("officer-no-duty")).team == "Education strategy"
    assert (live_line("teacher-beckside").level, live_line("senco-beckside").level) == (2, 2)
    with as_batch():
        assert Duty.objects.filter(appointment__person=person("officer-admissions"), ended_at=None).exists()
        assert grants.drift(timezone.localdate()) == (set(), set())


@pytest.mark.parametrize("measure", ["suspend_establishment", "suspend_person", "end_third_party"])
def test_what_a_panel_decided_in_play_is_lifted(measure: str) -> None:
    """R41: the demonstration did not begin again while an establishment was suspended, or a third party barred."""
    case = {
        "suspend_establishment": lambda: against_establishment(BECKSIDE),
        "suspend_person": lambda: against_person("teacher-beckside"),
        "end_third_party": lambda: against(("third_party", contract_of("third-party-beckside").pk)),
    }
    decide(case[measure](), measure, weeks=4)
    seed()
    with as_batch():
        assert not Sanction.objects.filter(lifted_at=None, ends_on__gte=timezone.localdate()).exists()
    for slug in ("teacher-beckside", "third-party-beckside", "head-ravensgill"):
        assert client(slug).get(f"/establishments/{BECKSIDE}/").status_code == 200, slug
    assert seed() == 0


def test_a_seat_that_somebody_else_has_by_now_is_left_to_them() -> None:
    head = asker("head-beckside")
    register.withdraw_access(head, BECKSIDE, live_line("deputy-beckside").pk, because="play")
    register.give_access(
        head,
        BECKSIDE,
        name="Somebody Else",
        email="else@beckside.example",
        entry=Entry(level=1, role="teacher", confirmed=True),
    )
    filled = demo.seed(timezone.localdate(), pupils=PUPILS)
    assert filled.left_as_is == ("deputy-beckside at 999002",)


@pytest.mark.parametrize("days", [1, 30, 365])
def test_on_another_day_the_dates_have_moved_along(days: int) -> None:
    day = timezone.localdate() + timedelta(days=days)
    seed(day)
    with as_batch():
        assert RegisterLine.objects.get(person=person("teacher-ended")).ends_on == day - timedelta(days=1)
        coming = RegisterLine.objects.filter(person=person("teacher-tomorrow"), withdrawn_at=None)
        assert coming.get().starts_on == day + timedelta(days=1)
        assert grants.drift(day) == (set(), set())
    assert seed(day) == 0


def test_whom_somebody_has_dealt_with_in_play_may_leave() -> None:
    """Once a child is past the oldest year group, the demonstration did not begin again if the glass had been broken
    for the record, or if something was said of the child."""
    today = timezone.localdate()
    stay = {wanted.pupil.pk for wanted in everyone(today, PUPILS // 2, 2012)}
    with as_batch():
        opened, held = Pupil.objects.filter(establishment__urn=BECKSIDE, source=SOURCE).exclude(pk__in=stay)[:2]
        place, now = opened.establishment, timezone.now()
        opening = Opening.objects.create(
            pupil=opened, establishment=place, starts_at=now, ends_at=now + timedelta(hours=1),
            person_id=0, person_name="Play", because=Opening.Because.HARM, reason="Play",
        )  # fmt: skip
        Explanation.objects.create(opening=opening, establishment=place, text="Play", at=now)
        LegalHold.objects.create(child_id=held.child_id, reason="Play", placed_by_id=0, placed_by_name="Play")
    demo.seed(today, pupils=PUPILS // 2)
    with as_batch():
        assert not Pupil.objects.filter(pk__in=[opened.pk, held.pk]).exists()
        assert [*Child.objects.filter(pk__in=[opened.child_id, held.child_id])] == [held.child]


def visible(slug: str, urn: int, days: int = 0) -> bool:
    with as_batch():
        records = Pupil.objects.filter(upn_index=blind_index(CASES[slug].upn), establishment__urn=urn)
        assert records.count() == 1
        return records.visible_on(timezone.localdate() + timedelta(days=days)).exists()


@pytest.mark.parametrize(
    ("slug", "urn", "yesterday", "today", "tomorrow"),
    [
        ("dual", OXENBY, True, True, True),
        ("dual", MILLBECK, True, True, True),
        ("guest", NETHERWICK, True, True, True),
        ("guest", THORNLEY_CROSS, True, True, True),
        ("left-yesterday", BECKSIDE, True, False, False),
        ("leaves-today", BECKSIDE, True, True, False),
        ("starts-tomorrow", BECKSIDE, False, False, True),
        ("transfer-agreed", BECKSIDE, True, True, True),
        ("transfer-agreed", RAVENSGILL, True, True, True),
        ("transfer-lapsed", BECKSIDE, False, False, False),
        ("transfer-cancelled", BECKSIDE, False, False, False),
        ("transfer-the-other-way", RAVENSGILL, True, True, True),
        ("came-back", BECKSIDE, True, True, True),
    ],
)
def test_the_special_cases_are_visible_when_they_should_be(slug, urn, yesterday, today, tomorrow) -> None:
    """R5."""
    assert [visible(slug, urn, days) for days in (-1, 0, 1)] == [yesterday, today, tomorrow]


def test_a_transfer_lapses_so_many_school_days_after_its_day(settings) -> None:
    """R7: as the pages of the demonstration say; and on its last day the lapsed one was seen still."""
    today = timezone.localdate()
    with as_batch():
        known = Transfer.objects.filter(upn_index__in=[blind_index(case.upn) for case in CASES.values()])
        days = {one.upn_index: (one.expected_on, one.lapses_on) for one in known}
    assert {lapses: school_days_after(expected, 20) for expected, lapses in days.values()} == {
        lapses: lapses for _, lapses in days.values()
    }
    past = (days[blind_index(CASES["transfer-lapsed"].upn)][1] - today).days
    assert past < 0
    assert [visible("transfer-lapsed", BECKSIDE, day) for day in (past, past + 1)] == [True, False]


def test_who_came_back_was_away_between() -> None:
    assert [visible("came-back", BECKSIDE, days) for days in (-210, -100, -30)] == [True, False, True]


def test_there_is_an_establishment_of_every_listed_type() -> None:
    kinds = Counter(Establishment.objects.filter(urn__gte=999000).values_list("kind", flat=True))
    assert set(kinds) == {*Kind.values, ""}
    assert min(kinds[kind] for kind in (Kind.PRIMARY, Kind.SECONDARY, Kind.ACADEMY)) >= 2
    today = timezone.localdate()
    assert set(Establishment.objects.filter(urn__gte=999000).exclude(pk__in=Establishment.objects.participating(today))
               .values_list("urn", flat=True)) == {999004, 999014}  # fmt: skip
    per_locality = Counter(LocalityMembership.objects.values_list("locality__name", flat=True))
    assert len(per_locality) == 3
    assert min(per_locality.values()) >= 2


def test_every_upn_is_valid_and_none_is_in_the_synthetic_census() -> None:
    with as_batch():
        for pupil in Pupil.objects.select_related("establishment"):
            assert upn_problem(pupil.upn) is None
            assert pupil.upn_index == blind_index(pupil.upn)
            if pupil.establishment.urn == SYNTHETIC:
                assert pupil.upn[1:8] == "3802999"
                assert int(pupil.upn[10:]) >= 500
        assert not Child.objects.filter(records=None).exists()


def test_age_and_year_group_agree() -> None:
    first_year = year_told(timezone.localdate())
    with as_batch():
        for pupil in Pupil.objects.filter(year_group__in=["R", "1", "6", "9", "11"]):
            year = 0 if pupil.year_group == "R" else int(pupil.year_group)
            assert date(first_year - year - 5, 9, 1) <= pupil.born_on <= date(first_year - year - 4, 8, 31)


@pytest.mark.parametrize(
    ("today", "census"),
    [
        (date(2026, 1, 14), date(2025, 10, 2)),
        (date(2026, 1, 15), date(2026, 1, 15)),
        (date(2026, 8, 31), date(2026, 5, 21)),
    ],
)
def test_the_last_census_day(today: date, census: date) -> None:
    assert last_census(today)[0] == census


AROUND_A_NEW_SCHOOL_YEAR = [date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 30), date(2026, 10, 1)]


@pytest.mark.parametrize("today", AROUND_A_NEW_SCHOOL_YEAR)
def test_year_groups_are_of_the_school_year_of_their_records(today: date) -> None:
    """R31: from 1 September to the October census they were new ones, and pages said that they were of last year."""
    for wanted in (*everyone(today, PUPILS, 2012), *cases(today)):
        known = wanted.pupil
        if known.year_group.isdecimal():
            assert academic_year(known.born_on) + 5 + int(known.year_group) == academic_year(known.as_of)
        assert all(row.as_of <= today for row in wanted.details)


def test_every_kind_of_fact_is_there_for_the_pages_and_nothing_is_said_twice() -> None:
    with as_batch():
        for model in DETAILS:
            assert model._default_manager.count() > 10, model
        years = set(Attendance.objects.values_list("academic_year", "term"))
        assert len(years) == 9
        for counted in Attendance.objects.all():
            assert sum(counted.by_code.values()) == counted.sessions_absent <= counted.sessions_possible
            assert counted.sessions_unauthorised <= counted.sessions_absent
        assert {*Result.objects.values_list("stage", flat=True)} == {"FS", "PH", "MT", "K2", "K4"}
        assert all(suspension.as_of >= suspension.starts_on for suspension in Suspension.objects.all())


def test_the_protected_and_the_whole_number_of_a_school_are_of_the_same_pupils() -> None:
    """R31: whoever signs in as a head and then as a governor finds what the page promises, never more than 9 apart."""
    last = academic_year(timezone.localdate()) - 1
    with as_batch():
        figures = Figure.objects.of_everybody().filter(measure__code="roll_pupils", release__academic_year=last)
        whole = {f"place=urn:{urn}": value for urn, value in figures.values_list("establishment__urn", "value") if urn}
        told = StatisticsCell.objects.filter(release__academic_year=last, key__in=whole, indicator="pupils")
        protected = dict(told.values_list("key", "value"))
    assert len(protected) > 5
    assert all(abs((value or 0) - whole[place]) <= 9 for place, value in protected.items())


def test_who_has_provision_has_a_need_and_who_is_eligible_has_a_period() -> None:
    with as_batch():
        for pupil in Pupil.objects.exclude(enrolments=None).select_related("needs"):
            assert pupil.senneed_rows.exists() == (pupil.needs.sen_provision in ("K", "E"))
            assert pupil.freemealsperiod_rows.filter(ends_on=None).exists() == pupil.free_school_meals


def test_addresses_and_contacts_cannot_reach_anybody() -> None:
    """Ofcom's numbers for drama, a postcode area that does not exist, a domain kept for examples."""
    with as_batch():
        assert all(home.postcode.startswith("BD0 ") for home in HomeAddress.objects.all())
        for contact in Contact.objects.all():
            numbers = [line.partition(": ")[2] for line in contact.telephones.splitlines()]
            assert all(re.fullmatch("07700 900[0-9]{3}|01632 960[0-9]{3}", number) for number in numbers)
            assert contact.email == "" or contact.email.endswith("@example.org")
        for member in StaffMember.objects.all():
            assert member.ni_number.startswith("QQ")


@pytest.mark.parametrize(
    ("slug", "state"),
    [
        ("transfer-waiting", "waiting"),
        ("transfer-waiting-late", "waiting late"),
        ("transfer-from-outside", "waiting"),
        ("transfer-to-secondary", "waiting"),
        ("transfer-agreed", "agreed"),
        ("transfer-overdue", "agreed late"),
        ("transfer-declined", "declined"),
    ],
)
def test_there_is_a_transfer_in_every_state(slug: str, state: str) -> None:
    """R7: the other ends of a transfer that somebody must answer."""
    today = timezone.localdate()
    with as_batch():
        transfer = Transfer.objects.get(upn_index=blind_index(CASES[slug].upn))
    late = " late" if transfer.expected_on < today else ""
    answer = "agreed" if transfer.agreed_on else "declined" if transfer.declined_at else "waiting"
    assert answer + late == state
    assert transfer.lapses_on >= today
    assert bool(transfer.leaving_id) == (slug != "transfer-from-outside")


@pytest.mark.parametrize(("code", "urn"), [("ks2_stayed", BECKSIDE), ("ks4_stayed", OXENBY)])
def test_the_tables_of_results_say_how_many_stayed(code: str, urn: int) -> None:
    """R3: the School Finder compares by it. The schools of the tests are so small that their figures are of few."""
    with as_batch():
        stayed = Figure.objects.filter(measure__code=code, establishment__urn=urn, group="total")
        assert stayed.count() == YEARS
        assert all(50 < figure.value <= 100 for figure in stayed)


def test_no_area_has_a_progress_8_of_pupils_without_tests() -> None:
    """R22: Year 11 of 2024/25 and 2025/26 took no tests at Key Stage 2, and the definition of the measure says so."""
    with_one = [
        year for year in (2023, 2024, 2025, 2026) if "ks4_progress8" in {code for code, *_ in comparators(year, 0)}
    ]
    assert with_one == [2023, 2026]
