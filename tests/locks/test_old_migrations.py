"""A change of a rule reaches databases that exist too (R6): not only new ones, by a migration that reads it."""

from scripts.record_migrations import recorded, sums


def test_a_migration_says_what_it_said_when_databases_ran_it() -> None:
    now, then = sums(), recorded()
    changed = sorted(name for name in now.keys() & then.keys() if now[name] != then[name])
    assert changed == [], (
        "New databases are told something else by these, and those that exist are not: write a migration that gives "
        "them the same, compare both with scripts.upgrade_from, then run scripts.record_migrations"
    )


def test_each_migration_is_recorded() -> None:
    assert sums().keys() == recorded().keys(), "run scripts.record_migrations"
