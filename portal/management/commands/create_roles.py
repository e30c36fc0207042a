from typing import Any

from django.core.management.base import BaseCommand

from sharing.roles import create_roles


class Command(BaseCommand):
    help = "Make the four database roles. Needs a login that may create roles; again and again without harm."

    def handle(self, *args: Any, **options: Any) -> None:
        create_roles()
