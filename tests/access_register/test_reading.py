"""The register's page, paper and file; when a line was last used; two tabs (R15, R36, R43)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from access_register import grants
from access_register.models import RegisterLine
from access_register.register import register
from access_register.register.records import RegisterFilter
from sharing.models import LedgerEntry
from tests.access_register.test_register import BECKSIDE, GOVERNOR, HEAD, TEACHER, add, line_of, permissions
from tests.people import as_batch, asker, client, person

pytestmark = pytest.mark.django_db
URL = f"/establishments/{BECKSIDE}/register/"


def last_ledger_row() -> LedgerEntry:
    with as_batch():
        return LedgerEntry.objects.order_by("-id").first()


class TestPage:
    def test_the_people_stand_before_the_ways_to_other_pages(self) -> None:
        """R30, R44: a head who takes access away from a phone comes to the person first."""
        shown = client(HEAD).get(URL).content.decode()
        review, search, people, more = (
            shown.index(words)
            for words in ("Review: confirm who still needs access", "Search and filter", 'id="level-1"', 'id="more"')
        )
        assert review < search < people < more < shown.index("Copy last year")
        assert 'href="#more"' in shown[:people]

    def test_past_lines_are_apart(self) -> None:
        """R36."""
        register.withdraw_access(asker(HEAD), BECKSIDE, line_of(GOVERNOR).pk, because="Term of office over")
        page = register.show_register(asker(HEAD), BECKSIDE)
        name = person(GOVERNOR).name
        assert name not in {line.name for line in page.lines}
        (past,) = [line for line in page.past if line.name == name]
        assert (past.state, past.withdrawn_because, past.last_day) == (
            "Withdrawn", "Term of office over", timezone.localdate(),
        )  # fmt: skip
        shown = client(HEAD).get(URL).content.decode()
        assert "withdrawn by Ruth Oldroyd: Term of office over" in shown

    @pytest.mark.drifts  # lines written past the register
    def test_a_line_that_ended_yesterday_is_past_and_one_that_ends_today_is_not(self) -> None:
        today = timezone.localdate()
        for days, is_past in ((0, False), (-1, True)):
            with as_batch():
                RegisterLine.objects.filter(pk=line_of(GOVERNOR).pk).update(ends_on=today + timedelta(days=days))
            page = register.show_register(asker(HEAD), BECKSIDE)
            assert (person(GOVERNOR).name in {line.name for line in page.past}) is is_past

    @pytest.mark.drifts  # lines written past the register
    def test_pending_and_suspended_are_shown_so(self) -> None:
        with as_batch():
            RegisterLine.objects.filter(pk=line_of(GOVERNOR).pk).update(awaiting_since=timezone.now())
        states = {line.name: line.state for line in register.show_register(asker(HEAD), BECKSIDE).lines}
        assert states[person(GOVERNOR).name] == "Invited, not accepted yet"
        assert states[person("absent-beckside").name] == "Suspended"
        assert states[person(TEACHER).name] == ""

    @pytest.mark.parametrize(
        ("only", "found"),
        [
            (RegisterFilter(named="whiteley"), {GOVERNOR}),
            (RegisterFilter(role="governor"), {GOVERNOR}),
            (RegisterFilter(level=1), {HEAD, "deputy-beckside", "business-manager-beckside"}),
            (RegisterFilter(named="nobody"), set()),
        ],
    )
    def test_filter(self, only: RegisterFilter, found: set[str]) -> None:
        lines = register.show_register(asker(HEAD), BECKSIDE, only=only).lines
        assert {line.name for line in lines} == {person(slug).name for slug in found}

    def test_nonsense_in_the_filter_counts_as_nothing(self) -> None:
        page = client(HEAD).get(URL, {"role": "king", "level": "9", "named": "\0"}, follow=True)
        assert person(TEACHER).name in page.content.decode()


class TestPaperAndFile:
    def test_print_is_recorded_as_print_and_carries_the_marking(self) -> None:
        """R15, R43."""
        page = client(HEAD).get(f"{URL}print/").content.decode()
        assert "OFFICIAL-SENSITIVE" in page
        assert "Shred it" in page
        row = last_ledger_row()
        assert (row.action, row.person_name) == ("print_register", "Ruth Oldroyd")


class TestLastUsed:
    def used(self, slug: str) -> object:
        return line_of(slug).last_used_on

    def test_a_page_that_was_shown_marks_the_line_by_which_it_was(self) -> None:
        """R36."""
        assert self.used(TEACHER) is None
        client(TEACHER).get(f"/establishments/{BECKSIDE}/staff/")  # refused: not a use
        client(TEACHER).get("/establishments/999003/")  # another's shared page, by no line there
        assert self.used(TEACHER) is None
        client(TEACHER).get(f"/establishments/{BECKSIDE}/pupils/")
        assert self.used(TEACHER) == timezone.localdate()
        assert self.used("senco-beckside") is None

    @pytest.mark.drifts  # a line written past the register
    @pytest.mark.parametrize("state", ["suspended_at", "awaiting_since"])
    def test_what_is_shown_through_another_establishment_marks_no_line_that_opens_nothing(self, state: str) -> None:
        """R36, A18: they read what the school shares with everybody, and not by their line there."""
        slug = "teacher-two-schools"
        with as_batch():
            RegisterLine.objects.filter(pk=line_of(slug).pk).update(**{state: timezone.now()})
            grants.rebuild(timezone.localdate())
        assert client(slug).get(f"/establishments/{BECKSIDE}/").status_code == 200
        assert self.used(slug) is None

    def test_yesterday_becomes_today_and_the_line_is_otherwise_as_it_was(self) -> None:
        line = line_of(TEACHER)
        with as_batch():
            RegisterLine.objects.filter(pk=line.pk).update(last_used_on=timezone.localdate() - timedelta(days=1))
        client(TEACHER).get(f"/establishments/{BECKSIDE}/pupils/")
        assert self.used(TEACHER) == timezone.localdate()
        assert line_of(TEACHER).version == line.version


class TestTwoTabs:
    def test_the_second_is_told_and_nothing_is_lost(self) -> None:
        """Both opened the form; the first saved. The second is told what, keeps what was typed, and may save again."""
        browser, line = client(HEAD), line_of(GOVERNOR)
        url = f"{URL}{line.pk}/"
        assert f'value="{line.version}"' in browser.get(url).content.decode()
        first = {"role": "governor", "level": "2", "basis": "heads_reason", "basis_words": "Safeguarding"}
        first |= {"confirm": "on", "version": line.version}
        assert browser.post(url, first).status_code == 302
        second = {"role": "office", "level": "3", "ends_on": "31/8/2099", "version": line.version}
        told = browser.post(url, second)
        page = told.content.decode()
        assert told.status_code == 422
        assert "Someone changed this line while you had it open: On" in page
        assert "raised this line from Level 3 to Level 2: Safeguarding" in page
        assert 'value="31/8/2099"' in page
        assert permissions(person(GOVERNOR)) == {"view_establishment", "view_pupils"}
        assert browser.post(url, second | {"version": line.version + 1}).status_code == 302
        assert permissions(person(GOVERNOR)) == {"view_establishment"}

    def test_a_double_click_lands_where_its_first_click_landed(self) -> None:
        """R36: the change is what was wanted; it is one line of the history."""
        browser, line = client(HEAD), line_of(GOVERNOR)
        typed = {"role": "office", "level": "3", "ends_on": "31/8/2099", "version": line.version}
        first, second = (browser.post(f"{URL}{line.pk}/", typed) for _ in range(2))
        assert (first.status_code, second.status_code, second["location"]) == (302, 302, first["location"])
        assert line_of(GOVERNOR).version == line.version + 1

    def test_a_withdrawn_line_says_so(self) -> None:
        browser, line = client(HEAD), line_of(GOVERNOR)
        register.withdraw_access(asker(HEAD), BECKSIDE, line.pk, because="")
        page = browser.post(f"{URL}{line.pk}/", {"role": "office", "level": "3", "version": line.version}, follow=True)
        assert "no longer has access here" in page.content.decode()

    def test_a_new_line_begins_at_one(self) -> None:
        somebody = add()
        with as_batch():
            assert RegisterLine.objects.get(person=somebody).version == 1
