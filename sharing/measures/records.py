"""Figures as they leave the door: frozen facts, and the one way in which each is written (R31)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sharing.measures import symbols, writing
from sharing.measures.catalogue import MEASURE
from sharing.measures.shape import MeasureKind
from sharing.models.releases import Release
from sharing.school_year import in_words


@dataclass(frozen=True)
class FigureRecord:
    """One figure that is out, and the release it is from. `area` is empty for an establishment, `urn` None for an area.

    `text` is what every page, chart and PDF shows, `plain` what a file contains; `words` say why there is no number.
    """

    measure: str
    establishment_id: int | None
    urn: int | None
    area: str
    academic_year: int
    group: str
    value: Decimal | None
    symbol: str
    numerator: int | None
    denominator: int | None
    is_small: bool
    is_covered: bool
    unit: str
    decimals: int
    release_id: int
    version: int
    dataset: str
    status: str
    as_of: date
    of_all_ages: bool
    source: str

    @property
    def kind(self) -> MeasureKind:
        return MEASURE[self.measure]

    @property
    def is_told_to_everybody(self) -> bool:
        """Whether all who may read about the establishment may read it, and not only those who see its pupils (R12)."""
        return not (self.is_small or self.is_covered)

    @property
    def words(self) -> str:
        return symbols.in_words(self.symbol) if self.symbol else ""

    @property
    def text(self) -> str:
        return self.words if self.value is None else writing.in_words(self.value, self.unit, self.decimals)

    @property
    def plain(self) -> str:
        return self.symbol if self.value is None else writing.number(self.value, self.decimals)

    @property
    def year(self) -> str:
        return in_words(self.academic_year)

    @property
    def status_words(self) -> str:
        return status_in_words(self.status, of_all_ages=self.of_all_ages)


def status_in_words(status: str, *, of_all_ages: bool) -> str:
    return Release.Status(status).label + (", of pupils of all ages" if of_all_ages else "")
