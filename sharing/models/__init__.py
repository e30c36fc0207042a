"""The tables of the shared data. Only `sharing` and `access_register` import them; everyone else comes by the door."""

from sharing.authorise.grants import EstablishmentPermission
from sharing.models.establishments import (
    Establishment,
    EstablishmentLink,
    Locality,
    LocalityMembership,
    Participation,
)
from sharing.models.imports import Import
from sharing.models.ledger import LedgerEntry
from sharing.models.pupils import Child, Enrolment, Pupil, PupilAttendance, PupilNeeds, Transfer
from sharing.models.staff import StaffMember

__all__ = [
    "Child",
    "Enrolment",
    "Establishment",
    "EstablishmentLink",
    "EstablishmentPermission",
    "Import",
    "LedgerEntry",
    "Locality",
    "LocalityMembership",
    "Participation",
    "Pupil",
    "PupilAttendance",
    "PupilNeeds",
    "StaffMember",
    "Transfer",
]
