"""Our measures that have a protected number in open statistics, and whom that number counts (docs/adr/0020)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

Member = tuple[str, str]  # a dimension of open statistics and one of its members


@dataclass(frozen=True)
class Share:
    """Which pupils are a share of which, as members of open statistics, and whom that counts, in words.

    Without a `part` it is the number of the `whole` itself. `is_mean`: it is the mean attendance of the group, and the
    measure is 100 less that. `beside_whole`: it counts the same children as our exact figure, or nearly enough to be
    shown next to an establishment's exact figure.
    """

    part: Member | None
    whole: Member | None
    counts: str
    is_mean: bool = False
    beside_whole: bool = True


_ON_ROLL: Final = "all pupils on roll on census day"
_MEASURED: Final = "pupils of Years 1 to 11 on roll on census day whose attendance is measured, over the school year"


def _attained(year: str, words: str) -> Share:
    counts = f"all pupils in {words} on roll on census day (a pupil with no result counts as one who did not attain)"
    return Share(("attained", "Y"), ("year", year), counts, beside_whole=False)


SHARES: Final[Mapping[str, Share]] = {
    "roll_pupils": Share(None, None, _ON_ROLL, beside_whole=False),
    "roll_fsm": Share(("fsm", "Y"), None, _ON_ROLL),
    "roll_eal": Share(("eal", "O"), None, _ON_ROLL),
    "roll_sen_support": Share(("sen", "K"), None, _ON_ROLL),
    "roll_ehc_plan": Share(("sen", "E"), None, _ON_ROLL),
    "attendance_persistent": Share(("persistently_absent", "Y"), ("persistently_absent", "M"), _MEASURED),
    "attendance_absence": Share(
        None, None, f"{_MEASURED}: the mean of their shares, rounded more in small groups", is_mean=True,
        beside_whole=False,
    ),
    "eyfsp_gld": _attained("R", "Reception"),
    "phonics_met": _attained("1", "Year 1"),
    "ks2_counts_rwm_expected": _attained("6", "Year 6"),
}  # fmt: skip
"""The measures of which open statistics have a number."""

IN_WORDS: Final = {"x": "Too few pupils", "low": "Low", "high": "High"}
"""The symbols in the place of a protected number, on pages of exact figures."""
