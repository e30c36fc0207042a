"""No page with pupil or staff data, and no register, before a second factor (R13, R44)."""

import json
import re
import time
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import flows
from allauth.mfa.totp.internal.auth import TOTP
from axes.models import AccessAttempt
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from access_register.models import Person
from access_register.register import register
from sharing import door
from sharing.authorise import Asker, NeedsConfirmation, NeedsSecondFactor, NotAtYourLevel, NotYourEstablishment
from sharing.models import LedgerEntry
from tests.failing import failing
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, as_owner, chooses_purpose, client, person, visitor
from tests.post import posting, sent
from tests.sign_in.ways import PASSWORD, SECRET, code_now, factors, give_password, with_app, with_password

pytestmark = pytest.mark.django_db
BECKSIDE = 999002
HERE = f"/establishments/{BECKSIDE}"


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's transaction never commits, so what waits for the commit is done at once."""
    monkeypatch.setattr("django.db.transaction.on_commit", lambda do, *args, **kwargs: do())


def last_ledger_row() -> tuple:
    with as_batch():
        return LedgerEntry.objects.order_by("-id").values_list("action", "outcome", "about")[0]


@pytest.mark.parametrize("page", ["pupils", "staff", "register", "register/add"])
def test_a_password_alone_opens_no_data_about_people(page: str) -> None:
    """R13: the head is asked to set up a second factor, and nothing is shown; the establishment's page is."""
    browser = give_password(with_password("head-beckside"))
    assert browser.get(f"{HERE}/").status_code == 200
    refused = browser.get(f"{HERE}/{page}/")
    assert (refused.status_code, refused["location"]) == (302, "/account/second-factor/")
    assert last_ledger_row()[1:] == ("refused", {"why": "NeedsSecondFactor"})
    assert "One more step" in browser.get("/account/second-factor/").content.decode()


def test_an_officer_needs_one_too() -> None:
    """R13, R38: on EduNet alike."""
    browser = give_password(with_password("officer-data"), EDUNET)
    assert browser.get(f"{HERE}/").status_code == 200
    for page in ("pupils", "staff"):
        assert browser.get(f"{HERE}/{page}/")["location"] == "/account/second-factor/"


def test_the_question_tells_nothing_to_people_who_may_not_come_in() -> None:
    """R6, R33: a stranger is a stranger and too low a level is too low, second factor or not."""
    governor, stranger = (give_password(with_password(slug)) for slug in ("governor-beckside", "head-ravensgill"))
    assert governor.get(f"{HERE}/pupils/").status_code == 403
    assert stranger.get(f"{HERE}/pupils/").status_code == 404


def test_the_door_itself_refuses() -> None:
    """R13, R45: whatever page asks, and who does not say is taken to have none."""
    head = person("head-beckside")
    plain = Asker(head.pk, head.name, SCHOOLS_ONLINE)
    for ask in (door.list_pupils, door.list_staff, register.show_register):
        with pytest.raises(NeedsSecondFactor):
            ask(plain, BECKSIDE)
    assert door.show_establishment(plain, BECKSIDE)
    governor = person("governor-beckside")
    with pytest.raises(NotAtYourLevel):
        door.list_pupils(Asker(governor.pk, governor.name, SCHOOLS_ONLINE), BECKSIDE)
    with pytest.raises(NotYourEstablishment):
        door.list_pupils(plain, 999003)


def test_a_change_of_the_register_needs_a_confirmation_and_leaves_nothing_behind() -> None:
    """R13: what was written before the question is rolled back, and the refusal is in the ledger."""
    head = person("head-beckside")
    stale = Asker(head.pk, head.name, SCHOOLS_ONLINE, second_factor=True)
    before = len(register.show_register(stale, BECKSIDE).lines)
    with pytest.raises(NeedsConfirmation):
        register.give_access(stale, BECKSIDE, name="New Person", email="new@beckside.example", entry=register.Entry())
    assert last_ledger_row() == ("give_access", "refused", {"why": "NeedsConfirmation"})
    assert len(register.show_register(stale, BECKSIDE).lines) == before
    assert not Person.objects.filter(email="new@beckside.example").exists()


