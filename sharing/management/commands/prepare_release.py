"""`manage.py prepare_release DATASET YEAR`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sharing.measures.computed import MEASURES, prepare
from sharing.measures.preparing import CannotPrepare
from sharing.roles import BATCH, acting_as
from sharing.school_year import in_words


class Command(BaseCommand):
    help = "Count a dataset from what schools have sent, and prepare it as a release. Nobody sees it until it is out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dataset", choices=list(MEASURES))
        parser.add_argument("year", type=int, help="the calendar year in which the school year began: 2025 is 2025/26")
        parser.add_argument("--because", default="", help="why there is a new version")

    def handle(self, *args: Any, **options: Any) -> None:
        dataset, year = options["dataset"], options["year"]
        try:
            release = prepare(dataset, year, timezone.localdate(), because=options["because"])
        except CannotPrepare as reason:
            raise CommandError(str(reason)) from None
        if release is None:
            self.stdout.write("The figures are those of the newest version. Nothing was prepared.")
            return
        with acting_as(BATCH):  # no other role sees what is not out yet
            figures = release.figures.count()
        self.stdout.write(
            f"{release.dataset.name} {in_words(year)}, version {release.version}: {figures:,} figures, "
            "prepared. Somebody has to check it and schedule it."
        )
