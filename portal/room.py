"""Room for the frames of a page's calls (docs/adr/0038).

Python keeps frames in chunks of 16 KB. If a page's calls go back and forth over the edge of a chunk, each of them gets
a chunk from the operating system and gives it back: the same page can take more than twice as long, depending on how
deep it happens to be called. A frame that asks for more than a chunk gets one of its own, and the page can use the rest
of it.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

Answer = TypeVar("Answer")
SLOTS: Final = 33_000
"""Of 8 bytes each: a little more than 256 KB, so that Python fetches 512."""


def with_room(called: Callable[..., Answer]) -> Callable[..., Answer]:
    """The same callable, with room for all that it calls. Used as a middleware, for all that answers a request."""

    def call(*given: Any) -> Answer:
        return called(*given)

    call.__code__ = call.__code__.replace(co_stacksize=SLOTS)
    return call
