"""Future migrations: those of `sharing`, copied to a folder where a test may add some."""

import shutil
from pathlib import Path

import pytest
from django.conf import settings

from sharing import rules

STEP = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sharing", "{last}")]
    operations = [migrations.RunSQL(statement) for statement in {statements!r}]
"""


def copied(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the copy, which Django uses from now on, as does a process that starts now."""
    package = folder / f"steps_of_{folder.name}"  # a unique name, since Python imports a module only once
    shutil.copytree(settings.BASE_DIR / "sharing" / "migrations", package)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(settings, "MIGRATION_MODULES", {"sharing": package.name})
    monkeypatch.setattr(rules, "this_version", rules._on_disk)
    return package


def last_of(package: Path) -> Path:
    return max(package.glob("0*.py"))


def one_more(folder: Path, monkeypatch: pytest.MonkeyPatch, *statements: str) -> None:
    """Add a migration after the last one."""
    package = copied(folder, monkeypatch)
    step = STEP.format(last=last_of(package).stem, statements=statements)
    (package / "9999_one_more.py").write_text(step)
