"""The context of establishments: the order in which several are shown, and how alike two of them are (R29, A14).

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

# The measures behind each key: the first that has a figure counts.
IDACI, FSM, EAL = ("idaci_pupils", "idaci"), ("roll_fsm", "census_fsm"), ("roll_eal", "census_eal")
STAYED = ("ks2_stayed", "ks4_stayed")
BEHIND = {ContextKey.IDACI: IDACI, ContextKey.IMD: ("imd_score",), ContextKey.FSM: FSM}
NOT_KNOWN = "Not known"
BANDS: Final = {Decimal(-1): Symbol.TOO_FEW, Decimal(0): Symbol.LOW, Decimal(100): Symbol.HIGH}
"""What stands for a band, as no percent does, so that a list has those of "high" first and of too few pupils last."""
_FIELDS = {
    ContextKey.PHASE: F("phase_code").asc(nulls_last=True),
    ContextKey.SIZE: F("number_of_pupils").desc(nulls_last=True),
}


def in_order_of(comparison: Comparison, establishments: EstablishmentQuerySet) -> EstablishmentQuerySet:
    """The establishments in the order of the comparison, then by name; each with any figure as `context`.

    Raises NotAnOrder for likeness, which compares with one establishment (`Likeness`).
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
    """Each with `idaci` (0 to 1), `fsm`, `eal` and `stayed` (per cent) of the newest release. None: nothing is out."""
    return establishments.beside(
        idaci=figure_of(*IDACI), fsm=figure_of(*FSM), eal=figure_of(*EAL), stayed=figure_of(*STAYED)
    )


def figure_of(*codes: str) -> ContextValue:
    """The establishment's figure of the first of these measures that has one.

    Where none has a number, it is the band of the first that has one (`is_band`). Before any figure of the
    establishment is out, it is that of the most recent earlier URN that has one (A2). Raises NotAnOrder for an outcome.

    For every reader, a figure of few children is left out and a protected number is used wherever one is out, so that
    the order is the same for everybody (R12, R31).
    """
    for code in codes:
        if MEASURE[code].is_outcome:
            raise NotAnOrder(f"{MEASURE[code].name} is an outcome.")
    return ContextValue(codes, [_part(code) for code in codes])


def _part(code: str) -> str | None:
    """The part that an establishment's protected share counts, as in the keys of open statistics.

    In those keys it comes before the place, so it must be of a dimension that comes before it in the alphabet.
    """
    share = SHARES.get(code)
    return "=".join(share.part) if share and share.part else None


def written(value: Decimal | None, measures: Sequence[str]) -> Shown:
    """The value of a `figure_of` these measures, written as in every list.

    A protected share says whom it counts, as on Key Data, is no finer than it was published, and is written in words
    where it is a band.
    """
    if value is None:
        return Shown(NOT_KNOWN, symbol="x")
    kind, share = MEASURE[measures[0]], SHARES.get(measures[0]) if is_protected(value) else None
    decimals = 0 if share else kind.decimals
    counts = share.counts if share else ""
    if is_band(value):
        return Shown(IN_WORDS[BANDS[value]], symbol=BANDS[value], counts=counts)
    return Shown(writing.in_words(value, kind.unit, decimals), writing.number(value, decimals), counts=counts)


def whom_they_count(counts: Iterable[str]) -> tuple[str, ...]:
    """The sentences that a list needs about its protected shares, from `Shown.counts` of each; "" needs none."""
    return tuple(f"Protected figures count {one}." for one in dict.fromkeys(filter(None, counts)))


def is_protected(value: Decimal) -> bool:
    """Whether it is a protected share.

    PostgreSQL keeps those as whole numbers, and exact figures with four decimals, such as 26.0000.
    """
    return writing.decimals_of(value) == 0


def is_band(value: Decimal) -> bool:
    """Whether it is a protected share that is not a number: low, high, or of too few pupils."""
    return is_protected(value) and value in BANDS


@dataclass(frozen=True)
class Factor:
    """One aspect of likeness.

    `step`: how far apart two establishments are that count as one step apart. `unit` and `decimals`: how the difference
    is written.
    """

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
    # Of 213 mainstream schools (Surrey, 2018/19), 173 were within 5 points of 94%. It is of one year group, where a
    # child of 30 is 3 points: a smaller step would measure chance.
    "stayed": Factor(
        "Mobility", 10, "10 percentage points of pupils who stayed at the school (mobility)", " points",
    ),
}  # fmt: skip
LEAST_FACTORS = 2
KINDS_OF_THEIR_OWN = {Kind.NURSERY, Kind.SPECIAL, Kind.PRU, Kind.CHILDRENS_CENTRE}
STEPS_IN_WORDS = ((0.25, "Very much alike"), (0.75, "Much alike"), (1.5, "Somewhat alike"))


@dataclass(frozen=True)
class Likeness:
    """How far an establishment's context is from one's own: the mean of the known factors, in steps. 0: the same."""

    establishment: Establishment
    distance: float
    apart: Apart

    @property
    def words(self) -> str:
        return next((words for most, words in STEPS_IN_WORDS if self.distance < most), "Not much alike")


def alike(own: Establishment, others: Iterable[Establishment]) -> list[Likeness]:
    """Those of the same phase whose context is known, the most alike first, then by name. All come `with_context`."""
    of_its_phase = [other for other in others if other.pk != own.pk and _phase(other) == _phase(own)]
    found = [likeness for other in of_its_phase if (likeness := _likeness(own, other))]
    return sorted(found, key=lambda like: (like.distance, like.establishment.name, like.establishment.urn))


def _phase(place: Establishment) -> tuple[object, ...]:
    """Phase and stages. Special schools, units and centres are only compared with their own kind."""
    of_its_own = place.counts_as if place.counts_as in KINDS_OF_THEIR_OWN else ""
    return place.phase_code, phases_of(place.low_age, place.high_age), of_its_own


def _likeness(own: Establishment, other: Establishment) -> Likeness | None:
    """How alike the two are; None where fewer than two factors are known of both."""
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
    """The value as a number. A band is none, so it brings nobody nearer."""
    return None if value is None or is_band(value) else value


def _pupils(difference: int) -> str:
    return f"{abs(difference):,} {'more' if difference > 0 else 'fewer'}" if difference else "as many"


def _higher(difference: Decimal, unit: str, decimals: int) -> str:
    amount = writing.number(abs(difference), decimals)
    unit = unit.removesuffix("s") if amount == "1" else unit
    return f"{amount}{unit} {'higher' if difference > 0 else 'lower'}" if float(amount) else "the same"
