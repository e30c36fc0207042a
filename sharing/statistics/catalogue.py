"""The closed list of tables in a release. Nobody can ask for another one: a new table waits for the next release."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from sharing.codes import ETHNICITY, ETHNICITY_GROUP
from sharing.statistics.dimensions import TOTAL, CellId, Dimension, Member, cell_id, tree
from sharing.statistics.population import OTHER, PRIMARY, SECONDARY, SPECIAL, School, ethnicity_for_statistics
from sharing.statistics.rules import CannotPublish

OPEN, NAMED = "open", "named"
OUTCOMES: Final = ("attained", "persistently_absent")
LANGUAGE_KNOWN: Final = (TOTAL, "E", "O")
"""Whose rates are told by first language: those whose language is not known are counted, and too few for a rate."""
MEASURED: Final = "M"
"""Of an outcome that some pupils do not have: those who have it. A rate is a share of them."""


@dataclass(frozen=True)
class Table:
    """One table: its dimensions, what it is limited to, and which outcome it gives as a rate.

    `where` fixes a dimension to a member. `members` limits a dimension to some of its members. A table with a `rate`
    has no counts of its own: its rates are worked out from two cells of another table. `mean` adds the mean attendance.
    """

    name: str
    title: str
    dimensions: tuple[str, ...]
    where: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rate: str = ""
    mean: str = ""
    audience: str = OPEN


@dataclass(frozen=True)
class Catalogue:
    """Dimensions, tables, and pairs of (dimension, member) that no pupil can have both of.

    Raises CannotPublish for a table that shows parts without their whole, since what cannot be checked is not
    published.
    """

    dimensions: Mapping[str, Dimension]
    tables: tuple[Table, ...]
    impossible: frozenset[frozenset[tuple[str, str]]] = frozenset()

    def __post_init__(self) -> None:
        names = [table.name for table in self.tables]
        if len(set(names)) < len(names):
            raise CannotPublish("This cannot be published, because two tables have the same name.")
        for table in self.tables:
            for name in table.dimensions:
                self._check_whole(table, name)

    def _check_whole(self, table: Table, name: str) -> None:
        dimension, shown = self.dimensions[name], self.members(table, name)
        for code in shown:
            parent = dimension.parent[code]
            if parent is not None and parent not in shown:
                raise CannotPublish(
                    f"“{table.title}” cannot be published, because a margin is missing: it shows "
                    f"{dimension.label_of[code]} without {dimension.label_of[parent]}."
                )

    def members(self, table: Table, name: str) -> tuple[str, ...]:
        """The members of a dimension that a table shows, parents first."""
        return tuple(table.members.get(name, self.dimensions[name].codes))

    @cached_property
    def _impossible_with(self) -> Mapping[tuple[str, str], frozenset[tuple[str, str]]]:
        found: dict[tuple[str, str], set[tuple[str, str]]] = {}
        for one, other in map(tuple, self.impossible):
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
        return {pair: frozenset(others) for pair, others in found.items()}

    def is_impossible(self, group: CellId) -> bool:
        """Whether no pupil can be in this group by definition (Year 11 in a primary school), as everybody knows."""
        nothing: frozenset[tuple[str, str]] = frozenset()
        return any(not group.isdisjoint(self._impossible_with.get(pair, nothing)) for pair in group)

    def base(self, table: Table, group: CellId) -> CellId:
        """The whole for a table's rates: all of the group, or those for whom the outcome is measured."""
        measured = MEASURED in self.dimensions[table.rate].codes
        return group | {(table.rate, MEASURED)} if measured else group

    def words(self, group: CellId) -> str:
        """The group in words, for messages."""
        if not group:
            return "the whole authority"
        order = list(self.dimensions)
        pairs = sorted(group, key=lambda pair: order.index(pair[0]))
        return ", ".join(self.dimensions[name].label_of[code] for name, code in pairs)

    def held_at_authority(self, names: Iterable[str]) -> "Catalogue":
        """The same tables, but these (and the rates taken from them) show no Localities: the author coarsens so."""
        whole = set(names)
        whole |= {f"{name}_rates" for name in whole}
        tables = (
            replace(table, members={**table.members, "place": (TOTAL,)})
            if table.name in whole and "place" in table.dimensions
            else table
            for table in self.tables
        )
        return replace(self, tables=tuple(tables))


