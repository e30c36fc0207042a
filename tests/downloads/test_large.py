"""R14, R43, R44: files that the worker makes, and processes that are killed between a file and its ledger row."""

import io
import os
import subprocess
import sys
import time
from urllib.parse import urlsplit, urlunsplit

import pypdf
import pytest
from django.db import connection
from django.utils import timezone

from access_register.models import RegisterLine
from access_register.register import register
from sharing import door
from sharing.door import downloads as taking
from sharing.downloads import keeping, making
from sharing.ledger import ledger
from sharing.models import Download, DownloadPiece, DownloadSecret, LedgerEntry
from sharing.service import service_runs
from tests.downloads.reading import (
    BECKSIDE,
    HEAD,
    KIND_PAGE,
    NARROWED,
    TEACHER,
    asked_for,
    collected,
    passphrase_of,
    rows_of,
    sheets_in,
)
from tests.people import as_batch, asker, client, person
from tests.threads import PATIENCE, until_waiting, waiting

pytestmark = pytest.mark.usefixtures("own_database")
ASK = "door.ask_for_download(who, 999002, 'pupils', {}, purpose='review', form='xlsx')"
COLLECT = "door.collect_download(who, 999002, 'pupils', {})"
CHILD = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()
from tests.people import asker
from sharing import door
who = asker("head-beckside")
"""


def row_of(number: int) -> Download:
    with as_batch():
        return Download.objects.get(pk=number)


class TestLarge:
    @pytest.fixture(autouse=True)
    def all_are_large(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(taking, "MOST_AT_ONCE", 0)

    def test_the_worker_makes_it_as_the_person(self) -> None:
        """What the worker puts into it is what the line allows."""
        number = asked_for(NARROWED)
        page = client(NARROWED).get(f"/my-downloads/{number}/progress/")
        assert page["X-Is-Moving"] == "yes"
        assert "This is taking longer than usual" in page.content.decode()  # no worker has given a sign of life
        service_runs.record(service_runs.Job.WORKER)
        assert "usually takes less than a minute" in client(NARROWED).get(f"/my-downloads/{number}/").content.decode()
        assert making.do_next()
        assert row_of(number).state == "ready"
        words = passphrase_of(client(NARROWED), number)
        sheet = sheets_in(collected(NARROWED, number), words)["Pupils"]
        assert len(rows_of(sheet)) == door.list_pupils(asker(NARROWED), BECKSIDE).page.total + 1

    def test_whoever_lost_access_meanwhile_gets_none(self) -> None:
        """R44. What another worker makes goes on."""
        number, others = asked_for(TEACHER), asked_for(HEAD)
        with as_batch():
            Download.objects.filter(pk=others).update(state="making")
            line = RegisterLine.objects.get(person=person(TEACHER), establishment__urn=BECKSIDE)
        register.withdraw_access(asker(HEAD), BECKSIDE, line.pk, because="Gone")
        assert making.take_up(number)
        assert (row_of(number).state, row_of(others).state) == ("failed", "making")
        with as_batch():
            assert not DownloadPiece.objects.exists()

    @pytest.mark.parametrize(
        ("before", "tries", "after"),
        [("waiting", 2, "ready"), ("waiting", 3, "failed"), ("lapsed", 0, "lapsed")],
    )
    def test_it_is_begun_three_times_at_most_and_only_while_it_waits(self, before: str, tries: int, after: str) -> None:
        """R14: another worker, or the night, may have come by since this one read what waits."""
        number = asked_for()
        with as_batch():
            Download.objects.filter(pk=number).update(state=before, tries=tries)
        assert making.take_up(number) is (before == "waiting")
        assert row_of(number).state == after
        with as_batch():
            assert DownloadPiece.objects.exists() is (after == "ready")

    @pytest.mark.parametrize("state", ["waiting", "making"])
    def test_no_passphrase_is_shown_before_there_is_a_file(self, state: str, pango: None) -> None:
        """R14: shown before, it was gone when the file was made, which then opened for everybody without one."""
        number, browser = asked_for(form="pdf"), client(HEAD)
        with as_batch():
            Download.objects.filter(pk=number).update(state=state)
        page = browser.post(f"{KIND_PAGE}/pupils/{number}/passphrase/", follow=True).content.decode()
        assert "The file is still being made" in page
        with as_batch():
            told = LedgerEntry.objects.filter(action="show_passphrase").latest("id")
        assert told.about == {"download": number, "still_being_made": True}
        assert making.take_up(number)
        words = passphrase_of(browser, number)
        content = collected(HEAD, number)
        assert pypdf.PdfReader(io.BytesIO(content)).decrypt("") == pypdf.PasswordType.NOT_DECRYPTED
        assert pypdf.PdfReader(io.BytesIO(content)).decrypt(words) == pypdf.PasswordType.USER_PASSWORD

    def test_no_file_is_made_without_a_passphrase(self, pango: None) -> None:
        """R14: whatever became of it."""
        number = asked_for(form="pdf")
        with as_batch():
            DownloadSecret.objects.filter(pk=number).update(passphrase="")
        assert making.take_up(number)
        assert row_of(number).state == "failed"
        with as_batch():
            assert not DownloadPiece.objects.exists()

    def test_what_lapses_while_it_is_made_did_not_fail(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """R14: another worker comes by when its 24 hours are over, and the page says so."""
        number = asked_for()
        make = making._make

        def make_too_late(download_id: int) -> None:
            with as_batch():
                Download.objects.filter(pk=number).update(asked_at=timezone.now() - 2 * keeping.LASTS)
                assert keeping.lapse() == 1
            make(download_id)

        monkeypatch.setattr(making, "_make", make_too_late)
        assert making.do_next()
        assert row_of(number).state == "lapsed"
        with as_batch():
            assert not DownloadPiece.objects.exists()


class TestKilled:
    """kill -9 while the file is there and its ledger row waits for the chain: neither stays without the other."""

    def killed_before_its_ledger_row(self, does: str) -> None:
        name = connection.settings_dict["NAME"]
        url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
        with as_batch():
            ledger.write(None, action="test", outcome=LedgerEntry.Outcome.SHOWN)  # holds the chain until it commits
            process = subprocess.Popen([sys.executable, "-c", CHILD + does], env=os.environ | {"DATABASE_URL": url})
            until_waiting()
            process.kill()
            process.wait()
        until = time.monotonic() + PATIENCE
        while waiting():
            assert time.monotonic() < until, "it still waits"
            time.sleep(0.02)
        time.sleep(0.5)  # the server notices that nobody listens

    def test_while_it_is_made(self) -> None:
        self.killed_before_its_ledger_row(ASK)
        with as_batch():
            assert not Download.objects.exists()
            assert not DownloadPiece.objects.exists()
            assert not LedgerEntry.objects.filter(action="ask_for_download").exists()

    def test_while_it_is_collected(self) -> None:
        number = asked_for()
        self.killed_before_its_ledger_row(COLLECT.format(number))
        assert row_of(number).state == "ready"
        with as_batch():
            assert DownloadPiece.objects.filter(of=number).exists()
            assert not LedgerEntry.objects.filter(action="collect_download").exists()
        assert collected(HEAD, number)
