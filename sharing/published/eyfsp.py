"""Early years foundation stage profile: headline measures of areas (formats page 8). None are published for schools."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sharing.published.ees import EesFile, Indicator, Passed, read_ees
from sharing.published.told import TOTAL, Published

SEX: Final = {"total": "", "boys": "sex:M", "girls": "sex:F"}
CHARACTERISTICS: Final = {
    ("total", "total"): "",
    ("free school meal eligibility", "known to be eligible for free school meals"): "fsm:Y",
    ("free school meal eligibility", "not known to be eligible for free school meals"): "fsm:N",
    ("sen provision", "no identified sen"): "sen:N",
    ("sen provision", "sen support"): "sen:K",
    ("sen provision", "ehc plan"): "sen:E",
    ("first language", "known or believed to be english"): "eal:N",
    ("first language", "known or believed to be other than english"): "eal:Y",
    ("ethnic group: major", "white"): "ethnicity:W",
    ("ethnic group: major", "mixed/multiple ethnic groups"): "ethnicity:M",
    ("ethnic group: major", "asian/asian british"): "ethnicity:A",
    ("ethnic group: major", "black/african/caribbean/black british"): "ethnicity:B",
    ("ethnic group: major", "other ethnic group"): "ethnicity:O",
    ("term of birth", "autumn-born"): "born:autumn",
    ("term of birth", "spring-born"): "born:spring",
    ("term of birth", "summer-born"): "born:summer",
}


def _group(filters: Mapping[str, str]) -> str:
    """Sex and one characteristic, in the order of Figure.group."""
    words = {name: text.casefold().replace(" / ", "/") for name, text in filters.items()}
    sex = SEX.get(words["gender"])
    characteristic = CHARACTERISTICS.get((words["characteristic"], words["characteristic_type"]))
    if sex is None or characteristic is None:
        raise Passed("rows of groups that the portal does not tell apart")
    return "|".join(part for part in (sex, characteristic) if part) or TOTAL


KIND: Final = EesFile(
    dataset="comparators",
    title="Early years foundation stage profile of areas",
    what="the headline measures of the early years foundation stage profile from Explore Education Statistics",
    indicators=(
        Indicator("gld_percentage", "eyfsp_gld", of="children_number", count="gld_number"),
        Indicator("average_elgs", "eyfsp_average_goals", percent=False, of="children_number"),
    ),
    filters=("characteristic", "characteristic_type", "gender"),
    group=_group,
)


def read(path: Path, ours: int) -> Published:
    """The figures of the authority, its region and England. Raises ImportRefused."""
    return read_ees(path, KIND, ours)