_YEARS: Final = (
    ("EY", "Early years", "", ("N", "R")),
    ("KS1", "Key stage 1", "", ("1", "2")),
    ("KS2", "Key stage 2", "", ("3", "4", "5", "6")),
    ("KS3", "Key stage 3", "", ("7", "8", "9")),
    ("KS4", "Key stage 4", "", ("10", "11")),
    ("KS5", "Sixth form", "", ("12", "13")),
)
_YEAR_LABEL: Final = {"N": "Nursery", "R": "Reception"}
_PRIMARY_STAGES: Final = ("EY", "KS1", "KS2")
_NOT_MEASURED: Final = ("N", "R", "12", "13", "X")
_ASSESSED: Final = {
    "R": ("reception", "A good level of development in Reception"),
    "1": ("year_1", "The expected standard in phonics in Year 1"),
    "6": ("year_6", "The expected standard in reading, writing and mathematics in Year 6"),
    "11": ("year_11", "English and mathematics at grade 5 or above in Year 11"),
}


def _year() -> Dimension:
    rows: list[tuple[str, str, str]] = []
    for stage, label, whole, years in _YEARS:
        rows.append((stage, label, whole))
        rows.extend((code, _YEAR_LABEL.get(code, f"Year {code}"), stage) for code in years)
    rows.append(("X", "National Curriculum years not followed", ""))
    return tree("year", "Year group", "All year groups", rows)


def _ethnicity() -> Dimension:
    rows: list[tuple[str, str, str]] = []
    for group, label in ETHNICITY_GROUP.items():
        rows.append((group, label, ""))
        if group in "AWMB":
            codes = (code for code in ETHNICITY if code[0] == group and ethnicity_for_statistics(code) == code)
            rows.extend((code, ETHNICITY[code], group) for code in codes)
    return tree("ethnicity", "Ethnic group", "All ethnic groups", rows)


FIXED: Final = (
    tree("phase", "Phase", "All phases", [
        (PRIMARY, "Primary", ""), (SECONDARY, "Secondary", ""), (OTHER, "Special, alternative and nursery schools", ""),
    ]),
    _year(),
    tree("sex", "Sex", "Girls and boys", [("F", "Girls", ""), ("M", "Boys", "")]),
    tree("fsm", "Free school meals", "Eligible or not", [("Y", "Eligible", ""), ("N", "Not eligible", "")]),
    tree("sen", "Special educational needs", "With and without", [
        ("S", "With special educational needs", ""), ("K", "SEN support", "S"), ("E", "EHC plan", "S"),
        ("N", "No special educational need", ""),
    ]),
    tree("eal", "First language", "All languages", [
        ("E", "English", ""), ("O", "Other than English", ""), ("U", "Not known", ""),
    ]),
    _ethnicity(),
    tree("attained", "Attained", "All in the year", [("Y", "Attained", ""), ("N", "Did not attain", "")]),
    tree("persistently_absent", "Persistently absent", "All pupils", [
        (MEASURED, "Attendance is measured", ""), ("Y", "Persistently absent", MEASURED),
        ("N", "Not persistently absent", MEASURED), ("U", "Attendance is not measured", ""),
    ]),
)  # fmt: skip


def place_tree(places: Iterable[tuple[str, str]], schools: Iterable[School]) -> Dimension:
    """The authority, its Localities and the authority-wide group, each with its establishments below it."""
    nodes = [*places, (SPECIAL, "Special, alternative and nursery schools")]
    rows = [Member(TOTAL, "The authority", None), *(Member(code, name, TOTAL) for code, name in nodes)]
    rows += [Member(urn_code(school.urn), school.name, school.place) for school in schools]
    return Dimension("place", "Place", tuple(rows))


def urn_code(urn: str) -> str:
    """The member code for an establishment."""
    return f"urn:{urn}"


def _impossible(schools: Iterable[School], places: Iterable[str], year: Dimension) -> set[frozenset[tuple[str, str]]]:
    pairs = [(("place", SPECIAL), ("phase", PRIMARY)), (("place", SPECIAL), ("phase", SECONDARY))]
    pairs += [(("place", place), ("phase", OTHER)) for place in places]
    for stage, _, _, years in _YEARS:
        wrong = SECONDARY if stage in _PRIMARY_STAGES else PRIMARY
        pairs += [(("phase", wrong), ("year", code)) for code in (stage, *years)]
    for code in year.codes:
        if year.leaves_of[code] <= set(_NOT_MEASURED):
            pairs += [(("year", code), ("persistently_absent", member)) for member in (MEASURED, "Y", "N")]
    for school in schools:
        there = set(school.years)
        urn = urn_code(school.urn)
        pairs += [
            (("place", urn), ("year", code))
            for code in year.codes
            if code != TOTAL and year.leaves_of[code].isdisjoint(there)
        ]
    return {frozenset(pair) for pair in pairs}


