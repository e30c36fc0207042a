"""Reads both sites side by side, and finds what differs."""

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import urlencode

from portal.parity import key_data
from portal.parity.fetching import OK, Answer, Reader
from portal.parity.reading import Facts, Place, choices
from portal.parity.scopes import (
    CALENDAR,
    KEY_DATA,
    LIST,
    LIST_OF_STATISTICS,
    OF_A_NAMED_TABLE,
    OF_A_QUESTION,
    OF_A_TABLE,
    OF_ALL,
    OF_EACH,
    READ,
    Form,
    Scope,
)

NOTHING = "(nothing)"
QUESTIONS = 1  # drawn for each establishment, besides the one that Deeper Data opens with
TABLE = re.compile(r'href="/statistics/(establishments/)?([a-z0-9_-]+)/\?year=')


@dataclass(frozen=True)
class Difference:
    """One place at one address, and what each site says there."""

    kind: str
    path: str
    place: Place
    at_schools: str
    at_edunet: str

    def __str__(self) -> str:
        where = ", ".join(self.place)
        return f"{self.path} [{where}]: Schools Online {self.at_schools!r}, EduNet {self.at_edunet!r}"


@dataclass
class Comparison:
    """How much was read on both sites, by kind of page, and what differs. `not_made`: reports not made yet."""

    pages: Counter[str] = field(default_factory=Counter)
    figures: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    establishments: int = 0
    not_made: int = 0

    @property
    def by_kind(self) -> dict[str, list[int]]:
        """Kind -> addresses, values, differences."""
        wrong = Counter(difference.kind for difference in self.differences)
        return {kind: [number, self.figures[kind], wrong[kind]] for kind, number in sorted(self.pages.items())}


