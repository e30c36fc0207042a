"""Checks that the permission table says exactly what the register, the appointments and the duties say."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from access_register import grants
from sharing.roles import BATCH, acting_as


class Command(BaseCommand):
    help = "Compare the permission table with the register, the appointments and the duties. Fails on drift."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="correct the table")

    def handle(self, *args: Any, **options: Any) -> None:
        with acting_as(BATCH):
            today = timezone.localdate()
            if options["repair"]:
                missing, extra = grants.rebuild(today)
                self.stdout.write(f"Put right: {missing} rows were missing, {extra} ought not to have been there.")
                return
            lacking, surplus = grants.drift(today)
        if lacking or surplus:
            raise CommandError(f"Drift: {len(lacking)} rows are missing, {len(surplus)} ought not to be there.")
        self.stdout.write("No drift: every permission row follows from a line, an appointment or a duty.")
