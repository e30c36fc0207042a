"""What the pages of the register say of a line, and of whom they say it: nothing that does not hold (R30, R35, R36)."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from access_register.register import register
from access_register.register.records import RegisterFilter
from tests.access_register.invitations import change, free_a_seat, invite
from tests.access_register.reviews import (
    BECKSIDE,
    DAY,
    GOVERNOR,
    HEAD,
    NAMED,
    OFFICE,
    TEACHER,
    due,
    line_of,
    set_line,
    settle,
    today,
)
from tests.people import asker, client, looks_for, person

pytestmark = pytest.mark.django_db
URL = f"/establishments/{BECKSIDE}/register/"


def read(address: str = "", by: str = HEAD) -> str:
    return client(by).get(f"{URL}{address}").content.decode()


def row_of(slug: str, page: str, tag: str = "li") -> str:
    """The one item, or row of a table, that is this person's."""
    name = person(slug).name
    items = re.findall(rf"<{tag}[ >].*?</{tag}>", page, re.DOTALL)
    (found,) = [item for item in items if re.search(rf"(title|label|link|header)[^>]*>{name}", item)]
    return found


def narrow(slug: str = TEACHER) -> None:
    register.narrow_access(asker(HEAD), BECKSIDE, line_of(slug).pk, year_groups=("1",), withheld=())


class TestRegister:
    def test_named_staff_are_offered_nothing_for_level_1(self) -> None:
        """R35: they could not do it. For everybody else they are offered what the head is."""
        page = read(by=NAMED)
        for slug, is_offered in ((HEAD, False), ("business-manager-beckside", False), (TEACHER, True)):
            line = row_of(slug, page)
            links = [f'href="{URL}{line_of(slug).pk}/{act}"' in line for act in ("", "suspend/", "withdraw/")]
            assert links == [is_offered] * 3, slug
        assert f'href="{URL}{line_of(TEACHER).pk}/narrow/"' in row_of(TEACHER, page)
        assert "/narrow/" not in row_of(GOVERNOR, page)

    def test_named_staff_do_not_send_an_invitation_to_level_1_again(self) -> None:
        """R35."""
        free_a_seat()
        invite(level=1, role="teacher")
        sends = 'Send the invitation again<span class="govuk-visually-hidden"> to Nadia New'
        assert sends in read()
        assert sends not in read(by=NAMED)

    def test_places_of_level_1(self) -> None:
        """R32: how many are free, or that both are taken."""
        assert "Both places are taken." in read()
        free_a_seat()
        page = read()
        assert "1 of the 2 places is free." in page
        assert "Both places are taken." not in page

    def test_until_when_a_link_works(self) -> None:
        invite()
        assert "The link in the email works until" in read()
        change(expires_at=timezone.now() - timedelta(hours=1))
        assert "The link in the email has expired. It worked until" in read()

    def test_a_search_stays_in_its_form_and_says_that_it_is_in_use(self) -> None:
        """R30."""
        whole = read()
        assert "(in use)" not in whole
        assert " selected" not in whole
        page = looks_for(client(HEAD), f"{URL}?role=governor&level=3").content.decode()
        assert "Search and filter (in use)" in page
        assert sorted(re.findall(r'value="(\w+)" selected', page)) == ["3", "governor"]
        for level in (1, 2):
            page = looks_for(client(HEAD), f"{URL}?level={level}").content.decode()
            assert re.findall(r'value="(\w+)" selected', page) == [str(level)]

    def test_a_search_that_finds_nobody_says_so_and_leads_back(self) -> None:
        page = looks_for(client(HEAD), f"{URL}?named=nobody").content.decode()
        assert f'No line matches. <a class="govuk-link" href="{URL}">Show all lines</a>' in page
        assert "No line matches." not in read()

    def test_lines_of_the_past_stand_open_in_a_search(self) -> None:
        """R36: or a search for somebody who has left would seem to find nobody."""
        register.withdraw_access(asker(HEAD), BECKSIDE, line_of(GOVERNOR).pk, because="")
        past = (
            r'<details class="govuk-details"( open)?>\s*<summary class="govuk-details__summary"><span [^>]*>Past lines'
        )
        assert re.findall(past, read()) == [""]
        found = looks_for(client(HEAD), f"{URL}?role=governor").content.decode()
        assert re.findall(past, found) == [" open"]


