"""The shape of an entry in the catalogue: a stream of releases, or a measure."""

from dataclasses import dataclass

from sharing.models.releases import Measure

PERCENT, NUMBER, SCORE = Measure.Unit.PERCENT, Measure.Unit.NUMBER, Measure.Unit.SCORE
POINTS, RATE = Measure.Unit.POINTS, Measure.Unit.RATE
HIGHER, LOWER, NEITHER = Measure.Direction.HIGHER, Measure.Direction.LOWER, Measure.Direction.NEITHER

# Stages of schooling that a measure belongs to. An establishment may have several (`phases_of`).
EARLY, PRIMARY, SECONDARY = "early", "primary", "secondary"


@dataclass(frozen=True)
class DatasetKind:
    """A stream of releases. `is_published_elsewhere`: the Department for Education published these figures first."""

    slug: str
    name: str
    owner: str
    source: str
    description: str
    is_published_elsewhere: bool = False


@dataclass(frozen=True)
class MeasureKind:
    """One measure. `denominator`: the pupils counted as the whole; it never changes once there are figures.

    `dataset` is the one that brings its figures of establishments. Comparators of areas may come in another dataset.
    `is_outcome`: what pupils achieve, their attendance or exclusions; no list of establishments is ordered by it (R29).
    `phases` empty: every phase.
    """

    code: str
    dataset: str
    name: str
    unit: Measure.Unit
    decimals: int
    denominator: str
    direction: Measure.Direction
    is_outcome: bool
    definition: str
    phases: tuple[str, ...] = ()


def defined(measure: MeasureKind | Measure) -> str:
    """What it measures, and among whom. A count is not among anybody: its denominator says "None"."""
    whole = measure.denominator
    return measure.definition if whole.startswith("None") else f"{measure.definition} Out of: {whole}."


def phases_of(low_age: int | None, high_age: int | None) -> tuple[str, ...]:
    """The stages whose end children reach at an establishment for these ages; none if the ages are unknown.

    A child is assessed at 5 (early years), 11 (Key Stage 2) and 16 (Key Stage 4). A nursery school ends at 5, before
    the assessment at the end of Reception.
    """
    if low_age is None or high_age is None:
        return ()
    ends = ((EARLY, 4, 6), (PRIMARY, 10, 11), (SECONDARY, 15, 16))
    return tuple(phase for phase, at_most, at_least in ends if low_age <= at_most and high_age >= at_least)
