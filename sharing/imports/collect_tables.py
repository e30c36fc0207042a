"""The tables of a COLLECT export: which of its files contains which table, and the columns read (formats page 4.2).

The export is a zip, or a directory, with one CSV for each table, named `<year>_<term>_<table>.csv`. A file's header
shows which table it is: every table has a column `<table>orderseqcolumn`. Only where that is missing does the file's
name decide.
"""

import csv
import errno
import lzma
import os
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from sharing.imports.csv_text import Column, Lines, Table, open_table, text_encoding
from sharing.imports.problems import ImportRefused, Problem, refused

_MOST_BYTES: Final = 4 << 30
_MOST_TABLES: Final = 200  # each is an open file while it is read, and an export has some 40
_NAMED: Final = re.compile(r"(?:(20[0-9]{2})_([a-z]+)_)?([a-z0-9]+)", re.IGNORECASE)
_EXPORT: Final = "the COLLECT export of the School Census: a zip with one CSV for each table"
_NO_ZIP: Final = f"This is not a zip, or it is damaged. It should be {_EXPORT}."
_ONE_TABLE: Final = "This is only one table. Choose all the tables of the export together, or the zip of them."

ON_ROLL, OFF_ROLL = "pupilonroll", "pupilnolongeronroll"
ADDRESSES, MEALS, NEEDS = "addresses", "fsmperiod", "senneeds"
SESSIONS, SECOND_HALF, SUSPENSIONS = "termlysessiondetails", "summerhalfterm2sessiondetails", "termlyexclusions"


@dataclass(frozen=True)
class Kept:
    """A table that is read. `of` is the table its rows belong to, `part` what they say about a pupil."""

    name: str
    columns: Mapping[str, Column]
    of: str = ""
    part: str = ""

    @property
    def key(self) -> str:
        """The column that says which parent row a row belongs to."""
        return f"{self.of}tableid"


def _columns(needed: str, other: str = "", **also: str) -> dict[str, Column]:
    """Columns by their names in the file; `also` gives older names for some."""
    older = {name: (text,) for name, text in also.items()}
    names = f"{needed} nativeid {other}".split()
    return {name: Column(name, name in needed.split(), older.get(name, ())) for name in names}


_PUPIL: Final = "schoolcensustableid upn surname forename dob entrydate sex"
_OF_BOTH: Final = (
    "formerupn middlenames preferredsurname uniquelearnernumber parttime ethnicity language boarder "
    "termlysessionspossible termlysessionsauthorised termlysessionsunauthorised "
    "summerhalfterm2sessionspossible summerhalfterm2sessionsauthorised summerhalfterm2sessionsunauthorised"
)
_ADDRESS: Final = (
    "saon paon street locality town administrativearea posttown "
    "addressline1 addressline2 addressline3 addressline4 addressline5"
)
_DETAILS: Final = {
    ADDRESSES: ("postcode", _ADDRESS),
    MEALS: ("fsmstartdate", "fsmenddate ukcountry"),
    NEEDS: ("sentyperank sentype", ""),
    SESSIONS: ("attendancereason sessions", ""),
    SECOND_HALF: ("attendancereason sessions", ""),
    SUSPENSIONS: ("startdate category", "sessions reason1 reason2 reason3"),
}
# Tables that the autumn names differently from spring and summer, with the pupils they are about.
_NAMES: Final = {
    ADDRESSES: {"addresses": ON_ROLL, "addressesonroll": ON_ROLL, "addressesoffroll": OFF_ROLL},
    MEALS: {"fsmperiod": ON_ROLL, "fsmperiods": ON_ROLL, "fsmperiodonroll": ON_ROLL, "fsmperiodsonroll": ON_ROLL},
    NEEDS: {"senneeds": ON_ROLL, "senneedsonroll": ON_ROLL},
    SESSIONS: {"termlysessiondetailsonroll": ON_ROLL, "termlysessiondetailsoffroll": OFF_ROLL},
    SECOND_HALF: {"summerhalfterm2sessiondetailsonroll": ON_ROLL, "summerhalfterm2sessiondetailsoffroll": OFF_ROLL},
    SUSPENSIONS: {"termlyexclusionsonroll": ON_ROLL, "termlyexclusionsoffroll": OFF_ROLL},
}

RETURNS: Final = Kept(
    "schoolcensus", _columns("schoolcensustableid term year referencedate lea estab", "urn", lea="la")
)
PUPILS: Final = {
    ON_ROLL: Kept(
        ON_ROLL,
        _columns(
            f"pupilonrolltableid {_PUPIL}",
            f"{_OF_BOTH} enrolstatus ncyearactual servicechild senprovision senunitindicator "
            "resourcedprovisionindicator youngcarer plaa",
            sex="gender",
        ),
        of=ON_ROLL,
    ),
    OFF_ROLL: Kept(
        OFF_ROLL,
        _columns(f"pupilnolongeronrolltableid {_PUPIL} leavingdate", f"{_OF_BOTH} ncyearleaving", sex="gender"),
        of=OFF_ROLL,
    ),
}
DETAILS: Final = {
    name: Kept(name, _columns(f"{of}tableid {_DETAILS[part][0]}", _DETAILS[part][1]), of, part)
    for part, names in _NAMES.items()
    for name, of in names.items()
}
_KEPT: Final = {RETURNS.name: RETURNS, **PUPILS, **DETAILS}


