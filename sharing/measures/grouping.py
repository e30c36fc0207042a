"""The closed list of groups by which figures are broken down (R11, R12, R35).

A group is written `sex:F`, two together `sex:F|fsm:Y`, in the order of DIMENSIONS. Figures of a release have the
`released` ones; the others are only counted from the asker's own pupils (sharing.measures.live).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sharing import codes
from sharing.authorise import Withheld

TOTAL: Final = "total"
AND: Final = "|"


@dataclass(frozen=True)
class Dimension:
    """One way to divide pupils. `kind`: the kind of data that it reveals about a child, which a head may withhold.

    `of_each_child`: it is known here for each child; otherwise only figures that the Department publishes are divided
    so. `means`: who is in its groups, where their names do not say it.
    """

    key: str
    label: str
    options: Mapping[str, str]
    released: bool = False
    kind: Withheld | None = None
    of_each_child: bool = True
    means: str = ""


_DIMENSIONS = (
    Dimension("sex", "Sex", codes.SEX, released=True),
    Dimension("fsm", "Free school meals", {"Y": "Eligible", "N": "Not eligible"}, released=True),
    Dimension(
        "disadvantaged",
        "Disadvantage (free meals in six years, or looked after)",
        {"Y": "Disadvantaged", "N": "Not disadvantaged"},
        released=True,
        of_each_child=False,
    ),
    Dimension(
        "sen",
        "Special educational needs",
        {"N": "No SEN", "K": "SEN support", "E": "EHC plan", "U": "Not recorded"},
        released=True,
        kind=Withheld.SEN,
    ),
    Dimension(
        "eal",
        "First language",
        {"Y": "Other than English", "N": "English", "U": "Language not known"},
        released=True,
    ),
    Dimension("ethnicity", "Ethnicity", codes.ETHNICITY_GROUP, released=True),
    Dimension(
        "born",
        "Term of birth",
        {
            "autumn": "Born September to December",
            "spring": "Born January to April",
            "summer": "Born May to August",
        },
        released=True,
    ),
    Dimension(
        "joined",
        "Mobility",
        {
            "start": "Joined in August or September",
            "within": "Joined within a school year",
            "U": "Joining not recorded",
        },
        means="Mobility depends on the month of a child’s first day here, whichever year that was in.",
    ),
    Dimension(
        "prior",
        "Prior attainment, in bands of the Department",
        {"low": "Low prior attainment", "middle": "Middle prior attainment", "high": "High prior attainment"},
        released=True,
        of_each_child=False,
    ),
    Dimension(
        "mobile",
        "Mobility, as the Department counts it",
        {"N": "Stayed at the school (“non-mobile”)"},
        released=True,
        of_each_child=False,
    ),
    Dimension(
        "earlier",
        "Prior attainment",
        {
            "above": "Above the expected standard",
            "at": "At the expected standard",
            "below": "Below the expected standard",
            "U": "No earlier result",
        },
        kind=Withheld.ATTAINMENT,
        means="Prior attainment is that of the newest stage before this measure’s own for which a result is known. In "
        "Reception it is the good level of development. At Key Stage 1 it is what the teacher assessed in reading, "
        "writing and maths. At Key Stage 2 it is the tests in reading and maths. The lowest subject decides.",
    ),
    Dimension(
        "attendance",
        "Attendance band",
        {
            "95": "Attended 95% or over",
            "90-95": "Attended over 90%, under 95%",
            "50-90": "Attended 50% to 90%",
            "under-50": "Attended under 50%",
            "U": "Attendance not recorded",
        },
        kind=Withheld.ATTENDANCE,
        means="The attendance band is based on all sessions counted here in that school year, for children of every "
        "age.",
    ),
    Dimension(
        "year",
        "Year group",
        dict(codes.NC_YEARS) | {"": "Year group not recorded"},
        means="Year groups are those of that school year, counted back from the newest record. A child who has "
        "repeated a year or moved ahead since may be in another one. From September until a new return arrives, "
        "children are still counted in their year groups of the summer.",
    ),
)
DIMENSIONS: Final[Mapping[str, Dimension]] = {dimension.key: dimension for dimension in _DIMENSIONS}

PAIRS: Final = (
    ("sex", "fsm"), ("sex", "sen"), ("sex", "eal"), ("sex", "ethnicity"), ("fsm", "sen"), ("fsm", "eal"),
    ("fsm", "ethnicity"),
)  # fmt: skip
"""What releases are broken down by together: one label more for each child and pair, and no pair of rare groups."""


def offered(withheld: Collection[str]) -> tuple[Dimension, ...]:
    """The dimensions that somebody may use from whom these kinds of data are withheld."""
    return tuple(dimension for dimension in _DIMENSIONS if dimension.kind not in withheld)


def of_each_child(withheld: Collection[str]) -> tuple[Dimension, ...]:
    """Those of the offered dimensions by which children themselves can be divided."""
    return tuple(dimension for dimension in offered(withheld) if dimension.of_each_child)


def in_order(keys: Iterable[str]) -> tuple[str, ...]:
    """The keys that exist, each once, in the order of DIMENSIONS."""
    wanted = set(keys)
    return tuple(key for key in DIMENSIONS if key in wanted)


def label_of(codes_by_key: Mapping[str, str], by: Iterable[str]) -> str:
    """The group of a child with these codes."""
    return AND.join(f"{key}:{codes_by_key[key]}" for key in by) or TOTAL


def parsed(label: str) -> dict[str, str] | None:
    """Dimension -> code, or None if the text is not a group. It comes from an address, so anybody may have typed it."""
    if label == TOTAL:
        return {}
    parts = dict(part.partition(":")[::2] for part in label.split(AND))
    known = all(key in DIMENSIONS and code in DIMENSIONS[key].options for key, code in parts.items())
    return parts if known and label == label_of(parts, in_order(parts)) else None


def in_words(label: str) -> str:
    """The group in words, such as "Female · Eligible"; an unknown code is shown as it is."""
    parts = (part.partition(":") for part in label.split(AND) if label != TOTAL)
    return " · ".join(DIMENSIONS[key].options.get(code, code) for key, _, code in parts) or "All pupils"


def labels_of(by: tuple[str, ...]) -> list[str]:
    """Every possible group of one dimension or two, in the order of the list."""
    found = [""]
    for key in by:
        found = [f"{before}{AND if before else ''}{key}:{code}" for before in found for code in DIMENSIONS[key].options]
    return found if by else [TOTAL]
