"""The door: the only way for a front-end to shared data.

Each function takes who asks first, opens a visit, and answers with frozen records (sharing.records).
"""

from sharing.door.challenges import (
    AlreadySettled,
    answer_challenge,
    list_challenges,
    pass_on_challenge,
    raise_challenge,
    show_challenge,
    show_subject,
)
from sharing.door.establishments import list_establishments, my_places, show_establishment
from sharing.door.pupils import PupilFilter, list_pupils, show_pupil
from sharing.door.quality import show_finding, show_quality
from sharing.door.returns import confirm_return, show_accuracy_desk, show_returns
from sharing.door.staff import list_staff

__all__ = [
    "AlreadySettled",
    "PupilFilter",
    "answer_challenge",
    "confirm_return",
    "list_challenges",
    "list_establishments",
    "list_pupils",
    "list_staff",
    "my_places",
    "pass_on_challenge",
    "raise_challenge",
    "show_accuracy_desk",
    "show_challenge",
    "show_establishment",
    "show_finding",
    "show_pupil",
    "show_quality",
    "show_returns",
    "show_subject",
]
