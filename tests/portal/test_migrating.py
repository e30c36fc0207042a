"""Migrations in runs: which operations may share the models that they are shown, and what must see its own."""

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation

from portal.migrating import runs


def migration(name: str, app: str, operations: list[Operation]) -> Migration:
    return type("Made", (Migration,), {"operations": operations})(name, app)


def made(name: str) -> Operation:
    return migrations.CreateModel(name, [("id", models.AutoField(primary_key=True))])


def added(model: str, name: str) -> Operation:
    return migrations.AddField(model, name, models.IntegerField(null=True))


def altered(model: str, name: str) -> Operation:
    return migrations.AlterField(model, name, models.BigIntegerField(null=True))


def bound(model: str, field: str) -> Operation:
    return migrations.AddConstraint(model, models.UniqueConstraint(fields=[field], name=f"one_{field}"))


SQL = migrations.RunSQL("SELECT 1")
SQL_OF_STATE = migrations.RunSQL("SELECT 1", state_operations=[added("a", "x")])
PYTHON = migrations.RunPython(migrations.RunPython.noop)


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        ([made("A"), made("B"), SQL, made("C")], [4]),
        ([made("A"), added("A", "x")], [1, 1]),  # the table would be made with the column in it
        ([made("A"), bound("a", "x")], [1, 1]),
        ([added("A", "x"), added("a", "y"), altered("a", "z"), bound("a", "x"), added("b", "x")], [5]),
        ([added("a", "x"), made("A")], [1, 1]),
        ([added("a", "x"), altered("a", "x")], [1, 1]),
        ([bound("a", "x"), altered("a", "x")], [1, 1]),  # the constraint is made of the field as it was
        ([added("a", "x"), migrations.RemoveField("a", "x"), added("b", "x")], [1, 1, 1]),
        ([added("a", "x"), PYTHON, added("a", "y"), added("a", "z")], [1, 1, 2]),  # it sees x and not y
        ([SQL, SQL_OF_STATE, SQL], [1, 1, 1]),
        ([migrations.RenameField("a", "x", "y"), migrations.DeleteModel("a")], [1, 1]),
        ([], []),
    ],
)
def test_a_run_ends_where_the_difference_would_be_noticed(operations: list[Operation], expected: list[int]) -> None:
    one, other = migration("one", "app", operations[:2]), migration("other", "app", operations[2:])
    assert [len(run.steps) for run in runs([one, other])] == expected


def test_models_of_one_name_in_two_applications_are_two() -> None:
    one, other = migration("one", "here", [made("A")]), migration("one", "there", [added("a", "x")])
    assert [len(run.steps) for run in runs([one, other])] == [2]


def test_every_operation_of_ours_is_applied_once_and_in_its_order() -> None:
    """The whole history, in fewer than half as many runs as operations."""
    loader = MigrationLoader(None)
    plan = [loader.graph.nodes[key] for leaf in loader.graph.leaf_nodes() for key in loader.graph.forwards_plan(leaf)]
    plan = list(dict.fromkeys(plan))
    steps = [(migration, operation) for migration in plan for operation in migration.operations]
    in_runs = list(runs(plan))
    assert [step for run in in_runs for step in run.steps] == steps
    assert len(in_runs) < len(steps) / 2
