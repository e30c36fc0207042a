"""`manage.py prepare_statistics YEAR`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sharing.measures.preparing import CannotPrepare
from sharing.school_year import in_words
from sharing.statistics.rules import CannotPublish
from sharing.statistics_store.making import make

SHOW_LESS = " If the reason is that schools would be recognised, --coarsen shows less."


class Command(BaseCommand):
    help = (
        "Prepare the open statistics of a school year: count, protect, attack and store them. Nobody sees them until "
        "an officer has checked and scheduled them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int, help="the calendar year in which the school year began: 2025 is 2025/26")
        parser.add_argument("--because", default="", help="why there is a new version")
        parser.add_argument("--coarsen", action="store_true", help="show less if a school would be recognised")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            release = make(
                options["year"],
                timezone.localdate(),
                because=options["because"],
                coarsen=options["coarsen"],
                tell=lambda words: self.stdout.write(f"{words} ..."),
            )
        except CannotPrepare as reason:
            raise CommandError(str(reason)) from None
        except CannotPublish as reason:
            raise CommandError(f"{reason}{'' if options['coarsen'] else SHOW_LESS}") from None
        verdict = release.verdict
        for finding in verdict.findings:
            self.stdout.write(f"{'holds' if finding['passed'] else 'FOUND'}  {finding['words']}")
        said = "Somebody has to check it and schedule it." if verdict.passed else "It is not safe. Withdraw it."
        self.stdout.write(f"{release.dataset.name} {in_words(options['year'])}, version {release.version}: {said}")
