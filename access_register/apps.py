from django.apps import AppConfig


class AccessRegisterConfig(AppConfig):
    name = "access_register"
    verbose_name = "Access Register"

    def ready(self) -> None:
        # Importing each module connects its receivers, or adds the register's file or the worker's part.
        from access_register import to_do  # noqa: F401
        from access_register.breaches import misuse  # noqa: F401
        from access_register.breaches import to_do as breaches_to_do  # noqa: F401
        from access_register.my_access import to_do as my_access_to_do  # noqa: F401
        from access_register.notices import (  # noqa: F401
            answers,
            challenges,
            closings,
            glass,
            outbox,
            restricted,
            waiting,
        )
        from access_register.officers import head_notices, locality_duties  # noqa: F401
        from access_register.officers import to_do as officer_to_do  # noqa: F401
        from access_register.register import carried, reading, succession  # noqa: F401
        from access_register.sign_in import recorded, reset_letters, second_factors, sessions  # noqa: F401
