"""Small authorities for the attacker to look at: dimensions, a catalogue of tables, pupils, and how they are counted.

Made for these tests alone: neither the attacker nor what publishes real releases has a part in it.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from pathlib import Path

import numpy as np

from sharing.attacker import OwnSchool

TOTAL = "Total"
PRIMARY, SECONDARY, SPECIAL = "primary", "secondary", "special"


@dataclass(frozen=True)
class Tree:
    """A dimension: members in order, the whole first, and the parent of each."""

    name: str
    parents: Mapping[str, str | None]

    @cached_property
    def codes(self):
        return list(self.parents)

    @cached_property
    def leaves(self):
        inner = set(self.parents.values())
        return [code for code in self.codes if code not in inner]

    @cached_property
    def sums(self):
        """Members by leaves: 1 where the leaf is the member or under it."""
        matrix = np.zeros((len(self.codes), len(self.leaves)), np.int64)
        for number, leaf in enumerate(self.leaves):
            code = leaf
            while code is not None:
                matrix[self.codes.index(code), number] = 1
                code = self.parents[code]
        return matrix


def tree(name, shape):
    """A tree from `{"group": ["leaf", ...]}` or `["leaf", ...]`."""
    parents = {TOTAL: None}
    for group in shape:
        parents[group] = TOTAL
        for leaf in shape[group] if isinstance(shape, dict) else ():
            parents[leaf] = group
    return Tree(name, parents)


@dataclass(frozen=True)
class Table:
    name: str
    dimensions: Sequence[str]
    members: Mapping[str, Sequence[str]] = field(default_factory=dict)
    where: Mapping[str, str] = field(default_factory=dict)
    outcomes: Sequence[str] = ()
    audience: str = "open"


@dataclass
class World:
    """Dimensions, the phase of each school, and the tables. Cells are numbered across the tables by their id."""

    trees: Mapping[str, Tree]
    phases: Mapping[str, str]
    tables: Sequence[Table]

    def __post_init__(self):
        self.names = list(self.trees)
        self.column = {name: place for place, name in enumerate(self.names)}
        self.ids: dict[frozenset, int] = {}
        self.impossible = [
            {"place": school, "year": year} for school, phase in self.phases.items() for year in not_in(phase)
        ]
        if "phase" in self.trees:
            self.impossible += [
                {"place": school, "phase": other}
                for school, phase in self.phases.items()
                for other in (PRIMARY, SECONDARY, SPECIAL)
                if other != phase
            ]
        self.grids = []
        for table in self.tables:
            shown = {name: table.members.get(name, self.trees[name].codes) for name in table.dimensions}
            shown |= {name: [code] for name, code in table.where.items()}
            self.grids.append(self._grid(shown))
            for outcome in table.outcomes:
                self.grids.append(self._grid(shown | {outcome: ["Y"]}))
        self.cells = list(self.ids)

    def _grid(self, shown):
        """The members that a table shows, and the number of each cell of the grid they make."""
        grid = np.zeros([len(codes) for codes in shown.values()], np.int64)
        for place, codes in zip(np.ndindex(grid.shape), product(*shown.values()), strict=True):
            grid[place] = self.ids.setdefault(self.id(dict(zip(shown, codes, strict=True))), len(self.ids))
        rows = {name: [self.trees[name].codes.index(code) for code in codes] for name, codes in shown.items()}
        sums = {name: self.trees[name].sums[numbers] for name, numbers in rows.items()}
        return sums, grid

    @staticmethod
    def id(codes):
        return frozenset((name, code) for name, code in codes.items() if code != TOTAL)

    def count(self, pupils):
        """How many pupils each cell has. `pupils` has a row each and a column a dimension: numbers of leaves."""
        counts = np.zeros(len(self.ids), np.int64)
        for sums, grid in self.grids:
            shape = [matrix.shape[1] for matrix in sums.values()]
            at = np.ravel_multi_index([pupils[:, self.column[name]] for name in sums], shape)
            table = np.bincount(at, minlength=int(np.prod(shape))).reshape(shape)
            for axis, matrix in enumerate(sums.values()):
                table = np.moveaxis(np.tensordot(matrix, table, axes=(1, axis)), 0, axis)
            counts[grid] = table
        return counts

    def cells_of(self, pupil):
        """The numbers of the cells that count one pupil."""
        found = []
        for sums, grid in self.grids:
            members = [np.flatnonzero(matrix[:, pupil[self.column[name]]]) for name, matrix in sums.items()]
            found.append(grid[np.ix_(*members)].ravel())
        return np.unique(np.concatenate(found))

    @cached_property
    def structural(self):
        """Whether no pupil can be in a cell: no school of the place has the year, or the phase."""
        found = np.zeros(len(self.cells), bool)
        for number, cell in enumerate(self.cells):
            codes = dict(cell)
            line = self._line("year", codes.get("year"))
            phase = codes.get("phase")
            if codes.get("place") in self.phases:
                own = self.phases[codes["place"]]
                found[number] = bool(set(line) & set(not_in(own))) or phase not in (None, own)
        return found

    def _line(self, name, code):
        parents = self.trees[name].parents
        line = []
        while code not in (None, TOTAL):
            line.append(code)
            code = parents[code]
        return line

    def pupils(self, number, chance, *, skew=2.4):
        """Pupils at random: small groups are rare, as in life; the less so, the less the skew."""
        rows = np.zeros((number, len(self.names)), np.int64)
        generator = np.random.default_rng(chance.randrange(2**32))
        for name, t in self.trees.items():
            weights = 1 / np.arange(1, len(t.leaves) + 1) ** (0 if name in ("place", "year") else skew)
            rows[:, self.column[name]] = generator.choice(len(t.leaves), number, p=weights / weights.sum())
        schools, years = self.trees["place"].leaves, self.trees["year"].leaves
        phase = [self.phases[school] for school in schools]
        allowed = {
            kind: np.array([years.index(y) for y in years if not set(self._line("year", y)) & set(not_in(kind))])
            for kind in set(phase)
        }
        for school, kind in enumerate(phase):
            here = rows[:, self.column["place"]] == school
            rows[here, self.column["year"]] = generator.choice(allowed[kind], int(here.sum()))
            if "phase" in self.column:
                rows[here, self.column["phase"]] = self.trees["phase"].leaves.index(kind)
        return rows

    def write(
        self,
        folder: Path,
        texts: Sequence[str],
        *,
        version=1,
        as_of="2026-01-15",
        base=5,
        farthest=9,
        percents=None,
        flips=None,
        public=None,
    ):
        """A published folder. `percents` are printed for outcomes; `flips` print another text in one table."""
        folder.mkdir(parents=True)
        told = {
            "format": 1,
            "release": "test",
            "academic_year": 2025,
            "version": version,
            "as_of": as_of,
            "base": base,
            "farthest": farthest,
            "rate_from": 50,
            "impossible": self.impossible,
            "dimensions": {
                name: {
                    "label": name,
                    "members": [{"code": c, "label": f"{name} {c}", "parent": p} for c, p in t.parents.items()],
                }
                for name, t in self.trees.items()
            },
            "tables": [
                {
                    "name": t.name,
                    "title": t.name,
                    "dimensions": list(t.dimensions),
                    "where": dict(t.where),
                    "audience": t.audience,
                    "members": {name: list(codes) for name, codes in t.members.items()},
                    "indicators": ["pupils"],
                }
                for t in self.tables
            ],
        }
        (folder / "release.json").write_text(json.dumps(told))
        if public:
            lines = [
                "cell,pupils",
                *(f"{'|'.join('='.join(pair) for pair in cell)},{count}" for cell, count in public.items()),
            ]
            (folder / "public.csv").write_text("\n".join(lines))
        for table in self.tables:
            self._write_table(folder, table, texts, percents, (flips or {}).get(table.name, {}))

    def _write_table(self, folder, table, texts, percents, flips):
        shown = [table.members.get(name, self.trees[name].codes) for name in table.dimensions]
        head = ["time_period", *table.dimensions, "pupils"]
        for outcome in table.outcomes:
            head += [f"{outcome}_pupils", f"{outcome}_percent"]
        with (folder / f"{table.name}.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(head)
            for codes in product(*shown):
                cell = self.id(dict(zip(table.dimensions, codes, strict=True)) | dict(table.where))
                row = ["202526", *codes, flips.get(cell, texts[self.ids[cell]])]
                for outcome in table.outcomes:
                    part = self.ids[cell | {(outcome, "Y")}]
                    row += [texts[part], percents(part, self.ids[cell])]
                rows.writerow(row)


def not_in(phase):
    """The stages that schools of a phase do not have."""
    return {PRIMARY: ["KS3"], SECONDARY: ["KS1", "KS2"], SPECIAL: []}[phase]


SEX, YES_NO = tree("sex", ["F", "M"]), ["N", "Y"]
YEARS = tree("year", {"KS1": ["1", "2"], "KS2": ["3", "4", "5", "6"], "KS3": ["7", "8", "9", "10", "11"]})


def places(localities, schools, *, special_apart=True):
    """Localities with schools, and the special schools apart from them or, which is wrong, within them."""
    shape, phases = {}, {}
    for locality in range(localities):
        here = [f"urn:{1000 * (locality + 1) + place}" for place in range(schools)]
        shape[f"L{locality + 1}"] = here
        phases |= {code: SECONDARY if place % 2 else PRIMARY for place, code in enumerate(here)}
        if not special_apart:
            here.append(f"urn:{1000 * (locality + 1) + 900}")
            phases[here[-1]] = SPECIAL
    if special_apart:
        shape["W"] = [f"urn:{900 + place}" for place in range(max(3, localities))]
        phases |= dict.fromkeys(shape["W"], SPECIAL)
    return tree("place", shape), phases


def open_places(place: Tree) -> list[str]:
    return [code for code in place.codes if not code.startswith("urn:")]


def small_world(localities=2, schools=8, *, special_apart=True, phase_table=False):
    """About 1,500 cells in six linked tables, schools named in one of them."""
    place, phases = places(localities, schools, special_apart=special_apart)
    trees = [place, YEARS, tree("sen", ["N", "K", "E"]), SEX, tree("attained", YES_NO)]
    trees.append(tree("ethnicity", {"W": ["WB", "WO"], "A": ["AP", "AI", "AB"], "B": ["BA"]}))
    if phase_table:
        trees.append(tree("phase", [PRIMARY, SECONDARY, SPECIAL]))
    areas = {"place": open_places(place)}
    tables = [
        Table("years", ["place", "year", "sex"], areas),
        Table("sen", ["place", "sen", "sex"], areas, outcomes=["attained"]),
        Table("ethnicity", ["place", "ethnicity", "sex"], areas),
        Table("attained", ["ethnicity", "sen", "attained"]),
        Table("year-6", ["place", "sex", "attained"], areas, {"year": "6"}),
        Table("schools", ["place", "sen"], audience="named"),
    ]
    if phase_table:
        tables.append(Table("phases", ["place", "phase", "sen"], areas))
    return World({t.name: t for t in trees}, phases, tables)


def large_world():
    """About as many cells and tables as a real release: 10,000 in 38 tables, 200 schools."""
    place, phases = places(5, 39)
    ethnicity = {
        "W": ["WB", "WI", "WG", "WR", "WO"],
        "M": ["MC", "MA", "MS", "MO"],
        "A": ["AI", "AP", "AB", "AO"],
        "B": ["BC", "BA", "BO"],
        "C": ["CH"],
        "O": ["OT"],
        "N": ["NO"],
    }
    trees = [
        place,
        YEARS,
        tree("sen", ["N", "K", "E"]),
        SEX,
        tree("fsm", YES_NO),
        tree("eal", YES_NO),
        tree("attained", YES_NO),
        tree("absent", YES_NO),
        tree("ethnicity", ethnicity),
    ]
    names = [
        "year",
        "sen",
        "ethnicity",
        "year sex",
        "year sen",
        "year fsm",
        "year eal",
        "sen sex",
        "sen fsm",
        "sen eal",
        "ethnicity sex",
        "ethnicity fsm",
        "ethnicity sen",
        "sex fsm",
        "fsm eal",
        "sex attained",
        "fsm attained",
        "sen attained",
        "eal attained",
        "ethnicity attained",
        "year attained",
        "sex absent",
        "fsm absent",
        "sen absent",
        "eal absent",
        "ethnicity absent",
        "year absent",
        "sex fsm attained",
        "sex sen absent",
        "year sex attained",
        "year sex absent",
        "attained absent",
        "ethnicity fsm attained",
        "ethnicity sen attained",
    ]
    areas = {"place": open_places(place)}
    tables = [Table(f"t{n}", ["place", *dims.split()], areas) for n, dims in enumerate(names)]
    tables += [Table("e1", ["ethnicity", "year"]), Table("e2", ["ethnicity", "sen", "fsm"])]
    tables += [Table(f"s{n}", ["place", name], audience="named") for n, name in enumerate(("sex", "fsm", "sen"))]
    return World({t.name: t for t in trees}, phases, tables)


def own_school(release, code):
    """What a school knows: each of its groups of pupils exactly."""
    world, place = release.world, release.world.trees["place"]
    here = world.count(release.pupils[release.pupils[:, world.column["place"]] == place.leaves.index(code)])
    counts = {}
    for cell, number in zip(world.cells, here, strict=True):
        where = dict(cell).get("place", TOTAL)
        if where in (TOTAL, code, place.parents[code]):
            counts[cell - {("place", where)} | {("place", code)}] = int(number)
    return OwnSchool(code, counts)