class TestStateAndNarrowing:
    def test_are_in_each_list_beside_the_person_of_whom_they_hold(self) -> None:
        """R35, R36: the page, the paper, and the register as it was."""
        narrow()
        register.suspend_access(asker(HEAD), BECKSIDE, line_of(TEACHER).pk, because="")
        paper, then = read("print/"), read(f"as-it-was/?on={today():%d/%m/%Y}")
        assert f"{person(TEACHER).name} (suspended)</th>" in paper
        assert "(only Year 1)" in row_of(TEACHER, paper, "tr")
        assert f"{person(GOVERNOR).name}</th>" in paper
        assert "()" not in paper
        suspended = row_of(TEACHER, then, "tr")
        assert 'govuk-tag--grey">Suspended</strong>' in suspended
        assert "(only Year 1)" in suspended
        assert "govuk-tag" not in row_of(GOVERNOR, then, "tr")
        assert "()" not in then

    def test_nothing_is_left_empty_on_paper(self) -> None:
        """R36: who has no basis, no last day and no review has a dash there."""
        set_line(GOVERNOR, ends_on=None, review_due_on=None, last_used_on=None)
        row = row_of(GOVERNOR, read("print/"), "tr")
        assert re.search(r"<td[^>]*></td>", row) is None
        assert (row.count(">–</td>"), row.count(">Never</td>")) == (3, 1)

    def test_are_in_the_history_of_the_line(self) -> None:
        """R36."""
        story = f"{line_of(TEACHER).pk}/story/"
        page = read(story)
        assert "At Level 2 since" in page
        assert "Narrowed:" not in page
        narrow()
        register.suspend_access(asker(HEAD), BECKSIDE, line_of(TEACHER).pk, because="")
        page = read(story)
        assert "Suspended. Narrowed: only Year 1.</p>" in page
        assert "At Level 2 since" not in page

    def test_are_said_before_they_are_changed(self) -> None:
        """R35: what narrows the line now; what they get back when the suspension is lifted."""
        line = line_of(TEACHER).pk
        assert "Now:" not in read(f"{line}/narrow/")
        narrow()
        assert "Now: only Year 1.</p>" in read(f"{line}/narrow/")
        register.suspend_access(asker(HEAD), BECKSIDE, line, because="")
        again = read(f"{line}/resume/")
        assert "They will have Level 2 here again from now on, only Year 1.</p>" in again
        register.suspend_access(asker(HEAD), BECKSIDE, line_of(GOVERNOR).pk, because="")
        assert "They will have Level 3 here again from now on.</p>" in read(f"{line_of(GOVERNOR).pk}/resume/")

    def test_of_somebody_who_has_not_come_yet(self) -> None:
        """R35: lifting the suspension opens nothing before the first day, or before the invitation is accepted."""
        begins = today() + timedelta(days=9)
        invite(starts_on=begins)
        line = register.show_register(asker(HEAD), BECKSIDE, only=RegisterFilter(named="Nadia New")).lines[0]
        withdraw = read(f"{line.id}/withdraw/")
        assert f"The link in the invitation to {line.email} will no longer work." in withdraw
        assert "The link in the invitation" not in read(f"{line_of(GOVERNOR).pk}/withdraw/")
        register.suspend_access(asker(HEAD), BECKSIDE, line.id, because="")
        page = read(f"{line.id}/resume/")
        assert f"again once they have accepted the invitation, and nothing before {begins:%-d %B %Y}.</p>" in page


