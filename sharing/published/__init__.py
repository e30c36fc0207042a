"""Figures that others have published: readers for each family of files, and the way into prepared releases (R22).

    ks2, ks4, census, absence     the school performance tables          formats page 6
    lait                          indicators of areas                    formats page 7
    eyfsp, exclusions, attendance Explore Education Statistics           formats page 8
    deprivation                   the English Indices by LSOA            formats page 9

The readers know no database. `PUBLISHED_KINDS` are the kinds of file that can be brought in.
"""

from sharing.published.kinds import PUBLISHED_KINDS

__all__ = ["PUBLISHED_KINDS"]
