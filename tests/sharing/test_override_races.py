"""Openings and closings at the same moment as something else (R18, R44, R45): real threads, real commits."""

import threading
from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from django.db import connections
from django.utils import timezone

from access_register.models import WaitingLetter
from sharing import door
from sharing.authorise import NoSuchRecord, Permission, visit
from sharing.door.glass import CannotOpen
from sharing.imports import closed_alike
from sharing.models import Closing, Explanation, LedgerEntry, Opening, Pupil
from tests import threads
from tests.people import EDUNET, as_batch, asker
from tests.sharing import closings, glass
from tests.sharing.closings import BECKSIDE, FIONA, HEAD, MANAGER, second_manager
from tests.sharing.pupil_facts import UPNS, bring, record, told

pytestmark = pytest.mark.usefixtures("own_database")


def at_once(*attempts: Callable[[], object]) -> list[str]:
    """What became of each, in order."""
    ends = threads.at_once(*attempts)
    return [type(ended).__name__ if isinstance(ended, Exception) else "done" for ended in ends]


def sees(made: Pupil) -> bool:
    try:
        door.show_pupil(asker(HEAD), BECKSIDE, made.pk)
    except NoSuchRecord:
        return False
    return True


def test_two_close_one_child_at_once() -> None:
    """Both stand: the child stays closed when one of them is ended."""
    made, other = closings.child(), asker(second_manager(), EDUNET)
    facts = {
        "upn_key": made.upn_index, "named": [], "authoriser": "Director", "basis": "court", "reason": "An order.",
        "head_barred": False, "last_day": timezone.localdate() + timedelta(days=9),
    }  # fmt: skip
    manager = asker(MANAGER, EDUNET)
    assert at_once(*[lambda by=by: door.close_child(by, **facts) for by in (manager, other)]) == ["done", "done"]
    with as_batch():
        first, second = Closing.objects.order_by("pk").values_list("pk", flat=True)
    door.end_closing(manager, first)
    assert not sees(made)
    door.end_closing(manager, second)
    assert sees(made)


def test_a_form_that_is_sent_twice_at_once_closes_once_and_leaves_the_renewal() -> None:
    """R18: the child can be closed once more while nobody has agreed, and ended it is there again."""
    made, manager = closings.child(), asker(MANAGER, EDUNET)
    close = lambda: closings.close(made).pk  # noqa: E731
    numbers = set(threads.at_once(*[close] * 6))
    with as_batch():
        closing = Closing.objects.get()
        assert (numbers, closing.is_renewal) == ({closing.pk}, False)
        Closing.objects.update(starts_at=closing.starts_at - timedelta(hours=2))
    renewal = closings.close(made, last_day=timezone.localdate() + timedelta(days=60))
    assert renewal.is_renewal
    for number in (closing.pk, renewal.pk):
        assert not sees(made)
        door.end_closing(manager, number)
    assert sees(made)


def test_of_those_who_agree_at_once_one_is_the_second_person_and_never_the_first() -> None:
    """R18: who asked for it is refused, whatever the others do at that moment."""
    closing = closings.close(closings.child())
    manager, other, head = asker(MANAGER, EDUNET), asker(second_manager(), EDUNET), asker(HEAD)
    first, *others = at_once(
        lambda: door.agree_closing(manager, closing.pk),
        lambda: door.agree_closing(other, closing.pk),
        lambda: door.agree_closing_here(head, BECKSIDE, closing.pk),
    )
    assert (first, sorted(others)) == ("NoSuchRecord", ["NoSuchRecord", "done"])
    with as_batch():
        closing.refresh_from_db()
    assert closing.agreed_by_id in (other.person_id, head.person_id)


def test_ended_and_agreed_to_at_once_it_is_ended() -> None:
    """R44: a second person's word brings nothing back that has ended."""
    made = closings.child()
    closing = closings.close(made)
    manager, other = asker(MANAGER, EDUNET), asker(second_manager(), EDUNET)
    ended, _ = at_once(lambda: door.end_closing(manager, closing.pk), lambda: door.agree_closing(other, closing.pk))
    assert ended == "done"
    assert sees(made)


def test_who_reads_while_a_closing_commits_has_read_and_reads_no_more() -> None:
    """R43, R44: the request that began before is in the ledger; the next one finds nobody."""
    made = closings.child()
    with visit(asker(HEAD), Permission.VIEW_PUPILS, BECKSIDE, action="show_pupil") as here:
        assert Pupil.objects.filter(pk=made.pk).exists()
        assert at_once(lambda: closings.close(made)) == ["done"]
        here.showed(pupils=[made.pk])
    assert not sees(made)
    with as_batch():
        read, closed = LedgerEntry.objects.filter(action__in=["show_pupil", "close_child"]).order_by("pk")[:2]
    assert {read.action, closed.action} == {"show_pupil", "close_child"}


def test_a_glass_that_runs_out_while_somebody_reads() -> None:
    """R44: the request keeps the instant at which it began; the next one finds the record shut."""
    made = glass.child()
    opening, officer = glass.break_it(made), asker(FIONA, EDUNET)

    def runs_out() -> None:
        with as_batch():
            Opening.objects.filter(pk=opening.pk).update(ends_at=timezone.now())

    with visit(officer, Permission.VIEW_PUPILS, action="test") as here:
        assert Pupil.objects.filter(pk=made.pk).exists()
        assert at_once(runs_out) == ["done"]
        assert Pupil.objects.filter(pk=made.pk).exists()
        here.showed()
    with visit(officer, Permission.VIEW_PUPILS, action="test") as here:
        assert not Pupil.objects.exists()
        here.showed()


