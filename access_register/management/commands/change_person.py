"""Changes the name or work address of a person, once it is certain that they are who they say they are."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from access_register.register.list_file import MOST_OF_A_NAME, text_of
from access_register.sign_in import account_changes
from sharing.cannot import CannotDo
from sharing.roles import BATCH, acting_as


class Command(BaseCommand):
    help = (
        "Change a person's name or email address. The account, its access and its history still belong to the same "
        "person."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address the account has now")
        parser.add_argument("--name", default="", help="the full name from now on")
        parser.add_argument("--email", dest="address", default="", help="the work address from now on")

    def handle(self, *args: Any, **options: Any) -> None:
        name, address = text_of(options["name"]), options["address"].strip().lower()
        if not name and not address:
            raise CommandError("Say what has changed: --name or --email.")
        if len(name) > MOST_OF_A_NAME:
            raise CommandError(f"The name is longer than {MOST_OF_A_NAME} letters.")
        try:
            if address:
                validate_email(address)
            with acting_as(BATCH):
                person = account_changes.account_of(options["email"])
                if name and name != person.name:
                    account_changes.rename(person, name)
                if address and address != person.email:
                    account_changes.move(person, address)
        except ValidationError:
            raise CommandError("The new address is not an email address.") from None
        except CannotDo as refused:
            raise CommandError(refused.message) from None
        self.stdout.write(
            f"{person.name}, {person.email}. They are told by email. Any invitation has to be sent again."
        )
