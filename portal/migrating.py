"""Migrations applied in runs: the models are made anew once for each run, not after every operation.

Between any two operations Django makes every model anew that hangs on the changed one, which here is nearly all of
them: 600 small steps take most of a first start. Operations still reach the database one by one, in their order, each
migration in its own transaction; only the models that they are shown are those before and after the whole run. So a
run ends where an operation would notice the difference.
"""

from collections.abc import Iterator
from copy import copy
from typing import Any

from django.db import migrations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

Step = tuple[Migration, Operation]


class Run:
    """Operations in sequence of which none notices what another of them has done to the models."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.made: set[tuple[str, str]] = set()
        self.fields: set[tuple[str, str, str]] = set()
        self.bound: set[tuple[str, str]] = set()

    def takes(self, migration: Migration, operation: Operation) -> bool:
        """Add the operation, unless it needs a run of its own or must see an earlier one's models."""
        if not self._fits(migration.app_label, operation):
            return False
        self.steps.append((migration, operation))
        return True

    def _fits(self, app: str, operation: Operation) -> bool:
        """A new model is touched by nothing else; a field once; a constraint comes after its model's fields."""
        match operation:
            case migrations.RunSQL():
                return not operation.state_operations
            case migrations.AlterModelOptions():
                return True
            case migrations.CreateModel():
                model = app, operation.name_lower
                fits = model not in self.made | self.bound | {field[:2] for field in self.fields}
                self.made.add(model)
            case migrations.AddField() | migrations.AlterField():
                model = app, operation.model_name_lower
                field = (*model, operation.name_lower)
                fits = model not in self.made | self.bound and field not in self.fields
                self.fields.add(field)
            case migrations.AddConstraint() | migrations.AddIndex():
                model = app, operation.model_name_lower
                fits = model not in self.made
                self.bound.add(model)
            case _:
                return False
        return fits


def runs(plan: list[Migration]) -> Iterator[Run]:
    """The plan's operations in their order, in as few runs as can be."""
    run = Run()
    for migration in plan:
        for operation in migration.operations:
            if run.takes(migration, operation):
                continue
            if run.steps:
                yield run
            run = Run()
            if not run.takes(migration, operation):
                run.steps.append((migration, operation))
                yield run
                run = Run()
    if run.steps:
        yield run


class Given(Operation):
    """An operation that is handed the models before and after its run, whatever state the migration is in."""

    def __init__(self, operation: Operation, before: ProjectState, after: ProjectState) -> None:
        self.operation, self.before, self.after = operation, before, after
        self.atomic = operation.atomic  # type: ignore[misc]  # as RunSQL and others have it

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The run's states are worked out already."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.operation.database_forwards(app_label, schema_editor, self.before, self.after)


class Executor(MigrationExecutor):
    """Django's own, save that what is applied forwards is applied in runs."""

    def _migrate_all_forwards(
        self, state: ProjectState, plan: list[Any], full_plan: list[Any], fake: bool, fake_initial: bool
    ) -> ProjectState:
        if fake or fake_initial:
            return super()._migrate_all_forwards(state, plan, full_plan, fake, fake_initial)  # type: ignore[misc]
        wanted = {migration for migration, _ in plan}
        ordered = [migration for migration, _ in full_plan if migration in wanted]
        given: dict[Migration, list[Operation]] = {migration: [] for migration in ordered}
        for run in runs(ordered):
            before, state = state, _without_models(state)
            for migration, operation in run.steps:
                operation.state_forwards(migration.app_label, state)
                given[migration].append(Given(operation, before, state))
        for migration in ordered:
            stood_in = copy(migration)
            stood_in.operations = given.pop(migration)  # so that models no longer needed can go
            self.apply_migration(ProjectState(), stood_in)
        return state


def _without_models(state: ProjectState) -> ProjectState:
    """A copy whose models are made when they are asked for."""
    fresh = state.clone()
    fresh.__dict__.pop("apps", None)
    return fresh
