"""Sessions: where one is signed in, signing out everywhere, limits, and word of a new device (R13, R38, R44)."""

import re
import smtplib
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from django.test.signals import template_rendered
from django.utils import timezone

from access_register.models import PersonSession
from access_register.sign_in.sessions import device_in_words, forget_old_sign_ins
from sharing import door
from sharing.demo.places import BECKSIDE
from sharing.keys.sealed_sessions import SessionStore
from tests.failing import failing
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, client, visitor
from tests.post import sent
from tests.sign_in.ways import code_now, give_password, with_app, with_password

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0 Mobile Safari/537.36"


def test_one_sees_where_one_is_signed_in() -> None:
    """R13: this browser and the others, and nobody else's."""
    head, other = with_password("head-beckside"), with_password("deputy-beckside")
    here = give_password(head, User_Agent=FIREFOX)
    give_password(head, User_Agent=CHROME)
    give_password(other)
    page = here.get("/account/").content.decode()
    assert "Firefox on Windows (here)" in page
    assert "Chrome on Android" in page
    assert page.count("app-list__item") == 2
    assert "from the address 10.20.0.5" in page


def test_another_secret_key_signs_everybody_out_and_ends_links_that_a_restore_brought_back(settings: Any) -> None:
    """R13: as docs/operators/retention.md has it done. A link works again once the password that it gave is undone."""
    somebody, here = with_password("head-beckside"), client("deputy-beckside")
    visitor().post("/password/reset/", {"email": somebody.email})
    link = re.search(r"/password/reset/\S+/", sent()[-1].body).group()
    assert here.get("/").status_code == 200
    assert visitor().get(link).status_code == 302
    settings.SECRET_KEY = "k" * 60
    assert here.get("/")["location"].startswith("/sign-in/")
    assert "This link no longer works" in visitor().get(link).content.decode()


def test_signing_out_everywhere_ends_every_session_at_this_site_at_once() -> None:
    """R44, R38: and none at the other site, and nobody else's."""
    officer, other = with_password("officer-data"), with_password("officer-admissions")
    here, there = give_password(officer, EDUNET), give_password(officer, EDUNET)
    elsewhere, colleague = give_password(officer, SCHOOLS_ONLINE), give_password(other, EDUNET)
    assert here.post("/account/sign-out-everywhere/")["location"] == "/sign-in/"
    assert [browser.get("/").status_code for browser in (here, there)] == [302, 302]
    assert [browser.get("/").status_code for browser in (elsewhere, colleague)] == [200, 200]
    assert "signed out of EduNet everywhere" in here.get("/sign-in/").content.decode()


def test_signing_out_everywhere_is_no_link() -> None:
    browser = client("head-beckside")
    assert browser.get("/account/sign-out-everywhere/").status_code == 405
    assert browser.get("/").status_code == 200


def test_a_session_that_has_ended_is_not_listed() -> None:
    head = with_password("head-beckside")
    here, there = give_password(head), give_password(head)
    there.post("/sign-out/")
    assert here.get("/account/").content.decode().count("app-list__item") == 1
    give_password(head)
    assert PersonSession.objects.filter(person=head).count() == 2


def test_it_is_forgotten_after_a_year_who_signed_in_when() -> None:
    """R13, P5: and from which address and browser; of a session that has ended, in the next night."""
    head = with_password("head-beckside")
    here, there = give_password(head), give_password(head)
    there.post("/sign-out/")
    first, second = AccessLog.objects.filter(username=head.email).order_by("pk")
    now = timezone.now()
    AccessLog.objects.filter(pk=first.pk).update(attempt_time=now - timedelta(days=366))
    AccessLog.objects.filter(pk=second.pk).update(attempt_time=now - timedelta(days=364))
    with as_batch():
        assert list(forget_old_sign_ins(now)) == ["1 sign-in of more than a year ago forgotten"]
        assert list(forget_old_sign_ins(now)) == []
    assert list(AccessLog.objects.filter(username=head.email)) == [second]
    assert PersonSession.objects.filter(person=head).count() == 1
    assert here.get("/account/").content.decode().count("app-list__item") == 1


