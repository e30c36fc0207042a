"""Figures that were published and have been stopped."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localtime

from sharing.days import day_in_words


@dataclass(frozen=True)
class StoppedFigures:
    """Published figures that are now shown to nobody: which, since when, and why (R11, R22)."""

    dataset: str
    year: str
    at: datetime
    because: str

    @property
    def words(self) -> str:
        at = localtime(self.at)
        return (
            f"{self.dataset}, {self.year}: these figures are not shown. They were stopped on {day_in_words(at.date())} "
            f"at {at:%H:%M}. Do not use copies that you made before. Why they were stopped: {self.because}"
        )
