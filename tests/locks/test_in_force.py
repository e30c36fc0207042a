"""A function that migrations have changed is found whole: `scripts.in_force`."""

import pytest

from scripts.in_force import definitions, migrations_of

pytestmark = pytest.mark.django_db


def test_a_function_is_read_as_it_is_now_with_who_changed_it() -> None:
    """R45: what was changed last stands in it, and the migrations are in the order in which they run."""
    (text,) = definitions("sharing_mark_opening")
    assert "person_id <> portal_asker()" in text
    named = migrations_of("sharing_mark_opening")
    assert named[0] == "sharing.0040_overrides"
    assert len(named) > 1
    assert (definitions("nothing_of_the_kind"), migrations_of("nothing_of_the_kind")) == ([], [])
