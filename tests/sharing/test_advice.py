"""Advice of the council: an officer writes, a second one agrees, anybody reads (R37, R43, R45; docs/adr/0044)."""

from dataclasses import replace
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from sharing import door
from sharing.authorise import NeedsConfirmation, NoSuchRecord
from sharing.cannot import ChangedMeanwhile
from sharing.door.advice import CannotAdvise
from sharing.guidance import BY_SLUG
from sharing.models import AdvicePage, AdviceStep, AdviceVersion, LedgerEntry
from sharing.records.advice import AdviceEarlier
from tests.people import EDUNET, as_batch, client, person, visitor
from tests.sharing import advising
from tests.sharing.advising import (
    BOTH,
    SECOND,
    THIRD,
    WRITER,
    address,
    asked,
    changed,
    drafted,
    edits,
    officer,
    published,
    status,
    typed,
    wish,
)
from tests.sharing.test_two_tabs import version_in

pytestmark = pytest.mark.django_db


def read(path: str) -> list[str]:
    """What a stranger reads at the address, on each site."""
    answers = [visitor(site).get(path) for site in BOTH]
    assert {answer.status_code for answer in answers} == {200}
    return [unescape(answer.content.decode()) for answer in answers]


def waiting_for(slug: str) -> dict[str, int]:
    """What the officer's home page says of advice."""
    found = door.show_workbench(officer(slug))
    tasks = [*found.quiet, *(task for group in found.groups for task in group.tasks)]
    return {task.words: task.number for task in tasks if task.page == "advice_desk"}


class TestWrittenAndAgreed:
    def test_anybody_reads_it_on_both_sites_once_a_second_officer_has_agreed(self) -> None:
        """R37: with its owner and its day, and no name of an officer."""
        page = asked()
        path = address(page)
        assert status(path) == {404}
        assert all("Counting days" not in index for index in read("/guidance/"))
        door.agree_advice(officer(SECOND), page, edits=edits(page))
        today = f"{timezone.localdate():%-d %B %Y}"
        for index, seen in zip(read("/guidance/"), read(path), strict=True):
            assert "From the Council" in index
            assert "About this portal" in index
            for words in ("Counting days", "Which days count, and how.", "Attendance team", today):
                assert words in index
                assert words in seen
            assert '<h2 class="govuk-heading-m app-break">Which days</h2>' in seen
            for name in (person(WRITER).name, person(SECOND).name):
                assert name not in index + seen

    def test_the_writer_never_agrees(self) -> None:
        """R37, R43: nor who asked for agreement, nor who wrote a part of it; the ledger has the refusal."""
        page = drafted()
        door.change_advice(officer(THIRD), page, edits=1, wish=wish(text="Other words."))
        door.ask_for_agreement(officer("officer-information"), page, edits=2)
        for slug in (WRITER, THIRD, "officer-information"):
            assert not door.show_advice(officer(slug), page).may_agree
            with pytest.raises(CannotAdvise, match="Another officer has to agree"):
                door.agree_advice(officer(slug), page, edits=2)
        assert status(address(page)) == {404}
        assert door.show_advice(officer(SECOND), page).may_agree
        door.agree_advice(officer(SECOND), page, edits=2)
        with as_batch():
            told = LedgerEntry.objects.filter(action="agree_advice").order_by("id").values_list("outcome", flat=True)
            assert list(told) == ["refused", "refused", "refused", "changed"]

    def test_the_home_page_tells_whoever_may_agree(self) -> None:
        """R9: not the writer, and not an officer without a duty."""
        asked()
        one = "page of advice to agree to"
        assert waiting_for(SECOND)[one] == waiting_for("officer-information")[one] == 1
        assert waiting_for(WRITER)["pages of advice to agree to"] == 0
        assert waiting_for("officer-no-duty") == {}
        home = client(SECOND, EDUNET).get("/").content.decode()
        assert 'href="/advice/"><strong>1</strong> page of advice to agree to</a>' in home

    def test_what_is_agreed_to_is_what_was_seen(self) -> None:
        """R37: handed back, changed and asked for again meanwhile, it has to be read again."""
        page = asked()
        seen = edits(page)
        door.hand_back_advice(officer(WRITER), page, edits=seen, because="A slip")
        door.change_advice(officer(WRITER), page, edits=seen, wish=wish(text="Something else."))
        door.ask_for_agreement(officer(WRITER), page, edits=seen + 1)
        with pytest.raises(CannotAdvise, match="in the meantime"):
            door.agree_advice(officer(SECOND), page, edits=seen)
        assert status(address(page)) == {404}

    @pytest.mark.parametrize("discarded", [True, False])
    def test_nor_is_a_later_version_that_was_not_seen(self, discarded: bool) -> None:
        """R37: begun anew after the one that was seen was discarded, or came out."""
        page = asked()
        seen = edits(page)
        if discarded:
            door.hand_back_advice(officer(WRITER), page, edits=seen, because="A slip")
            door.discard_advice(officer(WRITER), page, edits=seen)
        else:
            door.agree_advice(officer(THIRD), page, edits=seen)
        door.change_advice(officer(WRITER), page, edits=seen, wish=wish(text="Never seen."))
        door.ask_for_agreement(officer(WRITER), page, edits=edits(page))
        with pytest.raises(CannotAdvise, match="in the meantime"):
            door.agree_advice(officer(SECOND), page, edits=seen)
        door.agree_advice(officer(SECOND), page, edits=edits(page))

    def test_publishing_asks_for_a_confirmation_first(self) -> None:
        """R13: a session that somebody else took over publishes nothing."""
        page = asked()
        with pytest.raises(NeedsConfirmation):
            door.agree_advice(replace(officer(SECOND), confirmed_lately=False), page, edits=edits(page))

    def test_words_that_wait_stand_still(self) -> None:
        page = asked()
        with pytest.raises(CannotAdvise, match="Hand it back first"):
            door.change_advice(officer(WRITER), page, edits=edits(page), wish=wish(text="Other words."))
        answer = client(WRITER, EDUNET).get(f"/advice/{page}/change/", follow=True)
        assert "Hand it back first" in answer.content.decode()


