"""The attacker has teeth (I14, I15): what is published in other ways it breaks."""

import ast
import random
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from sharing.attacker import arithmetic, attack
from sharing.attacker.bounds import Propagator
from sharing.attacker.released import Rate
from tests.attacker.publishers import (
    COMPLEMENTED,
    NEAREST_5,
    NEAREST_5_C,
    NHS,
    SUPPRESSED,
    by_chance,
    complemented,
    nearest_5,
    nearest_5_c,
    nhs,
    rounded_afresh,
    suppressed,
    texts_of,
    trusted,
)
from tests.attacker.worlds import own_school, small_world


def never(part, whole):
    return "x"


def found_exactly(world, truth, system, cells):
    """How many of these cells the sweeps give away, and that what they give away is the truth."""
    least, most = Propagator(system.lines).tighten(system.least, system.most)
    columns = np.array([system.index[world.cells[number]] for number in cells])
    exact = least[columns] == most[columns]
    assert (least[columns][exact] == truth[cells][exact]).all()
    return int(exact.sum())


def test_hiding_small_cells_only(life, tmp_path, system_of):
    """I15: every hidden cell is recovered."""
    world, truth = life
    world.write(tmp_path / "r", suppressed(world, truth), base=1, farthest=0, percents=never)
    small = np.flatnonzero((truth >= 1) & (truth <= 4))
    system, _ = system_of(tmp_path / "r", SUPPRESSED)
    exact = found_exactly(world, truth, system, small)
    assert len(small) > 20
    assert exact == len(small)
    assert not attack([tmp_path / "r"], rule=SUPPRESSED, sample=10, seed=1).holds


def test_two_hidden_in_each_line(life, tmp_path, system_of):
    """I15: complements chosen line by line do not protect linked tables."""
    world, truth = life
    world.write(tmp_path / "plain", suppressed(world, truth), base=1, farthest=0, percents=never)
    plain, _ = system_of(tmp_path / "plain", SUPPRESSED)
    lines = [
        np.array(
            [
                world.ids[plain.cells[c]]
                for c in plain.lines.cell[plain.lines.line == line]
                if plain.cells[c] in world.ids
            ]
        )
        for line in range(plain.lines.count)
    ]
    texts = complemented(world, truth, lines)
    world.write(tmp_path / "r", texts, base=1, farthest=0, percents=never)
    verdict = attack([tmp_path / "r"], rule=COMPLEMENTED, whole=True, seed=1)
    assert verdict.attempt("programmes").found + verdict.attempt("bounds").found > 0, verdict.in_words()


@pytest.mark.parametrize(
    ("publish", "rule", "least_narrowed"),
    [(nearest_5, NEAREST_5, 20), (nearest_5_c, NEAREST_5_C, 20), (nhs, NHS, 5)],
    ids=["nearest 5", "nearest 5 with c", "1 to 7 hidden"],
)
def test_rounding_each_cell_by_itself(publish, rule, least_narrowed, life, tmp_path):
    """I15: lines that do not add up narrow what is in them, and averaging finds it too."""
    world, truth = life
    world.write(tmp_path / "r", publish(world, truth), farthest=2, percents=never)
    verdict = attack([tmp_path / "r"], rule=rule, sample=50, seed=1)
    assert verdict.attempt("bounds").found >= least_narrowed, verdict.in_words()
    assert verdict.attempt("averaging").found > 0


def test_true_percentages_beside_rounded_counts(release, tmp_path):
    """I14: percentages of the true counts pin part and whole."""
    release.world.write(tmp_path / "r", release.texts(), percents=release.true_percents)
    attempt = attack([tmp_path / "r"], sample=1, seed=1).attempt("percentages")
    assert attempt.found > 0
    assert "exactly" in attempt.words


def test_rounded_afresh_at_each_version(release, tmp_path):
    """I12: numbers of the same day that were rounded again close in on the truth, even where each adds up."""
    chance, folders = random.Random(4), []
    for version in range(1, 11):
        shown = rounded_afresh(release, chance)
        folders.append(tmp_path / str(version))
        release.world.write(folders[-1], texts_of(release.world, shown), version=version, percents=never)
    attempt = attack(folders, sample=1, seed=1).attempt("versions")
    assert attempt.found > 10, attempt.words


def test_exact_numbers_show_each_change(life, release, tmp_path):
    """I12: unrounded terms, side by side."""
    world, truth = life
    for day, counts in (("2026-01-15", truth), ("2026-05-15", release.truth)):
        world.write(tmp_path / day, suppressed(world, counts), as_of=day, base=1, farthest=0, percents=never)
    attempt = attack([tmp_path / "2026-01-15", tmp_path / "2026-05-15"], rule=NEAREST_5_C, sample=1).attempt("changes")
    assert attempt.found > 0