def test_a_session_that_ran_out_is_deleted_by_night_with_what_it_held() -> None:
    """R13, P5: nobody signed out; `clearsessions`, which a crontab could forget, did it alone."""
    head = with_password("head-beckside")
    give_password(head)
    give_password(head)
    mine, now = PersonSession.objects.filter(person=head).order_by("began_at", "pk"), timezone.now()
    ran_out, runs = mine.values_list("session_key", flat=True)
    Session.objects.filter(pk=ran_out).update(expire_date=now)
    with as_batch():
        assert list(forget_old_sign_ins(now)) == []
    assert list(Session.objects.filter(pk__in=[ran_out, runs]).values_list("pk", flat=True)) == [runs]
    assert [one.session_key for one in mine.all()] == [runs]


def test_a_bad_try_is_forgotten_in_the_night_after_it() -> None:
    """R13, P5: whose it was and from which address; while it may lock somebody out, it stays."""
    for typed in ("ruth.oldroyd@beckside.example", "nobody@beckside.example"):
        visitor().post("/sign-in/", {"login": typed, "password": "not it"})
    tries, now = AccessAttempt.objects.order_by("pk"), timezone.now()
    assert tries.count() == 2
    tries.filter(username="nobody@beckside.example").update(attempt_time=now - timedelta(minutes=16))
    with as_batch():
        assert list(forget_old_sign_ins(now)) == []
    assert [one.username for one in tries] == ["ruth.oldroyd@beckside.example"]


@pytest.mark.parametrize("state", ["55P03", "57014", "53100"])
def test_a_page_does_not_deny_what_it_did_where_its_session_cannot_be_stored(state: str) -> None:
    """R30: it said that nobody understood what was sent, and to go back. Only the word that it is done is lost."""
    browser, groups = client("head-beckside"), f"/establishments/{BECKSIDE}/groups/"
    with failing('UPDATE "django_session" SET "session_data"', state=state):
        answer = browser.post(f"{groups}add/", {"name": "Readers", "kind": "hand"})
    assert answer.status_code == 302
    assert "Readers" in browser.get(groups).content.decode()


@pytest.mark.parametrize("state", ["55P03", "57014", "53100"])
def test_who_signs_out_is_signed_out_where_the_next_pages_session_cannot_be_made(state: str) -> None:
    """R13, R30: it is made for the word that one has signed out. Without it the page was a 500, and denied it."""
    browser = client("head-beckside")
    with failing('INSERT INTO "django_session"', state=state):
        answer = browser.post("/sign-out/")
    assert answer.status_code == 302
    assert browser.get("/")["location"].startswith("/sign-in/")


def test_what_was_done_is_done_if_one_is_signed_out_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """R44, R30: and the session that was ended stays ended."""
    browser = client("head-beckside")
    make = door.make_own_group

    def signed_out_meanwhile(*given: Any, **typed: Any) -> int:
        Session.objects.all().delete()
        return make(*given, **typed)

    monkeypatch.setattr(door, "make_own_group", signed_out_meanwhile)
    answer = browser.post(f"/establishments/{BECKSIDE}/groups/add/", {"name": "Readers", "kind": "hand"})
    assert answer.status_code == 302
    assert browser.get(answer["location"])["location"].startswith("/sign-in/")
    assert "Readers" in client("head-beckside").get(f"/establishments/{BECKSIDE}/groups/").content.decode()