class Both:
    """One person on Schools Online, or several who share the work, and an officer on EduNet."""

    def __init__(self, at_schools: Sequence[Reader], at_edunet: Reader, *, draw: random.Random) -> None:
        self.at_schools, self.at_edunet, self._draw = at_schools, at_edunet, draw
        self.found = Comparison()

    def establishments(self) -> list[int]:
        """The URNs of the establishments that both sites list."""
        known = set().union(*(reader.listed for reader in self.at_schools))
        return sorted(known & self.at_edunet.listed.keys())

    def compare(self, urns: Iterable[int]) -> Comparison:
        """Compare everything about these establishments, and what is about no establishment."""
        for scope in OF_ALL:
            self._compare(scope, scope.path, self.at_schools[0])
        for path in self._histories():
            self._compare(Scope(CALENDAR, "release_history", path), path, self.at_schools[0])
        self._compare_statistics(self.at_schools[0])
        for reader in self.at_schools:
            self._compare_lists(reader)
        for urn in urns:
            self.found.establishments += 1
            self._compare_establishment(urn)
        return self.found

    def _compare_establishment(self, urn: int) -> None:
        those = [reader for reader in self.at_schools if urn in reader.listed]
        reader = max(those, key=lambda one: (urn in one.opens_without_pupils, urn in one.own))
        sent: dict[str, bytes] = {}
        for scope in OF_EACH:
            if not scope.own or urn in reader.opens_without_pupils:
                path = scope.path.format(urn=urn)
                sent[path] = self._compare(scope, path, reader)
        self._within_key_data(urn, sent)
        for question in self._questions(urn, reader):
            for scope in OF_A_QUESTION:
                self._compare(scope, f"{scope.path.format(urn=urn)}{question}", reader)

    def _compare(self, scope: Scope, path: str, reader: Reader) -> bytes:
        """Compare one address, once more if the sites differ, as a release may have been published in between."""
        for last in (False, True):
            here, there = reader.get(path), self.at_edunet.get(path)
            differences = list(_differences(scope, path, here, there))
            if last or not differences:
                break
        if here.status == there.status != OK:
            self.found.not_made += scope.name == "report_file"
            return b""
        self.found.pages[scope.kind] += 1
        self.found.figures[scope.kind] += len(_facts(scope, here))
        self.found.differences += differences
        return here.content

    def _compare_lists(self, reader: Reader) -> None:
        """Compare the lists row by row, since officers read about more; those on both must be in the same order."""
        self.found.pages[LIST] += 1
        there = self.at_edunet.listed
        for urn, row in reader.listed.items():
            self.found.figures[LIST] += len(row)
            for column, says in row.items():
                other = there[urn][column] if urn in there else NOTHING
                if says != other:
                    place = (str(urn), column)
                    self.found.differences.append(Difference(LIST, "/establishments/", place, says, other))
        if [urn for urn in there if urn in reader.listed] != [urn for urn in reader.listed if urn in there]:
            self.found.differences.append(Difference(LIST, "/establishments/", ("order",), "", ""))

    def _compare_statistics(self, reader: Reader) -> None:
        """Each table of each published year: as it opens, with one other layout, and as files."""
        for year in choices(reader.get(LIST_OF_STATISTICS.path).content, "year"):
            path = f"{LIST_OF_STATISTICS.path}?year={year}"
            self._compare(LIST_OF_STATISTICS, path, reader)
            here, there = (set(TABLE.findall(of.get(path).content.decode())) for of in (reader, self.at_edunet))
            for names_places, table in sorted(here | there):
                if (names_places, table) not in here & there:
                    at = [table if (names_places, table) in listed else NOTHING for listed in (here, there)]
                    self.found.differences.append(Difference(LIST_OF_STATISTICS.kind, path, ("tables",), *at))
                for scope in OF_A_NAMED_TABLE if names_places else OF_A_TABLE:
                    self._compare(scope, f"{scope.path.format(table=table)}?year={year}", reader)
                if not names_places:
                    self._compare_layout(f"{OF_A_TABLE[0].path.format(table=table)}?year={year}", reader)

    def _compare_layout(self, path: str, reader: Reader) -> None:
        """The table with a dimension, drawn at random, as its rows."""
        layouts = choices(reader.get(path).content, "rows")
        if layouts:
            self._compare(OF_A_TABLE[0], f"{path}&rows={self._draw.choice(layouts)}", reader)

    def _within_key_data(self, urn: int, sent: dict[str, bytes]) -> None:
        """Check that the charts and files of one site say what its page says."""
        base = f"/establishments/{urn}/key-data/"
        page, csv_file, workbook = (sent.get(f"{base}{file}", b"") for file in ("", "download/csv/", "download/xlsx/"))
        if not (page and csv_file and workbook):
            return
        for scope, on_page, elsewhere in key_data.disagreements(key_data.read(page, csv_file, workbook)):
            self.found.differences.append(Difference(KEY_DATA, base, scope, on_page, elsewhere))

    def _questions(self, urn: int, reader: Reader) -> list[str]:
        """The question that the page opens with, and some drawn from what its form offers."""
        page = self.at_edunet.get(OF_A_QUESTION[0].path.format(urn=urn))
        measures, groups = choices(page.content, "measure"), choices(page.content, "by")
        if not measures:
            return [""]
        drawn = [
            {"measure": self._draw.choice(measures), "by": self._draw.choice(groups), "and": self._draw.choice(groups)}
            for _ in range(QUESTIONS)
        ]
        return ["", *[f"?{urlencode(question)}" for question in drawn]]

    def _histories(self) -> list[str]:
        """The addresses of the histories of each dataset that the calendar names."""
        page = self.at_schools[0].get(OF_ALL[0].path).content.decode()
        return sorted(set(re.findall(r'href="(/calendar/[a-z0-9_-]+/)"', page)))


def _differences(scope: Scope, path: str, here: Answer, there: Answer) -> Iterator[Difference]:
    if here.status != there.status:
        yield Difference(scope.kind, path, ("answer",), str(here.status), str(there.status))
    elif here.status == OK:
        at_schools, at_edunet = _facts(scope, here), _facts(scope, there)
        for place in dict.fromkeys([*at_schools, *at_edunet]):
            says, other = at_schools.get(place, NOTHING), at_edunet.get(place, NOTHING)
            if says != other and not ((scope.own or scope.of_both) and NOTHING in (says, other)):
                yield Difference(scope.kind, path, place, says, other)


def _facts(scope: Scope, answer: Answer) -> Facts:
    """What an answer says. A PDF is one file, made once for both sites, so it also counts if the two files differ."""
    if answer.status != OK:
        return {}
    read = READ[scope.form](answer.content)
    return read | {("file",): sha256(answer.content).hexdigest()} if scope.form == Form.PDF else read
