"""Who can be whom in the demonstration, and what each of them may see at the moment."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from access_register.demo import NotSeeded, cast_now


class Command(BaseCommand):
    help = "List the people of the demonstration, with their register lines and duties as they are now."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs: one JSON list and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            people = cast_now(timezone.localdate())
        except NotSeeded as problem:
            raise CommandError("Not everybody of the demonstration is here. Run `manage.py demo` first.") from problem
        if options["json"]:
            self.stdout.write(json.dumps(people, cls=DjangoJSONEncoder, indent=2))
            return
        for person in people:
            self.stdout.write(f"{person['slug']:28} {person['name']:20} {person['title']}")
            for line in person["lines"]:
                self.stdout.write(f"{'':28} {_line_in_words(line)}")
            for duty in person["duties"]:
                self.stdout.write(f"{'':28} {_duty_in_words(duty)}")


def _days(stretch: dict[str, Any]) -> str:
    return f"from {stretch['starts_on']}" + (f" to {stretch['ends_on']}" if stretch["ends_on"] else "")


def _line_in_words(line: dict[str, Any]) -> str:
    withdrawn = ", withdrawn" if line["withdrawn"] else ""
    return f"Level {line['level']} at {line['urn']} {line['establishment']} {_days(line)}{withdrawn}"


def _duty_in_words(duty: dict[str, Any]) -> str:
    scope = duty["scope"] if isinstance(duty["scope"], str) else ", ".join(map(str, duty["scope"]))
    return f"Duty: {duty['data']} for {scope} {_days(duty)}{', ended' if duty['ended'] else ''}"
