"""Officers' pages that were left open while the world changed (R30, R43). Those of others: tests/sharing."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from access_register.breaches import steps
from access_register.casework import orders
from sharing import door
from sharing.demo.places import AMBERSTONE
from sharing.door import localities
from sharing.models import Locality, LocalityMembership, VisitNote
from tests.access_register import breaches, casework, duties
from tests.measures import releases
from tests.measures.test_stopped_releases import out
from tests.people import EDUNET, as_batch, asker, client, person
from tests.sharing import advising, closings
from tests.sharing.moves import RAVENSGILL
from tests.sharing.test_two_tabs import version_in

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def test_a_case_is_referred_against_those_whom_the_page_named() -> None:
    """R20: they are told by email, and nobody can undo it. What was typed stays."""
    number, browser = breaches.report(asker("governor-beckside")), client(duties.MANAGER, EDUNET)
    steps.name_concerned(breaches.manager(), number, sort="person", target=person("teacher-beckside").pk)
    page = f"/breaches/{number}/refer/"
    typed = {"is_personal": "yes", "severity": "risk", "refers": "yes", "words": "It is to be judged."}
    seen = {"version": version_in(browser.get(page))}
    steps.name_concerned(breaches.manager(), number, sort="person", target=person("deputy-beckside").pk)
    refused = browser.post(page, typed | seen)
    assert (refused.status_code, "Somebody changed who the case is against" in refused.text) == (422, True)
    assert (person("deputy-beckside").name in refused.text, typed["words"] in refused.text) == (True, True)
    assert "refer" in breaches.case(number, duties.MANAGER).may
    assert browser.post(page, typed | {"version": version_in(refused)}).status_code == 302


def test_nobody_takes_down_advice_that_was_corrected_meanwhile() -> None:
    """R37: to put it up again takes two officers."""
    page = advising.published()
    browser = client(advising.WRITER, EDUNET)
    typed = {"because": "It is wrong", "version": advising.edits(page)}
    assert f'name="version" value="{typed["version"]}"' in browser.get(f"/advice/{page}/").text
    advising.changed(page, "Counting days", text="It is right now.", by=advising.SECOND, agreed=advising.THIRD)
    refused = browser.post(f"/advice/{page}/take-down/", typed)
    assert (refused.status_code, "in the meantime. Look at it again." in refused.text) == (422, True)
    assert advising.status(advising.address(page)) == {200}
    browser.post(f"/advice/{page}/take-down/", typed | {"version": advising.edits(page)})
    assert advising.status(advising.address(page)) == {404}


def test_a_centre_keeps_a_last_day_that_nobody_saw() -> None:
    """A2: a colleague has reopened it, and recorded another last day."""
    manager, browser = asker(duties.MANAGER, EDUNET), client(duties.MANAGER, EDUNET)
    page = f"/community/centres/{AMBERSTONE}/open/"
    door.close_centre(manager, AMBERSTONE, last_day=TODAY + timedelta(9))
    typed = {"reason": "A slip", "version": version_in(browser.get(page))}
    door.reopen_centre(manager, AMBERSTONE, because="A slip")
    door.close_centre(manager, AMBERSTONE, last_day=TODAY + timedelta(30))
    refused = browser.post(page, typed)
    assert (refused.status_code, "Somebody changed this day while you had it open" in refused.text) == (422, True)
    assert door.show_reopening_centre(manager, AMBERSTONE).last_day == TODAY + timedelta(30)
    assert browser.post(page, typed | {"version": version_in(refused)}).status_code == 302


def test_what_has_ended_is_not_said_to_be_agreed_to() -> None:
    """R18: it said that the child stays closed, and that the override is authorised."""
    made, second = closings.child(), closings.second_manager()
    closing, manager = closings.close(made).pk, asker(duties.MANAGER, EDUNET)
    agree = f"/closed-children/{closing}/agree/"
    assert client(second, EDUNET).post(agree).status_code == 302
    door.end_closing(manager, closing)
    assert client(second, EDUNET).post(agree).status_code == 404
    order = casework.order(closings.child())
    authorise = f"/legal-overrides/{order}/authorise/"
    assert client(casework.AUTHORISER, EDUNET).post(authorise).status_code == 302
    orders.end_order(manager, order)
    assert client(casework.AUTHORISER, EDUNET).post(authorise).status_code == 404


def test_what_was_typed_for_a_step_that_is_over_is_there_to_be_copied() -> None:
    """R30: of a move, of a release and of advice. The form that it was typed into is gone."""
    words = "What somebody wrote for an hour"
    shown = f'<div class="govuk-inset-text">{words}</div>'
    manager = asker(duties.MANAGER, EDUNET)
    with as_batch():
        there = LocalityMembership.objects.get(establishment__urn=RAVENSGILL, ends_on=None).locality_id
        other = Locality.objects.exclude(pk=there).earliest("pk").pk
    localities.move_establishment(manager, RAVENSGILL, locality=other, on=TODAY + timedelta(9), reason="Nearer")
    on = f"{TODAY + timedelta(5):%d/%m/%Y}"
    moving = reverse("moving", args=[RAVENSGILL], urlconf="portal.urls.edunet")
    moved = client(duties.MANAGER, EDUNET).post(moving, {"locality": other, "on": on, "reason": words})
    release = releases.prepared().pk
    door.withdraw_release(releases.officer(), release, because="A slip")
    put_off = client(releases.DATA, EDUNET).post(f"/releases/{release}/postpone/", {"because": words})
    page = advising.asked()
    back = {"because": words, "version": advising.edits(page)}
    door.agree_advice(advising.officer(advising.SECOND), page, edits=advising.edits(page))
    handed = client(advising.THIRD, EDUNET).post(f"/advice/{page}/hand-back/", back)
    assert [(answer.status_code, shown in answer.text) for answer in (moved, put_off, handed)] == [(422, True)] * 3


def test_an_older_page_of_a_note_does_not_replace_what_was_written_since() -> None:
    """In another tab, by the same officer."""
    duties.give()
    fiona, browser = asker(duties.FIONA, EDUNET), client(duties.FIONA, EDUNET)
    door.write_note(fiona, breaches.BECKSIDE, text="Ask about reading", for_head=False)
    with as_batch():
        note = VisitNote.objects.latest("pk").pk
    page = reverse("change_note", args=[breaches.BECKSIDE, note], urlconf="portal.urls.edunet")
    typed = {"text": "Ask about maths", "version": version_in(browser.get(page))}
    door.change_note(fiona, breaches.BECKSIDE, note, text="Ask about reading, and why", for_head=False)
    refused = browser.post(page, typed)
    assert (refused.status_code, "You have changed this note since" in refused.text) == (422, True)
    assert (typed["text"] in refused.text, door.show_note(fiona, breaches.BECKSIDE, note).note.text) == (
        True,
        "Ask about reading, and why",
    )
    now = typed | {"version": version_in(refused)}
    assert [browser.post(page, now).status_code for _ in range(2)] == [302, 302]


def test_figures_stopped_for_another_reason_since_stay_stopped() -> None:
    """R11, R22: a third manager has shown them again, and the first has found a child in them."""
    release, first = out(), asker(duties.MANAGER, EDUNET)
    second, third = duties.second_manager(), duties.second_manager("officer-admissions")
    browser, page = client(second, EDUNET), f"/calendar/ks2/{release.pk}/"
    door.stop_release(first, release.pk, because="Perhaps wrong")
    seen = {"version": version_in(browser.get(page))}
    door.show_release_again(asker(third, EDUNET), release.pk)
    door.stop_release(first, release.pk, because="A child can be found")
    refused = browser.post(f"{page}show-again/", seen, follow=True)
    assert "Somebody has stopped these figures, or shown them again, in the meantime" in refused.text
    assert releases.state(release) == "stopped"
    browser.post(f"{page}show-again/", {"version": version_in(refused)})
    assert releases.state(release) == "scheduled"