def test_setting_up_an_app_opens_the_page_that_was_wanted(at_once: None) -> None:
    """R13: set up once, recovery codes shown, and back to where one was going."""
    head = with_password("head-beckside")
    browser = give_password(head)
    browser.get(f"{HERE}/pupils/")
    page = browser.get("/account/app/").content.decode()
    secret = re.search(r'<code class="app-key">(\w+)</code>', page).group(1)
    assert "<svg" in page
    wrong = browser.post("/account/app/", {"code": "000000"})
    assert "That code is wrong" in wrong.content.decode()
    done = browser.post("/account/app/", {"code": code_now(secret)})
    assert done["location"] == "/account/recovery-codes/"
    codes = re.findall(r"<code>(\d{8})</code>", browser.get("/account/recovery-codes/").content.decode())
    assert len(set(codes)) == 10
    assert browser.get("/account/second-factor/")["location"] == f"{HERE}/pupils/"
    assert browser.get(f"{HERE}/pupils/").status_code == 200
    assert "An authenticator app was set up" in [message.subject for message in sent()]


def test_of_two_clicks_at_once_the_second_is_led_on_as_the_first(
    at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R13, R30: the other one's app is on record when this one's would be."""
    browser, then = give_password(with_password("head-beckside")), flows.activate_totp
    secret = re.search(r'app-key">(\w+)<', browser.get("/account/app/").content.decode()).group(1)
    monkeypatch.setattr(flows, "activate_totp", lambda *given: then(*given) and then(*given))
    done = browser.post("/account/app/", {"code": code_now(secret)})
    assert done["location"] == "/account/recovery-codes/"


def test_no_secret_is_stored_in_clear(at_once: None) -> None:
    """R13: neither the app's key nor the seed of the recovery codes can be read in a dump."""
    head = with_password("head-beckside")
    browser = give_password(head)
    secret = re.search(r'app-key">(\w+)<', browser.get("/account/app/").content.decode()).group(1)
    browser.post("/account/app/", {"code": code_now(secret)})
    assert factors(head) == {"totp", "recovery_codes"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT type, data FROM mfa_authenticator WHERE user_id = %s", [head.pk])
        stored = {kind: json.loads(data) if isinstance(data, str) else data for kind, data in cursor.fetchall()}
    assert secret not in str(stored)
    app = Authenticator.objects.get(user_id=head.pk, type="totp")
    assert app.wrap().validate_code(code_now(secret, ahead=1))
    assert not re.fullmatch(r"[0-9a-f]{80}", stored["recovery_codes"]["seed"])


def test_with_an_app_the_password_is_half_of_signing_in() -> None:
    """R13: a code of a minute ago is too old; what is kept of a bad try does not tell the code that was typed."""
    browser = give_password(with_app("head-beckside"))
    assert browser.get(f"{HERE}/").status_code == 302
    for wrong in ("000000", code_now(ahead=-2)):
        assert "That code is wrong" in browser.post("/sign-in/code/", {"code": wrong}).content.decode()
    assert wrong not in str(AccessAttempt.objects.get().post_data)
    assert browser.post("/sign-in/code/", {"code": code_now()}).status_code == 302
    assert browser.get(f"{HERE}/pupils/").status_code == 200


def test_a_new_password_ends_a_sign_in_that_waits_for_its_code() -> None:
    """R13: whoever knows the old password, and has a code, does not finish what they began before."""
    head = with_app("head-beckside")
    browser = give_password(head)
    with as_owner():
        head.set_password("another long pass phrase")
        head.save(update_fields=["password"])
    page = browser.post("/sign-in/code/", {"code": code_now()}, follow=True)
    assert page.redirect_chain == [("/sign-in/", 302)]
    assert "Your password has been changed in the meantime" in page.content.decode()
    assert browser.get(f"{HERE}/").status_code == 302


def test_a_code_works_once() -> None:
    """R13: somebody who looked over the shoulder comes too late, also at another worker."""
    head = with_app("head-beckside")
    code = code_now()
    assert give_password(head).post("/sign-in/code/", {"code": code}).status_code == 302
    assert "That code is wrong" in give_password(head).post("/sign-in/code/", {"code": code}).content.decode()


def test_a_code_works_once_for_as_long_as_it_is_taken() -> None:
    """R13: half a minute more than it is shown, for telephones whose clocks are late."""
    head = with_app("head-beckside")
    with time_machine.travel(time.time() // 30 * 30) as clock:
        code = code_now()
        assert give_password(head).post("/sign-in/code/", {"code": code}).status_code == 302
        clock.shift(timedelta(seconds=40))
        assert "That code is wrong" in give_password(head).post("/sign-in/code/", {"code": code}).content.decode()


def test_recovery_codes_alone_are_no_second_factor() -> None:
    """R13: whoever has nothing else is led to set one up."""
    head = with_password("head-beckside")
    RecoveryCodes.activate(head)
    assert give_password(head).get(f"{HERE}/pupils/")["location"] == "/account/second-factor/"


def test_a_recovery_code_works_once() -> None:
    """R13."""
    head = with_app("head-beckside")
    code = RecoveryCodes.activate(head).generate_codes()[3]
    first = give_password(head)
    first.post("/sign-in/code/", {"code": code})
    assert first.get(f"{HERE}/pupils/").status_code == 200
    second = give_password(head)
    assert "That code is wrong" in second.post("/sign-in/code/", {"code": code}).content.decode()


def test_ones_own_page_says_how_many_recovery_codes_are_left() -> None:
    """R13: who has used the last one makes new ones in time, and is not locked out with the next lost phone."""
    head = with_app("head-beckside")
    codes = RecoveryCodes.activate(head).generate_codes()
    browser = give_password(head)
    browser.post("/sign-in/code/", {"code": codes[0]})
    assert f"{len(codes) - 1} left, for when" in browser.get("/account/").content.decode()
    for code in codes[1:]:
        assert Authenticator.objects.get(user=head, type="recovery_codes").wrap().validate_code(code)
    page = browser.get("/account/").content.decode()
    assert "You have used them all." in page
    assert "/account/recovery-codes/new/" in page


def test_five_wrong_codes_lock_out_as_wrong_passwords_do() -> None:
    """R13: six digits are not to be guessed; a colleague at the same address is let in."""
    head = with_app("head-beckside")
    browser = give_password(head)
    answers = [browser.post("/sign-in/code/", {"code": f"00000{n}"}).status_code for n in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    locked = browser.post("/sign-in/code/", {"code": code_now()})
    assert locked.status_code == 429
    assert "15 minutes" in locked.content.decode()
    assert give_password(head).get("/sign-in/code/").status_code == 302
    colleague = give_password(with_app("teacher-beckside"))
    assert colleague.post("/sign-in/code/", {"code": code_now()}).status_code == 302


def test_codes_are_not_guessed_from_many_addresses_either() -> None:
    """R13: whoever has the password and a thousand computers has 50 wrong codes a day, until the password is another.
    A stranger without it locks nobody out."""
    head = with_app("head-beckside")
    for number in range(13):
        thief = visitor(address=f"198.51.100.{number}")
        give_password(head, browser=thief)
        for _ in range(4):
            thief.post("/sign-in/code/", {"code": "000000"})
    browser = give_password(head)
    refused = browser.post("/sign-in/code/", {"code": code_now()})
    assert (refused.status_code, "Choose a new password" in refused.content.decode()) == (200, True)
    browser.post("/password/reset/", {"email": head.email})
    form = browser.get(re.search(r"/password/reset/\S+/", sent()[-1].body).group())["location"]
    browser.post(form, dict.fromkeys(("password1", "password2"), "another password altogether"))
    browser.post("/sign-in/", {"login": head.email, "password": "another password altogether"})
    assert browser.post("/sign-in/code/", {"code": code_now()})["location"] == "/"


def test_one_set_up_elsewhere_has_to_be_given_here_too() -> None:
    """R13: a session from before is not opened by what another browser did."""
    head = with_password("head-beckside")
    browser = give_password(head)
    TOTP.activate(head, SECRET)
    asked = browser.get(f"{HERE}/pupils/?page=2")
    assert asked["location"] == f"/confirm/code/?next=%2Festablishments%2F{BECKSIDE}%2Fpupils%2F%3Fpage%3D2"
    back = browser.post(asked["location"], {"code": code_now(), "next": f"{HERE}/pupils/?page=2"})
    assert back["location"] == f"{HERE}/pupils/?page=2"
    assert browser.get(f"{HERE}/pupils/?page=2").status_code == 200


@pytest.mark.parametrize(
    ("method", "page"),
    [
        ("post", "app/remove"), ("get", "recovery-codes"), ("get", "recovery-codes/file"),
        ("post", "recovery-codes/new"), ("get", "passkeys/add"), ("get", "app"), ("get", "passkeys"),
    ],
)  # fmt: skip
def test_who_has_only_the_password_reads_and_changes_no_second_factor(method: str, page: str) -> None:
    """R13: signed in before there was one, a thief could read the recovery codes, remove the app or add a passkey."""
    head = with_password("head-beckside")
    thief = give_password(head)
    TOTP.activate(head, SECRET)
    RecoveryCodes.activate(head)
    for _ in "as it is", "after the password once more":
        asked = getattr(thief, method)(f"/account/{page}/")
        assert (asked.status_code, asked["location"].partition("?")[0]) == (302, "/confirm/code/")
        thief.post("/confirm/", {"password": PASSWORD})
    assert factors(head) == {"totp", "recovery_codes"}
    thief.post("/confirm/code/", {"code": code_now()})
    assert thief.get("/account/recovery-codes/").status_code == 200


def test_who_has_only_the_password_chooses_no_other() -> None:
    """R13: a thief could, and it ended every session of the person whose password it is."""
    head = with_password("head-beckside")
    thief = give_password(head)
    TOTP.activate(head, SECRET)
    new = dict.fromkeys(("password1", "password2"), "another password altogether")
    asked = thief.post("/password/change/", {"oldpassword": PASSWORD} | new)
    assert (asked.status_code, asked["location"].partition("?")[0]) == (302, "/confirm/code/")
    head.refresh_from_db()
    assert head.check_password(PASSWORD)
    thief.post("/confirm/code/", {"code": code_now()})
    thief.post("/password/change/", {"oldpassword": PASSWORD} | new)
    head.refresh_from_db()
    assert head.check_password(new["password1"])


def test_removing_the_app_is_told_by_e_mail_and_the_next_sign_in_asks_again() -> None:
    """R13."""
    head = with_app("head-beckside")
    browser = give_password(head)
    browser.post("/sign-in/code/", {"code": code_now()})
    assert browser.post("/account/app/remove/")["location"] == "/account/"
    assert factors(head) == set()
    assert "Your authenticator app was removed" in [message.subject for message in sent()]
    assert give_password(head).get(f"{HERE}/pupils/")["location"] == "/account/second-factor/"


def test_removing_a_factor_ends_every_other_session() -> None:
    """R44: the thief's too, who got in with the telephone that is gone."""
    officer = with_app("officer-data")
    here, thief, elsewhere = (give_password(officer, site) for site in (EDUNET, EDUNET, SCHOOLS_ONLINE))
    with time_machine.travel(time.time() // 30 * 30):  # no code grows too old meanwhile
        for browser, code in ((here, code_now(ahead=-1)), (thief, code_now()), (elsewhere, code_now(ahead=1))):
            browser.post("/sign-in/code/", {"code": code})
            if browser is not elsewhere:
                chooses_purpose(browser)
            assert browser.get("/").status_code == 200
    colleague = client("officer-admissions", EDUNET)
    here.post("/account/app/remove/")
    assert [browser.get("/").status_code for browser in (here, thief, elsewhere, colleague)] == [200, 302, 302, 200]


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/account/app/remove/", {}),
        ("/password/change/", {"oldpassword": PASSWORD} | dict.fromkeys(("password1", "password2"), "a new long one")),
    ],
)
def test_nothing_changes_how_one_signs_in_without_the_email_about_it(path: str, typed: dict[str, str]) -> None:
    """R13, R44: a thief's step that failed half way was taken, but its owner was not told, and sessions went on."""
    head = with_app("head-beckside")
    browser = give_password(head)
    browser.post("/sign-in/code/", {"code": code_now()})
    letters = len(sent())
    with failing('INSERT INTO "access_register_waitingletter"'), pytest.raises(OperationalError):
        browser.post(path, typed)
    assert browser.post(path, typed).status_code == 302
    assert len(sent()) == letters + 1


def test_marks_of_another_persons_session_count_for_nothing() -> None:
    """R13: what one person proved in this browser does not pass to the next."""
    head, deputy = with_app("head-beckside"), with_password("deputy-beckside")
    browser = give_password(head)
    browser.post("/sign-in/code/", {"code": code_now()})
    browser.post("/sign-out/")
    give_password(deputy, browser=browser)
    assert browser.get(f"{HERE}/pupils/")["location"] == "/account/second-factor/"


def test_the_mark_of_one_click_counts_in_the_demonstration_alone(settings) -> None:
    """R13: a session that was carried out of the demonstration opens nothing."""
    browser = client("head-beckside", second_factor=False)
    browser.cookies["sessionid"] = browser.cookies["schools_online_session"].value
    session = browser.session
    session["one_click"] = True
    session.save()
    assert browser.get(f"{HERE}/pupils/").status_code == 302
    settings.DEMO = True
    with pytest.raises(ImproperlyConfigured):  # acting_as keeps the demonstration to its own database
        last_ledger_row()
    assert browser.get(f"{HERE}/pupils/").status_code == 200


@pytest.mark.parametrize("path", ["/account/", "/account/app/", "/account/passkeys/add/", "/account/second-factor/"])
def test_pages_about_signing_in_are_for_people_who_have(path: str) -> None:
    """R2."""
    assert visitor().get(path)["location"].startswith("/sign-in/")


def test_the_password_is_changed_with_word_to_its_owner() -> None:
    """R13, R44: the session goes on, and is listed among those that can be ended."""
    head = with_password("head-beckside")
    browser = give_password(head)
    new = "quite another long one"
    browser.post("/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert "Your password was changed" in [message.subject for message in sent()]
    assert browser.get("/account/").content.decode().count("(here)") == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_has_no_password_reads_that_there_is_none_to_change(method: str) -> None:
    """R13: somebody who signs in through a provider alone, and follows an old link."""
    head = person("head-beckside")
    head.set_unusable_password()
    with as_batch():
        head.save(update_fields=["password"])
    browser = client("head-beckside")
    response = getattr(browser, method)("/password/change/", follow=True)
    assert response.redirect_chain == [("/account/", 302)]
    assert "You sign in here without a password, so there is none to change." in response.content.decode()


def test_whoever_has_lost_everything_is_helped_by_the_service() -> None:
    """R13, R43, R44: the factors go, the sessions end at once, and the ledger knows. They are told: it may not have
    been they who asked.
    """
    head = with_app("head-beckside")
    browser = give_password(head)
    browser.post("/sign-in/code/", {"code": code_now()})
    said = StringIO()
    letters = len(mail.outbox)
    with posting():
        call_command("reset_second_factor", head.email.upper(), stdout=said)
    assert [(letter.to, "were removed" in letter.body) for letter in mail.outbox[letters:]] == [([head.email], True)]
    assert head.name in said.getvalue()
    assert factors(head) == set()
    assert browser.get("/").status_code == 302
    assert last_ledger_row()[:2] == ("reset_second_factor", "changed")
    with pytest.raises(CommandError):
        call_command("reset_second_factor", "nobody@example.org")
