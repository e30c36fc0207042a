"""Words of advice that is not out are destroyed by two officers, and the history says so (R37, R43; docs/adr/0044)."""

from dataclasses import replace
from html import unescape

import pytest
from django.db import Error, transaction
from django.utils import timezone

from sharing import door
from sharing.authorise import NeedsConfirmation, NoSuchRecord
from sharing.authorise.holdings import Holdings
from sharing.cannot import ChangedMeanwhile
from sharing.door.advice import CannotAdvise
from sharing.models import AdvicePage, AdviceStep, AdviceVersion, LedgerEntry
from sharing.statements import rows_of
from tests.locks.mutants_of_advice import OF_ADVICE
from tests.locks.switches import run_as_owner
from tests.people import EDUNET, as_batch, as_owner, client, person
from tests.sharing.advising import (
    SECOND,
    THIRD,
    WRITER,
    address,
    ask_to_destroy,
    asked,
    changed,
    destroy,
    doomed,
    drafted,
    of_number,
    officer,
    published,
    status,
    typed,
    wish,
)
from tests.sharing.test_advice import waiting_for

pytestmark = pytest.mark.django_db
CHILD = "Zebedee Quill"
NAMED = {"text": f"## Who\n\n{CHILD} came.", "summary": f"Of {CHILD}.", "owner": f"Friends of {CHILD}"}


def stored(page: int) -> str:
    """Every row of the page, all columns of it."""
    with as_batch():
        found = [
            *AdvicePage.objects.filter(pk=page).values(),
            *AdviceVersion.objects.filter(page=page).values(),
            *AdviceStep.objects.filter(version__page=page).values(),
        ]
    return str(found)


