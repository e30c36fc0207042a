"""A child's address as the census, COLLECT and CTF write it: BS 7666 elements, or five free lines (formats page 3)."""

from collections.abc import Mapping
from typing import Final

_FREE_LINES: Final = ("addressline1", "addressline2", "addressline3", "addressline4", "addressline5")
_AFTER_STREET: Final = ("locality", "town", "administrativearea", "posttown")


def home_address(texts: Mapping[str, str]) -> dict[str, str] | None:
    """A row of HomeAddress made from texts keyed by element name in lower case; None if they contain no address."""
    street = " ".join(text for name in ("paon", "street") if (text := texts.get(name, "")))
    lines = [texts.get("saon", ""), street, *(texts.get(name, "") for name in _AFTER_STREET)]
    lines = [line for line in lines if line] or [line for name in _FREE_LINES if (line := texts.get(name, ""))]
    postcode = " ".join(texts.get("postcode", "").upper().split())
    unique = list(dict.fromkeys([*lines, postcode] if postcode else lines))
    return {"address": "\n".join(unique), "postcode": postcode} if unique else None
