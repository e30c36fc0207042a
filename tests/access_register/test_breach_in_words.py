"""What the pages of a breach say: the 72 hours, how a case stands, and what its reader can do (R41, P17)."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from access_register.breaches import steps
from sharing.days import day_in_words
from tests.access_register.breaches import (
    PANEL,
    against,
    against_person,
    decide,
    manager,
    report,
    seat,
    vote,
)
from tests.people import EDUNET, asker, client, person

pytestmark = pytest.mark.django_db
DESK, TEACHER, REPORTER = "officer-information", "teacher-beckside", "governor-beckside"
HOUR = timedelta(hours=1)


def page(number: int | str, slug: str = DESK) -> str:
    through = (EDUNET,) if slug.startswith("officer") else ()
    return " ".join(client(slug, *through).get(f"/breaches/{number}{'/' if number else ''}").content.decode().split())


def referred(severity: str, aware: int) -> int:
    number = report(asker(REPORTER), aware_at=timezone.now() - aware * HOUR)
    steps.name_concerned(manager(), number, sort="person", target=person(TEACHER).pk)
    steps.refer_breach(manager(), number, is_personal=True, severity=severity, refers=True, words="To be judged.")
    return number


class TestThe72Hours:
    """UK GDPR 33 and 34: by when, how long that is, and what was done."""

    @pytest.mark.parametrize(
        ("aware", "said"), [(10, r"6[12] hours are left\. "), (80, r"The 72 hours have run out\. ")]
    )
    def test_before_anybody_has_judged_the_risk(self, aware: int, said: str) -> None:
        shown = page(report(asker(REPORTER), aware_at=timezone.now() - aware * HOUR))
        assert "If this is a personal data breach with a risk to people" in shown
        assert re.search(said, shown)
        assert ("are left" in shown) != ("have run out" in shown)

    @pytest.mark.parametrize(
        ("severity", "aware", "said"),
        [
            ("risk", 10, [r"Commissioner: must be told by [^.]*, 6[12] hours from now\."]),
            ("risk", 80, [r"Commissioner: must be told by [^.]*, which has passed\. Tell them now"]),
            ("high", 10, [r"Commissioner: must be told by", r"concerned: must be told without undue delay\."]),
            ("unlikely", 10, [r"A risk to people is unlikely, so nobody has to be told\."]),
        ],
    )
    def test_once_it_is_judged(self, severity: str, aware: int, said: list[str]) -> None:
        shown = page(referred(severity, aware))
        assert all(re.search(words, shown) for words in said)
        assert "If this is a personal data breach" not in shown
        assert ("is unlikely, so nobody" in shown) == (severity == "unlikely")
        assert ("What they are told" in shown) == (severity != "unlikely")

    @pytest.mark.parametrize(("aware", "is_late"), [(10, False), (80, True)])
    def test_once_they_are_told(self, aware: int, is_late: bool) -> None:
        number = referred("high", aware)
        steps.record_told(manager(), number, whom="ico")
        shown = page(number)
        assert "Commissioner: told on" in shown
        assert "concerned: must be told without undue delay." in shown
        assert "Commissioner: must be told" not in shown
        steps.record_told(manager(), number, whom="people")
        shown = page(number)
        assert "must be told" not in shown
        assert ("after the 72 hours" in shown) is is_late


class TestACase:
    def test_the_list_says_which_are_open_and_how_the_others_were_decided(self) -> None:
        number = against_person(TEACHER)
        (line,) = re.findall(r"<li class=\"app-list__item\">.*?</li>", page("", TEACHER))
        assert ">Open</strong>" in line
        assert "</span></div>" in line.replace(": ", "")
        decide(number, "advice")
        (line,) = re.findall(r"<li class=\"app-list__item\">.*?</li>", page("", TEACHER))
        assert ">Open</strong>" not in line
        assert re.search(r"\d{4}\. [A-Z][^<:]*: [A-Z][^<]*</span>", line)

    def test_whom_it_is_held_against_may_appeal_and_nobody_else_is_told_that_they_could(self) -> None:
        number = against_person(TEACHER)
        decide(number, "advice")
        assert "You can appeal until" in page(number, TEACHER)
        assert f'href="/breaches/{number}/appeal/"' in page(number, TEACHER)
        for slug in (DESK, REPORTER, PANEL[0]):
            shown = page(number, slug)
            assert "Decided on" in shown
            assert "You can appeal" not in shown
            assert "/appeal/" not in shown

    @pytest.mark.parametrize("tell", [True, False])
    def test_that_the_commissioner_is_to_be_told_is_said_until_it_is_done(self, tell: bool) -> None:
        number = against_person(TEACHER)
        seat(number)
        for slug in PANEL:
            vote(number, slug, "advice", tell_ico=tell)
        said = "The Information Commissioner must be told."
        assert (said in page(number)) is tell
        steps.record_told(manager(), number, whom="ico")
        assert said not in page(number)

    def test_a_measure_has_a_last_day_only_where_it_has_one(self) -> None:
        number = against_person(TEACHER)
        decide(number, "suspend_person", 2)
        today = timezone.localdate()
        said = f"From {day_in_words(today)} to {day_in_words(today + timedelta(days=13))}</span>"
        assert said in page(number)
        other = against_person("senco-beckside")
        decide(other, "advice")
        assert f"From {day_in_words(today)}</span>" in page(other)

    def test_votes_on_the_appeal_are_told_apart_from_the_first(self) -> None:
        number = against_person(TEACHER)
        decide(number, "suspend_person", 2)
        assert ", on the appeal" not in page(number)
        steps.appeal_breach(asker(TEACHER), number, words="It was not so.")
        others = ("officer-no-duty", "officer-data", "officer-admissions")
        steps.seat_panel(manager(), number, people=[person(slug).pk for slug in others])
        shown = page(number)
        assert shown.count(", on the appeal</span>") == len(others)

    def test_of_several_each_stands_in_a_line_of_its_own(self) -> None:
        """And of one there is no line without words."""
        place = ("person", person("senco-beckside").pk)
        both = page(against(("person", person(TEACHER).pk), place))
        alone = page(against_person(TEACHER))
        (two,), (one,) = (re.findall(r"Case against</dt><dd [^>]*>(.*?)</dd>", shown) for shown in (both, alone))
        assert (two.count("<br>"), one.count("<br>")) == (1, 0)
        assert not two.endswith("<br>")

    def test_who_reported_it_is_said_to_those_alone_who_may_know(self) -> None:
        """R41: a name that was withheld is not there, and neither is an empty line for it."""
        open_, withheld = (against_person(TEACHER, name_withheld=hidden) for hidden in (False, True))
        assert f">{person(REPORTER).name}<" in page(open_)
        shown = page(withheld, TEACHER)
        assert person(REPORTER).name not in shown
        assert "Reported by" not in shown


class TestAStep:
    def test_what_a_step_does_is_said_before_it_is_done(self) -> None:
        """P17: of this step and of no other."""
        number = against_person(TEACHER)
        said = {
            "evidence": ("The rows are kept with the case as they are now.", "Record it"),
            "answer": ("", "Send the answer"),
            "vote": ("The case is decided as soon as three people have voted", "Vote"),
            "appeal": ("Other people, not those who decided, look at the decision again.", "Appeal"),
        }
        pages = {"evidence": page(f"{number}/evidence"), "answer": page(f"{number}/answer", TEACHER)}
        seat(number)
        pages["vote"] = page(f"{number}/vote", PANEL[0])
        for slug in PANEL:
            vote(number, slug, "advice")
        pages["appeal"] = page(f"{number}/appeal", TEACHER)
        for step, shown in pages.items():
            assert [other for other, (words, _) in said.items() if words and words in shown] == [step] * bool(
                said[step][0]
            )
            assert f">{said[step][1]}</button>" in shown

    def test_who_reported_asks_that_others_look_at_a_closed_report(self) -> None:
        number = report(asker(REPORTER))
        steps.refer_breach(manager(), number, is_personal=False, severity="", refers=False, words="No breach.")
        shown = page(f"{number}/again", REPORTER)
        assert "People who did not close the report look at it." in shown
        assert f'href="/breaches/{number}/again/"' in page(number, REPORTER)

    def test_the_report_names_and_the_search_finds(self) -> None:
        """R41: an empty report names nobody; nobody found is said, and only after a search."""
        named, unnamed = report(asker(REPORTER)), report(asker(REPORTER), whom="")
        assert "The report names: Nadia" in page(f"{named}/concerned")
        assert "The report names" not in page(f"{unnamed}/concerned")
        browser, nothing = client(DESK, EDUNET), "Nothing was found under this name."
        assert nothing not in page(f"{named}/concerned")
        looked = browser.post(f"/breaches/{named}/concerned/", {"sort": "person", "words": "zzyzxnobody"})
        assert nothing in looked.content.decode()
        found = browser.post(f"/breaches/{named}/concerned/", {"sort": "person", "words": person(TEACHER).name})
        assert nothing not in found.content.decode()
        assert f'value="{person(TEACHER).pk}" class' in found.content.decode()
