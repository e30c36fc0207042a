"""Imports from the command line: a look first, and changes with --apply (R22)."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from sharing.models import Import, Pupil
from tests.people import as_batch, asker
from tests.sharing.imports.sending import now, send, store
from tests.sharing.imports.tiny import SCHOOL

HEAD = "head-synthetic"
pytestmark = pytest.mark.usefixtures("own_database", "tiny")


class TestByCommand:
    def test_checks_and_with_apply_changes(self, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
        path = tmp_path / "tiny.txt"
        path.write_text("Ainsley\n?\n")
        before = store()
        call_command("import_file", "tiny", path)
        said = capsys.readouterr().out
        assert "Pupils who join: 1" in said
        assert "Put it right." in said
        assert "Nothing was changed, because the file was only checked." in said
        assert store() == before
        call_command("import_file", "tiny", path, "--apply")
        with as_batch():
            assert Pupil.objects.filter(surname="Ainsley").count() == 1
            row = Import.objects.get(kind="tiny")
        assert (row.state, row.by, row.establishment.urn) == ("applied", "command line", SCHOOL)
        assert store()["applied in the ledger"] == 1

    def test_a_folder_without_such_a_file_is_no_success(self, tmp_path: Path) -> None:
        """Somebody who mistypes a folder is not to think that its files are in."""
        (tmp_path / "return.xml.gz").write_bytes(b"")
        with pytest.raises(CommandError, match="There is no file to bring in"):
            call_command("import_census", tmp_path)

    def test_a_refused_file(self, tmp_path: Path) -> None:
        path = tmp_path / "tiny.txt"
        path.write_text("!\n")
        before = store()
        with pytest.raises(CommandError, match="row 1"):
            call_command("import_file", "tiny", path, "--apply")
        assert store() == before

    def test_the_worker_by_command(self, capsys: pytest.CaptureFixture) -> None:
        number = send(asker(HEAD), "Ainsley\n")
        call_command("work", "--once")
        assert "1 thing done." in capsys.readouterr().out
        assert now(number).state == "ready"
