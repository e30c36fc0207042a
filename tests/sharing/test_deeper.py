"""Deeper Data: protected figures for everybody, whole numbers for who sees the pupils (R3, R11, R12, R31, R35)."""

import re
from collections import Counter
from datetime import date, timedelta
from html import unescape
from itertools import product

import pytest
from django.db.models import Q
from django.utils import timezone

from sharing import door
from sharing.authorise import Asker, NoSuchRecord, Refusal
from sharing.demo.days import year_told
from sharing.door.deeper import Question
from sharing.files.files import of_deeper
from sharing.measures import grouping, live, preparing
from sharing.measures.computed import prepare
from sharing.models import Attendance, Enrolment, LedgerEntry, Pupil
from sharing.models.releases import Figure
from sharing.records.deeper import DeeperData
from sharing.school_year import academic_year, census_days
from tests import factories, figures
from tests.locks.switches import door_off, rls_off
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL = 999002, 999003
HEAD, GOVERNOR, ASSISTANT = "head-beckside", "governor-beckside", "assistant-beckside"
LAST_YEAR = year_told(timezone.localdate()) - 1
ABSENT = "attendance_persistent"
BOTH = Question(ABSENT, LAST_YEAR, "sex", "fsm")


def released(found: DeeperData) -> list[tuple[str, ...]]:
    return [(row.label, *(cell.text for cell in row.cells)) for row in found.rows]


