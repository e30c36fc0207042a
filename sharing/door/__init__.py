"""The door: the only way for a front-end to shared data.

Each function takes who asks first, opens a visit, and answers with frozen records (sharing.records).
"""

from sharing.door.establishments import list_establishments, my_places, show_establishment
from sharing.door.find import Search, find_children, may_find
from sharing.door.pupil_filter import PupilFilter
from sharing.door.pupil_page import show_pupil
from sharing.door.pupils import choose_columns, list_pupils
from sharing.door.staff import list_staff

__all__ = [
    "PupilFilter",
    "Search",
    "choose_columns",
    "find_children",
    "list_establishments",
    "list_pupils",
    "list_staff",
    "may_find",
    "my_places",
    "show_establishment",
    "show_pupil",
]
