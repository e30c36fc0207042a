"""The context of establishments: the order in which several are shown, and how alike two are (R29, A14).

Context is who the children are and where they live. Nothing here reads what they achieve.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import F

from sharing.measures import writing
from sharing.measures.catalogue import MEASURE
from sharing.measures.shape import phases_of
from sharing.measures.shares import IN_WORDS, SHARES
from sharing.models import Establishment
from sharing.models.establishments import EstablishmentQuerySet, Kind
from sharing.models.ordered import ContextValue
from sharing.ordering import Comparison, ContextKey, NotAnOrder
from sharing.records.figures import Apart, Shown
from sharing.statistics.symbols import Symbol

# The measures behind a key: the first that has a figure counts.
IDACI, FSM, EAL = ("idaci_pupils", "idaci"), ("roll_fsm", "census_fsm"), ("roll_eal", "census_eal")
BEHIND = {ContextKey.IDACI: IDACI, ContextKey.IMD: ("imd_score",), ContextKey.FSM: FSM}
NOT_KNOWN = "Not known"
BANDS: Final = {Decimal(-1): Symbol.TOO_FEW, Decimal(0): Symbol.LOW, Decimal(100): Symbol.HIGH}
"""What stands for a band, as no percent does, so that a list has those of "high" first and of too few pupils last."""
_FIELDS = {
    ContextKey.PHASE: F("phase_code").asc(nulls_last=True),
    ContextKey.SIZE: F("number_of_pupils").desc(nulls_last=True),
}


def in_order_of(comparison: Comparison, establishments: EstablishmentQuerySet) -> EstablishmentQuerySet:
    """The establishments in the order of the comparison, ties by name; each with its figure as `context`, if any.

    Raises NotAnOrder for likeness: that is to one establishment (`Likeness`).
    """
    key = comparison.key
    if key == ContextKey.NAME:
        return establishments.by_name()
    if key in _FIELDS:
        return establishments.by_name(_FIELDS[key])
    if key not in BEHIND:
        raise NotAnOrder(f"Nothing orders a list {key.words} without an establishment to be like.")
    with_figure = establishments.beside(context=figure_of(*BEHIND[key]))
    return with_figure.by_name(F("context").desc(nulls_last=True))


def with_context(establishments: EstablishmentQuerySet) -> EstablishmentQuerySet:
    """Each with `idaci` (0 to 1), `fsm` and `eal` (per cent), by the newest release. None where nothing is out."""
    return establishments.beside(idaci=figure_of(*IDACI), fsm=figure_of(*FSM), eal=figure_of(*EAL))


def figure_of(*codes: str) -> ContextValue:
    """The establishment's figure of the first of these measures that has one; of none, the band of the first that is in
    one (`is_band`). Before anything is out of it, that of the newest URN before it of which something is (A2). Raises
    NotAnOrder for an outcome.

    A figure of few children is left out for everybody, and a protected number stands for everybody wherever one is out,
    so that the order is everybody's (R12, R31).
    """
    for code in codes:
        if MEASURE[code].is_outcome:
            raise NotAnOrder(f"{MEASURE[code].name} is an outcome.")
    return ContextValue(codes, [_part(code) for code in codes])


def _part(code: str) -> str | None:
    """What is the part of an establishment's protected share, as the keys of open statistics have it: before the place,
    so of a dimension that comes before it in the alphabet."""
    share = SHARES.get(code)
    return "=".join(share.part) if share and share.part else None


def written(value: Decimal | None, measures: Sequence[str]) -> Shown:
    """Such a figure of the first of these measures that has one, as every list has it. A protected share is marked by
    whom it counts, as on Key Data, is no finer than it was published, and stands in words where it is in a band."""
    if value is None:
        return Shown(NOT_KNOWN, symbol="x")
    kind, share = MEASURE[measures[0]], SHARES.get(measures[0]) if is_protected(value) else None
    decimals = 0 if share else kind.decimals
    counts = share.counts if share else ""
    if is_band(value):
        return Shown(IN_WORDS[BANDS[value]], symbol=BANDS[value], counts=counts)
    return Shown(writing.in_words(value, kind.unit, decimals), writing.number(value, decimals), counts=counts)


def whom_they_count(counts: Iterable[str]) -> tuple[str, ...]:
    """What a list says of its protected shares: each as `Shown.counts` has it, and empty ones say nothing."""
    return tuple(f"Protected figures count {one}." for one in dict.fromkeys(filter(None, counts)))


def is_protected(value: Decimal) -> bool:
    """PostgreSQL keeps a protected share as a whole number, and an exact figure with four decimals, 26.0000 too."""
    return writing.decimals_of(value) == 0


def is_band(value: Decimal) -> bool:
    """A protected share that is no number: low, high, or of too few pupils."""
    return is_protected(value) and value in BANDS


@dataclass(frozen=True)
class Factor:
    """One side of likeness. `step`: how far apart two establishments are that count as one step apart. `unit` and
    `decimals`: how the difference is written."""

    name: str
    step: float
    step_words: str
    unit: str = ""
    decimals: int = 0


SIZE_FACTOR = Factor("Pupils on roll", math.log(2), "twice or half as many pupils on roll")
FACTORS = {
    "idaci": Factor(
        "Deprivation of children (IDACI)", 0.1, "0.1 on the deprivation index for children (IDACI)", decimals=3
    ),
    "fsm": Factor(
        "Free school meals", 10, "10 percentage points of pupils eligible for free school meals", " points", 1
    ),
    "eal": Factor(
        "English as an additional language", 20,
        "20 percentage points of pupils with English as an additional language", " points", 1,
    ),
}  # fmt: skip
LEAST_FACTORS = 2
KINDS_OF_THEIR_OWN = {Kind.NURSERY, Kind.SPECIAL, Kind.PRU, Kind.CHILDRENS_CENTRE}
STEPS_IN_WORDS = ((0.25, "Very much alike"), (0.75, "Much alike"), (1.5, "Somewhat alike"))


@dataclass(frozen=True)
class Likeness:
    """How far an establishment's context is from one's own: the mean of the known factors, in steps. 0 is the same."""

    establishment: Establishment
    distance: float
    apart: Apart

    @property
    def words(self) -> str:
        return next((words for most, words in STEPS_IN_WORDS if self.distance < most), "Not much alike")


def alike(own: Establishment, others: Iterable[Establishment]) -> list[Likeness]:
    """Those of the same phase whose context is known, the most alike first, ties by name. Both come `with_context`."""
    of_its_phase = [other for other in others if other.pk != own.pk and _phase(other) == _phase(own)]
    found = [likeness for other in of_its_phase if (likeness := _likeness(own, other))]
    return sorted(found, key=lambda like: (like.distance, like.establishment.name, like.establishment.urn))


def _phase(place: Establishment) -> tuple[object, ...]:
    """Phase and stages; a special school, a unit or a centre is like its own kind alone."""
    of_its_own = place.kind if place.kind in KINDS_OF_THEIR_OWN else ""
    return place.phase_code, phases_of(place.low_age, place.high_age), of_its_own


def _likeness(own: Establishment, other: Establishment) -> Likeness | None:
    """None while fewer than two factors are known of both."""
    steps, apart = [], {}
    if own.number_of_pupils and other.number_of_pupils:
        steps.append(abs(math.log(other.number_of_pupils / own.number_of_pupils)) / SIZE_FACTOR.step)
        apart["pupils"] = _pupils(other.number_of_pupils - own.number_of_pupils)
    for name, factor in FACTORS.items():
        mine, theirs = _number(getattr(own, name)), _number(getattr(other, name))
        if mine is not None and theirs is not None:
            steps.append(abs(float(theirs - mine)) / factor.step)
            decimals = 0 if is_protected(mine) or is_protected(theirs) else factor.decimals
            apart[name] = _higher(theirs - mine, factor.unit, decimals)
    if len(steps) < LEAST_FACTORS:
        return None
    return Likeness(other, round(sum(steps) / len(steps), 2), Apart(**apart))


def _number(value: Decimal | None) -> Decimal | None:
    """Nobody is nearer by a band."""
    return None if value is None or is_band(value) else value


def _pupils(difference: int) -> str:
    return f"{abs(difference):,} {'more' if difference > 0 else 'fewer'}" if difference else "as many"


def _higher(difference: Decimal, unit: str, decimals: int) -> str:
    amount = writing.number(abs(difference), decimals)
    unit = unit.removesuffix("s") if amount == "1" else unit
    return f"{amount}{unit} {'higher' if difference > 0 else 'lower'}" if float(amount) else "the same"
