"""The door: the only way for a front-end to shared data.

Each function takes who asks first, opens a visit, and answers with frozen records (sharing.records).
"""

from sharing.door.establishments import list_establishments, my_places, show_establishment
from sharing.door.pupils import PupilFilter, list_pupils, show_pupil
from sharing.door.release_calendar import show_calendar, show_release_history
from sharing.door.release_desk import (
    CannotRelease,
    check_release,
    list_releases,
    postpone_release,
    schedule_release,
    show_release,
    withdraw_release,
)
from sharing.door.releases import current_figures
from sharing.door.staff import list_staff

__all__ = [
    "CannotRelease",
    "PupilFilter",
    "check_release",
    "current_figures",
    "list_establishments",
    "list_pupils",
    "list_releases",
    "list_staff",
    "my_places",
    "postpone_release",
    "schedule_release",
    "show_calendar",
    "show_establishment",
    "show_pupil",
    "show_release",
    "show_release_history",
    "withdraw_release",
]
