"""Figures of context as everybody may read them, in SQL: lists stand in their order, whoever reads (R12, R29, R31)."""

from django.db.models import Case, DecimalField, Exists, F, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Concat, Floor, Greatest, Least

from sharing.measures.shares import SHARES
from sharing.models import Release, StatisticsCell
from sharing.statistics.stored import PUPILS

_NUMBER = DecimalField(max_digits=14, decimal_places=4)


def told(code: str) -> Combinable:
    """The number of a Figure of this measure and of an establishment, for annotating a query of figures.

    Where the establishment's protected share of that year is out it is that share, by the rule of every rate, and None
    where that has a symbol; so nobody reads the exact one here.
    """
    share = SHARES.get(code)
    if share is None or share.part is None:
        return F("value")
    of_place = Concat(Value("place=urn:"), Cast(OuterRef("establishment__urn"), TextField()))
    whole = StatisticsCell.objects.of(Release.objects.current()).filter(
        establishment=OuterRef("establishment"), release__academic_year=OuterRef("release__academic_year"),
        key=of_place, indicator=PUPILS,
    )  # fmt: skip
    part = StatisticsCell.objects.filter(
        release=OuterRef("release"), key=Concat(Value(f"{'='.join(share.part)}|"), OuterRef("key")), indicator=PUPILS
    )
    percents = whole.annotate(
        part=Coalesce(Subquery(part.values("value")), 0, output_field=_NUMBER),
        percent=Case(
            When(Q(value__gte=F("release__protected_by__rate_from"), part__gt=0, part__lt=F("value")), then=_PERCENT),
            output_field=_NUMBER,
        ),
    )
    return Case(
        When(Exists(whole), then=Subquery(percents.values("percent")[:1])), default=F("value"), output_field=_NUMBER
    )


# As sharing.statistics.rates.percent: halves up, from 1 to 99.
_PERCENT = Least(Greatest(Floor((200 * F("part") + F("value")) / (2 * F("value"))), 1), 99, output_field=_NUMBER)
