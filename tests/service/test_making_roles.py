"""`manage.py create_roles`, the first command of an installation (docs/operators/deploy.md, step 3)."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests import databases


def said() -> str:
    out = StringIO()
    call_command("create_roles", stdout=out)
    return out.getvalue()


def test_making_the_roles_says_whether_the_servers_log_names_children(own_database: None) -> None:
    """R13: a search that takes too long would stand there with the name, for weeks."""
    name = connection.settings_dict["NAME"]
    for log, words, told in (("error", "terse", True), ("panic", "default", True), ("panic", "terse", False)):
        databases.as_admin(
            f"ALTER DATABASE {name} SET log_min_error_statement = {log}",
            f"ALTER DATABASE {name} SET log_error_verbosity = {words}",
        )
        heard = said()
        assert heard.startswith("The four roles are there.")
        assert ("deploy/postgresql.conf" in heard) is told
        assert ("log_min_error_statement" in heard) is (log == "error")


def test_who_may_not_make_the_roles_reads_why(own_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "NAME", "no_such_database")
    why = r'administrator has to make them: .*database "no_such_database" does not exist'
    with pytest.raises(CommandError, match=why):
        said()
