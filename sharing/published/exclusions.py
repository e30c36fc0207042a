"""Suspensions and permanent exclusions by geographic level, down to schools (formats page 8).

Schools are named by their DfE number. `fixed_excl` are the suspensions (fixed-period exclusions are now called that).
"""

from pathlib import Path
from typing import Final

from sharing.published.ees import EesFile, Indicator, read_ees
from sharing.published.told import Published

KIND: Final = EesFile(
    dataset="exclusions",
    title="Suspensions and permanent exclusions",
    what="exclusions by geographic level from Explore Education Statistics",
    indicators=(
        Indicator("perm_excl_rate", "published_exclusions_rate", percent=False, of="headcount", count="perm_excl"),
        Indicator("fixed_excl_rate", "published_suspensions_rate", percent=False, of="headcount", count="fixed_excl"),
        Indicator("one_plus_fixed_rate", "published_suspended_pupils", False, "headcount", "one_plus_fixed"),
    ),
    phase="school_type",
    expects=None,
)


def read(path: Path, ours: int) -> Published:
    """The figures of schools, the authority, its region and England. Raises ImportRefused."""
    return read_ees(path, KIND, ours)