def test_a_lone_withheld_cell(release, tmp_path):
    """I14: tables that add up give a lone `c` away by subtraction."""
    texts = release.texts()
    number = release.world.ids[release.world.id({"place": "L1", "sen": "K"})]
    texts[number] = "c"
    release.world.write(tmp_path / "r", texts, percents=never)
    attempt = attack([tmp_path / "r"], sample=1, seed=1).attempt("withheld")
    assert (attempt.tried, attempt.found) == (1, 1)


def test_one_cell_that_was_not_rounded(release, tmp_path):
    """I14."""
    texts = release.texts()
    number = release.world.ids[release.world.id({"place": "L1", "year": "6"})]
    texts[number] = str(int(texts[number]) + 2)
    release.world.write(tmp_path / "r", texts, percents=never)
    attempt = attack([tmp_path / "r"], sample=1, seed=1).attempt("arithmetic")
    assert any("is not a multiple of 5" in words for words in attempt.worst)
    assert any("is not the sum" in words for words in attempt.worst)


def test_one_cell_flipped_in_one_table(release, tmp_path):
    """I14: the same group with another number elsewhere."""
    cell = release.world.id({"place": "L1", "sex": "F"})
    other = str(int(release.shown[release.world.ids[cell]]) + 5)
    release.world.write(tmp_path / "r", release.texts(), percents=never, flips={"sen": {cell: other}})
    attempt = attack([tmp_path / "r"], sample=1, seed=1).attempt("arithmetic")
    assert any("elsewhere" in words for words in attempt.worst)


def test_one_flipped_number_for_everybody(release, tmp_path):
    """I14: a number that is off by 5 wherever it stands breaks lines."""
    texts = release.texts()
    number = release.world.ids[release.world.id({"ethnicity": "W", "sex": "F"})]
    texts[number] = str(int(texts[number]) + 5)
    release.world.write(tmp_path / "r", texts, percents=never)
    assert attack([tmp_path / "r"], sample=1, seed=1).attempt("arithmetic").found >= 2


def test_a_locality_by_special_schools(tmp_path):
    """I14, I11: one special school in a Locality is that school, whatever the rounding."""
    made = trusted(small_world(special_apart=False, phase_table=True), 1_500, random.Random(2), moves=100)
    made.world.write(tmp_path / "r", made.texts(), percents=made.percents)
    attempt = attack([tmp_path / "r"], sample=1, seed=1).attempt("schools")
    assert any("phase special" in words and "1 schools" in words for words in attempt.worst), attempt.worst


def test_a_bare_nought_says_that_nobody_is_in_a_group(release, tmp_path):
    """R11: 0 % and 100 % must not be provable."""
    texts = ["0" if text == "low" else text for text in release.texts()]
    release.world.write(tmp_path / "r", texts, percents=never)
    verdict = attack([tmp_path / "r"], sample=1, seed=1)
    assert verdict.attempt("groups").found > 0
    assert verdict.attempt("arithmetic").found > 0


def test_a_printed_nought_per_cent(release, tmp_path):
    release.world.write(tmp_path / "r", release.texts(), percents=lambda part, whole: "0")
    assert attack([tmp_path / "r"], sample=1, seed=1).attempt("groups").found > 0


def test_own_pupils_subtracted_from_exact_numbers(release, tmp_path):
    """I13: where counts are exact, a school finds groups of one to four others by subtraction."""
    world = release.world
    world.write(tmp_path / "r", suppressed(world, release.truth), base=1, farthest=0, percents=never)
    found = [
        attack([tmp_path / "r"], rule=SUPPRESSED, own=[own_school(release, code)], sample=1).attempt("own school").found
        for code in world.phases
    ]
    assert sum(found) > 0


def test_random_rounding_is_averaged_away(release, tmp_path):
    """I9: the nearest numbers that add up are nearer to the truth than what was printed."""
    shown = by_chance(release.truth, random.Random(3))
    release.world.write(tmp_path / "r", texts_of(release.world, shown), farthest=4, percents=never)
    assert attack([tmp_path / "r"], sample=1, seed=1).attempt("averaging").found > 50


def test_it_imports_nothing_of_the_project():
    """The attacker shares no code with what it attacks."""
    folder = Path(__file__).parents[2] / "sharing" / "attacker"
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [n.name for n in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert not name.startswith("django"), path
                assert not name.startswith("sharing") or name.startswith("sharing.attacker"), path


@pytest.mark.parametrize(
    ("part", "whole", "right"), [(5, 2000, "1"), (1995, 2000, "99"), (5, 50, "10"), (45, 50, "90")]
)
def test_a_rate_near_to_nobody_or_everybody(part, whole, right):
    """I10: one whose rounding would say 0 or 100 reads 1 or 99, and any other figure is found."""
    said = SimpleNamespace(index={"part": 0, "whole": 1}, value=np.array([part, whole]))
    said.released = SimpleNamespace(rate_from=50)
    assert arithmetic.percents(said, Rate("part", "whole", right, "")) == {right}
