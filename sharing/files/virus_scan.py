"""Shows uploaded files to the council's virus scanner before anything reads them (ASVS 12.4).

The scanner is clamd, at the local socket that CLAMD_URL gives, if any. A file is kept only if clamd has said that it is
clean.
"""

import logging
import socket
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import render

from sharing.ledger import ledger
from sharing.models.ledger import LedgerEntry
from sharing.requests import PortalRequest, ViewMiddleware
from sharing.service.network import address_of

log = logging.getLogger(__name__)
LONGEST = 100.0  # seconds for one file; clamd reads some 10 MB a second
PIECE = 256 * 1024
LONGEST_ANSWER = 4096
SOON = 2.0  # seconds for it to answer: nobody waits longer for a scanner that hangs
TOO_LONG = "INSTREAM size limit exceeded"
LIMITS = "Heuristics.Limits.Exceeded"  # with AlertExceedsMax: the file is larger, or packed deeper, than it reads
STATUS = {"VirusFound": 422, "NotScanned": 503, "TooMuchToScan": 413}


class VirusFound(Exception):
    """The scanner recognises something harmful in the file; the message is its name for it."""


class NotScanned(Exception):
    """The scanner could not be asked, or did not say that the file is clean. Nobody knows what is in it."""


class TooMuchToScan(Exception):
    """The file is larger than the scanner reads, according to its own settings."""


class ScanUploads(ViewMiddleware):
    """Scans the files of a form before the form's page reads them, whichever page that is.

    It comes after the middleware that identifies people: nobody who is not signed in has a page that keeps a file.
    """

    def process_view(
        self, request: PortalRequest, view: Callable[..., Any], args: Iterable[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if not settings.CLAMD_URL or request.method != "POST" or not request.user.is_authenticated:
            return None
        try:
            for _, files in request.FILES.lists():
                for file in files:
                    scan(file)
        except (VirusFound, NotScanned, TooMuchToScan) as problem:
            why = type(problem).__name__
            log.warning("an upload was refused: %s %s", why, problem)
            ledger.write(
                request.asker,
                action="upload_file",
                outcome=LedgerEntry.Outcome.REFUSED,
                urn=kwargs.get("urn"),
                about={"why": why},
            )
            return render(request, "service/upload_refused.html", {"why": why}, status=STATUS[why])
        return None


def scan(file: UploadedFile) -> None:
    """Scan the file; returns only if it is clean. Raises VirusFound, NotScanned and TooMuchToScan."""
    if not answers():
        raise NotScanned
    said = _ask(b"zINSTREAM\0", _framed(file.chunks(PIECE)))
    file.seek(0)
    if LIMITS in said or said.startswith(TOO_LONG):
        raise TooMuchToScan(said)
    if said.endswith(" FOUND"):
        raise VirusFound(said)
    if said != "stream: OK":
        log.error("the virus scanner answers: %s", said)
        raise NotScanned


def answers() -> bool:
    """Whether the scanner answers."""
    try:
        return _ask(b"zPING\0", longest=SOON) == "PONG"
    except NotScanned:
        return False


@dataclass(frozen=True)
class About:
    """What the scanner says about itself: its version, and the day of its signatures (None if it does not say)."""

    version: str
    signatures_of: date | None


def about() -> About:
    """Ask the scanner about itself. Raises NotScanned if it does not answer soon."""
    version, _, signatures = _ask(b"zVERSION\0", longest=SOON).partition("/")
    try:
        made = datetime.strptime(signatures.partition("/")[2], "%a %b %d %H:%M:%S %Y")
    except ValueError:
        return About(version, None)
    return About(version, made.date())


def where_it_listens(url: str) -> tuple[socket.AddressFamily, str | tuple[str, int]]:
    """The address of a socket of this machine, by its path or its port. Raises ValueError for any other."""
    said = urlsplit(url)
    if said.scheme == "unix" and said.path and not (said.netloc or said.fragment):
        return socket.AF_UNIX, said.path
    host = address_of(said.hostname or "")
    port = said.netloc.rpartition(":")[2]
    if said.scheme == "tcp" and host and host.is_loopback and port.isdecimal() and 0 < int(port) < 65536:
        return (socket.AF_INET if host.version == 4 else socket.AF_INET6), (str(host), int(port))
    raise ValueError("CLAMD_URL is unix:///path/of/the/socket or tcp://127.0.0.1:3310: clamd on this machine.")


def _framed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces as INSTREAM wants them: each after its length, with a length of zero at the end."""
    for piece in pieces:
        yield struct.pack("!I", len(piece)) + piece
    yield struct.pack("!I", 0)


def _ask(command: bytes, pieces: Iterable[bytes] = (), *, longest: float | None = None) -> str:
    """The scanner's answer. Raises NotScanned if it has not fully answered within `longest` seconds."""
    until = time.monotonic() + (longest or LONGEST)
    try:
        family, address = where_it_listens(settings.CLAMD_URL)
        with socket.socket(family) as line:
            line.settimeout(_left(until))
            line.connect(address)
            try:
                for piece in chain([command], pieces):
                    line.settimeout(_left(until))
                    line.sendall(piece)
            except ConnectionError:  # it closes, having answered, as soon as a file is too long for it
                said = _heard(line, until)
                if said.startswith(TOO_LONG):
                    return said
                raise
            return _heard(line, until)
    except (OSError, ValueError) as problem:
        log.error("the virus scanner cannot be asked: %s", type(problem).__name__)
        raise NotScanned from problem


def _heard(line: socket.socket, until: float) -> str:
    answer = b""
    while not answer.endswith(b"\0"):
        line.settimeout(_left(until))
        more = line.recv(LONGEST_ANSWER)
        answer += more
        if not more or len(answer) > LONGEST_ANSWER:
            raise NotScanned
    return answer[:-1].decode(errors="replace")


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
