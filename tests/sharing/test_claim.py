"""A row of a queue is in one worker's hands, and free as soon as that one lets go (docs/adr/0014)."""

import pytest

from sharing.claim import claim

pytestmark = pytest.mark.django_db
ROW = 77


def test_one_worker_at_a_time() -> None:
    """R22: what one has begun no other begins."""
    with claim(ROW) as first, claim(ROW) as second, claim(ROW + 1) as another:
        assert first
        assert second is None
        assert another


def test_it_is_free_at_once() -> None:
    """R22: PostgreSQL forgets an ended connection a moment later, in which the next one would go away."""
    for _ in range(100):
        with claim(ROW) as mine:
            assert mine


def fails() -> None:
    with claim(ROW) as mine:
        assert mine
        raise ZeroDivisionError


def test_it_is_free_at_once_where_the_work_fails() -> None:
    """R22: it is taken up again."""
    for _ in range(50):
        with pytest.raises(ZeroDivisionError):
            fails()
