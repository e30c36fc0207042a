"""What a file says about one child, in terms of our tables. Every reader of pupils yields these."""

from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Model

OF_A_RETURN: Final = "School Census, "
"""How the source of a record begins that a School Census has told, by whichever file."""


@dataclass(repr=False)
class ToldPupil:
    """One pupil of a file.

    `row` counts as the sender sees it. `dfe_number` (LA and number, 7 digits) or `urn` identify whose record it is; the
    caller has checked that the sender may speak for that establishment. `record` contains the columns of Pupil that the
    file gives, `parts` the rows of the tables that belong to a record (and Enrolment). A table that is not named is
    left as it is; one named with no rows has none any more (within what the file covers: its term, its dates).
    """

    row: int
    upn: str
    former_upn: str = ""
    dfe_number: str = ""
    urn: int | None = None
    record: dict[str, Any] = field(default_factory=dict)
    parts: dict[type[Model], list[dict[str, Any]]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<ToldPupil row {self.row}>"
