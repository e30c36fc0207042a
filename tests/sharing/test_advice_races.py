"""Steps of advice at one moment (R37, R43): one of them counts. Real threads, real commits."""

from contextlib import suppress
from uuid import uuid4

import pytest

from sharing import door
from sharing.door.advice import CannotAdvise
from sharing.models import AdvicePage, AdviceStep, AdviceVersion
from tests.people import as_batch
from tests.sharing.advising import SECOND, THIRD, WRITER, asked, drafted, edits, officer, wish
from tests.threads import at_once

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
