from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        from portal import form_words

        form_words.use()  # before anything else imports a form

        from portal import checks  # noqa: F401 - registers them
