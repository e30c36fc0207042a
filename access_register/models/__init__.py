"""People, and what says what each may see."""

from access_register.models.lines import RegisterLine
from access_register.models.officers import Duty, OfficerAppointment
from access_register.models.people import Person

__all__ = ["Duty", "OfficerAppointment", "Person", "RegisterLine"]
