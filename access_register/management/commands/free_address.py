"""Frees an address that another person now has: info@, or the next person of the same name."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from access_register.sign_in import account_changes
from sharing.cannot import CannotDo
from sharing.roles import BATCH, acting_as


class Command(BaseCommand):
    help = "Close the account of somebody who has left, and free its address for whoever has it now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address that somebody else now has")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with acting_as(BATCH):
                person = account_changes.account_of(options["email"])
                account_changes.free_address(person)
        except CannotDo as refused:
            raise CommandError(refused.message) from None
        self.stdout.write(
            f"{person.name} no longer has an account. Whoever has the address now is added as somebody new."
        )
