from django.apps import AppConfig


class AccessRegisterConfig(AppConfig):
    name = "access_register"
    verbose_name = "Access Register"

    def ready(self) -> None:
        from access_register import carried, succession  # noqa: F401 - connect their receivers
