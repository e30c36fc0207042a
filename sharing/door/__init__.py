"""The door: the only way for a front-end to shared data.

Each function takes who asks first, opens a visit, and answers with frozen records (sharing.records).
"""

from sharing.door.establishments import list_establishments, my_places, show_establishment
from sharing.door.moves import list_missing, show_moves
from sharing.door.pupils import PupilFilter, list_pupils, show_pupil
from sharing.door.staff import list_staff
from sharing.door.transferring import (
    CannotTransfer,
    accept_transfer,
    begin_transfer,
    cancel_transfer,
    decline_transfer,
    end_enrolment,
    say_arrived,
    show_beginning,
    show_from_outside,
    show_leaving,
    tell_from_outside,
)
from sharing.door.transfers import list_all_transfers, show_transfer, show_transfers

__all__ = [
    "CannotTransfer",
    "PupilFilter",
    "accept_transfer",
    "begin_transfer",
    "cancel_transfer",
    "decline_transfer",
    "end_enrolment",
    "list_all_transfers",
    "list_establishments",
    "list_missing",
    "list_pupils",
    "list_staff",
    "my_places",
    "say_arrived",
    "show_beginning",
    "show_establishment",
    "show_from_outside",
    "show_leaving",
    "show_moves",
    "show_pupil",
    "show_transfer",
    "show_transfers",
    "tell_from_outside",
]
