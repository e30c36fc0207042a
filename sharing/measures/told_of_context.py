"""Figures of context as everybody may read them, in SQL: lists stand in their order, whoever reads (R12, R29, R31)."""

from decimal import Decimal
from typing import Final, Literal

from django.db.models import Case, DecimalField, Exists, F, Func, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Floor, Greatest, Least

from sharing.measures.shares import SHARES, Share
from sharing.models import Figure, Release, StatisticsCell
from sharing.models.statistics import StatisticsCellQuerySet
from sharing.statistics.stored import PUPILS
from sharing.statistics.symbols import Symbol

_NUMBER = DecimalField(max_digits=14, decimal_places=4)
BANDS: Final = {Decimal(-1): Symbol.TOO_FEW, Decimal(0): Symbol.LOW, Decimal(100): Symbol.HIGH}
"""What stands for a band, as no percent does, so that a list has those of "high" first and of too few pupils last."""


class _Key(Func):
    """The parts of a cell's key in one. `Concat` puts COALESCE around them, and then PostgreSQL compares keys only
    after row-level security, in each cell of the release, and not by their index. Before PostgreSQL 18 it always does:
    so whoever looks a key up says of which establishment, too."""

    template, arg_joiner, output_field = "(%(expressions)s)", " || ", TextField()


OWN: Final = ""
BEFORE: Final = "went_before__"
"""Of whom: the establishment, or the URN that it had before its own (A2)."""


def told(code: str, whose: str = OWN) -> tuple[Combinable, ...]:
    """Of this measure, for a query of establishments: its newest figure that is told to everybody, of a year after that
    of its newest protected share, if one is out; and that share, by the rule of every rate. The first that is not None
    counts. Nobody reads an exact figure here that a protected one stands for.
    """
    figures = Figure.objects.of_context(code).filter(establishment=OuterRef(f"{whose}pk"))
    share = SHARES.get(code)
    if share is None or share.part is None:
        return (Subquery(figures.values("value")[:1]),)
    known = _of_place("establishment__urn").filter(
        establishment=OuterRef("establishment"), release__academic_year__gte=OuterRef("release__academic_year")
    )
    newer = figures.filter(~Exists(known))
    return Subquery(newer.values("value")[:1]), _newest(share, "percent", whose)


def band(code: str, whose: str = OWN) -> tuple[Combinable, ...]:
    """Of this measure, where its newest protected share is no number: one of BANDS, by the rule of every rate."""
    share = SHARES.get(code)
    return (_newest(share, "band", whose),) if share and share.part else ()


def _newest(share: Share, how: Literal["percent", "band"], whose: str) -> Subquery:
    """An establishment's newest protected share, as `percent` or as `band`: it is one of them, where one is out."""
    whole = _of_place(f"{whose}urn").filter(establishment=OuterRef(f"{whose}pk")).order_by("-release__academic_year")
    part = StatisticsCell.objects.filter(
        release=OuterRef("release"), key=_Key(Value(f"{'='.join(share.part or ())}|"), OuterRef("key")),
        indicator=PUPILS, establishment=OuterRef("establishment"),
    ).exclude(symbol=Symbol.IMPOSSIBLE)  # fmt: skip
    counted = part.values(number=Coalesce("value", 0, output_field=_NUMBER))
    shares = whole.annotate(
        part=Subquery(counted),
        percent=Case(
            When(Q(value__gte=F("release__protected_by__rate_from"), part__gt=0, part__lt=F("value")), then=_PERCENT),
            output_field=_NUMBER,
        ),
        band=Case(
            When(Q(part=None) | Q(symbol=Symbol.IMPOSSIBLE), then=None),
            When(Q(value=None) | Q(value__lt=F("release__protected_by__rate_from")), then=_BAND[Symbol.TOO_FEW]),
            When(part=0, then=_BAND[Symbol.LOW]),
            When(part__gte=F("value"), then=_BAND[Symbol.HIGH]),
            output_field=_NUMBER,
        ),
    )
    return Subquery(shares.values(how)[:1])


def _of_place(urn: str) -> StatisticsCellQuerySet:
    """How many pupils an establishment has by open statistics of each year. `urn`: where the outer query has it."""
    key = _Key(Value("place=urn:"), Cast(OuterRef(urn), TextField()))
    return StatisticsCell.objects.of(Release.objects.current()).filter(key=key, indicator=PUPILS)


_BAND = {symbol: Value(number, output_field=_NUMBER) for number, symbol in BANDS.items()}
# As sharing.statistics.rates.percent: halves up, from 1 to 99.
_PERCENT = Least(Greatest(Floor((200 * F("part") + F("value")) / (2 * F("value"))), 1), 99, output_field=_NUMBER)
