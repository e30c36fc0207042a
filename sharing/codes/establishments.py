"""Codes of GIAS. Whole numbers, because some copies of the file have lost their leading zeros (formats page 2, A2)."""

from collections.abc import Mapping
from typing import Final

GIAS_STATUS: Final[Mapping[int, str]] = {
    1: "Open",
    2: "Closed",
    3: "Open, but proposed to close",
    4: "Proposed to open",
}

GIAS_PHASE: Final[Mapping[int, str]] = {
    0: "Not applicable",
    1: "Nursery",
    2: "Primary",
    3: "Middle deemed primary",
    4: "Secondary",
    5: "Middle deemed secondary",
    6: "16 plus",
    7: "All-through",
}

GIAS_TYPE: Final[Mapping[int, str]] = {
    1: "Community school",
    2: "Voluntary aided school",
    3: "Voluntary controlled school",
    5: "Foundation school",
    6: "City technology college",
    7: "Community special school",
    8: "Non-maintained special school",
    10: "Other independent special school",
    11: "Other independent school",
    12: "Foundation special school",
    14: "Pupil referral unit",
    15: "Local authority nursery school",
    18: "Further education",
    24: "Secure units",
    25: "Offshore schools",
    26: "Service children's education",
    27: "Miscellaneous",
    28: "Academy sponsor led",
    29: "Higher education institutions",
    30: "Welsh establishment",
    31: "Sixth form centres",
    32: "Special post 16 institution",
    33: "Academy special sponsor led",
    34: "Academy converter",
    35: "Free schools",
    36: "Free schools special",
    37: "British schools overseas",
    38: "Free schools alternative provision",
    39: "Free schools 16 to 19",
    40: "University technical college",
    41: "Studio schools",
    42: "Academy alternative provision converter",
    43: "Academy alternative provision sponsor led",
    44: "Academy special converter",
    45: "Academy 16-19 converter",
    46: "Academy 16 to 19 sponsor led",
    49: "Online provider",
    56: "Institution funded by other government department",
    57: "Academy secure 16 to 19",
}

BY_PHASE: Final = "by phase"

# A type that is not listed here is outside the community (40, 18, 8, independents and the rest).
COMMUNITY_KINDS: Final[Mapping[int, str]] = {
    **dict.fromkeys((1, 2, 3, 5), BY_PHASE),
    **dict.fromkeys((7, 12), "special"),
    14: "pru",
    15: "nursery",
    **dict.fromkeys((28, 33, 34, 42, 43, 44, 45, 46), "academy"),
    **dict.fromkeys((35, 36, 38, 39), "free"),
    41: "studio",
}

_KIND_OF_PHASE: Final[Mapping[int, str]] = {
    1: "nursery",
    2: "primary",
    3: "primary",
    4: "secondary",
    5: "secondary",
    6: "secondary",
    7: "secondary",
}


def community_kind(type_code: int, phase_code: int | None) -> str | None:
    """The kind of this establishment in the Bradford community, or None if it is outside (A2).

    A maintained school without a phase is outside too, until an officer decides, to be on the safe side. Having a kind
    is not enough to see anything; the establishment must take part.
    """
    kind = COMMUNITY_KINDS.get(type_code)
    if kind == BY_PHASE:
        return _KIND_OF_PHASE.get(phase_code) if phase_code is not None else None
    return kind
