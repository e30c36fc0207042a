"""A function that migrations have changed is found whole: `scripts.in_force`."""

import pytest
from django.db import connection

from scripts import database
from scripts.in_force import definitions, migrations_of
from sharing.statements import value_of

pytestmark = pytest.mark.django_db


def test_a_function_is_read_as_it_is_now_with_who_changed_it() -> None:
    """R45: what was changed last stands in it, and the migrations are in the order in which they run."""
    (text,) = definitions("sharing_mark_opening")
    assert "person_id <> portal_asker()" in text
    named = migrations_of("sharing_mark_opening")
    assert named[0] == "sharing.0040_overrides"
    assert len(named) > 1
    assert (definitions("nothing_of_the_kind"), migrations_of("nothing_of_the_kind")) == ([], [])


def test_docs_say_what_the_database_enforces() -> None:
    """R6: who reviews the second lock reads all of it, in one place."""
    if connection.pg_version // 10_000 != database.WRITTEN_FOR:  # type: ignore[attr-defined]  # PostgreSQL's alone
        pytest.skip("Another release of PostgreSQL words the same rules differently.")
    written = {path.name: path.read_text() for path in database.PLACE.glob("*.sql")}
    assert written == database.pages(), "uv run python -m scripts.database"
    everything = value_of(
        "SELECT count(*) FROM pg_proc WHERE prokind = 'f' AND pronamespace = 'public'::regnamespace "
        "AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')"
    )
    assert sum(text.count("CREATE OR REPLACE FUNCTION public.") for text in written.values()) == everything
