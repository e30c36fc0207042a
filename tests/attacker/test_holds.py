"""On a release that holds the attacker finds nothing (R11)."""

import random
from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sharing.attacker import attack, intervals
from sharing.attacker.bounds import Propagator
from sharing.attacker.programme import Programme
from sharing.attacker.rule import Rule
from sharing.attacker.witness import audit
from tests.attacker.publishers import by_chance, nearest, rounded_afresh, texts_of, trusted
from tests.attacker.worlds import own_school, small_world

SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])


def pupils_of(release):
    world = release.world
    leaves = [world.trees[name].leaves for name in world.names]
    return [
        {name: codes[leaf] for name, codes, leaf in zip(world.names, leaves, row, strict=True)}
        for row in release.pupils.tolist()
    ]


def never(part, whole):
    return "x"


def test_a_release_that_holds(published):
    """R11: nothing is found, and the officer reads so."""
    verdict = attack([published], whole=True, seed=1)
    assert verdict.holds, verdict.in_words()
    assert verdict.whole
    assert "Nobody could be found: 575 cells" in verdict.in_words()


def test_the_solver_alone_says_the_same(published, system_of):
    """Possible truths save time; HiGHS without them finds the same room (I6)."""
    system, structure = system_of(published)
    tightened = Propagator(system.lines).tighten(system.least, system.most)
    options = {"sample": None, "chance": random.Random(1)}
    alone = intervals.programmes(system, structure, tightened, by_points=False, **options)
    quick = intervals.programmes(system, structure, tightened, **options)
    assert (alone.tried, alone.found) == (quick.tried, 0)
    assert quick.found == 0
    assert f"(0 by possible truths, {alone.tried} by the solver)" in alone.words
    assert f"{quick.tried} by possible truths" in quick.words


def test_a_sample_is_said_to_be_one(published):
    verdict = attack([published], sample=20, seed=1)
    assert verdict.attempt("programmes").tried == 20
    assert "Some attacks looked at a sample only" in verdict.in_words()


def test_other_pupils_would_have_been_published_the_same(release, published):
    """I7: for every small cell there are other pupil files with this publication."""
    found = audit(published, pupils_of(release), seed=1)
    assert found.misfits == ()
    assert found.tried > 50
    assert found.shown == found.tried, found.stuck


def test_a_release_that_does_not_fit_its_pupils_is_a_misfit(release, published):
    pupils = pupils_of(release)
    assert audit(published, pupils[: len(pupils) // 2], sample=5, seed=1).misfits


def test_a_school_that_subtracts_its_own_pupils(release, published):
    """I13: every school in turn; no group of others becomes known."""
    for code in release.world.phases:
        attempt = attack([published], sample=1, own=[own_school(release, code)], seed=1).attempt("own school")
        assert attempt.tried > 400
        assert attempt.found == 0, attempt


def test_the_same_day_told_again(release, published, tmp_path):
    """I12: nothing moved, nothing learnt."""
    release.world.write(tmp_path / "again", release.texts(), percents=release.percents, version=2)
    attempt = attack([published, tmp_path / "again"], sample=1, seed=1).attempt("versions")
    assert attempt.found == 0
    assert "0 of 575 numbers of the same day moved" in attempt.words


def test_the_next_day(release, published, tmp_path):
    """I12: of no cell is the change known."""
    later = trusted(release.world, 2_000, random.Random(9), moves=500)
    release.world.write(tmp_path / "later", later.texts(), percents=later.percents, as_of="2026-05-15")
    assert attack([published, tmp_path / "later"], sample=1, seed=1).attempt("changes").found == 0


def test_public_figures_are_given_and_do_not_break_it(release, tmp_path):
    """D10: exact numbers known elsewhere. A few of whole schools pin nothing."""
    world = release.world
    public = {
        world.id({"place": code}): int(release.truth[world.ids[world.id({"place": code})]]) for code in world.phases
    }
    world.write(tmp_path / "public", release.texts(), percents=release.percents, public=public)
    verdict = attack([tmp_path / "public"], whole=True, seed=1)
    assert verdict.attempt("bounds").found == verdict.attempt("programmes").found == 0, verdict.in_words()


@FEW
@given(seed=SEEDS, size=st.integers(200, 3_000))
def test_any_population_published_so_holds(seed, size, tmp_path_factory):
    """R11, I5, I6, I9: whoever the pupils are."""
    made = trusted(small_world(), size, random.Random(seed), moves=200)
    folder = tmp_path_factory.mktemp("any") / "release"
    made.world.write(folder, made.texts(), percents=made.percents)
    verdict = attack([folder], whole=True, seed=seed)
    assert verdict.holds, verdict.in_words()


RULES = {
    "controlled": Rule(),
    "nearest": Rule(base=5, farthest=2, low=(0, 2), zero_kept=False),
    "chance": Rule(base=5, farthest=4, low=(0, 4), zero_kept=False),
}


@FEW
@given(seed=SEEDS, kind=st.sampled_from(sorted(RULES)))
def test_the_truth_is_never_ruled_out(seed, kind, tmp_path_factory, system_of):
    """What the attacker believes is true: sweeps and programmes keep the true count inside, however published."""
    chance = random.Random(seed)
    made = trusted(small_world(), 800, chance, moves=200)
    shown = {"controlled": made.shown, "nearest": nearest(made.truth), "chance": by_chance(made.truth, chance)}[kind]
    folder = tmp_path_factory.mktemp("any") / "release"
    made.world.write(folder, texts_of(made.world, shown), percents=never)
    system, _ = system_of(folder, RULES[kind])
    least, most = Propagator(system.lines).tighten(system.least, system.most)
    truth = np.array([made.truth[made.world.ids[cell]] if cell in made.world.ids else -1 for cell in system.cells])
    here = truth >= 0
    assert (least[here] <= truth[here]).all()
    assert (most[here] >= truth[here]).all()
    programmed = intervals.ends(Programme(system, least, most), np.flatnonzero(here)[:12].tolist())
    for column, (low, high) in programmed.items():
        assert least[column] <= low <= truth[column] <= high <= most[column]


def test_rounding_that_moves_little_is_a_correction(release, published, tmp_path):
    """D8: a correction moves few cells, which is no finding."""
    again = rounded_afresh(release, random.Random(5), moves=1)
    corrected = replace(release, shown=again)
    release.world.write(tmp_path / "corrected", corrected.texts(), percents=corrected.percents, version=2)
    assert attack([published, tmp_path / "corrected"], sample=1, seed=1).attempt("versions").found == 0
