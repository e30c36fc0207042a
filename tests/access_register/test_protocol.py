"""The protocol is accepted before anything is seen, once a year and when it changes (R1, R19, R42)."""

import re
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction
from django.urls import URLPattern
from django.utils import timezone

from access_register.models import Acceptance, Person, ProtocolVersion, RegisterLine
from access_register.protocol import protocol, words
from access_register.protocol.gate import is_open
from access_register.protocol.versions import CannotPublishText, publish
from portal.urls import sign_in
from sharing.authorise.holdings import Holdings
from sharing.models import Establishment, LedgerEntry, Pupil, SupportOffer
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, as_owner, asker, client, person, visitor

BECKSIDE, OXENBY = 999002, 999005
TEACHER, OFFICER = "teacher-not-accepted", "officer-not-accepted"
ACCEPT = "/protocol/accept/"
HIDDEN = re.compile(r'<input type="hidden" name="(?!csrf)([^"]*)" value="([^"]*)">')
PUPILS = f"/establishments/{OXENBY}/pupils/"


def in_force() -> ProtocolVersion:
    return ProtocolVersion.objects.in_force_on(timezone.localdate()).get()


def ticked() -> dict[str, str]:
    return {"version": str(in_force().pk), "accept": "on"}


def until(slug: str) -> date | None:
    return person(slug).protocol_accepted_until


def set_until(slug: str, day: date | None) -> None:
    with as_batch():
        Person.objects.filter(pk=person(slug).pk).update(protocol_accepted_until=day)


def publish_next(number: str = "next", days: int = 0) -> int:
    today = timezone.localdate()
    version = ProtocolVersion(
        number=number,
        in_force_from=today + timedelta(days=days),
        purpose="A new purpose.",
        summary="- be kind",
        text="1. All new.",
    )
    with as_batch():
        return publish(version, today=today)


@pytest.mark.django_db
class TestNothingBefore:
    @pytest.mark.parametrize(("slug", "site"), [(TEACHER, SCHOOLS_ONLINE), (OFFICER, EDUNET)])
    def test_every_page_with_data_leads_to_the_acceptance(self, slug: str, site) -> None:
        """R19: a redirect with the way back, for governors, officers and everybody."""
        browser = client(slug, site)
        for path in (PUPILS, "/establishments/", "/my-access/", "/protocol/signatories/"):
            response = browser.get(path)
            assert (response.status_code, response["location"]) == (302, f"{ACCEPT}?next={path.replace('/', '%2F')}")
        assert browser.get("/")["location"] == ACCEPT
        assert "Somebody" not in browser.get(f"{PUPILS}?named=Somebody")["location"]

    def test_the_headers_of_the_page_can_be_asked_for_alone(self) -> None:
        """As of every other page: a link checker does."""
        assert client(TEACHER).head(ACCEPT).status_code == 200

    def test_nothing_is_done_for_them_either(self) -> None:
        """R19: a form that is sent does nothing, and what was typed is in no address."""
        with as_batch():
            line = RegisterLine.objects.get(person=person(TEACHER))
        response = client(TEACHER).post(f"/my-access/{line.pk}/leave/", {"secret": "typed"})
        assert (response.status_code, response["location"]) == (302, ACCEPT)
        with as_batch():
            assert RegisterLine.objects.get(pk=line.pk).withdrawn_at is None

    @pytest.mark.parametrize(
        "path",
        ["/guidance/", "/guidance/privacy/", "/protocol/", ACCEPT, "/password/change/", "/account/passkeys/add/"],
    )
    def test_what_stays_open(self, path: str) -> None:
        """R37: guidance and the text itself; one's own account."""
        assert client(TEACHER).get(path).status_code == 200

    @pytest.mark.parametrize("page", sign_in.urlpatterns, ids=lambda page: page.name)
    def test_each_page_of_ones_own_account_stays_open(self, page: URLPattern) -> None:
        """R13, R44: whoever has not accepted, is suspended, or has not said what for, may still remove a lost app."""
        assert is_open(page.callback)

    def test_signing_out_stays_open(self) -> None:
        assert client(TEACHER).post("/sign-out/")["location"] == "/sign-in/"

    def test_the_database_shows_nothing_to_them(self) -> None:
        """R19, the second lock by itself: no holdings, no rows; the day they accept, theirs."""
        for last_day, sees in ((None, False), (-1, False), (0, True), (364, True)):
            set_until(TEACHER, last_day if last_day is None else timezone.localdate() + timedelta(days=last_day))
            with transaction.atomic():
                holdings = Holdings.announced(asker(TEACHER))
                assert bool(holdings.rows) == Pupil.objects.exists() == RegisterLine.objects.exists() == sees
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('portal.ctx', '', true)")

    def test_the_text_is_open_to_anyone(self) -> None:
        """R37: all 17 paragraphs, without a name of anybody."""
        page = visitor().get("/protocol/").content.decode()
        for number in range(1, 18):
            assert f"<strong>{number}.</strong>" in page
        assert visitor().get(ACCEPT).status_code == 302


