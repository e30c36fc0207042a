"""R13: what people upload is shown to the council's virus scanner first, and kept only if that says it is clean.

The scanner here is a little server of our own that reads INSTREAM as clamd does.
"""

import logging
import socket
import struct
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.utils import timezone

from portal.checks import the_scanner_is_on_this_machine
from sharing.authorise import Through
from sharing.files import virus_scan
from sharing.models import Import, LedgerEntry
from sharing.records.operations import How
from sharing.service import health
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, client, visitor

pytestmark = pytest.mark.django_db
IMPORTS = "/establishments/999002/imports/add/"
STAFF_LIST = "/establishments/999002/register/staff/"
# In two parts, so that no scanner takes this file for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + rb"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
XML = b"<Message>" + b"x" * (3 * virus_scan.PIECE) + b"</Message>"
LONG = XML * 20  # more than a socket holds: who closes early is noticed while the rest is sent


def _exactly(line: socket.socket, size: int) -> bytes:
    read = b""
    while len(read) < size:
        more = line.recv(size - len(read))
        if not more:
            raise ConnectionError
        read += more
    return read


class Scanner:
    """`said`: what it answers instead; b"" closes without an answer. `after`: it says that and closes when it has
    read so much. `is_deaf`: it takes the line and says nothing.
    """

    def __init__(self, listens: socket.socket) -> None:
        self.listens, self.seen = listens, b""
        self.said: bytes | None = None
        self.after: int | None = None
        self.is_deaf = False
        self.about = b"ClamAV 1.4.6"
        self.is_slow = threading.Event()
        self.goes_on = threading.Event()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self) -> None:
        while True:
            try:
                line, _ = self.listens.accept()
            except OSError:
                return
            with line:
                try:
                    self.answer(line)
                except ConnectionError:
                    continue

    def answer(self, line: socket.socket) -> None:
        command = b""
        while not command.endswith(b"\0"):
            command += _exactly(line, 1)
        if self.is_deaf:
            self.goes_on.wait(10)
            return
        if command == b"zPING\0":
            line.sendall(b"PONG\0")
            return
        if command == b"zVERSION\0":
            line.sendall(self.about + b"\0")
            return
        assert command == b"zINSTREAM\0"
        self.seen = b""
        while size := struct.unpack("!I", _exactly(line, 4))[0]:
            self.seen += _exactly(line, size)
            if self.after is not None and len(self.seen) >= self.after:
                line.sendall(self.said or b"")
                return
        if self.is_slow.is_set():
            line.sendall(b"stream: ")
            self.goes_on.wait(10)
        found = b"stream: Eicar-Signature FOUND\0" if EICAR in self.seen else b"stream: OK\0"
        line.sendall(found if self.said is None else self.said)

    def end(self) -> None:
        self.goes_on.set()
        self.listens.shutdown(socket.SHUT_RDWR)
        self.listens.close()
        self.thread.join(10)


@pytest.fixture(params=["unix", "tcp"])
def scanner(request: pytest.FixtureRequest, settings, tmp_path: Path) -> Iterator[Scanner]:
    if request.param == "unix":
        listens, address = socket.socket(socket.AF_UNIX), str(tmp_path / "clamd.ctl")
        listens.bind(address)
        settings.CLAMD_URL = f"unix://{address}"
    else:
        listens = socket.socket()
        listens.bind(("127.0.0.1", 0))
        settings.CLAMD_URL = f"tcp://127.0.0.1:{listens.getsockname()[1]}"
    listens.listen()
    running = Scanner(listens)
    yield running
    running.end()


def uploaded(*contents: bytes, path: str = IMPORTS, **fields: str) -> HttpResponse:
    files = [SimpleUploadedFile(f"return-{number}.xml", content) for number, content in enumerate(contents)]
    return client("head-beckside").post(path, {"kind": "census", "file": files} | fields)


def kept() -> int:
    with as_batch():
        return Import.objects.filter(by="Ruth Oldroyd", state="uploaded").count()


def told() -> list[tuple]:
    with as_batch():
        rows = LedgerEntry.objects.filter(action="upload_file")
        return list(rows.values_list("person_name", "urn", "outcome", "about"))


def refused(why: str) -> list[tuple]:
    return [("Ruth Oldroyd", 999002, "refused", {"why": why})]


