"""R10 to R12, R31: whoever the pupils are and whatever the tables, what is published tells of nobody.

The whole way of a publication, without the store: tables fitted to the pupils, a release built, written, read again,
and attacked beside the versions before it. Populations and sets of tables are drawn; each is small, so that groups are.
"""

import csv
import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, Phase, event, given, note, reject, settings
from hypothesis import strategies as st

from sharing.attacker import OwnSchool, Verdict, attack
from sharing.attacker.witness import audit
from sharing.statistics import files
from sharing.statistics.catalogue import Catalogue, standard, urn_code
from sharing.statistics.dimensions import TOTAL, CellId, cell_id
from sharing.statistics.population import Population, Pupil
from sharing.statistics.reading import written_right
from sharing.statistics.records import Release
from sharing.statistics.release import build
from sharing.statistics.rules import CannotPublish
from sharing.statistics_store import fitting
from sharing.statistics_store.people import ASSESSED, People
from tests.statistics.small import PEOPLE_OF, authority, rounded_by

BOUNDED = settings(
    max_examples=6,
    derandomize=True,
    phases=[Phase.generate],
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
CELLS = 10  # for which other pupil files are looked for
SEEDS = st.integers(0, 2**32 - 1)
Public = tuple[Collection[tuple[str, str]], float]
_PUPILS = [("sex", TOTAL)]
_WHO = [*_PUPILS, ("sex", "F"), ("fsm", "Y"), ("eal", "O"), ("sen", "K"), ("sen", "E")]
PUBLIC: Mapping[str, Public] = {
    "nothing": ((), 1.0),
    "how many there are": (_PUPILS, 1.0),
    "how many there are at most schools": (_PUPILS, 0.7),
    "who they are": (_WHO, 1.0),
    "who they are at most schools": (_WHO, 0.7),
}
"""What may be known of schools besides, and exactly."""
TABLES = [table.name for table in standard((), ()).tables if not table.rate]


@st.composite
def drawn(draw: st.DrawFn) -> tuple[int, int, float, tuple[str, ...]]:
    """Of an authority the number it is drawn by, its pupils and the share of rare ones; and some tables of counts."""
    tables = draw(st.lists(st.sampled_from(TABLES), min_size=2, max_size=6, unique=True))
    return draw(SEEDS), draw(st.integers(60, 1500)), draw(st.sampled_from((0.02, 0.1, 0.3, 0.5))), tuple(tables)


def made(seed: int, pupils: int, skew: float, names: tuple[str, ...]) -> tuple[Population, Catalogue]:
    """The authority, and the tables with their rates."""
    population = authority(random.Random(seed), pupils, skew=skew)
    whole = standard(population.places, population.schools)
    names = (*names, *(f"{name}_rates" for name in names))
    return population, replace(whole, tables=tuple(table for table in whole.tables if table.name in names))


def known_of(population: Population, of: Collection[tuple[str, str]], share: float) -> dict[CellId, int]:
    """What the Department publishes of this share of schools: how many pupils are what, or there are (Total)."""
    return {
        cell_id([("place", urn_code(school.urn)), pair]): sum(
            one.school == school.urn and pair[1] in (TOTAL, getattr(one, pair[0])) for one in population.pupils
        )
        for school in population.schools[: round(share * len(population.schools))]
        for pair in of
    }


def publish(
    population: Population,
    tables: Catalogue,
    folder: Path,
    before: Release | None = None,
    public: Public = ((), 1.0),
) -> Release:
    """As `sharing.statistics_store.making` does it. What is refused in words is no example."""
    version = before.version + 1 if before else 1
    try:
        with mock.patch.object(fitting, "standard", return_value=tables):
            fitted = fitting.fit(People(population, dict.fromkeys(ASSESSED, 1.0), 1.0, {}), coarsen=True)
        built = build(
            population,
            catalogue=fitted.catalogue,
            before=before,
            public=known_of(population, *public),
            version=version,
            coarsen=True,
        )
    except CannotPublish as reason:
        event(str(reason))
        reject()
    files.write(built, folder)
    written_right(built, folder)
    return built


def every_line_adds_up(folder: Path, release: Release) -> None:
    """Read from the files with nothing but addition: in each table, along each dimension, `low` and `z` as nobody."""
    for published in release.tables:
        table = published.table
        if table.rate:
            continue
        with (folder / f"{table.name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for name in table.dimensions:
            dimension = release.catalogue.dimensions[name]
            sums: Mapping[tuple[str, ...], dict[str, int]] = defaultdict(dict)
            for row in rows:
                rest = tuple(row[other] for other in table.dimensions if other != name)
                sums[rest][row[name]] = int(row["pupils"]) if row["pupils"].isdigit() else 0
            for found in sums.values():
                for parent, children in dimension.children.items():
                    if found.keys() >= {parent, *children}:
                        assert found[parent] == sum(found[child] for child in children), (table.name, parent)


def corrected(population: Population, chance: random.Random, pupils: int) -> Population:
    """Of some pupils a fact was wrong; one has gone and one has come."""
    changed = list(population.pupils)
    for at in chance.sample(range(len(changed)), pupils):
        one = changed[at]
        changed[at] = replace(
            one, sex="M" if one.sex == "F" else "F", fsm=chance.choice("YN"), sen=chance.choice("NKE")
        )
    changed[chance.randrange(len(changed))] = chance.choice(changed)
    return population.with_pupils(changed)


def as_a_file(pupil: Pupil) -> dict[str, str]:
    """A pupil by the lowest members of the dimensions that are asked of them."""
    codes = {name: getattr(pupil, name) for name in PEOPLE_OF} | {"place": f"urn:{pupil.school}"}
    return {name: code for name, code in codes.items() if code}


def what_it_knows(school: str, pupils: Iterable[dict[str, str]], release: Release) -> OwnSchool:
    """Of every group that is published, how many of the school's own pupils are in it."""
    dimensions, code = release.catalogue.dimensions, f"urn:{school}"
    mine = [
        frozenset((name, above) for name, leaf in one.items() for above in dimensions[name].above(leaf))
        for one in pupils
        if one["place"] == code
    ]
    groups = {frozenset(pair for pair in group if pair[0] != "place") for group in release.numbers}
    return OwnSchool(code, {group | {("place", code)}: sum(group <= one for one in mine) for group in groups})


def holds(verdict: Verdict) -> None:
    assert verdict.holds, verdict.in_words()


@BOUNDED
@given(publication=drawn(), public=st.sampled_from(sorted(PUBLIC)), seed=SEEDS)
def test_whatever_is_published_nobody_is_found(
    publication: tuple[int, int, float, tuple[str, ...]],
    public: str,
    seed: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """I1, I2, I5, I6, I7, I9, I12, I13: the attacker has it, its correction, the day after, a school's pupils."""
    note(f"Drawn again by @example({publication=}, {public=}, {seed=}): the roundings are drawn by the seed too.")
    with rounded_by(seed):
        _nobody_is_found(publication, PUBLIC[public], seed, tmp_path_factory.mktemp("any"))


def _nobody_is_found(
    publication: tuple[int, int, float, tuple[str, ...]], public: Public, seed: int, place: Path
) -> None:
    population, tables = made(*publication)
    chance = random.Random(seed)
    first, second, later = place / "first", place / "second", place / "later"
    release = publish(population, tables, first, None, public)
    every_line_adds_up(first, release)
    pupils = [as_a_file(one) for one in population.pupils]
    own = what_it_knows(chance.choice(population.schools).urn, pupils, release)
    holds(attack([first], whole=True, own=[own], seed=seed))
    found = audit(first, pupils, sample=CELLS, seed=seed)
    assert found.misfits == ()
    assert found.shown == found.tried, found.stuck

    again = publish(population.with_pupils(reversed(population.pupils)), tables, place / "again", release, public)
    assert (again.numbers, again.tables) == (release.numbers, release.tables)

    correction = publish(corrected(population, chance, min(8, len(pupils) // 10)), tables, second, release, public)
    every_line_adds_up(second, correction)
    holds(attack([first, second], whole=True, seed=seed))
    # The same numbers as those of another day: no change of a cell may be known then either.
    files.write(replace(correction, as_of=correction.as_of + timedelta(days=1)), later)
    holds(attack([first, later], whole=True, seed=seed))
