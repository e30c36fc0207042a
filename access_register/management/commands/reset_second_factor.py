"""For somebody who has lost their phone, passkeys and recovery codes, once it is certain that it is really them."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser

from access_register.sign_in import account_changes, sessions
from sharing.cannot import CannotDo
from sharing.ledger import ledger
from sharing.roles import BATCH, acting_as

TAKEN_AWAY = (
    "Your second factors were removed, because we were told that you had lost them. You will set up new ones "
    "when you next sign in."
)


class Command(BaseCommand):
    help = "Take away a person's second factors and end their sessions; they set up new ones when they next sign in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the person's work email address")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with acting_as(BATCH):
                person = account_changes.account_of(options["email"])
                sessions.end_all_of(person)
                removed, _ = Authenticator.objects.filter(user=person).delete()
                ledger.changed(action="reset_second_factor", about={"person": person.pk, "removed": removed})
                account_changes.write(person, TAKEN_AWAY, person.email)
        except CannotDo as refused:
            raise CommandError(refused.message) from None
        self.stdout.write(f"{person.name}: {removed} second factors are removed, and all sessions are ended.")
        self.stdout.write(
            "They are told by email. If it was the wrong person, they have to set up a second factor again."
        )
