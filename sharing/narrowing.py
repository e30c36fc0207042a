"""Year groups and kinds of pupil data in words, and what is said where one of them is withheld (R35, A5)."""

from collections.abc import Collection

from sharing import codes
from sharing.authorise import Withheld


def in_words(year_groups: Collection[str], withheld: Collection[str]) -> str:
    """ "only Year 1 and Year 2, without attendance"; empty where nothing is left out."""
    only = f"only {year_groups_in_words(year_groups)}" if year_groups else ""
    without = f"without {withheld_in_words(withheld)}" if withheld else ""
    return ", ".join(filter(None, (only, without)))


def year_groups_in_words(year_groups: Collection[str]) -> str:
    in_order = sorted(year_groups, key=codes.nc_year_order)
    return _listed([codes.NC_YEARS.get(code, code) for code in in_order])


def withheld_in_words(withheld: Collection[str]) -> str:
    return _listed([kind.label.lower() for kind in Withheld if kind in withheld])


def leaving_reason_in_words(code: str, withheld: Collection[str]) -> str:
    """Why a child left. Somebody from whom exclusions are withheld is not told that it was one."""
    is_withheld = code == codes.EXCLUDED and Withheld.SUSPENSIONS in withheld
    return "" if is_withheld else codes.LEAVING_REASON.get(code, code)


def _listed(words: list[str]) -> str:
    """ "a, b and c"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""