def test_a_clean_file_is_kept_whole_after_it_was_scanned_whole(scanner: Scanner) -> None:
    assert uploaded(XML).status_code == 302
    assert scanner.seen == XML
    assert kept() == 1
    with as_batch():
        assert Import.objects.get(by="Ruth Oldroyd", state="uploaded").file_size == len(XML)
    assert told() == []


def test_a_file_in_which_something_is_found_is_refused_and_nothing_kept(scanner: Scanner, caplog) -> None:
    with caplog.at_level(logging.WARNING):
        answer = uploaded(b"<Message>" + EICAR + b"</Message>")
    assert answer.status_code == 422
    assert "The virus scanner has found something harmful" in answer.content.decode()
    assert kept() == 0
    assert told() == refused("VirusFound")
    assert "VirusFound" in caplog.text
    assert "return-0" not in caplog.text


def test_of_several_files_one_is_enough(scanner: Scanner) -> None:
    assert uploaded(XML, b"<Message>" + EICAR, path=IMPORTS).status_code == 422
    assert kept() == 0


@pytest.mark.parametrize(
    ("slug", "site", "path", "field"),
    [
        ("head-beckside", SCHOOLS_ONLINE, STAFF_LIST, "file"),
        ("head-beckside", SCHOOLS_ONLINE, "/establishments/999002/register/third-parties/add/", "document"),
        ("officer-data", EDUNET, "/imports/add/", "file"),
        ("officer-data", EDUNET, "/establishments/999002/confidential/add/", "file"),
        ("officer-data", EDUNET, "/confidential/d3dd354d-6ff5-5088-82b4-1f972128aba1/files/add/", "file"),
        ("officer-data", EDUNET, "/community/heads/list/", "file"),
    ],
)
def test_any_other_form_that_takes_a_file_is_held_too(
    scanner: Scanner, slug: str, site: Through, path: str, field: str
) -> None:
    """Before the page has said a word of the file: a form that finds fault with it answers 422 as well."""
    answer = client(slug, site).post(path, {field: SimpleUploadedFile("file.csv", EICAR)})
    assert answer.status_code == 422
    assert "The virus scanner has found something harmful" in answer.content.decode()
    assert scanner.seen == EICAR
    ((_, _, outcome, about),) = told()
    assert (outcome, about) == ("refused", {"why": "VirusFound"})


def test_a_clean_list_comes_through(scanner: Scanner) -> None:
    assert uploaded(b"name,email,role\nA B,a@b.example,teacher\n", path=STAFF_LIST).status_code == 302


@pytest.mark.parametrize("said", [b"", b"stream: OK", b"INSTREAM read error. ERROR\0", b"OK\0", b"\0", b"x" * 9000])
def test_whatever_else_it_answers_is_no_leave_to_keep_the_file(scanner: Scanner, said: bytes) -> None:
    scanner.said = said
    answer = uploaded(XML)
    assert answer.status_code == 503
    assert "Try again later" in answer.content.decode()
    assert kept() == 0
    assert told() == refused("NotScanned")


@pytest.mark.parametrize("said", [None, b"stream: OK\0"])
def test_one_that_closes_early_has_scanned_nothing(scanner: Scanner, said: bytes | None) -> None:
    scanner.after, scanner.said = virus_scan.PIECE, said
    assert uploaded(LONG).status_code == 503
    assert kept() == 0


@pytest.mark.parametrize(
    ("said", "after"),
    [
        (b"INSTREAM size limit exceeded. ERROR\0", virus_scan.PIECE),
        (b"INSTREAM size limit exceeded. ERROR\0", None),
        (b"stream: Heuristics.Limits.Exceeded.MaxScanSize FOUND\0", None),
    ],
)
def test_a_file_larger_than_it_reads_is_no_virus_and_not_a_matter_of_time(
    scanner: Scanner, said: bytes, after: int | None
) -> None:
    scanner.said, scanner.after = said, after
    answer = uploaded(LONG)
    assert answer.status_code == 413
    assert "The file is too large to be scanned" in answer.content.decode()
    assert kept() == 0
    assert told() == refused("TooMuchToScan")


