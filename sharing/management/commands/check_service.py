"""`manage.py check_service`: what the operations page says, for somebody who cannot open it just now."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from sharing.records.operations import How
from sharing.service.health import how_is_the_service
from sharing.service.saving import hindrance
from sharing.service.starting import refuse_to_serve


class Command(BaseCommand):
    help = (
        "Say what is not well with the service, and what to do, as the operations page does: by night, from a machine "
        "that does not reach EduNet, or where nobody can sign in. With web.env. Fails if something is wrong."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._say()
        except OperationalError:
            if found := hindrance():  # such as a session that holds a table which is read here too
                raise CommandError(f"{found.says} {found.do}") from None
            raise

    def _say(self) -> None:
        try:
            refuse_to_serve()
        except ImproperlyConfigured as why:
            raise CommandError(f"Neither the portal nor its worker starts. {why}") from None
        found = how_is_the_service(looks_at_rules=True)
        for part in found.not_well:
            self.stdout.write(f"{part.how.words}: {part.title}. {part.says}\n    {part.do}")
        if found.how == How.WRONG:
            raise CommandError("Something is wrong. The first lines say what, and what to do.")
        if found.how == How.WELL:
            self.stdout.write("All is well.")
