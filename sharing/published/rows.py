"""One row of a published table while it is read."""

from collections.abc import Sequence
from dataclasses import dataclass

from sharing.imports.csv_text import Table
from sharing.imports.problems import Problem, ProblemLog


@dataclass(frozen=True, slots=True)
class Row:
    """A row. `number` counts as the sender sees it (the header is 1). `ours`: the code of the portal's authority."""

    number: int
    cells: Sequence[str]
    table: Table
    log: ProblemLog
    ours: int

    def pick(self, name: str) -> str:
        """A trimmed cell; empty when the file lacks the column or the row is too short."""
        place = self.table.positions.get(name, -1)
        return self.cells[place].strip() if 0 <= place < len(self.cells) else ""

    def wrong(self, column: str, text: str, cure: str) -> None:
        """Add a problem of this row."""
        self.log.add(Problem(self.number, column, text, cure))

    def is_too_long(self) -> bool:
        """Whether it has more cells than the header, so that none can be trusted; if so, a problem is added."""
        if len(self.cells) <= self.table.width:
            return False
        cure = f"The row has {len(self.cells)} cells, the header {self.table.width}. It has a comma too many."
        self.wrong("", "", cure)
        return True