class TestTwoOfficers:
    def test_destroy_the_words_and_the_history_says_so(self) -> None:
        """R37, R43: title, summary, owner, text, the reasons typed about them and the address. Who did what stays."""
        page = doomed(f"Help for {CHILD}", because=f"It names {CHILD}", **NAMED)
        before = door.show_advice_version(officer(THIRD), page, 1)
        destroy(page)
        kept = stored(page)
        for word in (*CHILD.split(), "zebedee", "quill"):
            assert word not in kept
        found = door.show_advice_version(officer(THIRD), page, 1)
        assert found.words == "gone"
        assert (found.version.published_at, found.version.state) == (before.version.published_at, "Taken down")
        assert [(step.what, step.by, step.because) for step in reversed(found.steps)] == [
            ("Written", person(WRITER).name, ""), ("Agreement asked for", person(WRITER).name, ""),
            ("Agreed and published", person(SECOND).name, ""), ("Taken down", person(WRITER).name, ""),
            ("Destruction of its words asked for", person(WRITER).name, "It names a child, or shows who a child is"),
            ("Its words were destroyed", person(SECOND).name, ""),
        ]  # fmt: skip
        browser = client(THIRD, EDUNET)
        for path in ("/advice/", f"/advice/{page}/", f"/advice/{page}/versions/1/", f"/advice/{page}/change/"):
            answer = browser.get(path)
            assert answer.status_code == 200
            assert "Quill" not in answer.content.decode()
        assert f"Page {page}, whose words were destroyed" in browser.get("/advice/").content.decode()

    def test_who_asked_does_not_decide(self) -> None:
        """R43: the ledger has the refusal. Whoever else has a duty decides, the writer too."""
        page = doomed(by=SECOND)
        assert not door.show_advice_version(officer(SECOND), page, 1).may_destroy
        with pytest.raises(CannotAdvise, match="Another officer has to decide"):
            destroy(page, by=SECOND)
        assert door.show_advice_version(officer(WRITER), page, 1).words == "asked"
        assert door.show_advice_version(officer(WRITER), page, 1).may_destroy
        destroy(page, by=WRITER)
        with as_batch():
            told = LedgerEntry.objects.filter(action="destroy_advice").order_by("id").values_list("outcome", flat=True)
            assert list(told) == ["refused", "changed"]

    def test_refused_the_words_stay_and_may_be_asked_for_again(self) -> None:
        """R43: by another officer; then the first may decide."""
        page = doomed(by=WRITER)
        seen = of_number(page, 1)
        door.keep_advice(officer(SECOND), page, 1, edits=seen)
        found = door.show_advice_version(officer(WRITER), page, 1)
        assert (found.words, found.may_destroy, found.version.title) == ("kept", False, "Counting days")
        assert (found.steps[0].what, found.steps[0].by) == ("Its words are kept", person(SECOND).name)
        with pytest.raises(CannotAdvise, match="in the meantime"):
            destroy(page, by=SECOND)
        ask_to_destroy(page, by=SECOND)
        with pytest.raises(CannotAdvise, match="Another officer"):
            destroy(page, by=SECOND)
        destroy(page, by=WRITER)

    def test_who_asked_may_take_it_back(self) -> None:
        page = doomed(by=WRITER)
        seen = client(WRITER, EDUNET).get(f"/advice/{page}/versions/1/").content.decode()
        assert "Take the request back" in seen
        assert "Destroy its words for good" not in seen
        answer = client(WRITER, EDUNET).post(f"/advice/{page}/versions/1/keep/", {"version": 1}, follow=True)
        assert "The words are kept." in answer.content.decode()
        assert "Ask another officer to destroy its words" in answer.content.decode()

    def test_it_asks_for_a_confirmation_first(self) -> None:
        """R13: nothing brings the words back."""
        page = doomed()
        with pytest.raises(NeedsConfirmation):
            door.destroy_advice(replace(officer(SECOND), confirmed_lately=False), page, 1, edits=1)
        assert door.show_advice_version(officer(SECOND), page, 1).words == "asked"

    def test_the_desk_and_the_home_page_tell_whoever_may_decide(self) -> None:
        """R9: not who asked, and not an officer without a duty."""
        page = doomed(by=WRITER)
        one = "request to destroy words of advice"
        assert waiting_for(SECOND)[one] == waiting_for(THIRD)[one] == 1
        assert waiting_for(WRITER)["requests to destroy words of advice"] == 0
        assert waiting_for("officer-no-duty") == {}
        for slug, mine in ((WRITER, False), (SECOND, True)):
            told = [
                (line.page_id, line.number, line.waits_for_you) for line in door.list_advice(officer(slug)).to_destroy
            ]
            assert told == [(page, 1, mine)]
        destroy(page)
        assert not door.list_advice(officer(SECOND)).to_destroy


class TestOnThePage:
    def test_a_reason_from_the_list_and_a_tick(self) -> None:
        """R37: what is typed might name whom the words named, so nothing is typed."""
        page = published()
        door.take_down_advice(officer(WRITER), page, because="A name")
        path, browser = f"/advice/{page}/versions/1/", client(WRITER, EDUNET)
        for reason in ("", CHILD):
            answer = browser.post(f"{path}ask/", {"version": 1, "reason": reason})
            assert answer.status_code == 422
        answer = browser.post(f"{path}ask/", {"version": 1, "reason": "secret"}, follow=True).content.decode()
        assert "Another officer now has to decide." in answer
        assert "so another officer with a recorded duty decides" in answer
        second = client(SECOND, EDUNET)
        seen = unescape(second.get(path).content.decode())
        assert f"{person(WRITER).name} asked for it on" in seen
        assert "The reason: It reveals something that nobody should know." in seen
        assert second.post(f"{path}destroy/", {"version": 1}).status_code == 422
        given = {"version": 1, "has_read_it": "on"}
        done = second.post(f"{path}destroy/", given, follow=True).content.decode()
        assert "Two officers destroyed the words of this version." in done
        assert "Count <em>each</em> day once" not in done
        assert "Destroy its words" not in done
        again = second.post(f"{path}destroy/", given)
        assert again.status_code == 422
        assert "Somebody has changed this page" in again.content.decode()

    def test_what_keeps_words_of_its_own_is_named(self) -> None:
        """R37: another version, and a draft made of the words."""
        page = published()
        changed(page, "Which days count")
        door.take_down_advice(officer(WRITER), page, because="A name")
        seen = client(WRITER, EDUNET).get(f"/advice/{page}/versions/2/").content.decode()
        assert f'href="/advice/{page}/versions/1/"' in seen
        assert "The draft</a>" not in seen
        assert "stays until the words of every version are destroyed" in seen
        door.change_advice(officer(WRITER), page, edits=2, wish=wish())
        assert "The draft</a>" in client(WRITER, EDUNET).get(f"/advice/{page}/versions/2/").content.decode()

    def test_nobody_else(self) -> None:
        """R9, R45: no page and no step for who has no duty; nor at schools."""
        page = doomed()
        for slug, through, code in (
            ("officer-no-duty", EDUNET, 403),
            ("head-beckside", EDUNET, 403),
            ("superuser", EDUNET, 403),
        ):
            for step in ("ask", "keep", "destroy"):
                given = {"version": 1, "reason": "child", "has_read_it": "on"}
                answer = client(slug, through).post(f"/advice/{page}/versions/1/{step}/", given)
                assert answer.status_code == code, (slug, step)
        assert door.show_advice_version(officer(SECOND), page, 1).words == "asked"

    def test_only_what_has_been_out(self) -> None:
        page = drafted()
        for number in (1, 9):
            with pytest.raises(NoSuchRecord):
                door.ask_to_destroy_advice(officer(SECOND), page, number, edits=1, reason="child")