class TestReview:
    def test_who_may_not_confirm_a_line_is_told_who_may_and_has_no_button(self) -> None:
        """R35: Level 1 is the head's to confirm."""
        due(NAMED, on=today())
        set_line(TEACHER, review_due_on=today())
        page = read("review/", by="business-manager-beckside")
        mine, not_mine = row_of(TEACHER, page), row_of(NAMED, page)
        assert ("Only the head may confirm it." in mine, "<button" in mine, "<input" in mine) == (False, True, True)
        assert "Only the head may confirm it." in not_mine
        assert ("<button" in not_mine, "<input" in not_mine) == (False, False)
        assert "1 of them by you" in page
        assert "of them by you" not in read("review/")

    def test_one_person_at_level_3_is_not_ticked_by_a_link(self) -> None:
        """R36: a link that ticks one box is no help."""
        due(OFFICE, on=today())
        set_line(OFFICE, last_used_on=today())
        assert "?tick=3" not in read("review/")

    def test_nothing_to_confirm_and_what_was_confirmed(self) -> None:
        """R36: when each is due again, and nothing where it is not."""
        due(GOVERNOR, on=today() + timedelta(days=200))
        page = read("review/")
        assert "There is nothing to confirm now." in page
        assert 'id="to-confirm"' not in page
        assert 'id="confirmed"' not in page
        next_day = today() + timedelta(days=200)
        set_line(GOVERNOR, confirmed_on=today())
        said = f"Confirmed on {today():%-d %B %Y}, next by {next_day:%-d %B %Y}."
        assert said in row_of(GOVERNOR, read("review/"))

    def test_the_head_is_offered_what_a_deadline_did_and_others_are_told_who_is(self) -> None:
        """R35, R44."""
        due(TEACHER, on=today() - DAY)
        settle(today())
        heads, named = read("review/"), read("review/", by=NAMED)
        assert "You can undo this until" in heads
        assert "Undo: back to Level 2" in heads
        assert "The head can undo this until" not in heads
        assert "The head can undo this until" in named
        assert "You can undo this until" not in named
        assert "/undo/" not in named


class TestAList:
    def test_each_line_is_marked_with_what_would_become_of_it(self) -> None:
        """R36: and that an address is not one of work stands beside that one alone."""
        header, known = "name,email,role,level,basis,reason,last day\n", person(GOVERNOR)
        rows = [
            "Anna New,anna.new@beckside.example,office,,,,",
            "Ben Private,ben.private@gmail.com,office,,,,",
            f"{known.name},{known.email},governor,3,,,31/08/2099",
            ",nobody,office,,,,",
        ]
        browser = client(HEAD)
        browser.post(f"{URL}staff/", {"file": SimpleUploadedFile("staff.csv", (header + "\n".join(rows)).encode())})
        page = browser.get(f"{URL}staff/check/").content.decode()
        marks = re.findall(r'list__title">(.*?) <strong class="govuk-tag govuk-tag--(\w+)">(\w+)', page)
        assert sorted(marks) == [
            ("Anna New", "green", "New"),
            ("Ben Private", "green", "New"),
            (known.name, "blue", "Changed"),
            ("No name", "red", "Refused"),
        ]
        assert page.count("Not a work address") == 1
        assert "There is nothing to apply." not in page

    def test_a_list_of_what_is_on_record_has_nothing_to_apply(self) -> None:
        """R36."""
        known = person(GOVERNOR)
        rows = f"name,email,role,level,basis,reason,last day\n{known.name},{known.email},governor,3,,,\n"
        browser = client(HEAD)
        browser.post(f"{URL}staff/", {"file": SimpleUploadedFile("staff.csv", rows.encode())})
        page = browser.get(f"{URL}staff/check/").content.decode()
        assert "Everything in this list is already on record. There is nothing to apply." in page
        assert 'govuk-tag--grey">Unchanged' in page
        assert "those that are refused come first" not in page
        assert "Apply all of it" not in page
