"""What is wrong with a file, in words that let the person who sent it correct it."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.template.defaultfilters import pluralize

CAP: Final = 200
_MOST_KINDS: Final = 50
_MOST_NAMED: Final = 20
DOT: Final = "•"
CORRECT_IT: Final = "It is kept as it is. If it is wrong, correct it in the MIS and export again."
NO_SUCH_DATE: Final = "There is no such date, or it is not written as year-month-day (2017-08-31). Correct it."

_UPN_LIKE = re.compile(r"\b([A-Z])[0-9]{11}([0-9A-Z])\b", re.IGNORECASE)
_LONGEST_VALUE = 80
_A_NUMBER = re.compile(r"-?[0-9]{1,7}(\.[0-9]{1,2})?|[0-9]{1,4}[ /-][0-9]{1,4}|[0-9]\.?[0-9]{0,7}E\+[0-9]{2}")
_DAYS = re.compile(r"[0-9]{5}")
_DATES_TYPED_AS_DIGITS = ("%d%m%y", "%d%m%Y", "%y%m%d")


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file.

    `row` counts as the sender sees it: the line of a spreadsheet (its header is 1), or the pupil's place in an XML
    file; None is the file as a whole. `value` is what the file says there, masked when it is personal. `cure` is a
    sentence that says what to do. `fatal=False` is a query: odd, but importable. `also` is another row that it speaks
    of. Anything shaped like a UPN in `value` is masked here too, so that a reader which forgets cannot leak one.
    """

    row: int | None
    field: str
    value: str
    cure: str
    fatal: bool = True
    also: int | None = None

    def __post_init__(self) -> None:
        masked = _UPN_LIKE.sub(lambda m: m[1] + DOT * 11 + m[2], self.value)
        if len(masked) > _LONGEST_VALUE:
            masked = masked[: _LONGEST_VALUE - 1] + "…"
        object.__setattr__(self, "value", masked)

    def __str__(self) -> str:
        place = [f"row {self.row}"] if self.row is not None else []
        place += [self.field] if self.field else []
        return f"{', '.join(place)}: {self.cure}" if place else self.cure


class ImportRefused(Exception):
    """The file is refused as a whole; nothing of it was applied.

    The message is fit for a log: it contains places and cures, never values. `people`: see sharing.imports.people.
    `title`: which file it is, if that was known by then (see `known_as`).
    """

    title = ""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        self.people: dict[int, str] = {}
        super().__init__(self.problems)

    def __str__(self) -> str:
        fatal = [problem for problem in self.problems if problem.fatal]
        count = f"{len(fatal)} problem{pluralize(len(fatal))}"
        first = f" First: {fatal[0]}" if fatal else ""
        return f"The file was refused: {count}.{first}"


def refused(field: str, cure: str, value: str = "", row: int | None = None) -> ImportRefused:
    """An ImportRefused for a single reason, for the caller to raise."""
    return ImportRefused([Problem(row, field, value, cure)])


def another_file(what: str, wanted: str, *, is_ours: bool, field: str = "") -> ImportRefused:
    """An ImportRefused for a file of another kind. `is_ours`: it can be brought in as what it is."""
    own_kind = "If it is what you meant to send, bring it in as a file of its own kind."
    cure = f"{own_kind} Otherwise send" if is_ours else "Send"
    return refused(field, f"This is {what}. {cure} the {wanted} that your MIS exports as XML.")


@contextmanager
def known_as(title: str) -> Iterator[None]:
    """Whatever is refused in here is refused with the title that the file would have had."""
    try:
        yield
    except ImportRefused as problems:
        problems.title = title
        raise


class ProblemLog:
    """Gathers the problems of one file: keeps the first CAP fatal ones and the first CAP queries, and counts all.

    The first problem of each sort (field and cure) is kept beyond CAP too, up to _MOST_KINDS more, so that the
    sender learns at once of everything that needs correcting.
    """

    def __init__(self) -> None:
        self._kept: dict[bool, list[Problem]] = {True: [], False: []}
        self._seen = {True: 0, False: 0}
        self._kinds: set[tuple[bool, str, str]] = set()

    def add(self, problem: Problem) -> None:
        self._seen[problem.fatal] += 1
        kept, kind = self._kept[problem.fatal], (problem.fatal, problem.field, problem.cure)
        if len(kept) < CAP or (kind not in self._kinds and len(kept) < CAP + _MOST_KINDS):
            self._kinds.add(kind)
            kept.append(problem)

    @property
    def fatal(self) -> bool:
        return self._seen[True] > 0

    def queries(self) -> list[Problem]:
        """What is odd but importable, and beyond CAP a last line "and N more"."""
        return self._with_rest(False)

    def refuse_if_fatal(self) -> None:
        """Raises ImportRefused, fatal problems first, when there is at least one."""
        if self.fatal:
            raise ImportRefused(self._with_rest(True) + self._with_rest(False))

    def _with_rest(self, fatal: bool) -> list[Problem]:
        rest = self._seen[fatal] - len(self._kept[fatal])
        kind = "problems" if fatal else "queries"
        cure = f"and {rest:,} more {kind} of this file: correct these first, then send it again."
        more = [Problem(None, "", "", cure, fatal)] if rest else []
        return self._kept[fatal] + more


def named(places: Sequence[str]) -> str:
    """The places as one list; beyond 20, the number of the others."""
    more = f" and {len(places) - _MOST_NAMED} more" if len(places) > _MOST_NAMED else ""
    return f"{'; '.join(places[:_MOST_NAMED])}{more}"


def mask_upn(text: str) -> str:
    """The first and last character with dots between; only dots if the text is too short to hide."""
    text = text.strip()
    if len(text) < 6:
        return DOT * len(text)
    return text[0] + DOT * min(len(text) - 2, 11) + text[-1]


def mask_date(text: str) -> str:
    """The shape of a date of birth without its digits: `31/02/2015` -> `••/••/••••`."""
    return "".join(c if c in "-/. :" else DOT for c in text.strip()[:20])


def mask_text(text: str) -> str:
    """Dots for a name: all that shows is that there was one."""
    return DOT * 3 if text.strip() else ""


def show_code(text: str) -> str:
    """A code unchanged; anything longer than a code may be a misplaced name, and is masked."""
    return text if re.fullmatch(r"[A-Za-z0-9]{1,4}", text) else mask_text(text)


def show_number(text: str) -> str:
    """A number unchanged, or two (380/2901, 2024-25), or as a spreadsheet has written it (3.8E+06).

    Anything else may be a misplaced name or date of birth, and is masked. So is a number of five to seven digits that
    may be a date: counted in days by a spreadsheet, or typed without separators. No school year after 2012/13 looks
    like one.
    """
    return text if _A_NUMBER.fullmatch(text) and not _may_be_a_date(text) else mask_text(text)


def _may_be_a_date(number: str) -> bool:
    as_one = re.sub("[ /-]", "", number)
    digits = f"{float(as_one):.0f}" if "E" in as_one else as_one.partition(".")[0]
    if len(digits) < 6:
        return bool(_DAYS.fullmatch(digits))
    return any(_reads(digits, form) for form in _DATES_TYPED_AS_DIGITS)


def _reads(digits: str, form: str) -> bool:
    try:
        datetime.strptime(digits, form)
    except ValueError:
        return False
    return True


def show_date(text: str) -> str:
    """A date of entry or leaving unchanged; anything else is masked."""
    return text if re.fullmatch(r"[0-9./: T-]{1,25}", text) else mask_text(text)
