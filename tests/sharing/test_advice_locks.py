"""Who writes advice of the council, what PostgreSQL holds by itself, and what the ledger keeps (R9, R37, R43, R45)."""

from dataclasses import replace

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from sharing import door
from sharing.authorise import NeedsSecondFactor, NoSuchRecord, NotAtYourLevel
from sharing.authorise.holdings import Holdings
from sharing.door.advice import Identifies
from sharing.models import AdvicePage, AdviceStep, AdviceVersion, LedgerEntry
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, as_owner, client, person
from tests.sharing.advising import (
    SECOND,
    THIRD,
    WRITER,
    asked,
    changed,
    drafted,
    officer,
    published,
    wish,
)

pytestmark = pytest.mark.django_db


def rows(statement: str, *given: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given or None)
        return list(cursor.fetchall())


class TestWhoWrites:
    OTHERS = [
        ("officer-no-duty", EDUNET, 403), ("officer-duty-ended", EDUNET, 403), ("head-beckside", EDUNET, 403),
        ("superuser", EDUNET, 403), ("head-beckside", SCHOOLS_ONLINE, 404), ("officer-data", SCHOOLS_ONLINE, 404),
        ("superuser", SCHOOLS_ONLINE, 404),
    ]  # fmt: skip

    @pytest.mark.parametrize(("slug", "through", "status"), OTHERS)
    def test_nobody_else(self, slug: str, through: str, status: int) -> None:
        """R9, R45: an officer with a recorded duty, on EduNet. No page, no step; PostgreSQL says the same."""
        page, out = asked(), published("Another page")
        paths = [
            "/advice/",
            "/advice/write/",
            f"/advice/{page}/",
            f"/advice/{page}/change/",
            f"/advice/{out}/versions/1/",
        ]
        for path in paths:
            assert client(slug, through).get(path).status_code == status, path
        for step in ("ask", "agree", "hand-back", "take-down", "discard"):
            given = {"version": 1, "because": "x", "identifies_nobody": "on"}
            assert client(slug, through).post(f"/advice/{page}/{step}/", given).status_code == status, step
        who = replace(officer(SECOND), person_id=person(slug).pk, through=through)
        with transaction.atomic():
            Holdings.announced(who)
            assert set(AdviceVersion.objects.values_list("page", "state")) == {(out, "published")}
            assert list(AdvicePage.objects.values_list("pk", flat=True)) == [out]
            assert not AdviceStep.objects.exists()
            words = ("title", "summary", "owner", "text", timezone.localdate())
            assert rows("SELECT portal_begin_advice(gen_random_uuid(), 'a', '{}')") == [(None,)]
            assert rows("SELECT portal_write_advice(%s, 1, %s, %s, %s, %s, %s)", page, *words) == [("nothing there",)]
            for function in ("ask_advice(%s, 1)", "agree_advice(%s, 1)", "discard_advice(%s, 1)"):
                assert rows(f"SELECT portal_{function}", page) == [("moved on",)]
            assert rows("SELECT portal_hand_back_advice(%s, 1, 'x')", page) == [("moved on",)]
            assert rows("SELECT portal_take_down_advice(%s, NULL, 'x')", out) == [("moved on",)]
            found = rows("SELECT * FROM portal_advice_identifies(%s, '{999002}', '{}')", [person("head-beckside").name])
            assert found == []
            transaction.set_rollback(True)

    @pytest.mark.parametrize("slug", [WRITER, SECOND, THIRD, "officer-information"])
    def test_any_officer_with_a_duty(self, slug: str) -> None:
        """R9: whatever the duty opens."""
        assert door.list_advice(officer(slug)).why.reason
        assert 'href="/advice/"' in client(slug, EDUNET).get("/").content.decode()

    def test_a_second_factor_comes_first(self) -> None:
        """R13."""
        with pytest.raises(NeedsSecondFactor):
            door.list_advice(replace(officer(SECOND), second_factor=False))
        with pytest.raises(NotAtYourLevel):
            door.list_advice(officer("officer-no-duty"))

    def test_a_page_that_is_not_there(self) -> None:
        for act in (door.show_advice, door.show_writing_advice):
            with pytest.raises(NoSuchRecord):
                act(officer(SECOND), 0)
        with pytest.raises(NoSuchRecord):
            door.change_advice(officer(SECOND), 0, edits=0, wish=wish())
        with pytest.raises(NoSuchRecord):
            door.take_down_advice(officer(SECOND), 0, because="x")