class TestWhatIsOut:
    def test_is_taken_down_first(self) -> None:
        """R37: anybody reads it, so the words are not destroyed behind their back."""
        page = published()
        with pytest.raises(CannotAdvise, match="Take the page down first"):
            ask_to_destroy(page)
        seen = client(WRITER, EDUNET).get(f"/advice/{page}/versions/1/").content.decode()
        assert "take the page down</a> first" in seen
        assert "Ask another officer" not in seen

    def test_stays_when_an_earlier_version_goes(self) -> None:
        """R37: what anybody reads, and its address."""
        page = published(f"Help for {CHILD}")
        changed(page, "Help")
        path = address(page)
        ask_to_destroy(page)
        destroy(page)
        assert address(page) == path
        assert status(path) == {200}
        assert door.show_advice(officer(SECOND), page).title == "Help"

    def test_the_address_goes_with_the_last_words(self) -> None:
        """R37: it was made from the first title. What is written there later has an address of its own title."""
        page = published(f"Help for {CHILD}")
        path = address(page)
        changed(page, "Help")
        door.take_down_advice(officer(WRITER), page, because="A name")
        for number in (2, 1):
            assert address(page) == path
            ask_to_destroy(page, number)
            destroy(page, number)
        assert address(page) == "/guidance/removed-2/"
        assert status(path) == status("/guidance/removed-2/") == {404}
        begun = door.show_writing_advice(officer(WRITER), page)
        assert begun.title == begun.text == ""
        door.change_advice(officer(WRITER), page, edits=begun.edits, wish=wish("Help for all"))
        assert address(page) == "/guidance/help-for-all/"


