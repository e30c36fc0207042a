from django.apps import AppConfig


class AccessRegisterConfig(AppConfig):
    name = "access_register"
    verbose_name = "Access Register"

    def ready(self) -> None:
        from access_register import second_factors, sessions, succession  # noqa: F401 - connects the receivers
