"""A page that was left open while the world changed does what the person saw, or says what has happened (R30, R43)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.client import ClientHandler
from django.urls import ResolverMatch, reverse

from access_register.headships import first_heads
from access_register.headships import handovers as headships
from access_register.models import RegisterLine
from access_register.officers import officers
from access_register.participation import participation
from access_register.register import register
from portal.templatetags.typed import words_typed
from sharing import door
from sharing.authorise import Through
from sharing.door import misuse, transferring, unusual
from sharing.door.own_groups import Wanted
from sharing.door.support import NewOffer
from sharing.models import Enrolment, LedgerEntry, Opening, OwnGroupMember
from tests.access_register import duties, handovers
from tests.access_register.test_first_heads import a_centre, line_of, record
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person, visitor
from tests.sharing import challenges, glass
from tests.sharing.moves import BECKSIDE, RAVENSGILL, SENDER, day, on_roll
from tests.sharing.test_two_tabs import version_in
from tests.sharing.test_unusual import pattern

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
    assert "Nothing was opened. Since you opened this page you have looked for another child." in refused.text
    browser.post("/break-glass/", {"upn": one.upn})
    assert browser.post("/break-glass/reason/", why).status_code == 302
    with as_batch():
        assert [*Opening.objects.values_list("pupil", flat=True)] == [one.pk]
    again = browser.post("/break-glass/reason/", why)  # sent twice
    assert (again.status_code, why["reason"] in again.text) == (422, True)
    assert "You may have opened the record already: see the records you have opened." in again.text
    assert "Nothing was opened." not in again.text


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
    with as_batch():  # R43: what was sent twice is recorded once
        told = LedgerEntry.objects.filter(action="end_enrolment", person_id=person(SENDER).pk).order_by("id")
        assert list(told.values_list("outcome", flat=True)) == ["changed", "shown"]
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
    browser, page, deputy = (
        client(SENDER),
        f"/establishments/{BECKSIDE}/register/{line}/resume/",
        asker("deputy-beckside"),
    )
    register.suspend_access(deputy, BECKSIDE, line, because="Long absence")
    seen = {"version": version_in(browser.get(page))}
    register.resume_access(deputy, BECKSIDE, line)
    register.suspend_access(deputy, BECKSIDE, line, because="Shared a password")
    refused = browser.post(page, seen)
    assert (refused.status_code, "Someone changed this line while you had it open" in refused.text) == (422, True)
    assert "The line was suspended because: Shared a password</p>" in refused.text
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


def test_an_opening_is_not_marked_over_a_mark_or_an_explanation_that_nobody_saw() -> None:
    """R18: what a second information manager asked stays asked, and what the officer said is read first."""
    opening, second = glass.break_it(glass.child()).pk, duties.second_manager()
    browser, page = client(duties.MANAGER, EDUNET), f"/establishments/{BECKSIDE}/opened-records/"
    mark = reverse("mark_opening", args=[BECKSIDE, opening], urlconf="portal.urls.edunet")

    def marked() -> str:
        with as_batch():
            return Opening.objects.get(pk=opening).manager_mark

    seen = {"version": version_in(browser.get(page)), "mark": "explained"}
    door.mark_opening(asker(second, EDUNET), BECKSIDE, opening, mark="asked")
    assert "while you had the page open, somebody marked this opening" in browser.post(mark, seen, follow=True).text
    assert marked() == "asked"
    seen = {"version": version_in(browser.get(page)), "mark": "explained"}
    door.explain_opening(asker(glass.FIONA, EDUNET), opening, text="I had a call.")
    assert "or the officer explained it" in browser.post(mark, seen, follow=True).text
    assert marked() == "answered"
    for _ in range(2):
        said = browser.post(mark, seen | {"version": version_in(browser.get(page))}, follow=True)
        assert "It is marked as explained." in said.text


def test_a_group_says_who_of_the_ticked_children_has_gone() -> None:
    """It said that the group was changed, although nobody was added."""
    group = door.make_own_group(asker(SENDER), BECKSIDE, Wanted("By hand", "hand"))
    stays, goes, browser = on_roll(), on_roll(), client(SENDER)
    with as_batch():
        Enrolment.objects.filter(pupil=goes).update(starts_on=day(-9), ends_on=day(-1))
    page = reverse("own_group_members", args=[BECKSIDE, group], urlconf="portal.urls.schools_online")

    def said(*ticked: object) -> list[str]:
        answer = browser.post(page, {"put_in": [str(one) for one in ticked]}, follow=True)
        return [str(one) for one in answer.context["messages"]]

    left_out = "1 of the children you ticked is no longer on your register, and was left out."
    assert said(goes.pk) == [left_out]
    assert said(goes.pk, stays.pk) == [left_out, "The group is changed."]
    with as_batch():
        assert [*OwnGroupMember.objects.filter(group=group).values_list("pupil", flat=True)] == [stays.pk]


def test_who_leaves_or_joins_the_protocol_after_another_did_is_told() -> None:
    """R16: they were led back without a word."""
    browser, here = client(SENDER), f"/establishments/{BECKSIDE}/participation"
    assert "already takes part in the protocol." in browser.post(f"{here}/sign-up/", {"sure": "on"}, follow=True).text
    participation.leave_protocol(asker(SENDER), BECKSIDE, because="A test")
    told = browser.post(f"{here}/leave/", {"because": "A reason", "sure": "on"}, follow=True)
    assert "does not take part in the protocol, so there is nothing to leave." in told.text


def a_note() -> HttpResponse:
    """The duty has ended."""
    duty, browser = duties.give(), client(duties.FIONA, EDUNET)
    officers.end_duty(asker(duties.MANAGER, EDUNET), duty.appointment_id, duty.pk)
    return browser.post(f"/establishments/{BECKSIDE}/visit/", {"text": WORDS})


def a_request_for_support() -> HttpResponse:
    """The offer has been withdrawn."""
    other, wish = asker("head-ravensgill"), NewOffer("maths", "We do sums.", "All", "Ask.", day(9))
    offer = door.publish_offer(other, RAVENSGILL, wish=wish)
    door.withdraw_offer(other, RAVENSGILL, offer)
    page = reverse("ask_for_support", args=[BECKSIDE, offer], urlconf="portal.urls.schools_online")
    return client(SENDER).post(page, {"words": WORDS})


def a_report_of_misuse() -> HttpResponse:
    """It has been closed in another tab."""
    number = misuse.report_misuse(asker(SENDER), "school-finder", form_key=uuid4(), happened="A table")
    misuse.close_misuse_report(asker("officer-data", EDUNET), number, outcome="no_misuse", answer="None")
    page = reverse("close_misuse", args=[number], urlconf="portal.urls.edunet")
    return client("officer-data", EDUNET).post(page, {"outcome": "no_misuse", "answer": WORDS})


def an_unusual_pattern() -> HttpResponse:
    """It has been settled in another tab."""
    found = pattern().pk
    unusual.explain_pattern(asker(SENDER), found, reason="A trip")
    return client(SENDER).post(f"/unusual-patterns/{found}/", {"outcome": "explain", "reason": WORDS})


def a_challenge_taken_back() -> HttpResponse:
    """It has been answered."""
    challenge = challenges.raised(challenges.child())
    door.answer_challenge(asker(SENDER), BECKSIDE, challenge, outcome="corrected", answer="It is right now.")
    page = reverse("take_back_challenge", args=[BECKSIDE, challenge], urlconf="portal.urls.schools_online")
    return client(challenges.TEACHER).post(page, {"because": WORDS})


WORDS = "What somebody wrote for an hour"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (a_note, 403),
        (a_request_for_support, 404),
        (a_report_of_misuse, 200),
        (an_unusual_pattern, 200),
        (a_challenge_taken_back, 200),
    ],
)
def test_what_was_typed_is_there_to_be_copied(sent: Callable[[], HttpResponse], status: int) -> None:
    """R30: where a form can no longer be saved, and says why."""
    page = sent()
    assert (page.status_code, f'<div class="govuk-inset-text">{WORDS}</div>' in page.text) == (status, True)


def test_no_password_is_shown_and_nothing_of_one_word() -> None:
    request = RequestFactory().post("/", {"password1": "my long pass phrase", "version": "7", "text": " two words "})
    request.resolver_match, request.asker = ResolverMatch(print, (), {}), asker(SENDER)
    assert words_typed(request) == [" two words "]


@pytest.mark.parametrize("page", ["/no-such-page/", f"/establishments/{BECKSIDE}/pupils/{UUID(int=1)}/left/"])
def test_words_that_another_website_sends_are_not_shown_as_ours(page: str) -> None:
    """A form elsewhere could speak in our name. Django asks whose form it is only for addresses that there are."""
    words = {"because": "Ring this number and say your password"}
    for browser in (visitor(SCHOOLS_ONLINE), client(SENDER)):
        browser.handler = ClientHandler(enforce_csrf_checks=True)
        assert words["because"] not in browser.post(page, words, follow=True).text


def test_a_page_that_is_not_there_is_not_there_for_a_long_form_either(settings: Any) -> None:
    """What was sent is not read for the page that says so: reading it can fail."""
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    assert client(SENDER).post("/no-such-page/", {"text": WORDS}).status_code == 404


def test_who_verifies_or_accepts_a_handover_that_is_over_is_told() -> None:
    """R32: they read only that there is no such page."""
    cancelled = handovers.verified()
    headships.cancel_handover(asker(SENDER), cancelled)
    officer, deputy = client(handovers.OFFICER, EDUNET), client(handovers.DEPUTY)
    told = "This handover was cancelled, or its day passed before all had agreed. There is nothing left to do."
    assert told in officer.post(f"/handovers/{cancelled}/verify/", follow=True).text
    for sent in ({"sure": "on"}, {"decline": "yes"}):
        assert told in deputy.post(f"/headship/{cancelled}/", sent, follow=True).text
    assert told in deputy.get(f"/headship/{cancelled}/", follow=True).text
    done = handovers.accepted(on=handovers.today())
    headships.carry_out(handovers.today())
    told = "This handover has happened. There is nothing left to do."
    assert told in deputy.post(f"/headship/{done}/", {"decline": "yes"}, follow=True).text
    assert client("teacher-beckside").post(f"/headship/{done}/", {"sure": "on"}).status_code == 404


@pytest.mark.parametrize(
    ("slug", "site", "page"),
    [
        (SENDER, SCHOOLS_ONLINE, f"/establishments/{BECKSIDE}/register/staff/check/"),
        (duties.MANAGER, EDUNET, "/community/heads/list/check/"),
    ],
)
def test_who_applies_a_list_that_was_applied_in_another_tab_is_told(slug: str, site: Through, page: str) -> None:
    """They were led to the form for another list, without a word."""
    said = client(slug, site).post(page, {"seal": "x"}, follow=True)
    assert "This list no longer waits here: it has been applied or discarded." in said.text
