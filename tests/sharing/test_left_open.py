"""A page that was left open while the world changed does what the person saw, or says what has happened (R30, R43)."""

import pytest

from access_register.headships import first_heads
from access_register.models import RegisterLine
from access_register.register import register
from sharing.door import transferring
from sharing.models import Opening
from tests.access_register import duties, handovers
from tests.access_register.test_first_heads import a_centre, line_of, record
from tests.people import EDUNET, as_batch, asker, client, person
from tests.sharing import glass
from tests.sharing.moves import BECKSIDE, SENDER, day, on_roll
from tests.sharing.test_two_tabs import version_in

pytestmark = pytest.mark.django_db


def test_a_reason_for_one_child_opens_no_other() -> None:
    """R18: who looks for another child in a second tab opens nothing from the first, and keeps the words."""
    one, another, browser = glass.child(), glass.child(forename="Other"), client(glass.FIONA, EDUNET)
    why = {"because": "harm", "reason": "The hospital has called.", "sure": "on"}
    for made in (one, another):
        browser.post("/break-glass/", {"upn": made.upn})
        why.setdefault("version", version_in(browser.get("/break-glass/reason/")))
    refused = browser.post("/break-glass/reason/", why)
    assert (refused.status_code, why["reason"] in refused.text) == (422, True)
    assert "Nothing was opened. Since you opened this page you have opened the record, or looked" in refused.text
    browser.post("/break-glass/", {"upn": one.upn})
    assert browser.post("/break-glass/reason/", why).status_code == 302
    with as_batch():
        assert [*Opening.objects.values_list("pupil", flat=True)] == [one.pk]
    again = browser.post("/break-glass/reason/", why)
    assert (again.status_code, why["reason"] in again.text) == (422, True)


def test_who_takes_back_a_first_head_takes_back_nobody_recorded_since() -> None:
    """R35: a colleague has taken back the wrong person, and recorded the right one."""
    urn, browser, manager = a_centre(), client(duties.MANAGER, EDUNET), asker(duties.MANAGER, EDUNET)
    record(urn)
    pressed = {"version": version_in(browser.get("/community/heads/")), "take_back": "yes"}
    first_heads.take_back_first_head(manager, urn)
    record(urn, name="Right One", email="right@millrace.example")
    refused = browser.post(f"/community/heads/{urn}/", pressed, follow=True)
    assert "Nothing was taken back: Right One was recorded as first head after you had opened" in refused.text
    assert "has been taken back" not in refused.text
    assert line_of(urn).person.name == "Right One"
    browser.post(f"/community/heads/{urn}/", pressed | {"version": version_in(refused)})
    assert urn in [place.urn for place in first_heads.list_without_head(manager).establishments if not place.is_invited]


def test_a_last_day_is_not_replaced_or_removed_by_who_has_not_seen_it() -> None:
    """R5, R8: a colleague has recorded the child's leaving meanwhile. What was typed stays."""
    pupil, browser, colleague = on_roll(), client(SENDER), asker("deputy-beckside")
    left = f"/establishments/{BECKSIDE}/pupils/{pupil.pk}/left/"
    typed = {"last_day": f"{day(5):%d/%m/%Y}", "reason": "NT", "destination": "Oxenby"}

    def version() -> str:
        return version_in(browser.get(left))

    def last_day() -> object:
        return transferring.show_leaving(colleague, BECKSIDE, pupil.pk).stay.ends_on

    seen = version()
    transferring.end_enrolment(colleague, BECKSIDE, pupil.pk, last_day=day(20), reason="EL")
    refused = browser.post(left, typed | {"version": seen})
    assert (refused.status_code, "Somebody changed this while you had the page open." in refused.text) == (422, True)
    assert ('value="Oxenby"' in refused.text, last_day()) == (True, day(20))
    now = typed | {"version": version_in(refused)}
    assert [browser.post(left, now).status_code for _ in range(2)] == [302, 302]
    assert last_day() == day(5)
    seen = version()
    transferring.end_enrolment(colleague, BECKSIDE, pupil.pk, last_day=day(20), reason="EL")
    refused = browser.post(left, {"stays": "yes", "version": seen}, follow=True)
    assert (refused.redirect_chain[-1][0], "Somebody changed this while" in refused.text) == (left, True)
    assert last_day() == day(20)
    browser.post(left, {"stays": "yes", "version": version()})
    assert last_day() is None


def test_a_suspension_is_not_lifted_by_who_has_seen_another() -> None:
    """R35: the absence that the head saw is over, and a colleague has suspended the line for another reason."""
    with as_batch():
        line = RegisterLine.objects.get(person=person("teacher-beckside"), establishment__urn=BECKSIDE).pk
    browser, page, deputy = client(SENDER), f"/establishments/{BECKSIDE}/register/{line}/resume/", asker("deputy-beckside")
    register.suspend_access(deputy, BECKSIDE, line, because="Long absence")
    seen = {"version": version_in(browser.get(page))}
    register.resume_access(deputy, BECKSIDE, line)
    register.suspend_access(deputy, BECKSIDE, line, because="Shared a password")
    refused = browser.post(page, seen)
    assert (refused.status_code, "Someone changed this line while you had it open" in refused.text) == (422, True)
    assert "The line was suspended because: Shared a password." in refused.text
    with as_batch():
        assert RegisterLine.objects.get(pk=line).suspended_at
    assert browser.post(page, {"version": version_in(refused)}).status_code == 302
    with as_batch():
        assert not RegisterLine.objects.get(pk=line).suspended_at


def test_a_new_head_confirms_the_lines_that_the_page_showed() -> None:
    """A10, R35: a line that a colleague has added meanwhile is looked at too."""
    handovers.accepted(on=handovers.today())
    browser, page = client(handovers.DEPUTY), f"/establishments/{BECKSIDE}/register/confirm/"
    seen = {"version": version_in(browser.get(page)), "sure": "on"}
    duties.teaches_too("officer-data", by="business-manager-beckside")
    refused = browser.post(page, seen)
    assert (refused.status_code, person("officer-data").name in refused.text) == (422, True)
    assert "The register was changed while you had this page open" in refused.text
    assert register.show_register(asker(handovers.DEPUTY), BECKSIDE).to_confirm
    now = seen | {"version": version_in(refused)}
    assert [browser.post(page, now).status_code for _ in range(2)] == [302, 302]
    assert not register.show_register(asker(handovers.DEPUTY), BECKSIDE).to_confirm