class TestProtected:
    @pytest.mark.parametrize("by", [("",), ("ethnicity",), ("sen",), ("sex", "fsm"), ("sex", "ethnicity")])
    def test_nobody_is_shown_a_figure_of_few_children_in_the_protected_table(self, by: tuple[str, ...]) -> None:
        """R11, R12: not the head either, whose whole numbers stand in another table."""
        with as_batch():
            few = {
                (figure.measure.code, figure.release.academic_year, figure.group): figure.value
                for figure in Figure.objects.filter(is_small=True, establishment__urn=BECKSIDE).select_related(
                    "measure", "release"
                )
            }
        assert few
        for code in ("attendance_persistent", "phonics_met", "roll_pupils"):
            for year in range(LAST_YEAR - 3, LAST_YEAR + 1):
                for slug in (HEAD, GOVERNOR):
                    found = door.show_deeper(asker(slug), BECKSIDE, Question(code, year, *by))
                    for row in found.rows:
                        if (code, year, row.label) in few:
                            assert row.cells[0].number == "" or row.cells[0].counts  # protected

    @pytest.mark.parametrize(
        "groups", [("sex", "fsm"), ("attendance", "fsm"), ("sex", "joined"), ("year", "attendance"), ("sen", "fsm")]
    )
    def test_the_same_for_everybody_on_both_sites_and_in_the_file(self, groups: tuple[str, str]) -> None:
        """R31, R40: and no whole number is in a file (D9). Groups that only one's own pupils have change nothing."""
        pages = [
            door.show_deeper(asker(slug, through), BECKSIDE, Question(ABSENT, LAST_YEAR, *groups))
            for slug, through in (
                (HEAD, asker(HEAD).through), (GOVERNOR, asker(HEAD).through), ("head-ravensgill", asker(HEAD).through),
                ("officer-no-duty", EDUNET), ("officer-data", EDUNET),
            )
        ]  # fmt: skip
        assert released(pages[0])
        for page in pages[1:]:
            assert released(page) == released(pages[0])
            assert of_deeper(page, "csv").content == of_deeper(pages[0], "csv").content
        assert [page.own is not None for page in pages] == [True, False, False, False, True]

    @pytest.mark.parametrize(
        ("by", "others"),
        [
            ("disadvantaged", {"disadvantaged:Y": 51, "disadvantaged:N": 70}),
            ("prior", {"prior:low": 20, "prior:middle": 55, "prior:high": 91}),
            ("mobile", {"mobile:N": 66}),
        ],
    )
    def test_what_is_in_figures_of_the_department_and_known_of_no_child(self, by: str, others: dict[str, int]) -> None:
        """R10, R31: the groups that its tables have, on both sites; no list of children, and no criterion."""
        groups = {"total": 63} | others
        with as_batch():
            out = figures.release("ks2", 2010, {})
            figures.put(
                out,
                [
                    figures.figure(BECKSIDE, "ks2_rwm_expected", {"value": value, "group": group})
                    for group, value in groups.items()
                ],
            )
            preparing.bring_out(out, by="Another officer", at=timezone.now() - timedelta(days=1))
        asked = Question("ks2_rwm_expected", 2010, by)
        for slug, through in ((HEAD, SCHOOLS_ONLINE), (GOVERNOR, SCHOOLS_ONLINE), ("officer-data", EDUNET)):
            found = door.show_deeper(asker(slug, through), BECKSIDE, asked)
            assert {row.label: row.cells[0].text for row in found.rows} == {
                label: f"{value}%" for label, value in groups.items()
            }
            assert found.own is None
        assert (
            "it is not recorded for single children here."
            in client(HEAD).get(f"/establishments/{BECKSIDE}/deeper/?measure=ks2_rwm_expected&year=2010&by={by}").text
        )
        with pytest.raises(NoSuchRecord):
            door.list_behind(asker(HEAD), BECKSIDE, measure="ks2_rwm_expected", year=2020, group=next(iter(others)))
        counted_here = door.show_deeper(asker(HEAD), BECKSIDE, Question(ABSENT, LAST_YEAR, by))
        assert counted_here.own
        assert by not in {key for key, _ in counted_here.choices.groups}

    @pytest.mark.parametrize(
        ("code", "by", "released_by"),
        [
            (ABSENT, ("fsm", "sex"), ("sex", "fsm")), (ABSENT, ("sex", "born"), ()),
            (ABSENT, ("sex", "year"), ("sex",)),
            ("roll_fsm", ("fsm", "sex"), ("sex",)), ("roll_fsm", ("sex", "sen"), ()),
        ],
    )  # fmt: skip
    def test_releases_have_the_pairs_of_their_list(
        self, code: str, by: tuple[str, str], released_by: tuple[str, ...]
    ) -> None:
        """R11: no pair of rare groups, and none of a measure that is about a group itself."""
        found = door.show_deeper(asker(GOVERNOR), BECKSIDE, Question(code, LAST_YEAR, *by))
        assert found.released_by == released_by
        years = [year for year, _ in found.choices.years]
        assert years == sorted(set(years), reverse=True)

    def test_of_two_groups_together_there_are_all_figures_or_none(self) -> None:
        """R11: what is missing from such a table cannot be had from its rows and columns."""
        for sex, has_meals, _ in product("FM", (False, True), range(12)):
            child = factories.pupil(BECKSIDE, sex=sex)
            factories.enrolment(child, date(LAST_YEAR, 9, 1))
            if has_meals:
                factories.meals(child, date(LAST_YEAR, 9, 1))
        prepare("roll", LAST_YEAR + 1, timezone.localdate())
        with as_batch():
            rows = Figure.objects.filter(group__contains="|", is_small=False).values_list(
                "release", "measure", "establishment", "area", "group", named=False
            )
            hidden = Figure.objects.filter(group__contains="|", is_small=True).values_list(
                "release", "measure", "establishment", "area", "group", named=False
            )
            tables = {(*row[:4], re.sub(":[^|]*", "", row[4])) for row in rows}
            without = {(*row[:4], re.sub(":[^|]*", "", row[4])) for row in hidden}
        assert tables
        assert without
        assert not tables & without

    def test_figures_of_others_are_there_only_where_they_take_part(self) -> None:
        """R3, R16."""
        assert door.show_deeper(asker(GOVERNOR), RAVENSGILL, BOTH).rows
        with pytest.raises(Refusal):
            door.show_deeper(asker(GOVERNOR), 999004, BOTH)


