"""Room for the frames of a page's calls (docs/adr/0038)."""

import pytest
from django.conf import settings

from portal.room import with_room


def test_it_is_given_before_anything_else_answers() -> None:
    assert settings.MIDDLEWARE[0] == "portal.room.with_room"


def test_its_frame_asks_for_more_than_sixteen_kilobytes_and_it_answers_the_same() -> None:
    asked = with_room(divmod)
    assert asked.__code__.co_stacksize * 8 > 256 * 1024  # type: ignore[attr-defined]
    assert asked(7, 2) == divmod(7, 2)
    with pytest.raises(ZeroDivisionError):
        asked(7, 0)
