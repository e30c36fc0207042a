from django.apps import AppConfig


class AccessRegisterConfig(AppConfig):
    name = "access_register"
    verbose_name = "Access Register"

    def ready(self) -> None:
        from access_register import (  # noqa: F401 - connects the receivers, adds the register's file and work
            answer_notices,
            carried,
            challenge_notices,
            challenge_to_do,
            closing_notices,
            glass_notices,
            locality_duties,
            locality_notices,
            officer_to_do,
            outbox,
            reading,
            restricted_notices,
            second_factors,
            sessions,
            succession,
            to_do,
            waiting_notices,
        )
        from access_register.breaches import to_do as breaches_to_do  # noqa: F401 - connects the receivers