class TestWholeNumbers:
    def test_the_list_has_as_many_children_as_the_bar_says_and_is_in_the_ledger(self) -> None:
        """R6, R12, R43: every bar, and every page of the list."""
        found = door.show_deeper(asker(HEAD), BECKSIDE, BOTH)
        assert found.own
        for row in found.own.rows:
            behind, listed = (
                [],
                door.list_behind(asker(HEAD), BECKSIDE, measure=ABSENT, year=LAST_YEAR, group=row.label),
            )
            for number in listed.page.numbers:
                page = door.list_behind(
                    asker(HEAD), BECKSIDE, measure=ABSENT, year=LAST_YEAR, group=row.label, number=number
                ).page
                behind += [child.id for child in page]
            assert len(set(behind)) == len(behind) == row.children
            with as_batch():
                entry = LedgerEntry.objects.latest("id")
                assert (entry.action, entry.outcome, entry.urn) == ("list_behind", "shown", BECKSIDE)
                assert (entry.about["group"], entry.about["of"]) == (row.label, row.children)
                on = Pupil.objects.filter(pk__in=behind)
                assert set(on.values_list("establishment__urn", flat=True)) == {BECKSIDE}

    @pytest.mark.parametrize(
        ("measure", "words"),
        [("attendance_absence", "[0-9]+ of [0-9]+ sessions"), (ABSENT, "Yes|No"), ("suspensions_rate", "[0-9]+")],
    )
    def test_a_list_of_children_says_how_each_counts(self, measure: str, words: str) -> None:
        """R12: in sessions, as one of them or not, or how often."""
        listed = door.list_behind(asker(HEAD), BECKSIDE, measure=measure, year=LAST_YEAR, group="total").page
        assert listed.rows
        assert all(re.fullmatch(words, child.counts_as) for child in listed)

    @pytest.mark.parametrize(("slug", "file"), [(HEAD, ""), (HEAD, "csv"), (GOVERNOR, "")])
    def test_the_ledger_has_of_how_many_children_they_were(self, slug: str, file: str) -> None:
        """R43: and none for a file, which has protected figures only."""
        found = door.show_deeper(asker(slug), BECKSIDE, BOTH, to_take_away=file)
        children = found.own.rows[0].children if found.own and not file else 0
        with as_batch():
            told = LedgerEntry.objects.latest("pk").about
        assert told == {
            "measure": ABSENT, "year": LAST_YEAR, "by": ["sex", "fsm"], "file": file, "whole_numbers": children,
            "releases": sorted(origin.id for origin in found.origins),
        }  # fmt: skip
        assert (children > 0) is (slug == HEAD and not file)

    def test_the_parts_make_the_whole(self) -> None:
        found = door.show_deeper(asker(HEAD), BECKSIDE, Question("attendance_absence", LAST_YEAR, "year", "attendance"))
        assert found.own
        everybody, *parts = found.own.rows
        assert everybody.label == "total"
        assert sum(row.children for row in parts) == everybody.children > 0

    def test_a_year_gone_by_has_the_year_groups_of_then(self) -> None:
        """R31: who is in Year 6 today was absent in Year 5, or in Year 4 where the record is of a year later still."""
        today = door.show_deeper(asker(HEAD), BECKSIDE, Question(ABSENT, LAST_YEAR, "year")).own
        before = door.show_deeper(asker(HEAD), BECKSIDE, Question(ABSENT, LAST_YEAR - 1, "year")).own
        assert today
        assert before
        with as_batch():
            missed = Attendance.objects.filter(
                pupil__establishment__urn=BECKSIDE, dfe_number="", sessions_possible__gt=0
            )
            for year, own in ((LAST_YEAR, today), (LAST_YEAR - 1, before)):
                counted: Counter[str] = Counter()
                measured = missed.filter(academic_year=year, sessions_absent__isnull=False).values("pupil")
                pupils = Pupil.objects.filter(pk__in=measured, born_on__lt=date(year - 5, 9, 1))
                for code, as_of in pupils.visible_on(timezone.localdate()).values_list("year_group", "as_of"):
                    since = academic_year(as_of) - year
                    counted[f"year:{int(code) - since}"] += 1
                assert {row.label: row.children for row in own.rows[1:]} == counted
        assert "year:6" not in {row.label for row in today.rows}
        page = f"/establishments/{BECKSIDE}/deeper/?measure={ABSENT}&year={LAST_YEAR}&by="
        for by in ("year", "joined", "earlier", "attendance"):
            assert grouping.DIMENSIONS[by].means in unescape(client(HEAD).get(page + by).text)
        assert "Mobility depends on" not in client(HEAD).get(page + "sex").text
        behind = f"/establishments/{BECKSIDE}/deeper/children/?measure={ABSENT}&year={LAST_YEAR}&group=year:5"
        assert "It counts pupils aged 5 to 15 when the school year began." in client(HEAD).get(behind).text

    @pytest.mark.parametrize("code", ["roll_sen_support", "suspensions_rate"])
    def test_a_year_gone_by_has_the_roll_of_its_own_january(self, code: str) -> None:
        """R31: who joined since counts in no roll of before, nor in what happened for each hundred on it."""
        january = census_days(LAST_YEAR + 1)[0]
        with as_batch():
            before = Enrolment.objects.filter(starts_on__lte=january).filter(Q(ends_on=None) | Q(ends_on__gte=january))
            on_it = Pupil.objects.filter(establishment__urn=BECKSIDE, pk__in=before.values("pupil"))
            then = on_it.visible_on(timezone.localdate()).count()
        now, gone = (
            door.show_deeper(asker(HEAD), BECKSIDE, Question(code, year)).own.rows[0].children
            for year in (LAST_YEAR + 1, LAST_YEAR)
        )
        assert gone == then < now

    def test_the_roll_of_this_year_is_that_of_today(self) -> None:
        """R5, R31: not that of a census day, which may be still to come."""
        today = timezone.localdate()

        def counted() -> int:
            own = door.show_deeper(asker(HEAD), BECKSIDE, Question("roll_pupils", academic_year(today))).own
            return own.rows[0].children if own else 0

        before = counted()
        factories.enrolment(factories.pupil(BECKSIDE), today, today)
        assert counted() == before + 1

    def test_the_groups_of_a_year_gone_by_are_those_of_today(self) -> None:
        """R31: a child with free meals since today was absent last year as one of those who have them."""

        def counted() -> dict[str, int]:
            own = door.show_deeper(asker(HEAD), BECKSIDE, Question(ABSENT, LAST_YEAR, "fsm")).own
            return {row.label: row.children for row in own.rows} if own else {}

        before, child = counted(), factories.pupil(BECKSIDE, born_on=date(LAST_YEAR - 8, 5, 4))
        factories.enrolment(child, date(LAST_YEAR, 9, 1))
        factories.attendance(child, 100, 0, LAST_YEAR, 1)
        factories.meals(child, timezone.localdate())
        assert counted() == before | {"total": before["total"] + 1, "fsm:Y": before["fsm:Y"] + 1}

    def test_the_whole_of_a_year_is_known_when_the_children_have_left(self) -> None:
        """R8, R12: the cohort's results stay, as numbers, with whoever may see the pupils."""
        found = door.show_deeper(asker(HEAD), BECKSIDE, Question("ks2_rwm_expected", LAST_YEAR, "sex"))
        assert found.own
        assert any(row.released for row in found.own.rows)

    def test_a_line_that_is_narrowed_counts_its_own_year_groups(self) -> None:
        """R35, A5: Years 1 and 2."""
        found = door.show_deeper(asker(ASSISTANT), BECKSIDE, Question("phonics_met", LAST_YEAR - 1, "year"))
        assert found.own
        assert {row.label for row in found.own.rows} <= {"total", "year:1", "year:2"}
        assert found.own.origin is None

    def test_without_a_second_factor_there_are_none(self) -> None:
        """R13."""
        somebody = asker(HEAD)
        weak = Asker(somebody.person_id, somebody.name, somebody.through, second_factor=False, confirmed_lately=True)
        found = door.show_deeper(weak, BECKSIDE, BOTH)
        assert found.own is None
        assert "second factor" in found.own_refused


