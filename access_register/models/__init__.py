"""People, and the records that decide what each of them may see."""

from access_register.models.breaches import (
    Breach,
    BreachEvidence,
    BreachParty,
    BreachReport,
    BreachSeat,
    BreachStep,
    BreachTold,
    Measure,
    Sanction,
)
from access_register.models.handovers import CarriedRegister, Handover
from access_register.models.history import LineEvent
from access_register.models.invitations import Invitation
from access_register.models.letters import WaitingLetter
from access_register.models.lines import RegisterLine
from access_register.models.officers import AppointmentChange, Duty, OfficerAppointment, RemoteAuthorisation
from access_register.models.orders import Order
from access_register.models.participation import ParticipationStep, ResponsiblePerson
from access_register.models.people import Person
from access_register.models.protocol import Acceptance, ProtocolVersion
from access_register.models.reviews import ReviewNotice
from access_register.models.sessions import PersonSession
from access_register.models.third_parties import Contract, Organisation

__all__ = [
    "Acceptance",
    "AppointmentChange",
    "Breach",
    "BreachEvidence",
    "BreachParty",
    "BreachReport",
    "BreachSeat",
    "BreachStep",
    "BreachTold",
    "CarriedRegister",
    "Contract",
    "Duty",
    "Handover",
    "Invitation",
    "LineEvent",
    "Measure",
    "OfficerAppointment",
    "Order",
    "Organisation",
    "ParticipationStep",
    "Person",
    "PersonSession",
    "ProtocolVersion",
    "RegisterLine",
    "RemoteAuthorisation",
    "ResponsiblePerson",
    "ReviewNotice",
    "Sanction",
    "WaitingLetter",
]