@pytest.mark.django_db
class TestAccepting:
    def test_the_page_says_purpose_values_and_version(self) -> None:
        """R1, R19: in short on one page, the full text behind a link."""
        page = client(TEACHER).get(ACCEPT).content.decode()
        text = words.read(in_force())
        assert text.purpose in page
        for value in text.values:
            assert value in page
        assert 'href="/protocol/"' in page

    @pytest.mark.parametrize(("slug", "site"), [(TEACHER, SCHOOLS_ONLINE), (OFFICER, EDUNET)])
    def test_a_tick_and_a_button_open_what_one_was_going_to(self, slug: str, site) -> None:
        """R1, R19: stored with version, date and the purpose as shown; it holds for a year, from the next click."""
        browser = client(slug, site)
        response = browser.post(f"{ACCEPT}?next={PUPILS}", ticked())
        assert (response.status_code, response["location"]) == (302, PUPILS)
        assert browser.get(PUPILS).status_code == 200
        with as_batch():
            row = Acceptance.objects.get(person=person(slug))
            told = LedgerEntry.objects.filter(action="accept_protocol").latest("id")
        today = timezone.localdate()
        assert (row.version, row.purpose) == (in_force(), in_force().purpose)
        assert timezone.localdate(row.accepted_at) == today
        assert row.until == until(slug)
        assert 364 <= (row.until - today).days <= 365
        assert (told.person_id, told.outcome, told.through) == (person(slug).pk, "changed", site)

    def test_without_the_tick_nothing_is_accepted(self) -> None:
        response = client(TEACHER).post(ACCEPT, {"version": str(in_force().pk)})
        assert response.status_code == 422
        assert "Tick the box" in response.content.decode()
        assert until(TEACHER) is None

    def test_a_double_click_is_one_acceptance(self) -> None:
        browser = client(TEACHER)
        for _ in range(2):
            assert browser.post(ACCEPT, ticked()).status_code == 302
        with as_batch():
            assert Acceptance.objects.filter(person=person(TEACHER)).count() == 1

    @pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
    def test_the_way_back_stays_on_the_site(self, elsewhere: str) -> None:
        assert client(TEACHER).post(f"{ACCEPT}?next={elsewhere}", ticked())["location"] == "/"

    @pytest.mark.parametrize("version", ["0", "-1", "nonsense", str(10**30)])
    def test_a_version_that_is_none_is_not_accepted(self, version: str) -> None:
        client(TEACHER).post(ACCEPT, ticked() | {"version": version})
        assert until(TEACHER) is None

    def test_one_who_has_accepted_may_renew_only_in_the_last_month(self) -> None:
        set_until(TEACHER, timezone.localdate() + timedelta(days=100))
        assert '<form method="post" novalidate' not in client(TEACHER).get(ACCEPT).content.decode()
        set_until(TEACHER, timezone.localdate() + timedelta(days=10))
        assert "You can renew it now." in client(TEACHER).get(ACCEPT).content.decode()

    def test_once_a_year(self) -> None:
        """R19: the last day, and the day after."""
        today = timezone.localdate()
        browser = client("teacher-oxenby")
        set_until("teacher-oxenby", today)
        assert browser.get(PUPILS).status_code == 200
        set_until("teacher-oxenby", today - timedelta(days=1))
        assert browser.get(PUPILS)["location"].startswith(ACCEPT)
        assert "is no longer valid" in browser.get(ACCEPT).content.decode()

    def test_who_has_to_accept_again_reads_why(self) -> None:
        """R42: the page named three reasons, and left it open whether the text was a new one."""
        changed, text = "The text has changed since you accepted it.", protocol.text_in_force()
        assert text
        set_until(TEACHER, text.in_force_from - timedelta(days=1))
        assert changed in client(TEACHER).get(ACCEPT).content.decode()
        set_until(TEACHER, text.in_force_from)
        assert changed not in client(TEACHER).get(ACCEPT).content.decode()