def standard(places: Iterable[tuple[str, str]], schools: Iterable[School]) -> Catalogue:
    """The authority's catalogue: open tables by place, and tables that name establishments."""
    places, schools = tuple(places), tuple(schools)
    place = place_tree(places, schools)
    dimensions = {dimension.name: dimension for dimension in (place, *FIXED)}
    areas = (TOTAL, *(code for code, _ in places), SPECIAL)
    majors = (TOTAL, *dimensions["ethnicity"].children[TOTAL])
    maker = _Maker(dimensions, areas, majors)
    impossible = _impossible(schools, [code for code, _ in places], dimensions["year"])
    return Catalogue(dimensions, tuple(maker.tables()), frozenset(impossible))


def names_of_tables() -> set[str]:
    """The names of the tables, for whatever places and establishments."""
    return {table.name for table in standard((), ()).tables}


@dataclass(frozen=True)
class _Maker:
    dimensions: Mapping[str, Dimension]
    areas: tuple[str, ...]
    majors: tuple[str, ...]

    def tables(self) -> Iterable[Table]:
        yield from self._open()
        yield from self._outcomes()
        yield from self._named()

    def _words(self, names: Iterable[str]) -> str:
        words = [self.dimensions[name].label.lower() for name in names]
        return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

    def _open(self) -> Iterable[Table]:
        limit = {"place": self.areas}
        traits = ("sex", "fsm", "sen", "eal", "ethnicity")
        shapes: list[tuple[str, ...]] = [("place", "phase", "year")]
        shapes += [("place", "phase", trait) for trait in traits]
        shapes += [("place", "year", trait) for trait in traits if trait != "ethnicity"]
        shapes += [("place", "ethnicity", trait) for trait in traits if trait != "ethnicity"]
        shapes += [
            ("place", "sex", "fsm", "sen"),
            ("place", "fsm", "eal"),
            ("phase", "sen", "eal"),
            ("year", "ethnicity"),
        ]
        for shape in shapes:
            members = limit if "place" in shape else {}
            yield Table("pupils_" + "_".join(shape), f"Pupils by {self._words(shape)}", shape, {}, members)

    def _outcomes(self) -> Iterable[Table]:
        """Results of the four assessed years, and persistent absence: each as counts and as rates."""
        for year, (name, title) in _ASSESSED.items():
            for traits in (("sex", "fsm"), ("sen",), ("eal",), ("ethnicity",)):
                yield from self._outcome("attained", name, title, traits, {"year": year}, mean="")
        title = "Persistent absence"
        for traits in (("phase", "sex"), ("phase", "fsm"), ("phase", "sen"), ("eal",), ("ethnicity",), ("year",)):
            yield from self._outcome("persistently_absent", "absence", title, traits, {}, mean="attendance")

    def _outcome(
        self, outcome: str, name: str, title: str, traits: tuple[str, ...], where: Mapping[str, str], mean: str
    ) -> Iterable[Table]:
        members: dict[str, tuple[str, ...]] = {"place": self.areas}
        if "ethnicity" in traits:
            members["ethnicity"] = self.majors
        shape = ("place", *traits)
        title = f"{title} by {self._words(shape)}"
        counts = Table(f"{name}_{'_'.join(traits)}", title, (*shape, outcome), where, members)
        yield counts
        yield _rates(counts, outcome, mean)

    def _named(self) -> Iterable[Table]:
        for trait in ("year", "sex", "fsm", "sen", "eal", "ethnicity"):
            members = {"ethnicity": self.majors} if trait == "ethnicity" else {}
            title = f"Pupils of each establishment by {self._words((trait,))}"
            yield Table(f"establishments_{trait}", title, ("place", trait), {}, members, audience=NAMED)
        for year, (name, title) in _ASSESSED.items():
            title = f"{title}, by establishment"
            counts = Table(f"establishments_{name}", title, ("place", "attained"), {"year": year}, {}, audience=NAMED)
            yield counts
            yield _rates(counts, "attained", "")
        title = "Persistent absence by establishment"
        shape = ("place", "fsm", "persistently_absent")
        counts = Table("establishments_absence", title, shape, {}, {}, audience=NAMED)
        yield counts
        yield _rates(counts, "persistently_absent", "attendance")


def _rates(counts: Table, outcome: str, mean: str) -> Table:
    shape = tuple(name for name in counts.dimensions if name != outcome)
    members = {**counts.members, "eal": LANGUAGE_KNOWN} if "eal" in shape else counts.members
    return replace(counts, name=f"{counts.name}_rates", dimensions=shape, members=members, rate=outcome, mean=mean)


def group_of(table: Table, pairs: Iterable[tuple[str, str]]) -> CellId:
    """The id of one row of a table."""
    return cell_id([*table.where.items(), *pairs])
