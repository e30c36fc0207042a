"""What the pages of transfers say of a child on the way, to each end, and what each end is offered (R7, R8)."""

import re
from typing import Any

import pytest
from django.utils import timezone

from sharing import door
from sharing.days import day_in_words
from sharing.models import Transfer
from tests.access_register.test_narrowing import narrow
from tests.people import EDUNET, as_batch, asker, client
from tests.sharing.moves import (
    BECKSIDE,
    LARKROYD,
    RAVENSGILL,
    RECEIVER,
    SENDER,
    again,
    agreed,
    asserted,
    day,
    from_outside,
    on_roll,
    shift,
)

pytestmark = pytest.mark.django_db
ADMISSIONS = "officer-admissions"
ENDS = {BECKSIDE: SENDER, RAVENSGILL: RECEIVER, LARKROYD: "head-larkroyd"}


def read(address: str, urn: int = BECKSIDE, slug: str = "", through: Any = None) -> str:
    browser = client(slug or ENDS[urn], through) if through else client(slug or ENDS[urn])
    return " ".join(browser.get(f"/establishments/{urn}/{address}/").text.split())


def item(urn: int, **who: Any) -> str:
    """The line of the child called Mover among those on the way."""
    (found,) = [
        one
        for one in re.findall(r'<li class="app-list__item">.*?</li>', read("transfers", urn, **who))
        if "Mover" in one
    ]
    return found


def offered(line: str) -> set[str]:
    """The last word of each address to which a line leads, but the child's record."""
    return {address.rstrip("/").rsplit("/", 1)[1] for address in re.findall(r'href="([^"]*/transfers/[^"]*)"', line)}


class TestOnTheWay:
    def test_a_transfer_that_waits(self) -> None:
        transfer = asserted()
        lapses = f", lapses after {day_in_words(transfer.lapses_on)}</span>"
        there, here = item(RAVENSGILL), item(BECKSIDE)
        assert "From Beckside Primary School, expected on" in there
        assert "To Ravensgill Primary School, expected on" in here
        for line in (there, here):
            assert lapses in line
            assert f"Started by Ruth Oldroyd on {day_in_words(day(0))}." in line
            assert "You started this transfer" not in line
            assert "Overdue</strong>" not in line
        assert (offered(there), offered(here)) == ({"answer"}, {"cancel"})

    def test_who_started_it_is_told_why_they_do_not_answer(self) -> None:
        """R7: of the transfer that is theirs, where they see it as one that is coming."""
        from_outside(surname="Mover")
        officers = item(RAVENSGILL, slug=ADMISSIONS, through=EDUNET)
        assert "You started this transfer, so somebody else has to answer." in officers
        assert "answer" not in offered(officers)
        assert "You started this transfer" not in item(RAVENSGILL)
        assert offered(item(RAVENSGILL)) == {"answer"}

    def test_a_transfer_that_is_agreed(self) -> None:
        agreed(expected=0)
        there, here = item(RAVENSGILL), item(BECKSIDE)
        for line in (there, here):
            assert f"on {day_in_words(day(0))}." in line
            assert "Accepted by " in line
            assert "Started by" not in line
            assert "lapses after" in line
        assert offered(there) == {"arrived"}
        assert "cancel" in offered(here)
        assert "arrived" not in offered(here)

    def test_a_transfer_that_was_declined(self) -> None:
        transfer = asserted()
        door.decline_transfer(asker(RECEIVER), RAVENSGILL, transfer.pk, because="Year 4 is full.")
        line = item(BECKSIDE)
        assert "Year 4 is full." in line
        assert "lapses after" not in line
        assert "answer" not in offered(line)

    def test_a_child_who_has_arrived(self) -> None:
        """R8: until when the file has to be sent."""
        transfer = agreed(expected=0)
        door.say_arrived(asker(RECEIVER), RAVENSGILL, transfer.pk, on=day(0), kind="C")
        line = item(BECKSIDE)
        assert f"Arrived on {day_in_words(day(0))}." in line
        assert "lapses after" not in line
        assert "Send the file by" in line
        assert "Transfer file sent on" not in line

    def test_the_day_on_which_a_file_was_sent(self) -> None:
        """R8: it may be sent before the child arrives."""
        transfer = agreed()
        assert "Transfer file sent on" not in item(BECKSIDE)
        with as_batch():
            Transfer.objects.filter(pk=transfer.pk).update(file_sent_at=timezone.now())
        assert f"Transfer file sent on {day_in_words(day(0))}." in item(BECKSIDE)

    def test_one_that_is_overdue_is_marked_once(self) -> None:
        """R7: under its own heading the mark would say it again; in the list of all it stands beside the others."""
        transfer = agreed(expected=1)
        shift(transfer, 2)
        page = read("transfers", RAVENSGILL)
        assert "Overdue <span" in page
        assert "Overdue</strong>" not in item(RAVENSGILL)
        marked = client(ADMISSIONS, EDUNET).get("/transfers/?only=overdue").text
        (row,) = [row for row in re.findall(r"<tr .*?</tr>", marked, re.DOTALL) if "Mover" in row]
        assert "Overdue</strong>" in row
        assert f"lapses after {again(transfer).lapses_on:%-d %b %Y}" in row

    def test_who_may_not_keep_records_is_told_when_they_see_a_child_and_is_offered_nothing(self) -> None:
        asserted()
        said, leads = "You see a child who is coming once the transfer is agreed.", "If a child is leaving you"
        head, teacher = read("transfers"), read("transfers", slug="teacher-beckside")
        assert (said in head, leads in head) == (False, True)
        assert (said in teacher, leads in teacher) == (True, False)


