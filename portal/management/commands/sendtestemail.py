"""`sendtestemail`, which says in one sentence why the mail server did not take the email."""

from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import sendtestemail


class Command(sendtestemail.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            super().handle(*args, **options)
        except (OSError, SMTPException) as trouble:
            server = f"{settings.EMAIL_HOST}, port {settings.EMAIL_PORT or 25}"
            raise CommandError(f"The mail server of EMAIL_URL ({server}) did not accept it: {trouble}") from None
        self.stdout.write(f"Accepted by the mail server, from {settings.DEFAULT_FROM_EMAIL}. Check that it arrives.")
