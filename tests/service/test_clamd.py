"""R13: the real clamd, set up as docs/operators/deploy/clamd.conf says, with all its limits a two-hundredth.

It knows one signature, a line of ours that harms nobody, and so it is there within a second. Nothing is downloaded.
"""

import io
import re
import shutil
import signal
import socket
import subprocess
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from hashlib import md5, sha256
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from sharing.files import virus_scan
from sharing.records.operations import How
from sharing.service import health
from tests.service.test_virus_scan import XML, kept, refused, told, uploaded

CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin") or ""
ADVISED = Path(__file__).parents[2] / "docs/operators/deploy/clamd.conf"
HARMLESS = b"a line that the tests of this portal call a virus"
OLD = b"another line that the tests of this portal call a virus"
MEGABYTE = 1024 * 1024
PATIENCE = 20.0
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not CLAMD, reason="clamav-daemon is not installed"),
    pytest.mark.xdist_group("clamd"),
]


class Daemon:
    def __init__(self, home: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.urls = {"unix": f"unix://{home}/clamd.ctl", "tcp": f"tcp://127.0.0.1:{port}"}
        self.settings, self.log = home / "clamd.conf", home / "clamd.log"
        self.signed = home / "daily.cud"
        (home / "ours.ndb").write_text(f"Portal.Test:0:*:{HARMLESS.hex()}\n")
        advised = ADVISED.read_text().replace("220M", "1100K").replace("1000M", "5M")
        self.settings.write_text(
            f"{advised}Foreground yes\nDatabaseDirectory {home}\nTemporaryDirectory {home}\n"
            f"LocalSocket {home}/clamd.ctl\nTCPSocket {port}\nTCPAddr 127.0.0.1\n"
        )

    def sign(self, days: int) -> None:
        """Signatures as freshclam keeps them, made so many days ago, but signed by nobody."""
        made, known = timezone.now() - timedelta(days), b"Portal.Old:0:*:" + OLD.hex().encode() + b"\n"
        head = f"ClamAV-VDB:{made:%d %b %Y %H-%M +0000}:27000:1:90:{{}}:X:tests:{int(made.timestamp())}"
        listed = f"daily.ndb:{len(known)}:{sha256(known).hexdigest()}"
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz", format=tarfile.USTAR_FORMAT) as archive:
            for name, content in (("daily.info", f"{head.format('X')}\n{listed}\n".encode()), ("daily.ndb", known)):
                file = tarfile.TarInfo(name)
                file.size = len(content)
                archive.addfile(file, io.BytesIO(content))
        checked = head.format(md5(packed.getvalue(), usedforsecurity=False).hexdigest()).encode()
        self.signed.write_bytes(checked.ljust(512) + packed.getvalue())

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.running = subprocess.Popen([CLAMD, "--config-file", self.settings], stdout=log, stderr=log)
        until = time.monotonic() + PATIENCE
        while not virus_scan.answers():
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.05)

    def kill(self) -> None:
        self.running.kill()
        self.running.wait(PATIENCE)


@pytest.fixture(scope="module")
def made() -> Iterator[Daemon]:
    with tempfile.TemporaryDirectory(prefix="clamd-") as home:  # a short path: a socket's name has 107 letters at most
        daemon = Daemon(Path(home))
        yield daemon
        daemon.kill()


@pytest.fixture(params=["unix", "tcp"])
def clamd(request: pytest.FixtureRequest, made: Daemon, settings) -> Daemon:
    settings.CLAMD_URL = made.urls[request.param]
    if not virus_scan.answers():
        made.start()
    return made


def zipped(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def test_a_clean_file_is_kept(clamd: Daemon) -> None:
    assert uploaded(XML).status_code == 302
    assert kept() == 1
    assert told() == []


@pytest.mark.parametrize(
    "content",
    [XML + HARMLESS, zipped("a.xml", HARMLESS), zipped("b.zip", zipped("a.xml", XML * 4 + HARMLESS))],
    ids=["plain", "zip", "zip in a zip"],
)
def test_what_it_knows_is_refused_wherever_it_is(clamd: Daemon, content: bytes) -> None:
    assert uploaded(content).status_code == 422
    assert kept() == 0
    assert told() == refused("VirusFound")


@pytest.mark.parametrize(
    "content",
    [b"x" * 2 * MEGABYTE, b"x" * 20 * MEGABYTE, zipped("a.xml", b"x" * 6 * MEGABYTE + HARMLESS)],
    ids=["a little too long", "much too long", "a zip of something long"],
)
def test_what_it_does_not_read_whole_is_refused_as_too_large(clamd: Daemon, content: bytes) -> None:
    assert uploaded(content).status_code == 413
    assert kept() == 0
    assert told() == refused("TooMuchToScan")


def test_a_zip_holds_more_than_it_weighs(clamd: Daemon) -> None:
    """Settings by which a file in a zip is smaller than what may be sent would refuse honest exports."""
    virus_scan.scan(SimpleUploadedFile("a.zip", zipped("a.xml", b"x" * 4 * MEGABYTE)))
    with pytest.raises(virus_scan.VirusFound):
        virus_scan.scan(SimpleUploadedFile("a.zip", zipped("a.xml", b"x" * 4 * MEGABYTE + HARMLESS)))


def test_operations_say_of_which_day_its_signatures_are(clamd: Daemon) -> None:
    """A17: as it tells them itself. It says no day while it has none but ours, and none at all while it is away."""
    assert _scanner()[0] == How.LOOK
    assert "does not say what day" in _scanner()[1]
    for days, how in ((10, How.LOOK), (0, How.WELL)):
        clamd.kill()
        assert _scanner() == (How.WRONG, "It does not answer, so all uploads are refused.")
        clamd.sign(days)
        clamd.start()
        found, says = _scanner()
        made = timezone.localdate() - timedelta(days)
        assert found == how
        assert re.search(r"ClamAV [0-9.]+", says)
        assert f"{made:%-d %B %Y}" in says
    clamd.kill()
    clamd.signed.unlink()


def _scanner() -> tuple[How, str]:
    (part,) = [one for one in health.how_is_the_service().parts if one.title == "Virus scanner of uploads"]
    return part.how, part.says


def test_killed_while_it_listens_and_started_again(clamd: Daemon) -> None:
    class Long(SimpleUploadedFile):
        def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
            yield b"x"
            clamd.kill()
            yield b"x" * chunk_size

    with pytest.raises(virus_scan.NotScanned):
        virus_scan.scan(Long("a.xml", b""))
    assert uploaded(XML).status_code == 503
    clamd.start()
    assert uploaded(XML).status_code == 302
    assert kept() == 1


def test_one_that_hangs_keeps_nobody_waiting(clamd: Daemon) -> None:
    clamd.running.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    assert uploaded(XML).status_code == 503
    assert time.monotonic() - began < virus_scan.LONGEST / 2  # seconds, on a busy machine
    clamd.running.send_signal(signal.SIGCONT)
    assert uploaded(XML).status_code == 302
    assert kept() == 1