class TestWithheld:
    """R35: this assistant's line is without special needs and attendance."""

    def test_what_is_withheld_is_not_offered_and_not_answered(self) -> None:
        found = door.show_deeper(asker(ASSISTANT), BECKSIDE, Question("phonics_met", LAST_YEAR, "sen"))
        assert {"sen", "attendance"}.isdisjoint(dict(found.choices.groups))
        assert found.choices.by == ()
        for code in ("attendance_persistent", "roll_sen_support", "roll_ehc_plan"):
            shown = door.show_deeper(asker(ASSISTANT), BECKSIDE, Question(code, LAST_YEAR))
            assert shown.own is None
            assert "narrowed" in shown.own_refused

    @pytest.mark.parametrize(
        ("measure", "group"),
        [("attendance_persistent", "total"), ("roll_ehc_plan", "total"), ("phonics_met", "sen:E"),
         ("phonics_met", "sex:F|sen:E"), ("roll_pupils", "attendance:under-50")],
    )  # fmt: skip
    @pytest.mark.parametrize("lock", ["both", "the door alone"])
    def test_no_list_of_children_tells_it(self, measure: str, group: str, lock: str) -> None:
        """The door's own lock holds without the other."""
        if lock == "the door alone":
            rls_off()
        with pytest.raises(NoSuchRecord):
            door.list_behind(asker(ASSISTANT), BECKSIDE, measure=measure, year=LAST_YEAR, group=group)

    def test_row_level_security_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Were the door's lock forgotten, there would be no special need, no attendance and no other year group."""
        door_off(monkeypatch)
        found = door.show_deeper(asker(ASSISTANT), BECKSIDE, Question("roll_pupils", LAST_YEAR + 1, "sen", "year"))
        assert found.own
        codes = [grouping.parsed(row.label) or {} for row in found.own.rows]
        assert {code.get("sen", "U") for code in codes} == {"U"}
        assert {code.get("year", "1") for code in codes} <= {"1", "2"}
        absent = door.show_deeper(asker(ASSISTANT), BECKSIDE, BOTH)
        assert absent.own
        assert all(row.children == 0 for row in absent.own.rows)

    def test_the_same_children_are_counted_with_a_lock_less(self) -> None:
        """R6: row-level security off, the door counts no child more."""
        asked = Question("roll_pupils", LAST_YEAR + 1, "sex", "year")
        before = door.show_deeper(asker(ASSISTANT), BECKSIDE, asked).own
        rls_off()
        assert door.show_deeper(asker(ASSISTANT), BECKSIDE, asked).own == before


