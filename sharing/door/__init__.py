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
from sharing.door.find import Search, find_children, may_find
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
from sharing.door.key_data import show_key_data
from sharing.door.moves import list_missing, show_moves
from sharing.door.pupil_filter import PupilFilter
from sharing.door.pupil_page import show_pupil
from sharing.door.pupils import choose_columns, list_pupils
from sharing.door.quality import show_finding, show_quality
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
from sharing.door.returns import confirm_return, show_accuracy_desk, show_returns
from sharing.door.school_finder import find_schools
from sharing.door.staff import StaffFilter, list_staff, show_member
from sharing.door.statistics_desk import ask_for_statistics, show_statistics_desk, show_statistics_request
from sharing.door.transfer_file import make_leaver_file, make_transfer_file, show_leaver_file, show_transfer_file
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
    "AlreadyHere",
    "AlreadySettled",
    "CannotRelease",
    "CannotTransfer",
    "NotAnyMore",
    "PupilFilter",
    "Search",
    "StaffFilter",
    "accept_transfer",
    "answer_challenge",
    "ask_for_statistics",
    "begin_transfer",
    "cancel_transfer",
    "check_release",
    "choose_columns",
    "confirm_return",
    "current_figures",
    "decline_transfer",
    "download_problems",
    "end_enrolment",
    "find_children",
    "find_schools",
    "list_all_transfers",
    "list_challenges",
    "list_establishments",
    "list_imports",
    "list_missing",
    "list_pupils",
    "list_releases",
    "list_staff",
    "make_leaver_file",
    "make_transfer_file",
    "may_find",
    "my_places",
    "pass_on_challenge",
    "postpone_release",
    "raise_challenge",
    "say_arrived",
    "schedule_release",
    "settle_import",
    "show_accuracy_desk",
    "show_beginning",
    "show_calendar",
    "show_challenge",
    "show_establishment",
    "show_finding",
    "show_from_outside",
    "show_import",
    "show_key_data",
    "show_leaver_file",
    "show_leaving",
    "show_member",
    "show_moves",
    "show_progress",
    "show_pupil",
    "show_quality",
    "show_release",
    "show_release_history",
    "show_returns",
    "show_statistics_desk",
    "show_statistics_request",
    "show_subject",
    "show_transfer",
    "show_transfer_file",
    "show_transfers",
    "tell_from_outside",
    "upload_import",
    "withdraw_release",
]