def test_one_that_hangs_keeps_nobody_waiting(scanner: Scanner, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that waits keeps a thread of the portal from everybody else."""
    monkeypatch.setattr(virus_scan, "SOON", 0.5)
    monkeypatch.setattr(virus_scan, "LONGEST", 60.0)
    scanner.is_deaf, began = True, time.monotonic()
    assert uploaded(XML).status_code == 503
    assert time.monotonic() - began < 30  # seconds, on a busy machine
    assert kept() == 0


def test_one_that_is_slow_is_not_waited_for_for_ever(scanner: Scanner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virus_scan, "LONGEST", 0.5)
    scanner.is_slow.set()
    assert uploaded(XML).status_code == 503
    assert kept() == 0


@pytest.mark.parametrize("url", ["unix:///nowhere/clamd.ctl", "tcp://127.0.0.1:1", "tcp://192.0.2.1:3310", "nonsense"])
def test_where_none_is_nothing_is_kept(url: str, settings) -> None:
    settings.CLAMD_URL = url
    assert uploaded(XML).status_code == 503
    assert kept() == 0
    assert told() == refused("NotScanned")


def test_without_a_scanner_files_are_kept_as_they_were(settings) -> None:
    assert settings.CLAMD_URL == ""
    assert uploaded(XML).status_code == 302
    assert kept() == 1


def test_who_is_not_signed_in_is_asked_to_first(scanner: Scanner) -> None:
    answer = visitor().post(IMPORTS, {"kind": "census", "file": SimpleUploadedFile("a.xml", XML)})
    assert answer["Location"].startswith("/sign-in/")
    assert scanner.seen == b""


def _part() -> tuple[How, str]:
    (part,) = [one for one in health.how_is_the_service().parts if one.title == "Virus scanner of uploads"]
    return part.how, part.says


def test_operations_say_how_it_is(scanner: Scanner, settings) -> None:
    """A17."""
    scanner.about = _of(timezone.localdate())
    today = f"{timezone.localdate():%-d %B %Y}"
    assert _part() == (
        How.WELL,
        f"It answers: ClamAV 1.4.6, with signatures from {today}. A file is kept only if it is clean.",
    )
    settings.CLAMD_URL = "unix:///nowhere/clamd.ctl"
    assert _part() == (How.WRONG, "It does not answer, so all uploads are refused.")
    settings.CLAMD_URL = ""
    assert _part() == (How.LOOK, "There is none, so what people upload is not scanned for viruses.")


@pytest.mark.parametrize(("days", "how"), [(6, How.WELL), (7, How.WELL), (8, How.LOOK), (400, How.LOOK)])
def test_operations_warn_of_old_signatures(days: int, how: How, scanner: Scanner) -> None:
    """A17: after seven days."""
    scanner.about = _of(timezone.localdate() - timedelta(days))
    found, says = _part()
    assert found == how
    assert (f"are {days} days old: newer viruses get by." in says) == (how == How.LOOK)


@pytest.mark.parametrize("about", [b"ClamAV 1.4.6", b"ClamAV 1.4.6/27000", b"ClamAV 1.4.6/27000/no day at all", b""])
def test_operations_warn_where_nobody_knows_of_which_day_they_are(about: bytes, scanner: Scanner) -> None:
    scanner.about = about
    found, says = _part()
    assert found == How.LOOK
    assert "does not say what day its signatures are from" in says


def _of(day: date) -> bytes:
    return f"ClamAV 1.4.6/27000/{day:%a %b %e} 09:00:00 {day:%Y}".encode()


@pytest.mark.parametrize(
    ("url", "is_refused"),
    [
        ("", False), ("unix:///run/clamav/clamd.ctl", False), ("tcp://127.0.0.1:3310", False),
        ("tcp://[::1]:3310", False), ("tcp://192.0.2.1:3310", True), ("tcp://clamd.example:3310", True),
        ("tcp://127.0.0.1", True), ("tcp://127.0.0.1:99999", True), ("unix://run/clamd.ctl", True), ("clamd", True),
        ("unix:///run/clamav/clamd.ctl  # or tcp://127.0.0.1:3310", True),
    ],
)  # fmt: skip
def test_the_scanner_is_a_socket_of_this_machine(url: str, is_refused: bool, settings) -> None:
    settings.CLAMD_URL = url
    errors = the_scanner_is_on_this_machine(None)
    assert [(error.id, "CLAMD_URL is" in error.msg) for error in errors] == [("portal.E052", True)] * is_refused
