"""For somebody who has lost phone, passkeys and recovery codes, when it is certain that it is they."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand, CommandError, CommandParser

from access_register.models import Person, PersonSession
from sharing import ledger
from sharing.models import LedgerEntry
from sharing.roles import BATCH, acting_as


class Command(BaseCommand):
    help = "Take away a person's second factors and end their sessions; they set up new ones when they next sign in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the person's work e-mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        with acting_as(BATCH):
            person = Person.objects.of_address(options["email"]).first()
            if person is None:
                raise CommandError("There is no account with this e-mail address.")
            keys = PersonSession.objects.filter(person=person).values_list("session_key", flat=True)
            Session.objects.filter(session_key__in=list(keys)).delete()
            removed, _ = Authenticator.objects.filter(user=person).delete()
            ledger.write(
                None,
                action="reset_second_factor",
                outcome=LedgerEntry.Outcome.CHANGED,
                about={"person": person.pk, "removed": removed},
            )
        self.stdout.write(f"{person.name}: {removed} second factors are removed, and all sessions are ended.")
        self.stdout.write("If it was the wrong person, tell them at once: they set up a second factor anew.")
