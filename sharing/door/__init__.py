"""The door: the only way for a front-end to shared data.

Each function takes who asks first, opens a visit, and answers with frozen records (sharing.records).
"""

from sharing.door.establishments import list_establishments, my_places, show_establishment
from sharing.door.pupils import PupilFilter, list_pupils, show_pupil
from sharing.door.staff import list_staff

__all__ = [
    "PupilFilter",
    "list_establishments",
    "list_pupils",
    "list_staff",
    "my_places",
    "show_establishment",
    "show_pupil",
]
