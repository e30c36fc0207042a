"""Children who have left and whose transfer file is to be sent: how the sender's pages speak of them (R5, R8)."""

from typing import Any

import pytest

from sharing import door
from sharing.door.find import Search
from sharing.door.pupil_filter import PupilFilter
from sharing.models import Download
from sharing.records.pupils import PupilLine
from tests.people import EDUNET, SCHOOLS_ONLINE, asker, client
from tests.sharing.moves import ADMISSIONS, BECKSIDE, RAVENSGILL, RECEIVER, SENDER, again, agreed, day, on_roll

pytestmark = pytest.mark.django_db
LEADS = ("This child is moving to another school", "This child has left, or is leaving soon")


def listed(slug: str, site: Any, urn: int, status: str = "") -> list[PupilLine]:
    only = PupilFilter(status=status)
    numbers = door.list_pupils(asker(slug, site), urn, only=only).page.numbers
    pages = [door.list_pupils(asker(slug, site), urn, only=only, number=number).page for number in numbers]
    return [line for page in pages for line in page]


@pytest.mark.parametrize(("slug", "site"), [(SENDER, SCHOOLS_ONLINE), (ADMISSIONS, EDUNET)])
def test_who_has_left_is_not_said_to_be_coming(slug: str, site: Any) -> None:
    """R8, R31: in September every leaver of Year 6 stood in the list, the search and the file as coming."""
    gone = agreed(on_roll(surname="Gone"))
    agreed(on_roll(surname="Soon"))
    door.say_arrived(asker(RECEIVER), RAVENSGILL, gone.pk, on=day(0), kind="C")
    standing = {line.surname: line.standing for line in listed(slug, site, BECKSIDE)}
    assert (standing["Gone"], standing["Soon"]) == ("Left", "")
    by_filter = {status: {line.surname for line in listed(slug, site, BECKSIDE, status)} for status in STATUSES}
    assert [status for status, names in by_filter.items() if "Gone" in names] == ["left"]
    assert [status for status, names in by_filter.items() if "Soon" in names] == ["here"]
    found = door.find_children(asker(slug, site), search=Search(named="Gone")).page
    assert {child.urn: child.standing for child in found}[BECKSIDE] == "Left"
    paper = door.print_records(
        asker(slug, site),
        BECKSIDE,
        "pupils",
        {"named": "Gone"},
        purpose=Download.Purpose.TRANSFER,
    )
    assert [row[:3] for row in paper.sheets[0].rows] == [("Gone", "Child", "Left")]


STATUSES = ("here", "coming", "left")


def test_who_is_coming_is_said_to_be() -> None:
    """R5."""
    soon = agreed(on_roll(surname="Soon"))
    assert {line.surname: line.standing for line in listed(RECEIVER, SCHOOLS_ONLINE, RAVENSGILL)}["Soon"] == "Coming"
    lists = {status: {line.id for line in listed(RECEIVER, SCHOOLS_ONLINE, RAVENSGILL, status)} for status in STATUSES}
    assert [status for status, ids in lists.items() if soon.pupil_id in ids] == ["coming"]


def test_who_has_left_for_outside_is_said_to_have_left() -> None:
    """R8."""
    pupil = on_roll(surname="Outward")
    door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(-1), reason="PM", outside=True)
    assert {line.surname: line.standing for line in listed(SENDER, SCHOOLS_ONLINE, BECKSIDE)}["Outward"] == "Left"
    lists = {status: {line.id for line in listed(SENDER, SCHOOLS_ONLINE, BECKSIDE, status)} for status in STATUSES}
    assert [status for status, ids in lists.items() if pupil.pk in ids] == ["left"]


def test_the_record_says_why_it_is_seen_and_leads_nowhere_else() -> None:
    """R8, R30: it led to two pages that are not there for a child who has left."""
    pupil = on_roll()
    page, browser = f"/establishments/{BECKSIDE}/pupils/{pupil.pk}/", client(SENDER)
    before = browser.get(page).content.decode()
    assert all(lead in before for lead in LEADS)
    transfer = agreed(pupil)
    door.say_arrived(asker(RECEIVER), RAVENSGILL, transfer.pk, on=day(0), kind="C")
    after = browser.get(page).content.decode()
    assert "This child has left. You can see the record only while the transfer file still has to be sent." in after
    assert not any(lead in after for lead in LEADS)
    assert "This child has left." not in before
    there = f"/establishments/{RAVENSGILL}/pupils/{again(transfer).pupil_id}/"
    assert all(lead in client(RECEIVER).get(there).content.decode() for lead in LEADS)
