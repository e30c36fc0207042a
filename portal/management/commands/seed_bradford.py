"""An invented Bradford of the true size, to try the portal with: 227 establishments, 104,412 pupils on roll."""

import os
import time
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from access_register.demo import DEMO_PASSWORD
from access_register.demo.bradford import Somebody, place_people
from portal.management.ready import make_ready
from sharing.demo.bradford import PUPILS, AlreadyThere, Filled, HoldsRealData, fill
from sharing.demo.releases import place_releases
from sharing.measures import catalogue
from sharing.roles import OWNER, acting_as


class Command(BaseCommand):
    help = "Build an invented Bradford of the true size in an empty database, or in a demonstration's."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=2012, help="another number, other people (default 2012)")
        parser.add_argument("--pupils", type=int, default=PUPILS, help=f"pupils on roll (default {PUPILS})")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.MODE == "production":
            raise CommandError("Everybody in this Bradford is invented, so it cannot be built in production.")
        began, today = time.monotonic(), timezone.localdate()
        known: list[Somebody] = []
        make_ready(claim=settings.DEMO)
        try:
            filled = fill(
                today,
                pupils=options["pupils"],
                seed=options["seed"],
                processes=os.cpu_count() or 1,
                progress=self._tell,
                people=lambda filled: known.extend(_people_and_releases(filled, today)),
            )
        except AlreadyThere:
            self.stdout.write("This Bradford is already there. Nothing was written.")
            return
        except HoldsRealData:
            raise CommandError("This database contains something that is not invented. Nothing was written.") from None
        except BrokenProcessPool:
            raise CommandError(
                "A process that makes the rows was ended, as happens where memory runs out. Nothing was written."
            ) from None
        except ValueError as problem:
            raise CommandError(str(problem)) from None
        _count_rows()
        self.stdout.write(f"\n{filled.records} pupil records in {time.monotonic() - began:.0f} s. To sign in as:")
        for somebody in known:
            self.stdout.write(f"  {somebody.email:42} {somebody.words}")
        self.stdout.write(f"Everybody's password: {DEMO_PASSWORD}")

    def _tell(self, done: int, among: int) -> None:
        self.stdout.write(f"\r{done} of {among} establishments", ending="")
        self.stdout.flush()


def _people_and_releases(filled: Filled, today: date) -> list[Somebody]:
    """Place people and releases. Returns some people to sign in as."""
    _count_rows()  # the counts of releases are planned by it: one of 20,000 pupils did not end in eight minutes
    people = place_people(filled, today)
    catalogue.sync()
    place_releases(today)
    return people


def _count_rows() -> None:
    """Let PostgreSQL count the rows now. Until it does so by itself, it plans as if the tables were empty."""
    with acting_as(OWNER), connection.cursor() as cursor:
        cursor.execute("ANALYZE")