class TestTheSecondLock:
    def test_a_stranger_reads_what_is_published_and_nothing_else(self) -> None:
        """R45: nobody has signed in, and the door is forgotten. Neither a draft nor what stood there before."""
        page = published(text="First words.")
        changed(page, "Which days count", text="Second words.")
        gone = published("Gone")
        door.take_down_advice(officer(SECOND), gone, because="x")
        asked("Waits")
        drafted("Draft")
        assert list(AdviceVersion.objects.values_list("page", "text")) == [(page, "Second words.")]
        assert list(AdvicePage.objects.values_list("pk", flat=True)) == [page]
        assert not AdviceStep.objects.exists()

    @pytest.mark.parametrize("table", ["adviceversion", "advicepage", "advicestep"])
    def test_the_application_writes_none_of_the_tables(self, table: str) -> None:
        """R45: an officer with a duty too takes each step by a function."""
        published()
        with transaction.atomic():
            Holdings.announced(officer(SECOND))
            for change in (f"UPDATE sharing_{table} SET id = id", f"DELETE FROM sharing_{table}"):
                with pytest.raises(Error, match="permission denied"), transaction.atomic():
                    rows(change)

    @pytest.mark.parametrize("writer", [as_batch, as_owner])
    def test_what_has_been_out_never_changes(self, writer) -> None:
        """R43: whoever writes. It is replaced or taken down, and no step is forgotten."""
        page = published()
        waits = asked("Waits")
        version = AdviceVersion.objects.filter(page=page)
        changes = (
            {"text": "Other"}, {"title": "Other"}, {"owner": "Other"}, {"published_at": timezone.now()},
            {"state": "draft", "published_at": None}, {"state": "taken_down", "text": ""}, {"number": 9},
        )  # fmt: skip
        for change in changes:
            with pytest.raises(Error, match=r"never change|cannot go"), transaction.atomic(), writer():
                version.update(**change)
        with pytest.raises(Error, match="never change"), transaction.atomic(), writer():
            AdviceVersion.objects.filter(page=waits).update(state="draft", text="Other")
        for table in ("adviceversion", "advicestep"):
            with pytest.raises(Error, match="append-only"), transaction.atomic(), writer():
                rows(f"DELETE FROM sharing_{table}")
        with pytest.raises(Error, match="append-only"), transaction.atomic(), writer():
            AdviceStep.objects.update(by_name="Nobody")


class TestTheLedger:
    def test_each_step_and_no_words(self) -> None:
        """R43: which page, by whom, and nothing of what was written."""
        with as_batch():
            before = LedgerEntry.objects.latest("id").pk
        page = asked("Secret title", text="Secret text", summary="Secret summary", owner="Secret owner")
        door.hand_back_advice(officer(SECOND), page, edits=1, because="Secret reason")
        door.ask_for_agreement(officer(WRITER), page, edits=1)
        door.agree_advice(officer(SECOND), page, edits=1)
        door.take_down_advice(officer(SECOND), page, because="Secret reason")
        door.change_advice(officer(WRITER), page, edits=1, wish=wish("Secret title"))
        door.discard_advice(officer(WRITER), page, edits=2)
        with pytest.raises(Identifies):
            door.look_over_advice(officer(WRITER), wish=wish(text=f"Secret {person('head-beckside').name}"))
        with as_batch():
            told = LedgerEntry.objects.filter(id__gt=before).order_by("id")
            changed_here = [row.action for row in told if row.outcome == "changed"]
            assert changed_here == [
                "write_advice", "ask_for_agreement", "hand_back_advice", "ask_for_agreement", "agree_advice",
                "take_down_advice", "change_advice", "discard_advice",
            ]  # fmt: skip
            assert {row.about["advice"] for row in told if row.outcome == "changed"} == {page}
            assert not [row.pk for row in told if "secret" in str(vars(row)).lower()]