class TestNonsense:
    @pytest.mark.parametrize(
        "query",
        [
            "measure=nothing",
            "by=sex&and=sex",
            "by=shoe",
            "by=sen%00",
            "year=9999",
            "year=-1",
            "year=²²²²",
            "measure=" + "x" * 500,
        ],
    )
    def test_nonsense_is_answered_with_less(self, query: str) -> None:
        response = client(HEAD).get(f"/establishments/{BECKSIDE}/deeper/?{query}")
        assert response.status_code == 200

    def test_a_group_twice_is_taken_once_and_said(self) -> None:
        page = client(GOVERNOR).get(f"/establishments/{BECKSIDE}/deeper/?measure={ABSENT}&by=sex&and=sex")
        assert "You chose the same group twice" in unescape(page.content.decode())

    @pytest.mark.parametrize(
        ("measure", "year", "group"),
        [("nothing", LAST_YEAR, "total"), (ABSENT, LAST_YEAR, "sex:X"), (ABSENT, LAST_YEAR, "fsm:Y|sex:F"),
         (ABSENT, LAST_YEAR, ""), (ABSENT, 9999, "total"), (ABSENT, 0, "total"), (ABSENT, LAST_YEAR, "sex:F|sex:F")],
    )  # fmt: skip
    def test_a_list_of_nothing_that_exists_is_not_there(self, measure: str, year: int, group: str) -> None:
        address = f"/establishments/{BECKSIDE}/deeper/children/"
        response = client(HEAD).get(address, {"measure": measure, "year": year, "group": group})
        assert response.status_code == 404

    def test_a_file_of_no_known_form_is_not_there(self) -> None:
        assert client(HEAD).get(f"/establishments/{BECKSIDE}/deeper/download/pdf/").status_code == 404

    def test_every_measure_and_group_can_be_asked_for(self) -> None:
        for code in live.COUNTED:
            for urn in (BECKSIDE, 999005, 999009):
                door.show_deeper(
                    asker("officer-admissions", EDUNET), urn, Question(code, LAST_YEAR, "earlier", "joined")
                )


def test_whole_numbers_stand_in_a_table_of_their_own_and_say_so() -> None:
    """D9 of disclosure control: marked, and never beside what is protected."""
    page = client(HEAD).get(f"/establishments/{BECKSIDE}/deeper/?measure={ABSENT}&by=sex").content.decode()
    assert page.index("Do not pass on") < page.index('id="table-own"') < page.index('id="released"')
    assert page.index('id="released"') < page.index('id="table-released"')
    assert "Bradford" not in page[page.index('id="own"') : page.index('id="released"')]
    assert "Do not pass on" not in client(GOVERNOR).get(f"/establishments/{BECKSIDE}/deeper/").content.decode()
