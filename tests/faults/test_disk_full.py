"""A disk that is full while a file is brought in: it is refused in plain words, with nothing half done (R22)."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections

from portal import embedded
from sharing import door
from sharing.authorise import Through
from sharing.imports import running
from sharing.imports.registry import KINDS
from sharing.imports.room import NO_ROOM
from sharing.ledger import proof
from sharing.models import Import
from sharing.service import work
from sharing.service.saving import hindrance
from tests import databases, in_memory
from tests.faults.server import NOBODYS
from tests.locks.switches import run_as_owner
from tests.people import as_batch, asker, client, visitor
from tests.sharing.imports.sending import now, pieces, send, store
from tests.sharing.imports.tiny import SCHOOL, TINY

HEAD, TINY_DISK = "head-synthetic", f"tiny_disk_{databases.RUN}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
PAGE = f"/establishments/{SCHOOL}/imports/add/"
SIZE = 4 * 1024 * 1024  # bytes on the disk


@pytest.fixture
def tiny_disk() -> Iterator[Path]:
    """A small disk on which PostgreSQL may store tables."""
    place = Path(tempfile.mkdtemp(prefix="portal-disk-"))
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", place], capture_output=True).returncode:
        place.rmdir()
        pytest.skip("this machine mounts nothing for us")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)
        place.rmdir()


def is_our_server() -> bool:
    with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as server, server.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        return Path(cursor.fetchone()[0]) in (embedded.HERE, in_memory.PLACE)


@pytest.fixture
def tablespace(tiny_disk: Path, django_db_setup: None, django_db_blocker) -> Iterator[str]:
    """A tablespace on it, made before the test's own database and dropped after it. No server elsewhere can use it."""
    if not is_our_server():
        pytest.skip("the server that DATABASE_URL names is not the tests' own")
    place = tiny_disk / "tables"
    place.mkdir()
    if os.geteuid() == 0:
        shutil.chown(place, NOBODYS)
        tiny_disk.chmod(0o711)
    with django_db_blocker.unblock():
        databases.as_admin(
            f"CREATE TABLESPACE {TINY_DISK} LOCATION '{place}'", f"GRANT ALL ON TABLESPACE {TINY_DISK} TO PUBLIC"
        )
        yield TINY_DISK
        databases.as_admin(f"DROP TABLESPACE {TINY_DISK}")


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, TINY.slug, TINY)
    monkeypatch.setattr(work, "WORK", (running.do_next,))


def fill(place: Path) -> Path:
    """Fill the disk; nothing more fits while this file exists."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            return filler


def refused_whole(number: int, before: dict) -> None:
    row = now(number)
    assert (row.state, [problem["cure"] for problem in row.problems]) == ("refused", [NO_ROOM])
    assert (store(), pieces(number)) == (before, 0)
    with as_batch():
        assert proof.check().is_whole


def test_no_room_for_the_file_while_it_is_checked(
    tiny_disk: Path, own_database: None, tiny: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the worker's own disk. Once there is room again, the same file is brought in."""
    monkeypatch.setattr(tempfile, "tempdir", str(tiny_disk))
    before, filler = store(), fill(tiny_disk)
    number = send(asker(HEAD), "Name")
    work.until_nothing_waits()
    refused_whole(number, before)
    assert NO_ROOM in client(HEAD).get(f"/establishments/{SCHOOL}/imports/{number}/").content.decode()
    filler.unlink()
    again = send(asker(HEAD), "Name")
    work.until_nothing_waits()
    assert now(again).state == "ready"


def test_no_room_in_postgresql(tablespace: str, own_database: None, tiny: None, tiny_disk: Path) -> None:
    """While the file is uploaded, the form says so and there is no import. While it is applied, the import says so."""
    number = send(asker(HEAD), "\n".join(f"Name{one}" for one in range(200)))
    work.until_nothing_waits()
    run_as_owner(f"ALTER TABLE sharing_importpiece SET TABLESPACE {tablespace}")
    large = SimpleUploadedFile("large.txt", os.urandom(SIZE).hex().encode())
    page = client(HEAD).post(PAGE, {"kind": "tiny", "file": large})
    assert page.status_code == 422
    assert NO_ROOM in page.content.decode()
    with as_batch():
        assert Import.objects.order_by("-pk")[0].pk == number
    run_as_owner("ALTER TABLE sharing_importpiece SET TABLESPACE pg_default")  # so that the upload takes no room there
    run_as_owner(
        "CLUSTER sharing_pupil USING sharing_pupil_pkey", f"ALTER TABLE sharing_pupil SET TABLESPACE {tablespace}"
    )
    before = store()
    fill(tiny_disk)
    door.settle_import(asker(HEAD), SCHOOL, number, apply=True)
    work.until_nothing_waits()
    refused_whole(number, before)


def test_a_new_password_that_cannot_be_sent_for_is_no_fault_of_who_asks(
    tablespace: str, own_database: None, tiny_disk: Path
) -> None:
    """Tries are counted in a table. Somebody who asked for the first time read that they had tried too often."""
    run_as_owner(f"ALTER TABLE portal_cache SET TABLESPACE {tablespace}")
    filler, ask = fill(tiny_disk), {"email": "nobody@example.org"}
    for site in Through:
        answer = visitor(site).post("/password/reset/", ask)
        assert answer.status_code == 503
        assert "Nothing can be saved at the moment" in answer.content.decode()
        assert "Too many tries" not in answer.content.decode()
    filler.unlink()
    statuses = [visitor().post("/password/reset/", ask).status_code for _ in range(30)]
    assert (statuses[0], statuses[-1]) == (302, 429)


def test_no_room_in_postgresql_is_told_to_who_runs_the_service(
    tablespace: str, own_database: None, tiny_disk: Path
) -> None:
    """A17: nobody can sign in then, so monitoring says it. What is sorted lies beside the tables, and here on the
    tiny disk."""
    databases.as_admin(f"ALTER DATABASE {connection.settings_dict['NAME']} SET temp_tablespaces = {tablespace}")
    connections.close_all()
    assert hindrance() is None
    filler = fill(tiny_disk)
    found = hindrance()
    assert found is not None
    assert found.says.startswith("Nothing can be saved: the disk of the database is full")
    assert visitor(address="127.0.0.1").get("/health/").status_code == 503
    filler.unlink()
    assert hindrance() is None