class TestDrafts:
    def test_two_who_edit_one_draft(self) -> None:
        """The second is told, keeps what was typed, and saves it knowingly."""
        page = drafted()
        browser = client(SECOND, EDUNET)
        path = f"/advice/{page}/change/"
        assert 'name="version" value="1"' in browser.get(path).content.decode()
        door.change_advice(officer(THIRD), page, edits=1, wish=wish(text="Words of the first."))
        given = typed(version=1, text="Words of the second.")
        answer = browser.post(path, given)
        assert answer.status_code == 422
        assert "Somebody else saved this draft" in answer.content.decode()
        assert "Words of the second." in answer.content.decode()
        assert 'name="version" value="2"' in answer.content.decode()
        assert browser.post(path, given | {"version": 2}).status_code == 302
        with as_batch():
            assert AdviceVersion.objects.get(page=page).text == "Words of the second."

    def test_a_form_that_was_open_while_a_later_version_came_out(self) -> None:
        """What came out is not lost without a word."""
        page = published()
        seen = edits(page)
        changed(page, "Which days count", text="Words of the second.")
        with pytest.raises(ChangedMeanwhile):
            door.change_advice(officer(THIRD), page, edits=seen, wish=wish(text="Words of the first."))

    def test_the_form_of_a_new_page_sent_again_with_other_words(self) -> None:
        """By the button Back: told once, and saved the next time. When the page is out, it begins no draft unasked."""
        browser, given = client(WRITER, EDUNET), typed()
        assert browser.post("/advice/write/", given).status_code == 302
        answer = browser.post("/advice/write/", given | {"text": "Better words."})
        assert answer.status_code == 422
        assert 'name="version" value="1"' in answer.content.decode()
        assert browser.post("/advice/write/", given | {"text": "Better words.", "version": 1}).status_code == 302
        with as_batch():
            page = AdvicePage.objects.get().pk
        door.ask_for_agreement(officer(WRITER), page, edits=2)
        door.agree_advice(officer(SECOND), page, edits=2)
        assert browser.post("/advice/write/", given | {"text": "Better words."}).status_code == 422
        with as_batch():
            assert list(AdviceVersion.objects.values_list("state", flat=True)) == ["published"]

    def test_a_form_that_is_sent_twice_is_one_page(self) -> None:
        """And the same words saved again are no second edit."""
        key = uuid4()
        assert drafted(key=key) == drafted(key=key)
        page = drafted(key=key)
        door.change_advice(officer(WRITER), page, edits=1, wish=wish(text="New."))
        door.change_advice(officer(WRITER), page, edits=1, wish=wish(text="New."))
        with as_batch():
            assert AdvicePage.objects.filter(form_key=key).count() == 1
            assert AdviceVersion.objects.get(page=page).edits == 2
            assert AdviceStep.objects.filter(version__page=page).count() == 2

    def test_steps_that_are_sent_twice_do_no_harm(self) -> None:
        page = asked()
        with pytest.raises(CannotAdvise, match="in the meantime"):
            door.ask_for_agreement(officer(WRITER), page, edits=1)
        door.agree_advice(officer(SECOND), page, edits=1)
        with pytest.raises(CannotAdvise, match="in the meantime"):
            door.agree_advice(officer(SECOND), page, edits=1)
        with as_batch():
            assert list(AdviceVersion.objects.filter(page=page).values_list("state", flat=True)) == ["published"]

    def test_the_preview_keeps_what_was_typed_and_saves_nothing(self) -> None:
        """R37: it works without script."""
        browser = client(WRITER, EDUNET)
        answer = browser.post("/advice/write/", typed(step="preview", text="## A part\n\n**Strong** words."))
        seen = answer.content.decode()
        assert answer.status_code == 200
        assert "Preview: nothing is saved yet" in seen
        assert '<h3 class="govuk-heading-s app-break">A part</h3>' in seen
        assert "<strong>Strong</strong> words." in seen
        assert "## A part\n\n**Strong** words.</textarea>" in seen
        assert 'value="Attendance team"' in seen
        with as_batch():
            assert not AdvicePage.objects.exists()

    def test_handed_back_with_a_reason(self) -> None:
        page = asked()
        browser = client(SECOND, EDUNET)
        path = f"/advice/{page}/hand-back/"
        assert browser.post(path, {"version": 1, "because": ""}).status_code == 422
        answer = browser.post(path, {"version": 1, "because": "The second row is not clear"}, follow=True)
        assert "because: The second row is not clear" in answer.content.decode()
        assert door.show_advice(officer(WRITER), page).draft

    def test_a_discarded_draft_is_gone_with_its_words(self) -> None:
        page = drafted()
        door.discard_advice(officer(WRITER), page, edits=1)
        assert door.show_advice(officer(WRITER), page).title == "A page that was discarded"
        with as_batch():
            assert AdviceVersion.objects.get(page=page).text == ""
        assert client(WRITER, EDUNET).get(f"/advice/{page}/").status_code == 200
        door.change_advice(officer(WRITER), page, edits=1, wish=wish())

    def test_what_was_typed_when_it_was_handed_back_goes_with_it(self) -> None:
        """R37: no step and no officer could ever take a name out of it."""
        page = asked()
        door.hand_back_advice(officer(SECOND), page, edits=edits(page), because="It names somebody.")
        door.discard_advice(officer(WRITER), page, edits=edits(page))
        with as_batch():
            assert set(AdviceStep.objects.filter(version__page=page).values_list("because", flat=True)) == {""}


