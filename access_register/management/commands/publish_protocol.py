"""Publishes a new text of the protocol, which everybody then accepts before they see anything again (R42)."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from access_register.models import Person, ProtocolVersion
from access_register.protocol.versions import CannotPublishText, publish
from sharing.roles import BATCH, acting_as

ASKS = "This cannot be undone. Type the number of the version once more to publish it: "
PARTS = {"number", "in_force_from", "purpose", "summary", "text"}


class Command(BaseCommand):
    help = "Publish a text of the protocol, written like those in access_register/protocol_texts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--yes", action="store_true", help="publish it without asking: for scripts")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            facts = tomllib.loads(options["file"].read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
            raise CommandError(f"{options['file']} cannot be read: {problem}") from None
        if set(facts) != PARTS:
            raise CommandError(f"The file needs exactly these parts: {', '.join(sorted(PARTS))}.")
        if wrong := [part for part, said in sorted(facts.items()) if not _is_as_it_should_be(part, said)]:
            raise CommandError(
                f"Correct {', '.join(wrong)}: in_force_from is a day without quotation marks, as in 2027-09-01, and "
                "the others are text in quotation marks."
            )
        version = ProtocolVersion(**facts)
        try:
            version.clean_fields()
            if not options["yes"]:
                self._ask(version)
            with acting_as(BATCH):
                ended = publish(version, today=timezone.localdate())
        except ValidationError as problem:
            raise CommandError("; ".join(problem.messages)) from None
        except CannotPublishText as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(
            f"Version {version.number} is published, in force from {version.in_force_from:%d/%m/%Y}. "
            f"{ended} people have to accept it."
        )

    def _ask(self, version: ProtocolVersion) -> None:
        """Ask first, as people who have accepted see nothing until they accept this text too. No answer means no."""
        with acting_as(BATCH):
            people = Person.objects.filter(protocol_accepted_until__gte=version.in_force_from).count()
        self.stdout.write(
            f"To be published: version {version.number}, in force from {version.in_force_from:%d/%m/%Y}. "
            f"It begins: {version.text[:100]!r}. {people} people have to accept it before they see anything."
        )
        try:
            is_sure = input(ASKS).strip() == version.number
        except EOFError:
            is_sure = False
        if not is_sure:
            raise CommandError("Nothing was published.")


def _is_as_it_should_be(part: str, said: object) -> bool:
    """TOML has numbers, lists and times too, and text may have a character that PostgreSQL does not store."""
    if part == "in_force_from":
        return type(said) is date
    return isinstance(said, str) and bool(said.strip()) and "\0" not in said
