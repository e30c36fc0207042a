"""Many models in one step of a migration."""

from typing import Any

from django.db.migrations import CreateModel, SeparateDatabaseAndState


class CreateModels(SeparateDatabaseAndState):
    """Creates tables one by one in order, like `CreateModel`, but lets Django work out its models only once.

    A `CreateModel` rebuilds all earlier models related to the new one: 20 seconds for a hundred models.
    """

    def __init__(self, models: list[CreateModel]) -> None:
        super().__init__(database_operations=models, state_operations=models)

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)  # worked out again on next use
        super().state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for model in self.database_operations:
            model.database_forwards(app_label, schema_editor, from_state, to_state)