def test_a_child_who_was_declined_is_told_of_elsewhere_with_all_that_is_known() -> None:
    """R7: nothing has to be typed again but where to, and from when."""
    outside = from_outside(surname="Outsider")
    door.decline_transfer(asker(RECEIVER), RAVENSGILL, outside.pk, because="Year 4 is full.")
    officer = client(ADMISSIONS, EDUNET)
    page = officer.get("/transfers/?only=declined").text
    form = page[: page.index("Tell another school about this child")].rsplit("<form", 1)[1]
    known = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    known.pop("of", None)
    sent = officer.post("/transfers/from-outside/", known | {"to": str(BECKSIDE), "expected_on": f"{day(7):%d/%m/%Y}"})
    assert sent.status_code == 302
    with as_batch():
        new, old = (Transfer.objects.get(establishment__urn=urn, surname="Outsider") for urn in (BECKSIDE, RAVENSGILL))
    for fact in ("forename", "surname", "born_on", "sex", "year_group", "from_name"):
        assert getattr(new, fact) == getattr(old, fact), fact


class TestJoinersAndLeavers:
    def tables(self, page: str) -> dict[str, list[str]]:
        """The headings of each table that names the child called Mover, by its caption."""
        return {
            caption: re.findall(r'<th scope="col"[^>]*>(.*?)</th>', rest)
            for caption, rest in re.findall(r"<caption[^>]*>(.*?)</caption>(.*?)</table>", page)
            if "Mover" in rest
        }

    def test_each_table_is_there_where_it_has_somebody(self) -> None:
        """R7, R8."""
        pupil, link = on_roll(), "Download or print these lists"
        empty = read("joiners-and-leavers", LARKROYD)
        assert (">Leaving</caption>" in empty, ">Coming, agreed</caption>" in empty) == (False, False)
        agreed(pupil)
        there = read("joiners-and-leavers", RAVENSGILL)
        assert self.tables(there) == {"Coming, agreed": ["Name", "Year group", "Expected", "From"]}
        assert link in there
        door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(3), reason="UK")
        here = read("joiners-and-leavers")
        assert self.tables(here) == {"Leaving": ["Name", "Year group", "Last day", "Why and where to"]}

    def test_who_has_left_with_a_file_to_send(self) -> None:
        """R8: a name for those, and of the others a number."""
        said = "You still see the names of children whose transfer file you have to send."
        assert said not in read("joiners-and-leavers", RAVENSGILL)
        transfer = agreed(expected=0)
        door.say_arrived(asker(RECEIVER), RAVENSGILL, transfer.pk, on=day(0), kind="C")
        page = read("joiners-and-leavers")
        assert said in page
        assert self.tables(page)["Left, transfer file to send"] == ["Name", "Year group", "Seen until", "To"]
        assert self.tables(read("joiners-and-leavers", RAVENSGILL))["Joined"][2:] == ["First day", "Registered"]

    def test_whose_access_is_narrowed_is_told_so_and_reads_no_number(self) -> None:
        """R35: a number of all leavers would tell of those of other years."""
        no_number, narrowed = "are not shown how many have left.", "Your access here is narrowed: only Year 1."
        page = read("joiners-and-leavers", slug="teacher-beckside")
        assert (no_number in page, narrowed in page, "Once a child has left you" in page) == (False, False, True)
        narrow(("1",))
        page = read("joiners-and-leavers", slug="teacher-beckside")
        assert (no_number in page, narrowed in page, "Once a child has left you" in page) == (True, True, False)


def test_a_last_day_is_taken_back_where_there_is_one() -> None:
    """R8: with what the page was opened with, so that nothing of somebody else's is undone."""
    pupil = on_roll()
    offers = "If the child stays after all"
    assert offers not in read(f"pupils/{pupil.pk}/left")
    door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(3), reason="UK")
    page = read(f"pupils/{pupil.pk}/left")
    assert offers in page
    assert re.search(r'name="version" value="[^"]+"><button type="submit" name="stays"', page)


def test_what_follows_a_last_day_is_what_holds_of_this_child() -> None:
    """R8: whether the next school has accepted the child, and whether a transfer could still be started."""
    alone, going = on_roll(surname="Alone"), on_roll()
    agreed(going)
    accepted, begin = "The next school has accepted this child.", "start a transfer</a> first."
    for pupil, is_accepted in ((alone, False), (going, True)):
        page = read(f"pupils/{pupil.pk}/left")
        assert (accepted in page, begin in page) == (is_accepted, not is_accepted)
