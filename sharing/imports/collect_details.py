"""Rows of many tables brought together with the pupil they belong to, in little memory.

A COLLECT export has rows about a pupil in up to six files, each in an order of its own. Pupils are handled in portions,
in the order of their file. Each row of another file is saved with its pupil's portion, in a file without a name (so it
disappears with the program), and a portion is read back when its pupils are due.
"""

import csv
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import IO, Final, Self

_PORTION: Final = 2_048
_MOST_PORTIONS: Final = 64

Row = tuple[int, list[str]]
"""A row number as the sender sees it, and the cells."""

Key = tuple[str, str]
"""A pupil's NativeId, where the table has one, and key: a child at two schools has the same key at both."""


class Details:
    """The rows of other tables for these pupils; `keys` are in the order in which they will be asked for."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self._place: dict[Key, int] = {}
        self._alone: dict[str, int | None] = {}
        for place, pupil in enumerate(keys):
            if self._place.setdefault(pupil, place) == place:
                self._alone[pupil[1]] = None if pupil[1] in self._alone else place
        self._pupils = len(keys)
        self._size = max(_PORTION, -(-self._pupils // _MOST_PORTIONS))
        self._files = ExitStack()
        self._portions: list[IO[str]] = []
        self._read: dict[int, Mapping[str, list[Row]]] = {}
        self._read_portion = -1

    def __enter__(self) -> Self:
        for _ in range(0, self._pupils, self._size):
            file = tempfile.TemporaryFile("w+", encoding="utf-8", newline="")
            self._portions.append(self._files.enter_context(file))
        self._writers = [csv.writer(file) for file in self._portions]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._files.close()

    def put(self, pupil: Key, table: str, row: Row) -> bool:
        """Save a row. False if no pupil has this key, or if several have it and no NativeId distinguishes them."""
        native_id, key = pupil
        place = self._place.get(pupil) if native_id else self._alone.get(key)
        if place is None:
            return False
        number, cells = row
        self._writers[place // self._size].writerow([place, table, number, *cells])
        return True

    def of(self, place: int) -> Mapping[str, list[Row]]:
        """The rows of the pupil at this place, by table. Places are asked for in order."""
        portion = place // self._size
        if portion != self._read_portion:
            self._read, self._read_portion = self._read_back(portion), portion
        return self._read.get(place, {})

    def _read_back(self, portion: int) -> dict[int, Mapping[str, list[Row]]]:
        file = self._portions[portion]
        file.seek(0)
        found: dict[int, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for place, table, number, *cells in csv.reader(file):
            found[int(place)][table].append((int(number), cells))
        return dict(found)