class TestAddresses:
    def test_an_address_stays_when_the_title_changes(self) -> None:
        page = published()
        before = address(page)
        changed(page, "Which days count")
        assert address(page) == before == "/guidance/counting-days/"
        assert all('<h1 class="govuk-heading-l">Which days count</h1>' in seen for seen in read(before))

    def test_it_follows_the_title_until_the_page_is_out(self) -> None:
        """R37: who agrees reads it too, and a slip in the first title does not stay in it. A discarded one has none."""
        page = drafted("Help for Zebedee Quill")
        door.change_advice(officer(WRITER), page, edits=1, wish=wish("Help"))
        door.ask_for_agreement(officer(WRITER), page, edits=2)
        assert "guidance/help," in client(SECOND, EDUNET).get(f"/advice/{page}/").content.decode()
        assert address(page) == "/guidance/help/"
        gone = drafted("Help for Zebedee Quill")
        door.discard_advice(officer(WRITER), gone, edits=1)
        assert address(gone) == "/guidance/discarded-2/"

    def test_it_is_never_one_of_the_portals_own_nor_another_pages(self) -> None:
        """R37: the page about the protocol stays the page about the protocol."""
        own = BY_SLUG["privacy"]
        page, other = published(own.title), published(own.title)
        assert [address(page), address(other)] == ["/guidance/privacy-2/", "/guidance/privacy-3/"]
        assert all("Data Protection Officer" in seen for seen in read("/guidance/privacy/"))
        assert address(published("¿?")) == "/guidance/advice/"