@pytest.mark.django_db
class TestNobodyElse:
    def test_an_acceptance_is_written_for_oneself_only(self) -> None:
        """R19: nobody is there to accept outside a visit; within one, nobody else's row is touched."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT portal_accept(%s)", [in_force().pk])
            assert cursor.fetchone() == (None,)
        protocol.accept_protocol(asker(TEACHER), version_id=in_force().pk)
        assert until(OFFICER) is None
        with as_batch():
            assert not Acceptance.objects.filter(person=person(OFFICER)).exists()

    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE access_register_person SET protocol_accepted_until = CURRENT_DATE",
            "INSERT INTO access_register_acceptance (person_id, version_id, accepted_at, until, purpose) "
            "SELECT 1, id, now(), CURRENT_DATE, '' FROM access_register_protocolversion",
            "UPDATE access_register_acceptance SET until = '2999-01-01'",
            "DELETE FROM access_register_acceptance",
            "INSERT INTO access_register_protocolversion (number, in_force_from, purpose, summary, text) "
            "VALUES ('x', CURRENT_DATE, '', '', '')",
        ],
    )
    def test_the_application_has_no_other_way(self, sql: str) -> None:
        """R19, R42: neither dates nor acceptances nor texts."""
        with transaction.atomic():
            Holdings.announced(asker("head-beckside"))
            with pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)

    def test_a_published_text_stays_as_it_is(self) -> None:
        """R42: not even imports and migrations change what people have signed."""
        for role in (as_batch, as_owner):
            with pytest.raises(Error, match="stays as it was"), transaction.atomic(), role():
                ProtocolVersion.objects.update(text="1. Something else.")


@pytest.mark.django_db
class TestANewVersion:
    def test_everybody_accepts_again(self) -> None:
        """R42, R43: from the next request on; the acceptances of the old text are kept, and the ledger knows."""
        browser = client("teacher-oxenby")
        assert browser.get(PUPILS).status_code == 200
        ended = publish_next()
        assert ended > 30
        with as_batch():
            assert LedgerEntry.objects.get(action="publish_protocol").about["acceptances_ended"] == ended
        assert browser.get(PUPILS)["location"].startswith(ACCEPT)
        assert "A new purpose." in browser.get(ACCEPT).content.decode()
        new = ProtocolVersion.objects.get(number="next")
        browser.post(ACCEPT, {"version": str(new.pk), "accept": "on"})
        assert browser.get(PUPILS).status_code == 200
        with as_batch():
            rows = Acceptance.objects.filter(person=person("teacher-oxenby")).order_by("pk")
            assert list(rows.values_list("version__number", "purpose")) == [
                ("2012", ProtocolVersion.objects.get(number="2012").purpose),
                ("next", "A new purpose."),
            ]

    def test_who_was_in_the_middle_of_a_form_is_led_back_to_its_page(self) -> None:
        """R42, R30: not home; and without what somebody searched for, nor to another site."""
        browser, form = client("head-beckside"), f"/establishments/{BECKSIDE}/register/add/"
        publish_next()
        page = f"http://schools-online.localhost{form}?named=Smith"
        for referer, back in ((page, f"?next={form.replace('/', '%2F')}"), ("http://elsewhere.example/", ""), ("", "")):
            answer = browser.post(form, {"name": "Nadia"}, headers={"referer": referer})
            assert answer["location"] == f"{ACCEPT}{back}"

    def test_what_was_typed_is_kept_and_sent_when_the_text_is_accepted(self) -> None:
        """R42, R30: nothing is saved before; then one button sends it, and once it is gone from the session."""
        browser, form = client("head-beckside"), f"/establishments/{BECKSIDE}/support/offers/add/"
        until = f"1/9/{timezone.localdate().year + 1}"
        typed = {"challenge": "maths", "what": 'Sums &\r\n"more"', "for_whom": "All", "how": "Ask", "until": until}
        publish_next()
        sealed = typed | {"csrfmiddlewaretoken": "x" * 64}
        sent = browser.post(form, sealed, headers={"referer": f"http://schools-online.localhost{form}"})
        new = {"version": str(ProtocolVersion.objects.get(number="next").pk), "accept": "on"}
        page = browser.post(sent["location"], new).content.decode()
        with as_batch():
            offers = SupportOffer.objects.of(Establishment.objects.get(urn=BECKSIDE).pk)
            assert not offers.filter(challenge="maths").exists()
        assert f'action="{form}"' in page
        kept = {unescape(name): unescape(value) for name, value in HIDDEN.findall(page)}
        assert kept == typed
        assert sealed["csrfmiddlewaretoken"] not in page
        assert browser.post(form, kept).status_code == 302
        with as_batch():
            assert offers.get(challenge="maths").what == 'Sums &\n"more"'
        assert browser.post(ACCEPT, new).status_code == 302

    def test_a_text_to_come_ends_acceptances_on_its_day(self) -> None:
        """R42: until the day before, and what is accepted meanwhile lasts no longer either."""
        day_before = timezone.localdate() + timedelta(days=9)
        publish_next(days=10)
        assert until("teacher-oxenby") == day_before
        protocol.accept_protocol(asker(TEACHER), version_id=in_force().pk)
        assert until(TEACHER) == day_before

    def test_the_text_that_was_shown_is_the_one_that_is_accepted(self) -> None:
        """R42: a page opened before the change accepts nothing; it shows the new text."""
        browser, shown = client(TEACHER), ticked()
        publish_next()
        page = browser.post(ACCEPT, shown, follow=True).content.decode()
        assert "has changed in the meantime" in page
        assert "A new purpose." in page
        assert until(TEACHER) is None

    def test_texts_come_one_after_the_other(self) -> None:
        publish_next("one", days=10)
        for number, days in (("two", 10), ("three", 5), ("one", 20)):
            with pytest.raises(CannotPublishText), transaction.atomic():
                publish_next(number, days)

    def test_without_a_text_nobody_is_let_in(self) -> None:
        """Deny by default."""
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; DROP TRIGGER keep_text ON access_register_protocolversion")
            cursor.execute("UPDATE access_register_protocolversion SET in_force_from = CURRENT_DATE + 1")
        page = client(TEACHER).get(ACCEPT)
        assert "no protocol to accept yet" in page.content.decode()
        assert "ask the people who run this service" in page.content.decode()  # only they publish one
        with pytest.raises(protocol.NotTheTextInForce):
            protocol.accept_protocol(asker(TEACHER), version_id=ProtocolVersion.objects.get().pk)


def test_publishing_from_a_file(
    own_database: None, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """R42: a file like those kept with the code; what is wrong with it is said. It asks first: it cannot be undone."""
    file = tmp_path / "next.toml"
    good = (
        f'number = "2027"\nin_force_from = {timezone.localdate()}\npurpose = "New."\n'
        'summary = """\n- be kind\n"""\ntext = """\n# All\n\n1. All new.\n"""\n'
    )
    for wrong in ("", "nonsense", good + 'more = "x"\n', good.replace("New.", "N" * 301), good.replace("2027", "2012")):
        file.write_text(wrong)
        with pytest.raises(CommandError):
            call_command("publish_protocol", str(file), "--yes")
    file.write_text(good)
    for typed in ("", "y", "2026"):
        monkeypatch.setattr("builtins.input", lambda _, typed=typed: typed)
        with pytest.raises(CommandError, match="Nothing was published"):
            call_command("publish_protocol", str(file))
        said = capsys.readouterr().out
        assert re.search(r"version 2027, in force from .* It begins: '# All.* [1-9]\d* people have to accept it", said)
    assert protocol.text_in_force().number != "2027"
    monkeypatch.setattr("builtins.input", lambda _: " 2027 ")
    call_command("publish_protocol", str(file))
    assert "Version 2027 is published" in capsys.readouterr().out
    assert protocol.text_in_force().number == "2027"


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("text", '["All.", "Of it."]'), ("text", '" "'), ("text", '"All\\u0000"'), ("purpose", "true"),
        ("number", "2027"), ("in_force_from", "2027"), ("in_force_from", '"2027-09-01"'),
        ("in_force_from", "2027-09-01T09:00:00"),
    ],
)  # fmt: skip
def test_a_part_of_another_kind_is_not_published(tmp_path: Path, part: str, said: str) -> None:
    """R42: everybody would have to accept the text “['All.', 'Of it.']”."""
    parts = dict.fromkeys(("number", "purpose", "summary", "text"), '"x"') | {"in_force_from": "2099-09-01"}
    file = tmp_path / "next.toml"
    file.write_text("".join(f"{name} = {value}\n" for name, value in (parts | {part: said}).items()))
    with pytest.raises(CommandError, match=f"Correct {part}:"):
        call_command("publish_protocol", str(file), "--yes")


