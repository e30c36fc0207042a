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
from sharing.door.consents import (
    CannotConsent,
    MovedOn,
    Wish,
    confirm_consent,
    give_consent,
    narrow_item,
    show_consents,
    withdraw_consent,
)
from sharing.door.dashboard import show_dashboard
from sharing.door.deeper import Question, list_behind, show_deeper
from sharing.door.establishments import list_establishments, my_places, show_establishment
from sharing.door.find import Search, find_children, may_find
from sharing.door.following import show_own_group
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
from sharing.door.ledger import read_all_ledger, read_ledger, read_ledger_of_child
from sharing.door.misuse import (
    NothingToSettle,
    acknowledge_misuse_report,
    close_misuse_report,
    list_misuse_reports,
    list_my_reports,
    report_misuse,
    show_comparison,
    show_misuse_report,
)
from sharing.door.moves import list_missing, show_moves
from sharing.door.own_groups import (
    CannotGroup,
    archive_own_group,
    change_members,
    change_own_group,
    list_own_groups,
    make_own_group,
    show_making,
    show_members,
)
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
from sharing.door.reports import NotMadeYet, ask_for_report, download_report, list_reports
from sharing.door.restricted import (
    AlreadyWithdrawn,
    NewItem,
    add_restricted,
    add_restricted_file,
    download_restricted,
    list_restricted,
    show_restricted,
    withdraw_restricted,
)
from sharing.door.returns import confirm_return, show_accuracy_desk, show_returns
from sharing.door.school_finder import find_schools
from sharing.door.staff import StaffFilter, list_staff, show_member
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
    "AlreadyWithdrawn",
    "CannotConsent",
    "CannotGroup",
    "CannotRelease",
    "CannotTransfer",
    "MovedOn",
    "NewItem",
    "NotAnyMore",
    "NotMadeYet",
    "NothingToSettle",
    "PupilFilter",
    "Question",
    "Search",
    "StaffFilter",
    "Wish",
    "accept_transfer",
    "acknowledge_misuse_report",
    "add_restricted",
    "add_restricted_file",
    "answer_challenge",
    "archive_own_group",
    "ask_for_report",
    "begin_transfer",
    "cancel_transfer",
    "change_members",
    "change_own_group",
    "check_release",
    "choose_columns",
    "close_misuse_report",
    "confirm_consent",
    "confirm_return",
    "current_figures",
    "decline_transfer",
    "download_problems",
    "download_report",
    "download_restricted",
    "end_enrolment",
    "find_children",
    "find_schools",
    "give_consent",
    "list_all_transfers",
    "list_behind",
    "list_challenges",
    "list_establishments",
    "list_imports",
    "list_missing",
    "list_misuse_reports",
    "list_my_reports",
    "list_own_groups",
    "list_pupils",
    "list_releases",
    "list_reports",
    "list_restricted",
    "list_staff",
    "make_leaver_file",
    "make_own_group",
    "make_transfer_file",
    "may_find",
    "my_places",
    "narrow_item",
    "pass_on_challenge",
    "postpone_release",
    "raise_challenge",
    "read_all_ledger",
    "read_ledger",
    "read_ledger_of_child",
    "report_misuse",
    "say_arrived",
    "schedule_release",
    "settle_import",
    "show_accuracy_desk",
    "show_beginning",
    "show_calendar",
    "show_challenge",
    "show_comparison",
    "show_consents",
    "show_dashboard",
    "show_deeper",
    "show_establishment",
    "show_finding",
    "show_from_outside",
    "show_import",
    "show_key_data",
    "show_leaver_file",
    "show_leaving",
    "show_making",
    "show_member",
    "show_members",
    "show_misuse_report",
    "show_moves",
    "show_own_group",
    "show_progress",
    "show_pupil",
    "show_quality",
    "show_release",
    "show_release_history",
    "show_restricted",
    "show_returns",
    "show_subject",
    "show_transfer",
    "show_transfer_file",
    "show_transfers",
    "tell_from_outside",
    "upload_import",
    "withdraw_consent",
    "withdraw_release",
    "withdraw_restricted",
]
