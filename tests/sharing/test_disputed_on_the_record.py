"""P9, P7: what somebody says is wrong is marked on the record while nobody has answered (UK GDPR, Article 18(1)(a))."""

import pytest

from sharing import door
from tests.locks.switches import rls_off
from tests.people import asker, client
from tests.sharing.moves import BECKSIDE, on_roll

pytestmark = pytest.mark.django_db
HEAD, TEACHER, NARROWED = "head-beckside", "teacher-beckside", "assistant-beckside"
SAYS = "Somebody has said that this is wrong, and nobody has answered yet"


def page(slug: str, pupil: object) -> str:
    return client(slug).get(f"/establishments/{BECKSIDE}/pupils/{pupil}/").content.decode()


def test_it_is_marked_for_whoever_sees_that_fact_until_it_is_answered() -> None:
    """R35: not for somebody from whom the head withholds special educational needs."""
    child, other = on_roll(year_group="1"), on_roll(year_group="1")
    number = door.raise_challenge(
        asker(HEAD), BECKSIDE, "pupil", child.pk, fact_key="sen", statement="It is another child's."
    )
    for slug, sees in ((HEAD, True), (TEACHER, True), (NARROWED, False)):
        assert (SAYS in page(slug, child.pk)) is sees
        assert SAYS not in page(slug, other.pk)
    assert f'href="/establishments/{BECKSIDE}/challenges/{number}/">Special educational needs</a>' in page(
        TEACHER, child.pk
    )
    door.answer_challenge(asker(HEAD), BECKSIDE, number, outcome="corrected", answer="It was.")
    assert SAYS not in page(HEAD, child.pk)


def test_the_door_alone_tells_nobody_of_what_is_withheld_from_them() -> None:
    """R35: also if row-level security were off."""
    child = on_roll(year_group="1")
    for key in ("sen", "name"):
        door.raise_challenge(asker(HEAD), BECKSIDE, "pupil", child.pk, fact_key=key, statement="It is another's.")
    rls_off()
    told = [one.fact for one in door.show_pupil(asker(NARROWED), BECKSIDE, child.pk).disputed]
    assert told == ["Name"]


def test_one_that_was_taken_back_is_not() -> None:
    child = on_roll()
    number = door.raise_challenge(
        asker(TEACHER), BECKSIDE, "pupil", child.pk, fact_key="name", statement="It is spelt otherwise."
    )
    assert SAYS in page(TEACHER, child.pk)
    door.take_back_challenge(asker(TEACHER), BECKSIDE, number, because="It is right.")
    assert SAYS not in page(TEACHER, child.pk)
