"""Records the information managers, who record the other officers and keep duties on EduNet (R9, A17)."""

from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet
from django.utils import timezone

from access_register import grants, service
from access_register.casework.orders import end_those_of_leavers
from access_register.models import Duty, OfficerAppointment, Person
from access_register.officers.officers import of_the_council
from access_register.sign_in.addresses import is_the_councils
from sharing.models import Opening
from sharing.roles import BATCH, acting_as
from sharing.service.service_runs import RENEWED

WAITS = (
    "An officer called {} is on record with another address, so the record of this one waits. Another information "
    "manager has to confirm on EduNet that they are two people. If there is no other, whoever recorded this one ends "
    "that record there, with “They are not an officer”. Then run this again."
)


class Command(BaseCommand):
    help = "Record an officer; with --information-manager one who keeps officers and their duties, for a year."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True)
        parser.add_argument("--team", required=True)
        parser.add_argument("--post", default="")
        years_right = "Give the right for a year from today. It can be renewed in its last 28 days."
        parser.add_argument("--information-manager", action="store_true", help=years_right)
        parser.add_argument("--end", action="store_true", help="End the right to keep duties at once.")

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        if options["end"]:
            self._end(options["email"])
            return
        if not is_the_councils(options["email"]):
            raise CommandError(of_the_council())
        with acting_as(BATCH):
            person = Person.objects.known_or_new(options["email"], options["name"])
            current = person.appointments.exclude(ends_on__lt=today).first()
            appointment = current or self._appoint(person, options["team"], options["post"], today)
            if appointment.awaits_second:
                raise CommandError(WAITS.format(person.name))
            keeps = _kept_by(person.email)
            if options["information_manager"]:
                if keeps.filter(ends_on__gt=today + RENEWED).exists():
                    raise CommandError(f"{person.name} already keeps officers and their duties.")
                for duty in keeps:
                    service.end_duty(duty)
                right = service.record_duty(
                    Duty(
                        appointment=appointment, data=Duty.Data.DUTIES, function="information", whole_community=True,
                        reason="Keeps officers and their duties", starts_on=today, ends_on=today + timedelta(days=365),
                        recorded_by_name=service.BY_ITSELF,
                    )
                )  # fmt: skip
                _, until = grants.days_of_duty(right)
                self.stdout.write(f"{person.name} keeps officers and their duties until {until}.")
            else:
                self.stdout.write(f"{person.name} is on record as an officer.")

    def _appoint(self, person: Person, team: str, post: str, today: date) -> OfficerAppointment:
        """A new appointment, which opens nothing that legal overrides and broken glasses opened under one before."""
        for ended in end_those_of_leavers(today):
            self.stdout.write(ended)
        now = timezone.now()
        Opening.objects.by(person.pk).open_at(now).update(ended_at=now)
        return service.appoint_officer(
            OfficerAppointment(
                person=person, team=team, post=post, starts_on=today, recorded_by_name=service.BY_ITSELF
            )
        )  # fmt: skip

    def _end(self, email: str) -> None:
        """End the right to keep duties. If nobody with this address has it, raise CommandError and record nobody."""
        with acting_as(BATCH):
            keeps = list(_kept_by(email).select_related("appointment__person"))
            if not keeps:
                raise CommandError("Nobody with this address keeps officers and their duties today. Check the address.")
            for duty in keeps:
                service.end_duty(duty)
            self.stdout.write(f"{keeps[0].appointment.person.name} no longer keeps duties.")


def _kept_by(email: str) -> QuerySet[Duty]:
    """The current rights to keep duties of the person with this address, under an appointment that has not ended."""
    today = timezone.localdate()
    rights = Duty.objects.filter(data=Duty.Data.DUTIES, ended_at=None, ends_on__gte=today)
    rights = rights.exclude(appointment__ends_on__lt=today)
    return rights.filter(appointment__person__in=Person.objects.of_address(email))