@dataclass(frozen=True)
class Files:
    """The CSV of each table that is read, and the files that are not. `periods` are the (year, term) in their names."""

    of: Mapping[str, Path]
    unread: tuple[str, ...]
    periods: frozenset[tuple[str, str]]


@contextmanager
def unpacked(path: Path) -> Iterator[Files]:
    """The tables of the export. Raises ImportRefused for something that is not an export, or has no main tables."""
    if path.is_dir():
        yield _sorted_out(path)
        return
    with tempfile.TemporaryDirectory(prefix="portal-collect-") as place, ExitStack() as contents:
        _unzip(path, Path(place), contents)
        yield _sorted_out(Path(place))


def _unzip(path: Path, place: Path, contents: ExitStack) -> None:
    """Unpack every CSV of the zip under its bare name, up to the most bytes an export of a whole authority can have."""
    if _is_table(path.name) and not zipfile.is_zipfile(path):
        raise refused("", _ONE_TABLE)
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if _is_table(member.filename)]
            if not members and any(name.lower().endswith(".zip") for name in archive.namelist()):
                raise refused("", "There is a zip inside this zip. Unpack this one, and send the one inside.")
            if len(members) > _MOST_TABLES:
                cure = (
                    f"There are more than {_MOST_TABLES} tables in this zip, and no export has so many. Export again."
                )
                raise refused("", cure)
            if sum(member.file_size for member in members) > _MOST_BYTES:
                raise refused("", "Unpacked, the files would be larger than any authority's export. Export them again.")
            for member in members:
                if os.path.lexists(target := place / Path(member.filename).name):
                    raise refused("", f"Two files of the zip are called '{target.name}'. Keep one.")
                with archive.open(member) as source:
                    _put(source, target, contents)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, ValueError):
        raise refused("", _NO_ZIP) from None
    except OSError as error:
        if error.errno not in (None, errno.EINVAL, errno.ENAMETOOLONG):
            raise
        # a damaged bzip2, an offset before the start of the file, or a name longer than allowed
        raise refused("", _NO_ZIP) from None
    except RuntimeError:
        raise refused("", "The zip is locked with a password. Send it without one: it is encrypted here.") from None


def _put(source: IO[bytes], target: Path, contents: ExitStack) -> None:
    """Unpack a file. Its content has no name on the disk, so it goes even after a kill (R13). `target` links to it."""
    content = contents.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
    shutil.copyfileobj(source, content)
    content.flush()
    opened = Path(f"/proc/{os.getpid()}/fd/{content.fileno()}")
    if opened.exists():
        target.symlink_to(opened)
    else:  # this machine has no /proc
        content.seek(0)
        with target.open("xb") as copy:
            shutil.copyfileobj(content, copy)


def _is_table(name: str) -> bool:
    return name.lower().endswith(".csv") and "__MACOSX" not in name and not Path(name).name.startswith(".")


def _sorted_out(place: Path) -> Files:
    of: dict[str, Path] = {}
    unread, periods = [], set()
    for file in sorted(file for file in place.rglob("*") if file.is_file() and _is_table(file.name)):
        table, period = _identify(file)
        if table not in _KEPT:
            unread.append(file.name)
            continue
        if table in of:
            raise refused(
                table, f"'{of[table].name}' and '{file.name}' contain the same table. Send one term at a time."
            )
        of[table] = file
        periods |= {period} if period else set()
    _refuse_without_the_main_tables(of)
    return Files(of, tuple(unread), frozenset(periods))


def _identify(file: Path) -> tuple[str, tuple[str, str] | None]:
    """Which table this is, and the (year, term) if the file's name gives them."""
    named = _NAMED.match(file.name)
    year, term, name = named.groups() if named else (None, None, "")
    try:
        with file.open(encoding=text_encoding(file), newline="") as text:
            header = next(csv.reader(Lines(text)), [])
    except ImportRefused as refusal:
        raise ImportRefused([_named(file.name, problem) for problem in refusal.problems]) from None
    except csv.Error:
        header = []
    for cell in header:
        plain = re.sub(r"[^a-z0-9]", "", cell.casefold())
        if plain.endswith("orderseqcolumn"):
            name = plain.removesuffix("orderseqcolumn")
    return name.lower(), (year, term.lower()) if year and term else None


def _refuse_without_the_main_tables(of: Mapping[str, Path]) -> None:
    if not of:
        raise refused("", f"There is no table of a School Census in it. It should be {_EXPORT}.")
    cures = {
        RETURNS.name: "Without it nobody can tell whose pupils these are. Add it from the same export.",
        ON_ROLL: "It names the pupils. Add it from the same export.",
    }
    missing = [
        Problem(None, name, "", f"The table {name} is missing. {cure}")
        for name, cure in cures.items()
        if name not in of
    ]
    if missing:
        raise ImportRefused(missing)


@contextmanager
def rows_of(files: Files, kept: Kept) -> Iterator[Table]:
    """The rows of one table of this export. Problems name it: `pupilonroll.dob`."""
    try:
        with open_table(files.of[kept.name], f"the table {kept.name} of a COLLECT export", kept.columns) as table:
            yield table
    except ImportRefused as refusal:
        raise ImportRefused([_named(kept.name, problem) for problem in refusal.problems]) from None


def _named(table: str, problem: Problem) -> Problem:
    return Problem(problem.row, place(table, problem.field), problem.value, problem.cure, problem.fatal)


def place(table: str, column: str) -> str:
    """How a problem names a column of a table."""
    return column if column.startswith(table) else f"{table}.{column}" if column else table
