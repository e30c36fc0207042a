"""Room for the frames of a page's calls (docs/adr/0038).

Python keeps frames in pieces of 16 KB. Where a page's calls go to and fro over the edge of one, each of them fetches a
piece from the operating system and gives it back: the same page takes once or twice its time, by how deep it happens to
be called. A frame that asks for more than a piece gets one of its own, and the page has the rest of it.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

Answer = TypeVar("Answer")
SLOTS: Final = 33_000
"""Of 8 bytes each: a little more than 256 KB, so that Python fetches 512."""


def with_room(called: Callable[..., Answer]) -> Callable[..., Answer]:
    """The same, with room for all that it calls. As a middleware, for all that answers a request."""

    def call(*given: Any) -> Answer:
        return called(*given)

    call.__code__ = call.__code__.replace(co_stacksize=SLOTS)
    return call