@pytest.mark.parametrize("first", ["publishing", "accepting"])
def test_accepting_while_a_new_text_is_published(own_database: None, first: str) -> None:
    """R42: whoever comes first, the other waits, and nobody's acceptance of the old text outlasts it."""
    somebody, old = asker(TEACHER), in_force().pk

    def accept() -> None:
        with suppress(protocol.NotTheTextInForce):
            protocol.accept_protocol(somebody, version_id=old)

    def later(act: Callable[[], object]) -> threading.Thread:
        def work() -> None:
            try:
                act()
            finally:
                connection.close()

        thread = threading.Thread(target=work)
        thread.start()
        thread.join(0.5)
        assert thread.is_alive(), "it did not wait"
        return thread

    with as_batch() if first == "publishing" else transaction.atomic():
        (publish_next if first == "publishing" else accept)()
        thread = later(accept if first == "publishing" else publish_next)
    thread.join()
    assert until(TEACHER) == (None if first == "publishing" else timezone.localdate() - timedelta(days=1))


def test_the_text_is_read_as_it_is_written() -> None:
    version = ProtocolVersion(
        number="1", in_force_from=date(2012, 1, 28), purpose="P", summary="- a\n- b\n",
        text="# Head\n\n8. They do:\n- (a) this\n- (b) that\nThey never do:\n- (c) the other\n\n9. One.\n",
    )  # fmt: skip
    text = words.read(version)
    assert text.values == ("a", "b")
    assert [(passage.heading, passage.number) for passage in text.passages] == [("Head", ""), ("", "8"), ("", "9")]
    assert text.passages[1].parts == (
        ("They do:", ("(a) this", "(b) that")),
        ("They never do:", ("(c) the other",)),
    )
