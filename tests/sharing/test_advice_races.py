"""Steps of advice at one moment (R37, R43): one of them counts. Real threads, real commits."""

from contextlib import suppress
from functools import partial
from uuid import uuid4

import pytest

from sharing import door
from sharing.cannot import ChangedMeanwhile
from sharing.door.advice import REFUSED, CannotAdvise
from sharing.models import AdvicePage, AdviceStep, AdviceVersion
from tests.people import as_batch
from tests.sharing.advising import (
    SECOND,
    THIRD,
    WRITER,
    address,
    asked,
    doomed,
    drafted,
    edits,
    officer,
    published,
    status,
    wish,
)
from tests.threads import at_once, race

pytestmark = pytest.mark.usefixtures("own_database")


def steps(page: int, kind: str) -> int:
    with as_batch():
        return AdviceStep.objects.filter(version__page=page, kind=kind).count()


def test_one_form_sent_many_times() -> None:
    key = uuid4()
    pages = at_once(*[lambda: drafted("At once", key=key) for _ in range(6)])
    with as_batch():
        assert set(pages) == {AdvicePage.objects.get(form_key=key).pk}
        assert AdviceVersion.objects.filter(page=pages[0]).count() == 1
    assert steps(pages[0], "written") == 1


def test_pages_of_one_title() -> None:
    """Each has an address of its own."""
    pages = at_once(*[lambda: drafted("The same title") for _ in range(6)])
    with as_batch():
        assert AdvicePage.objects.filter(pk__in=pages).values("slug").distinct().count() == 6


def test_agreed_by_two_and_handed_back() -> None:
    """Exactly one of the three counts."""
    page = asked("Agreed by two")
    seen = edits(page)

    def tried(step) -> bool:
        with suppress(CannotAdvise):
            step()
            return True
        return False

    done = at_once(
        lambda: tried(lambda: door.agree_advice(officer(SECOND), page, edits=seen)),
        lambda: tried(lambda: door.agree_advice(officer(THIRD), page, edits=seen)),
        lambda: tried(lambda: door.hand_back_advice(officer(WRITER), page, edits=seen, because="A slip")),
    )
    assert sum(done) == 1
    assert steps(page, "published") + steps(page, "handed_back") == 1


def test_changed_while_it_is_agreed_to() -> None:
    """What is out is what was seen."""
    page = asked("Changed meanwhile", text="Seen.")
    seen = edits(page)

    def changes() -> None:
        with suppress(CannotAdvise):
            door.hand_back_advice(officer(WRITER), page, edits=seen, because="A slip")
            door.discard_advice(officer(WRITER), page, edits=seen)
            door.change_advice(officer(WRITER), page, edits=seen, wish=wish(text="Never seen."))
            door.ask_for_agreement(officer(WRITER), page, edits=edits(page))

    def agrees() -> None:
        for _ in range(10):
            with suppress(CannotAdvise):
                door.agree_advice(officer(SECOND), page, edits=seen)

    at_once(changes, agrees)
    with as_batch():
        assert not AdviceVersion.objects.filter(page=page, text="Never seen.", state="published").exists()


def test_words_asked_for_twice() -> None:
    """One request stands, by whoever came first."""
    page = published("Asked for twice")
    door.take_down_advice(officer(WRITER), page, because="A slip")
    people = [officer(slug) for slug in (WRITER, WRITER, SECOND, THIRD)]
    tasks = [partial(door.ask_to_destroy_advice, who, page, 1, edits=1, reason="child") for who in people]
    assert race(*tasks) == {"done": 1, REFUSED["moved on"]: 3}
    assert steps(page, "words_asked") == 1


def test_words_destroyed_by_two_and_kept() -> None:
    """Exactly one of them counts, and never who asked."""
    page = doomed("Destroyed by two")
    destroys = [partial(door.destroy_advice, officer(slug), page, 1, edits=1) for slug in (SECOND, SECOND, THIRD)]
    told = race(*destroys, partial(door.keep_advice, officer(WRITER), page, 1, edits=1))
    assert told == {"done": 1, REFUSED["moved on"]: 3}
    gone, kept = steps(page, "words_gone"), steps(page, "words_kept")
    assert gone + kept == 1
    with as_batch():
        version = AdviceVersion.objects.get(page=page)
    assert (version.words, version.text == "") == (("gone", True) if gone else ("kept", False))


def test_words_put_into_a_draft_while_they_are_destroyed() -> None:
    """The draft was there before, or its writer is told."""
    page = doomed("Opened meanwhile")
    told = at_once(
        lambda: door.destroy_advice(officer(SECOND), page, 1, edits=1),
        lambda: door.change_advice(officer(THIRD), page, edits=1, wish=wish("Opened meanwhile")),
    )
    with as_batch():
        versions = AdviceVersion.objects.filter(page=page).order_by("number").values_list("words", "edits")
        assert told[0] is None
        if isinstance(told[1], ChangedMeanwhile):
            assert list(versions) == [("gone", 2)]
        else:
            assert told[1] is None
            assert list(versions) == [("gone", 3), ("kept", 2)]


def test_a_later_version_comes_out_while_words_are_destroyed() -> None:
    """Both are done: the later version is out, at the one address that the page has."""
    page = doomed("Out meanwhile")
    door.change_advice(officer(WRITER), page, edits=1, wish=wish("Out again"))
    door.ask_for_agreement(officer(WRITER), page, edits=2)
    told = race(
        lambda: door.agree_advice(officer(THIRD), page, edits=2),
        lambda: door.destroy_advice(officer(SECOND), page, 1, edits=1),
    )
    assert told == {"done": 2}
    assert status(address(page)) == {200}
    with as_batch():
        found = AdviceVersion.objects.filter(page=page).order_by("number").values_list("state", "words")
        assert list(found) == [("taken_down", "gone"), ("published", "kept")]
