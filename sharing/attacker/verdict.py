"""The outcome of the attacks, in words for the officer who publishes."""

from dataclasses import dataclass
from typing import Final

WORST: Final = 10


@dataclass(frozen=True)
class Attempt:
    """One attack. `found` counts what must not be found; a single one stops the publication.

    `tried` counts what was examined; `words` say it in a sentence; `worst` names some of the cells; `notes` say what is
    known and allowed. `whole` is false if only a sample was examined.
    """

    name: str
    tried: int
    found: int
    words: str
    worst: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    whole: bool = True
    seconds: float = 0.0


@dataclass(frozen=True)
class Verdict:
    """All attacks on a release and its earlier versions."""

    releases: tuple[str, ...]
    cells: int
    lines: int
    attempts: tuple[Attempt, ...]
    seconds: float

    @property
    def holds(self) -> bool:
        return not any(attempt.found for attempt in self.attempts)

    @property
    def whole(self) -> bool:
        return all(attempt.whole for attempt in self.attempts)

    def attempt(self, name: str) -> Attempt:
        """The attack with this name. Raises KeyError."""
        return {attempt.name: attempt for attempt in self.attempts}[name]

    def in_words(self) -> str:
        """The verdict as plain text."""
        opening = (
            f"Nobody could be found: {self.cells:,} cells were tried in {len(self.attempts)} ways."
            if self.holds
            else f"Do not publish: {sum(bool(a.found) for a in self.attempts)} of {len(self.attempts)} attacks succeed."
        )
        if not self.whole:
            opening += " Some attacks looked at a sample only."
        lines = [f"{', '.join(self.releases)}: {self.cells:,} cells, {self.lines:,} lines that add up.", opening, ""]
        for attempt in self.attempts:
            lines.append(f"{'FOUND' if attempt.found else 'holds'}  {attempt.words} ({attempt.seconds:.1f} s)")
            lines.extend(f"         {words}" for words in (*attempt.notes, *attempt.worst))
        return "\n".join(lines)