class TestTakenDown:
    def test_at_once_by_one_officer(self) -> None:
        """R37: also by who wrote it; the history keeps the words and the reason."""
        page = published()
        path = address(page)
        browser, down, seen = client(WRITER, EDUNET), f"/advice/{page}/take-down/", {"version": edits(page)}
        assert browser.post(down, seen | {"because": " "}).status_code == 422
        assert status(path) == {200}
        answer = browser.post(down, seen | {"because": "A name"}, follow=True).content.decode()
        assert "Taken down: version 1" in answer
        assert "because: A name" in answer
        assert status(path) == {404}
        assert "Page not found" in visitor().get(path).content.decode()
        assert all("Counting days" not in index for index in read("/guidance/"))
        assert [line.title for line in door.list_advice(officer(SECOND)).taken_down] == ["Counting days"]
        assert (
            "Count <em>each</em> day once" in client(THIRD, EDUNET).get(f"/advice/{page}/versions/1/").content.decode()
        )

    def test_a_version_that_came_out_meanwhile_is_looked_at_first(self) -> None:
        """R37: and the same button then takes it down, as this may not wait."""
        page, browser = published(), client(THIRD, EDUNET)
        down, typed_in = f"/advice/{page}/take-down/", {"because": "A name", "version": edits(page)}
        changed(page, "Counting half days")
        refused = browser.post(down, typed_in)
        assert (refused.status_code, "Somebody has changed this page" in refused.text) == (422, True)
        assert ("Counting half days" in refused.text, status(address(page))) == (True, {200})
        assert browser.post(down, typed_in | {"version": version_in(refused)}).status_code == 302
        assert status(address(page)) == {404}

    def test_put_up_again_by_two(self) -> None:
        """From the words that stood there, by asking and agreeing as ever."""
        page = published()
        door.take_down_advice(officer(SECOND), page, because="To be checked")
        begun = door.show_writing_advice(officer(SECOND), page)
        assert (begun.title, begun.text, begun.edits) == ("Counting days", advising.TEXT, 1)
        door.change_advice(officer(SECOND), page, edits=1, wish=wish())
        door.ask_for_agreement(officer(SECOND), page, edits=2)
        assert status(address(page)) == {404}
        with pytest.raises(CannotAdvise, match="Another officer"):
            door.agree_advice(officer(SECOND), page, edits=2)
        door.agree_advice(officer(WRITER), page, edits=2)
        assert status(address(page)) == {200}
        assert not door.list_advice(officer(SECOND)).taken_down


class TestVersions:
    def test_officers_see_what_stood_when_and_who_wrote_and_agreed(self) -> None:
        """R43: the public sees neither."""
        page = published()
        changed(page, "Which days count", by=SECOND, agreed=THIRD, text="Other words.")
        found = door.show_advice(officer(WRITER), page)
        assert [(step.number, step.what, step.by) for step in reversed(found.steps)] == [
            (1, "Written", person(WRITER).name), (1, "Agreement asked for", person(WRITER).name),
            (1, "Agreed and published", person(SECOND).name), (2, "Written", person(SECOND).name),
            (2, "Agreement asked for", person(SECOND).name), (2, "Agreed and published", person(THIRD).name),
        ]  # fmt: skip
        assert found.past == (AdviceEarlier(1, ""),)
        assert "Count <em>each</em> day once" in door.show_advice_version(officer(WRITER), page, 1).version.body
        for number in (3, 9):
            with pytest.raises(NoSuchRecord):
                door.show_advice_version(officer(WRITER), page, number)
        for seen in read(address(page)):
            assert "Other words." in seen
            assert "Count <em>each</em>" not in seen

    def test_who_agrees_sees_both_side_by_side(self) -> None:
        page = published()
        door.change_advice(officer(WRITER), page, edits=1, wish=wish(text="Other words."))
        door.ask_for_agreement(officer(WRITER), page, edits=2)
        seen = client(SECOND, EDUNET).get(f"/advice/{page}/").content.decode()
        assert seen.index("As it will be") < seen.index("Other words.") < seen.index("As it is published")
        assert seen.index("As it is published") < seen.index("Count <em>each</em> day once")
        answer = client(SECOND, EDUNET).post(f"/advice/{page}/agree/", {"version": 2})
        assert answer.status_code == 422
        assert "confirm that it does not identify any person" in answer.content.decode()
        done = client(SECOND, EDUNET).post(f"/advice/{page}/agree/", {"version": 2, "identifies_nobody": "on"})
        assert done.status_code == 302
        assert all("Other words." in seen for seen in read(address(page)))

    def test_officers_are_told_when_it_is_to_be_looked_at_again(self) -> None:
        """R37: on the desk, the page and their home page; the day before, nobody."""
        page = published(review_on=timezone.localdate() + timedelta(days=30))
        for days, due in ((29, 0), (30, 1)):
            with time_machine.travel(timezone.now() + timedelta(days=days)):
                told = waiting_for(SECOND)
                assert sum(number for words, number in told.items() if "look at again" in words) == due
                assert door.show_advice(officer(SECOND), page).is_due is bool(due)
                assert [line.is_due for line in door.list_advice(officer(SECOND)).published] == [bool(due)]


def test_a_draft_that_somebody_changed_is_told_of() -> None:
    """The optimistic lock, at the door."""
    page = drafted()
    with pytest.raises(ChangedMeanwhile) as refused:
        door.change_advice(officer(SECOND), page, edits=0, wish=wish(text="Other."))
    assert refused.value.version == 1