@pytest.mark.parametrize("site", [SCHOOLS_ONLINE, EDUNET])
def test_ten_hours_are_the_limit_however_busy_one_is(site) -> None:
    """R13: the absolute limit; use every 20 minutes keeps a session from idling out, not from ending."""
    browser = client("officer-data", site)
    began = timezone.now()
    for minutes in range(20, 10 * 60, 20):
        with time_machine.travel(began + timedelta(minutes=minutes)):
            assert browser.get("/").status_code == 200, minutes
    with time_machine.travel(began + timedelta(minutes=601)):
        assert browser.get("/").status_code == 302
    assert browser.get("/").status_code == 302


def test_half_an_hour_without_use_ends_a_session() -> None:
    """R13: of a browser that is left open too; closed, it keeps nothing."""
    browser = give_password(with_password("head-beckside"))
    assert not browser.cookies["schools_online_session"]["max-age"]
    began = timezone.now()
    with time_machine.travel(began + timedelta(minutes=29)):
        assert browser.get("/").status_code == 200
    with time_machine.travel(began + timedelta(minutes=29 + 31)):
        assert browser.get("/").status_code == 302


@pytest.mark.parametrize("slug", ["head-beckside", "teacher-not-accepted"])
def test_staying_signed_in_renews_the_use_and_not_the_limit(slug: str) -> None:
    """R13, R30: what the warning's button sends, also from the protocol's page; a stranger has nothing to renew."""
    browser, began = client(slug), timezone.now()
    for minutes in range(0, 10 * 60, 29):
        with time_machine.travel(began + timedelta(minutes=minutes)):
            assert browser.post("/account/stay-signed-in/").status_code == 204, minutes
    with time_machine.travel(began + timedelta(minutes=590)):
        page = browser.get("/", follow=True).content.decode()
    assert 'data-idle="1740"' in page  # of the half hour, less the minute in which use is not written down
    assert 590 <= int(page.split('data-limit="')[1].split('"')[0]) <= 600
    with time_machine.travel(began + timedelta(minutes=601)):
        assert browser.post("/account/stay-signed-in/").status_code == 302
    assert "data-session-ends" not in browser.get("/sign-in/").content.decode()


def test_use_is_written_down_at_most_once_a_minute() -> None:
    """R13: within half an hour of the last page it ends, and a page soon after another writes nothing."""
    browser = client("head-beckside")
    browser.get("/account/")
    ends = [Session.objects.get().expire_date]
    for seconds in (50, 70, 100):
        with time_machine.travel(ends[0] - timedelta(minutes=30) + timedelta(seconds=seconds)):
            browser.get("/account/")
            ends.append(Session.objects.get().expire_date)
    first, soon, later, soon_after = ends
    assert soon == first
    assert timedelta(seconds=70) <= later - first < timedelta(seconds=80)
    assert soon_after == later


def test_a_page_that_only_reads_takes_back_nothing_that_another_page_notes() -> None:
    """Two tabs: one is still being written when the other one's form is received."""
    browser = client("head-beckside")
    browser.get("/")
    key = browser.cookies["schools_online_session"].value

    def in_another_tab(**kwargs: object) -> None:
        other = SessionStore(key)
        other["noted"] = "in the other tab"
        other.save()

    template_rendered.connect(in_another_tab)
    try:
        assert browser.get("/").status_code == 200
    finally:
        template_rendered.disconnect(in_another_tab)
    assert SessionStore(key)["noted"] == "in the other tab"


def test_a_form_that_came_too_late_leads_back_to_its_page() -> None:
    """R30: not to the form's own address, which may be no page; and never to another site's."""
    browser, form = visitor(), f"/establishments/{BECKSIDE}/challenges/1/pass-on/"
    here = "http://schools-online.localhost/establishments/?kind=primary#list"
    for referer, back in ((here, "/establishments/%3Fkind%3Dprimary"), ("http://elsewhere.example/", form), ("", form)):
        assert browser.post(form, headers={"referer": referer})["location"] == f"/sign-in/?next={back}"
    assert browser.get(form, headers={"referer": here})["location"] == f"/sign-in/?next={form}"


