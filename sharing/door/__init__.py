"""The door: the only way for a front-end to shared data.

Each function takes who asks first, opens a visit, and answers with frozen records (sharing.records).
"""

from sharing.door.establishments import list_establishments, my_places, show_establishment
from sharing.door.imports import (
    AlreadyHere,
    NotAnyMore,
    download_problems,
    list_imports,
    settle_import,
    show_import,
    show_progress,
    upload_import,
)
from sharing.door.pupils import PupilFilter, list_pupils, show_pupil
from sharing.door.staff import list_staff

__all__ = [
    "AlreadyHere",
    "NotAnyMore",
    "PupilFilter",
    "download_problems",
    "list_establishments",
    "list_imports",
    "list_pupils",
    "list_staff",
    "my_places",
    "settle_import",
    "show_establishment",
    "show_import",
    "show_progress",
    "show_pupil",
    "upload_import",
]