class TestPostgreSQL:
    """R45: the door is forgotten."""

    def test_one_officer_never_does_both_nor_touches_what_is_out(self) -> None:
        page, out = doomed(by=SECOND), published("Another page")
        with transaction.atomic():
            Holdings.announced(officer(SECOND))
            assert rows_of("SELECT portal_destroy_advice(%s, 1)", page) == [("you asked",)]
            assert rows_of("SELECT portal_ask_to_destroy_advice(%s, 1, 'child')", out) == [("is out",)]
            assert rows_of("SELECT portal_destroy_advice(%s, 1)", out) == [("moved on",)]
            assert rows_of("SELECT portal_keep_advice(%s, 1)", out) == [("moved on",)]
            with pytest.raises(Error, match="permission denied"), transaction.atomic():
                rows_of("SELECT portal_tell_advice(%s, 'words_gone', '')", page)
        destroy(page, by=THIRD)

    def test_nobody_without_a_duty(self) -> None:
        page = doomed()
        with transaction.atomic():
            Holdings.announced(replace(officer(SECOND), person_id=person("officer-no-duty").pk))
            for step in ("destroy_advice(%s, 1)", "keep_advice(%s, 1)", "ask_to_destroy_advice(%s, 1, 'child')"):
                assert rows_of(f"SELECT portal_{step}", page) == [("moved on",)]

    def test_a_reason_that_is_not_in_the_list(self) -> None:
        """R37: it would be kept for good."""
        page = published()
        door.take_down_advice(officer(WRITER), page, because="A name")
        with transaction.atomic():
            Holdings.announced(officer(SECOND))
            with pytest.raises(Error, match="why_words_are_to_go"), transaction.atomic():
                rows_of("SELECT portal_ask_to_destroy_advice(%s, 1, 'Quill')", page)

    @pytest.mark.parametrize("writer", [as_batch, as_owner])
    def test_whoever_writes(self, writer) -> None:
        """R43: not without two, not what is out or a draft, nothing else with it, and never again."""
        page, out, draft = doomed(by=SECOND), published("Another page"), drafted("A draft")
        gone = {"words": "gone", "title": "", "summary": "", "owner": "", "text": ""}

        def refused(match: str, of: int, **change: object) -> None:
            with pytest.raises(Error, match=match), transaction.atomic(), writer():
                AdviceVersion.objects.filter(page=of).update(**change)

        refused("by two officers", page, **gone)
        refused("never change", page, words="kept", text="Other")
        refused("cannot go", out, **gone)
        refused("words_that_are_out_are_kept", out, words="asked")
        refused("cannot go", draft, words="asked", state="taken_down", published_at=timezone.now())
        with as_batch():
            told = {"version": AdviceVersion.objects.get(page=page), "at": timezone.now(), "by_name": "Somebody"}
            AdviceStep.objects.create(kind="words_gone", by_id=person(SECOND).pk, **told)
        refused("by two officers", page, **gone)
        with pytest.raises(Error, match="append-only"), transaction.atomic(), writer():
            AdviceStep.objects.filter(version__page=page, kind="taken_down").update(because="")
        destroy(page, by=THIRD)
        refused("cannot go", page, words="kept")
        refused("cannot go", page, text="Other")
        refused("cannot go", page, state="published")
        for change in ({"because": "Other"}, {"because": "", "by_name": "Other"}, {"reason": "secret"}):
            with pytest.raises(Error, match="append-only"), transaction.atomic(), writer():
                AdviceStep.objects.filter(version__page=page, kind="words_asked").update(**change)