def test_a_signed_in_session_that_does_not_say_since_when_has_ended() -> None:
    """R13: unknown counts as too long."""
    browser = client("head-beckside")
    session = SessionStore(browser.cookies["schools_online_session"].value)
    del session["began_at"]
    session.save()
    assert browser.get("/").status_code == 302


@pytest.mark.parametrize("spoiled", ["", "x", "not of this portal", "eyJhIjoiYiJ9:1w:x", "AAAA"])
def test_a_session_that_cannot_be_opened_has_ended(spoiled: str) -> None:
    """R13: one that was stored in clear before, or changed in the table: its person signs in once more."""
    browser = client("head-beckside")
    assert browser.get("/").status_code == 200
    Session.objects.update(session_data=spoiled)
    assert browser.get("/").status_code == 302


def test_who_reads_the_tables_is_signed_in_as_nobody() -> None:
    """R13: not with what a backup, a replica or a stolen login of the database shows of sessions that run."""
    head = with_app("head-beckside")
    browser = give_password(head)
    browser.post("/sign-in/code/", {"code": code_now()})
    assert browser.get("/").status_code == 200
    kept = {*Session.objects.values_list("pk", flat=True), *PersonSession.objects.values_list("session_key", flat=True)}
    assert kept
    for key in kept:
        thief = visitor()
        thief.cookies["schools_online_session"] = key
        assert thief.get("/").status_code == 302


def test_a_new_device_is_told_by_e_mail_and_a_known_one_is_not(settings) -> None:
    """R13: in words, in text and HTML, to the person, without a child's data."""
    settings.SESSION_COOKIE_SECURE = True
    head = with_password("head-beckside")
    browser = give_password(head, User_Agent=FIREFOX)
    (message,) = sent()
    assert (message.to, message.subject) == ([head.email], "You signed in on a new device")
    assert "Device: Firefox on Windows" in message.body
    assert "From the address: 10.20.0.5" in message.body
    assert message.alternatives[0].mimetype == "text/html"
    assert "Firefox on Windows" in message.alternatives[0].content
    known = browser.cookies["schools_online_device"]
    assert (known["secure"], known["httponly"]) == (True, True)
    browser.post("/sign-out/")
    give_password(head, browser=browser, User_Agent=FIREFOX)
    assert len(sent()) == 1
    give_password(head, User_Agent=CHROME)
    assert len(sent()) == 2


def test_a_device_is_known_for_each_person_and_each_site_by_itself() -> None:
    """R38."""
    head, deputy, officer = (with_password(slug) for slug in ("head-beckside", "deputy-beckside", "officer-data"))
    browser = give_password(head)
    browser.post("/sign-out/")
    give_password(deputy, browser=browser)
    assert [message.to for message in sent()] == [[head.email], [deputy.email]]
    browser.post("/sign-out/")
    give_password(head, browser=browser)
    assert len(sent()) == 2
    there = visitor(EDUNET)
    there.cookies["edunet_device"] = browser.cookies["schools_online_device"].value
    give_password(officer, browser=there)
    assert len(sent()) == 3


def test_a_device_cannot_make_itself_known() -> None:
    head = with_password("head-beckside")
    browser = visitor()
    browser.cookies["schools_online_device"] = f"[{head.pk}]"
    give_password(head, browser=browser)
    assert len(sent()) == 1


def test_a_mail_server_that_is_down_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*args: object, **kwargs: object) -> None:
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr("django.core.mail.message.EmailMessage.send", down)
    assert give_password(with_password("head-beckside")).get("/").status_code == 200


@pytest.mark.parametrize(
    ("said", "words"),
    [(FIREFOX, "Firefox on Windows"), (CHROME, "Chrome on Android"), ("curl/8", "A browser"), ("", "A browser")],
)
def test_devices_in_words(said: str, words: str, rf) -> None:
    assert device_in_words(rf.get("/", headers={"User-Agent": said})) == words
