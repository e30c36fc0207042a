from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "sharing"
    verbose_name = "Shared data"

    def ready(self) -> None:
        from sharing.to_do import (  # noqa: F401 - connects the receivers
            advice,
            closings,
            downloads,
            glass,
            imports,
            localities,
            officers,
            restricted,
            retention,
            subject_access,
            support,
            transfers,
            unusual,
            visit_notes,
        )