class TestAFormThatWasOpen:
    def test_tells_before_it_brings_the_words_back(self) -> None:
        """R37: whoever had opened the page for change, from the words that stood there."""
        page = published(text=f"{CHILD} came.")
        door.take_down_advice(officer(WRITER), page, because="A name")
        begun = door.show_writing_advice(officer(THIRD), page)
        ask_to_destroy(page)
        destroy(page)
        with pytest.raises(ChangedMeanwhile, match="Do not bring them back"):
            door.change_advice(officer(THIRD), page, edits=begun.edits, wish=wish(text=begun.text))
        assert CHILD not in stored(page)

    def test_tells_also_where_somebody_wrote_there_since(self) -> None:
        """R37: what they saved last is not all that has changed."""
        page = published(text=f"{CHILD} came.")
        door.take_down_advice(officer(WRITER), page, because="A name")
        begun = door.show_writing_advice(officer(THIRD), page)
        ask_to_destroy(page)
        destroy(page)
        door.change_advice(officer(WRITER), page, edits=2, wish=wish("Days"))
        with pytest.raises(ChangedMeanwhile, match="Do not bring them back"):
            door.change_advice(officer(THIRD), page, edits=begun.edits, wish=wish(text=begun.text))
        late = door.show_writing_advice(officer(THIRD), page)
        door.change_advice(officer(WRITER), page, edits=3, wish=wish("More days"))
        with pytest.raises(ChangedMeanwhile, match="Somebody else saved this draft"):
            door.change_advice(officer(THIRD), page, edits=late.edits, wish=wish("Fewer days"))

    def test_a_draft_beside_it_goes_on(self) -> None:
        """It is agreed to as it was seen."""
        page = published()
        changed(page, "Which days count")
        door.change_advice(officer(WRITER), page, edits=2, wish=wish("Days"))
        door.ask_for_agreement(officer(WRITER), page, edits=3)
        ask_to_destroy(page)
        destroy(page)
        door.agree_advice(officer(SECOND), page, edits=3)
        assert door.show_advice(officer(SECOND), page).title == "Days"

    def test_what_waits_when_the_last_words_go_comes_out_at_an_address_of_its_own(self) -> None:
        """R37: of its title, as the page said, though nobody saves it once more."""
        page = doomed(f"Help for {CHILD}")
        door.change_advice(officer(WRITER), page, edits=1, wish=wish("Help for all"))
        door.ask_for_agreement(officer(WRITER), page, edits=2)
        seen = client(SECOND, EDUNET).get(f"/advice/{page}/versions/1/").content.decode()
        assert "The page gets one from the title of its draft." in seen
        destroy(page)
        assert address(page) == "/guidance/help-for-all/"
        door.agree_advice(officer(SECOND), page, edits=2)
        assert status("/guidance/help-for-all/") == {200}

    @pytest.mark.parametrize("number", [9, 2**31])
    def test_a_number_that_no_form_had_is_no_error_of_ours(self, number: int) -> None:
        """R37: it was put into the form by hand."""
        page = doomed()
        browser, given = client(WRITER, EDUNET), typed(version=number, reason="child", because="A slip")
        for path in ("write/", f"{page}/change/", f"{page}/hand-back/", f"{page}/versions/1/ask/"):
            assert browser.post(f"/advice/{path}", given).status_code == 422, path
        assert browser.post(f"/advice/{page}/discard/", given).status_code == 302


def test_the_ledger_has_each_step_and_no_words() -> None:
    """R43: nor had it any of them before."""
    with as_batch():
        before = LedgerEntry.objects.latest("id").pk
    page = doomed(f"Help for {CHILD}", because=f"It names {CHILD}", **NAMED)
    door.keep_advice(officer(SECOND), page, 1, edits=1)
    ask_to_destroy(page)
    destroy(page)
    with as_batch():
        told = list(LedgerEntry.objects.filter(id__gt=before).order_by("id"))
        steps = [(row.action, row.about) for row in told if row.outcome == "changed"][-4:]
        of_it = {"advice": page, "version": 1}
        assert steps == [
            ("ask_to_destroy_advice", of_it | {"reason": "child"}), ("keep_advice", of_it),
            ("ask_to_destroy_advice", of_it | {"reason": "child"}), ("destroy_advice", of_it),
        ]  # fmt: skip
        assert not [row.pk for row in told if "quill" in str(vars(row)).lower()]


def test_the_door_by_itself() -> None:
    """R45: PostgreSQL forgotten, neither does one officer both, nor is what is out destroyed."""
    page, out = doomed(by=SECOND), published("Another page")
    run_as_owner(
        *OF_ADVICE["words of advice destroyed by who asked"], *OF_ADVICE["words of advice that is out destroyed"][:1]
    )
    run_as_owner("ALTER TABLE sharing_adviceversion DROP CONSTRAINT words_that_are_out_are_kept")
    with pytest.raises(CannotAdvise, match="Another officer has to decide"):
        destroy(page, by=SECOND)
    with pytest.raises(CannotAdvise, match="Take the page down first"):
        ask_to_destroy(out)
    assert door.show_advice_version(officer(SECOND), page, 1).words == "asked"
    assert door.show_advice_version(officer(SECOND), out, 1).words == "kept"


def test_a_page_that_waits_for_agreement_is_not_doomed() -> None:
    """R37: its words are handed back and discarded by whoever writes it."""
    page = asked()
    with pytest.raises(NoSuchRecord):
        ask_to_destroy(page)