def test_a_glass_ended_while_it_is_read_is_shut_at_the_next_statement() -> None:
    made = glass.child()
    opening = glass.break_it(made)
    officer = asker(FIONA, EDUNET)
    with visit(officer, Permission.VIEW_PUPILS, action="test") as here:
        assert Pupil.objects.filter(pk=made.pk).exists()
        assert at_once(*[lambda: door.end_opening(officer, opening.pk)] * 2) == ["done"] * 2
        assert not Pupil.objects.exists()
        here.showed()
    with as_batch():
        rows = LedgerEntry.objects.filter(action="end_opening").order_by("outcome")
        assert [row.outcome for row in rows] == ["changed", "shown"]


def test_of_a_mark_sent_several_times_at_once_the_officer_is_told_once() -> None:
    """R18: by one email, however often the button was pressed."""
    opening, manager = glass.break_it(glass.child()), asker(MANAGER, EDUNET)
    with as_batch():
        before = WaitingLetter.objects.count()
    ask = lambda: door.mark_opening(manager, BECKSIDE, opening.pk, mark="asked")  # noqa: E731
    assert at_once(*[ask] * 6) == ["done"] * 6
    with as_batch():
        assert WaitingLetter.objects.count() == before + 1


def test_of_a_glass_broken_several_times_at_once_there_is_one() -> None:
    """R18, R43: one opening on record, and each of those who must know is told once."""
    made, officer = glass.child(), asker(FIONA, EDUNET)
    with as_batch():
        before = WaitingLetter.objects.count()
    break_it = lambda: door.break_glass(officer, child=glass.by_upn(made), **glass.WHY)  # noqa: E731
    answers = threads.at_once(*[break_it] * 6)
    with as_batch():
        opening = Opening.objects.get()
        assert WaitingLetter.objects.count() == before + 2  # the information manager and the head
    assert sorted(answer.is_new for answer in answers) == [False] * 5 + [True]
    assert {(answer.records, answer.until) for answer in answers} == {(((BECKSIDE, made.pk),), opening.ends_at)}


def test_a_glass_broken_while_the_child_is_closed_shows_nothing() -> None:
    """R18: whichever commits first."""
    made = glass.child()
    answers = at_once(lambda: closings.close(made), lambda: glass.break_it(made))
    assert answers[0] == "done"
    assert answers[1] in ("done", CannotOpen.__name__)
    with visit(asker(FIONA, EDUNET), Permission.VIEW_PUPILS, action="test") as here:
        assert not Pupil.objects.exists()
        here.showed()


def test_an_explanation_sent_twice_at_one_moment_is_kept_once() -> None:
    """R18: both are told that it is recorded; of two with other words the second is told that nobody asks any more."""
    officer, manager = asker(FIONA, EDUNET), asker(MANAGER, EDUNET)
    opening = glass.break_it(glass.child())
    for texts, ends in ((("Why", "Why"), ["done", "done"]), (("One", "Two"), ["NobodyAsks", "done"])):
        door.mark_opening(manager, BECKSIDE, opening.pk, mark="asked")
        sent = [lambda text=text: door.explain_opening(officer, opening.pk, text=text) for text in texts]
        assert sorted(at_once(*sent)) == ends
    with as_batch():
        assert Explanation.objects.filter(opening=opening).count() == 2


def test_explained_and_marked_at_once_the_mark_stands() -> None:
    """R18: whichever comes first, nobody is asked any more, and what was written before is kept."""
    officer, manager = asker(FIONA, EDUNET), asker(MANAGER, EDUNET)
    opening = glass.break_it(glass.child())
    door.mark_opening(manager, BECKSIDE, opening.pk, mark="asked")
    written, marked = at_once(
        lambda: door.explain_opening(officer, opening.pk, text="Why"),
        lambda: door.mark_opening(manager, BECKSIDE, opening.pk, mark="explained"),
    )
    assert marked == "done"
    with as_batch():
        opening.refresh_from_db()
        number = Explanation.objects.filter(opening=opening).count()
    assert opening.manager_mark == "explained"
    assert (written, number) in (("done", 1), ("NobodyAsks", 0))


def test_two_glasses_of_one_officer_are_counted_one_after_the_other() -> None:
    """R43: the second is told that there was a first."""
    children = [glass.child(), glass.child(forename="Other")]
    assert at_once(*[lambda made=made: glass.break_it(made) for made in children]) == ["done", "done"]
    with as_batch():
        assert sorted(Opening.objects.values_list("before", flat=True)) == [0, 1]


@pytest.mark.parametrize("passes", [1, 2], ids=["before the import ends", "after it has looked"])
def test_who_is_closed_while_a_file_is_applied(passes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """P7: neither saw what the other added, so the child's new record stayed open."""
    bring(told())
    one, looks, look = record(), count(1), closed_alike.close
    closing = threading.Thread(target=lambda: (closings.close(one), connections.close_all()))

    def looks_and_is_overtaken() -> None:
        look()
        if next(looks) == passes:
            closing.start()
            closing.join(threads.PATIENCE if passes == 1 else 0.5)

    monkeypatch.setattr(closed_alike, "close", looks_and_is_overtaken)
    bring(told(1))
    closing.join(threads.PATIENCE)
    with as_batch():
        assert Closing.objects.filter(child=record(UPNS[1]).child_id).count() == 1
    assert not sees(one)
    assert not sees(record(UPNS[1]))
