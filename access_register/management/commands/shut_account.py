"""For an account that somebody else has got hold of: a password given away, a mailbox read, a laptop stolen."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from access_register.sign_in import account_changes
from sharing.cannot import CannotDo
from sharing.roles import BATCH, acting_as

SHUT = (
    "{} is signed out at both sites, and nobody can sign in with this account. The password, second factors and "
    "links have been removed, but access stays on the register. The ledger on EduNet says what was opened with the "
    "account."
)
OPENED = "{} can sign in again, with a new password and a new second factor. They are told by email."


class Command(BaseCommand):
    help = "Shut an account at once, from the next request on; with --open, open it again for whoever it belongs to."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the person's work email address")
        parser.add_argument("--open", action="store_true", help="open it, because the account is theirs again")

    def handle(self, *args: Any, **options: Any) -> None:
        do, said = (account_changes.open_again, OPENED) if options["open"] else (account_changes.shut, SHUT)
        try:
            with acting_as(BATCH):
                person = account_changes.account_of(options["email"])
                do(person)
        except CannotDo as refused:
            raise CommandError(refused.message) from None
        self.stdout.write(said.format(person.name))
