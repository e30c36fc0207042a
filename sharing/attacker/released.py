"""One published folder, read as an outsider reads it (docs/formats/statistics.md)."""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

TOTAL: Final = "Total"
YES: Final = "Y"  # the member of an outcome whose pupils `NAME_pupils` counts
MEASURED: Final = "M"  # the member above Y and N of an outcome that not all pupils have

Pair = tuple[str, str]
CellId = frozenset[Pair]


class NotARelease(Exception):
    """The folder cannot be read as a release; the message says which file and why."""


@dataclass(frozen=True)
class Dimension:
    """A tree of members; `parent` has no entry for the whole."""

    name: str
    label: str
    labels: Mapping[str, str]
    parent: Mapping[str, str]
    children: Mapping[str, tuple[str, ...]]

    def above(self, code: str) -> tuple[str, ...]:
        """The member and all members above it, without the whole."""
        line = []
        while code in self.parent:
            line.append(code)
            code = self.parent[code]
        return tuple(line)


@dataclass(frozen=True)
class Figure:
    """One printed cell: `text` as written in the file. `where` names file and line."""

    cell: CellId
    text: str
    where: str


@dataclass(frozen=True)
class Rate:
    """A printed percentage of two cells."""

    part: CellId
    whole: CellId
    text: str
    where: str


@dataclass(frozen=True)
class Mean:
    """A printed mean over the pupils of a cell, and the step to which it is given."""

    name: str
    cell: CellId
    text: str
    step: str
    where: str


@dataclass(frozen=True)
class Released:
    """Everything that a release prints. `openly` are the cells in a table for everybody."""

    name: str
    academic_year: int
    version: int
    as_of: str
    base: int
    farthest: int
    rate_from: int
    dimensions: Mapping[str, Dimension]
    impossible: tuple[CellId, ...]
    counts: tuple[Figure, ...]
    rates: tuple[Rate, ...]
    means: tuple[Mean, ...]
    public: Mapping[CellId, int]
    openly: frozenset[CellId]

    def in_words(self, cell: CellId) -> str:
        """A cell in an officer's words, for example "Ilkley, Year 6, Girls"."""
        order = list(self.dimensions)
        pairs = sorted(cell, key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))
        words = [
            self.dimensions[name].labels.get(code, code) if name in self.dimensions else f"{name} {code}"
            for name, code in pairs
        ]
        return ", ".join(words) or "all pupils"


def read_release(folder: Path) -> Released:
    """The release in a folder. Raises NotARelease."""
    try:
        told = json.loads((folder / "release.json").read_text(encoding="utf-8"))
        return _Reader(folder, told).read()
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise NotARelease(f"{folder}: {type(problem).__name__}: {problem}") from problem


class _Reader:
    def __init__(self, folder: Path, told: Mapping[str, Any]) -> None:
        self.folder, self.told = folder, told
        self.dimensions = {name: _dimension(name, shape) for name, shape in told["dimensions"].items()}
        self.counts: list[Figure] = []
        self.rates: list[Rate] = []
        self.means: list[Mean] = []
        self.openly: set[CellId] = set()

    def read(self) -> Released:
        for table in self.told["tables"]:
            self._table(table)
        told = self.told
        return Released(
            name=told["release"],
            academic_year=int(told["academic_year"]),
            version=int(told["version"]),
            as_of=told["as_of"],
            base=int(told["base"]),
            farthest=int(told["farthest"]),
            rate_from=int(told["rate_from"]),
            dimensions=self.dimensions,
            impossible=tuple(self._id(pattern.items()) for pattern in told["impossible"]),
            counts=tuple(self.counts),
            rates=tuple(self.rates),
            means=tuple(self.means),
            public=read_cells(self.folder / "public.csv"),
            openly=frozenset(self.openly),
        )

    def _id(self, pairs: Any) -> CellId:
        return frozenset((name, code) for name, code in pairs if code not in (TOTAL, ""))

    def _table(self, table: Mapping[str, Any]) -> None:
        path = self.folder / f"{table['name']}.csv"
        names = [name for name in table["dimensions"] if name not in table.get("where", {})]
        fixed = list(table.get("where", {}).items())
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            columns = set(rows.fieldnames or ())
            for number, row in enumerate(rows, start=2):
                cell = self._id([*fixed, *((name, row[name]) for name in names)])
                self._row(row, columns, cell, f"{path.name} line {number}", table.get("audience") == "open")

    def _row(self, row: Mapping[str, str], columns: set[str], cell: CellId, where: str, openly: bool) -> None:
        for column in columns:
            name, _, kind = column.rpartition("_")
            if column == "pupils":
                self._count(cell, row[column], where, openly)
            elif kind == "pupils" and name.endswith("_base"):
                self._count(self._base(cell, name.removesuffix("_base")), row[column], where, openly)
            elif kind == "pupils":
                self._count(cell | {(name, YES)}, row[column], where, openly)
            elif kind == "percent":
                whole = self._base(cell, name) if f"{name}_base_pupils" in columns else cell
                self.rates.append(Rate(cell | {(name, YES)}, whole, row[column].strip(), where))
            elif kind == "mean":
                self.means.append(Mean(name, cell, row[column].strip(), row.get(f"{name}_step", "").strip(), where))

    def _base(self, cell: CellId, outcome: str) -> CellId:
        """The pupils among whom an outcome is counted."""
        return cell | {(outcome, MEASURED)} if MEASURED in self.dimensions[outcome].labels else cell

    def _count(self, cell: CellId, text: str, where: str, openly: bool) -> None:
        self.counts.append(Figure(cell, text.strip(), where))
        if openly:
            self.openly.add(cell)


def _dimension(name: str, shape: Mapping[str, Any]) -> Dimension:
    parent = {member["code"]: member["parent"] for member in shape["members"] if member["parent"] is not None}
    children: dict[str, list[str]] = {}
    for code, above in parent.items():
        children.setdefault(above, []).append(code)
    return Dimension(
        name=name,
        label=shape["label"],
        labels={member["code"]: member["label"] for member in shape["members"]},
        parent=parent,
        children={code: tuple(members) for code, members in children.items()},
    )


def read_cells(path: Path) -> dict[CellId, int]:
    """Read a file of exact counts: `dimension=code` pairs joined by `|`, then the number. No file means no counts."""
    if not path.exists():
        return {}
    cells = {}
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in list(csv.reader(lines))[1:]:
            pairs = (cast(Pair, tuple(pair.split("=", 1))) for pair in row[0].split("|") if pair)
            cells[frozenset(pair for pair in pairs if pair[1] != TOTAL)] = int(row[1])
    return cells
