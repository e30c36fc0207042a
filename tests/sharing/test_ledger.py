"""The ledger: every read, refusal and grant a row, chained, unchangeable (R43)."""

import threading
from typing import Any

import pytest
from django.db import connection

from sharing import door
from sharing.authorise import NotAtYourLevel, NotYourEstablishment, Permission, visit
from sharing.authorise.visits import UnspokenVisit
from sharing.ledger import ledger, proof
from sharing.models import LedgerEntry
from tests.people import EDUNET, as_batch, asker, client, person

BECKSIDE, RAVENSGILL = 999002, 999003
HEAD, GOVERNOR = "head-beckside", "governor-beckside"


def last() -> LedgerEntry:
    with as_batch():
        return LedgerEntry.objects.order_by("-id").first()


@pytest.mark.django_db
class TestRows:
    def test_a_list_tells_whose_records_were_shown(self) -> None:
        shown = door.list_pupils(asker(HEAD), BECKSIDE)
        row = last()
        assert (row.action, row.outcome, row.urn, row.permission) == ("list_pupils", "shown", BECKSIDE, "view_pupils")
        assert row.about == {"pupils": [str(pupil.id) for pupil in shown.page], "of": shown.page.total}
        assert row.person_name == person(HEAD).name
        assert "Level 1 here since" in row.purpose
        assert "Session for" not in row.purpose  # that is of officers

    def test_an_officers_reason_is_the_duty(self) -> None:
        """R9."""
        door.list_pupils(asker("officer-admissions", EDUNET), BECKSIDE)
        assert last().purpose.startswith("Recorded duty until")
        assert last().through == "edunet"

    def test_a_refusal_is_written_although_its_transaction_is_rolled_back(self) -> None:
        with pytest.raises(NotAtYourLevel):
            door.list_pupils(asker(GOVERNOR), BECKSIDE)
        assert (last().outcome, last().action, last().urn) == ("refused", "list_pupils", BECKSIDE)
        with pytest.raises(NotYourEstablishment):
            door.list_pupils(asker(GOVERNOR), RAVENSGILL)
        assert (last().outcome, last().about, last().urn) == ("refused", {"why": "NotYourEstablishment"}, RAVENSGILL)

    def test_a_visit_that_does_not_say_what_it_showed_shows_nothing(self) -> None:
        with pytest.raises(UnspokenVisit), visit(asker(HEAD), Permission.VIEW_PUPILS, BECKSIDE, action="test"):
            pass

    def test_rows_that_are_written_last_are_all_written_in_their_order(self) -> None:
        """A long import holds up nobody's page, and tells all that it did."""
        before = last().pk
        with as_batch():
            with ledger.written_last():
                for action in ("first", "second", "third"):
                    ledger.write(None, action=action, outcome=LedgerEntry.Outcome.CHANGED)
                assert LedgerEntry.objects.order_by("-id")[0].pk == before
            told = LedgerEntry.objects.filter(pk__gt=before).order_by("pk")
            assert list(told.values_list("action", flat=True)) == ["first", "second", "third"]

    def test_a_page_that_is_read_again_and_shows_more_says_so(self, django_capture_on_commit_callbacks: Any) -> None:
        """Its first reading, from a replica, is not told twice; what only the second one shows is."""
        seen = door.list_pupils(asker(HEAD), BECKSIDE).page.rows
        before = last().pk
        with ledger.noted() as rows, django_capture_on_commit_callbacks(execute=True):
            door.show_pupil(asker(HEAD), BECKSIDE, seen[0].id)
        with ledger.read_again(rows):
            door.show_pupil(asker(HEAD), BECKSIDE, seen[1].id)
            door.show_pupil(asker(HEAD), BECKSIDE, seen[0].id)
        with as_batch():
            told = LedgerEntry.objects.filter(pk__gt=before).order_by("pk").values_list("about__pupils__0", flat=True)
            assert list(told) == [str(pupil.id) for pupil in seen[:2]]

    def test_no_name_and_no_upn_of_a_child_is_in_it(self) -> None:
        """The ledger names records, not children."""
        pupil = door.list_pupils(asker(HEAD), BECKSIDE).page.rows[0]
        record = door.show_pupil(asker(HEAD), BECKSIDE, pupil.id).pupil
        with as_batch(), connection.cursor() as cursor:
            cursor.execute("SELECT string_agg(entry::text, ' ') FROM sharing_ledgerentry AS entry")
            everything = cursor.fetchone()[0]
        assert str(pupil.id) in everything
        assert record.upn not in everything
        assert record.surname not in everything


def test_rows_written_at_once_make_one_chain(own_database: None) -> None:
    """Eight threads, no gap, no fork."""
    head = asker(HEAD)
    before = last().pk

    def read() -> None:
        for _ in range(25):
            door.my_places(head)
        connection.close()

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with as_batch():
        assert LedgerEntry.objects.order_by("-id").first().pk == before + 200
        assert proof.check().is_whole


@pytest.mark.django_db
def test_every_page_of_personal_data_writes_one_row() -> None:
    browser = client(HEAD)
    pupil = door.list_pupils(asker(HEAD), BECKSIDE).page.rows[0]
    for path in ("pupils/", f"pupils/{pupil.id}/", "staff/", "register/"):
        before = last().pk
        assert browser.get(f"/establishments/{BECKSIDE}/{path}").status_code == 200
        assert last().pk == before + 1
