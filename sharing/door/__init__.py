"""The door: the only way for a front-end to shared data.

Each function takes who asks first, opens a visit, and answers with frozen records (sharing.records).
"""

from sharing.door.establishments import list_establishments, my_places, show_establishment
from sharing.door.pupils import PupilFilter, list_pupils, show_pupil
from sharing.door.staff import StaffFilter, list_staff, show_member
from sharing.door.transfer_file import make_leaver_file, make_transfer_file, show_leaver_file, show_transfer_file

__all__ = [
    "PupilFilter",
    "StaffFilter",
    "list_establishments",
    "list_pupils",
    "list_staff",
    "make_leaver_file",
    "make_transfer_file",
    "my_places",
    "show_establishment",
    "show_leaver_file",
    "show_member",
    "show_pupil",
    "show_transfer_file",
]
