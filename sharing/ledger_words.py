"""What each action of the ledger is called on its pages (R43): the one vocabulary, in noun phrases.

A row is read as what it was about and what came of it: "List of pupils: seen", "Access given to a person: refused".
A test fails while the code writes an action that has no words here.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sharing.models import LedgerEntry


class Kind(StrEnum):
    """What sort of thing an action is, to filter by. The value is in the address."""

    LOOK = "pages"
    FILE = "files"
    ACCESS = "access"
    CHANGE = "changes"
    SERVICE = "service"


KINDS = {
    Kind.LOOK: "Pages looked at",
    Kind.FILE: "Files and prints taken away",
    Kind.ACCESS: "Access, consent and duties",
    Kind.CHANGE: "Records and figures changed",
    Kind.SERVICE: "Done by the service",
}
OUTCOMES = {
    LedgerEntry.Outcome.SHOWN.value: "Seen",
    LedgerEntry.Outcome.CHANGED.value: "Done",
    LedgerEntry.Outcome.REFUSED.value: "Refused",
}


WORDS: dict[Kind, dict[str, str]] = {
    Kind.LOOK: {
        "show_pupil": "Record of a child",
        "find_children": "Search for a child",
        "find_schools": "School Finder",
        "list_all_transfers": "Transfers of all establishments",
        "list_behind": "Children behind a figure",
        "list_challenges": "List of challenges",
        "list_ended": "Lines of the register that have ended",
        "list_establishments": "List of establishments",
        "list_handovers": "Headships being handed over",
        "list_imports": "List of files brought in",
        "list_missing": "Children missing from education",
        "list_misuse_reports": "Reports of misuse",
        "list_my_reports": "One's own reports of misuse",
        "list_officers": "List of officers",
        "list_own_groups": "List of groups",
        "list_pupils": "List of pupils",
        "list_releases": "Releases being prepared",
        "list_reports": "List of reports",
        "list_restricted": "List of confidential items",
        "list_signatories": "Signatories of the protocol everywhere",
        "list_staff": "List of staff",
        "may_find": "Form for finding a child",
        "my_places": "Own places, on the home page",
        "preview_staff": "Check of a list of staff for the register",
        "read_all_ledger": "Who has seen the data of all establishments",
        "read_ledger": "Who has seen the establishment's data",
        "read_ledger_of_child": "Who has seen a child's record",
        "show_accuracy_desk": "Challenges and returns of all establishments",
        "show_beginning": "Form for a transfer",
        "show_calendar": "Calendar of releases",
        "show_challenge": "Challenge",
        "show_comparison": "Form for reporting misuse",
        "show_consents": "Consents for a confidential item",
        "show_contract": "Contract of a third party",
        "show_dashboard": "Dashboard",
        "show_deeper": "Deeper Data",
        "show_establishment": "Page of the establishment",
        "show_finding": "Records that may be wrong",
        "show_from_outside": "Form for a child from outside",
        "show_headship": "Headship",
        "show_import": "State of a file brought in",
        "show_key_data": "Key Data",
        "show_leaver_file": "Form for the transfer file of a leaver",
        "show_leaving": "Form for a child who leaves",
        "show_line": "Line of the register",
        "show_making_group": "Form for a group",
        "show_member": "Record of a member of staff",
        "show_members": "Children chosen for a group",
        "show_misuse_report": "Report of misuse",
        "show_moves": "Joiners and leavers",
        "show_my_access": "Own access",
        "show_my_line": "Own line of the register",
        "show_narrowing": "What a line of the register leaves out",
        "show_offer": "Headship offered",
        "show_officer": "Officer and their duties",
        "show_officers_here": "Officers who can see the establishment's data",
        "show_own_group": "Group of children",
        "show_progress": "Progress of a file brought in",
        "show_quality": "Data quality",
        "show_register": "Access Register",
        "show_register_on": "Access Register as it was on a day",
        "show_release": "Release being prepared",
        "show_release_history": "Past releases",
        "show_restricted": "Confidential item",
        "show_returns": "Returns",
        "show_review": "Review of the register",
        "show_signatories": "Signatories of the protocol",
        "show_story": "Story of a line of the register",
        "show_subject": "Form for a challenge",
        "show_third_parties": "Third parties",
        "show_transfer": "Transfer of a child",
        "show_transfer_file": "Form for a transfer file",
        "show_transfers": "List of transfers",
        "enter_edunet": "EduNet",
    },
    Kind.FILE: {
        "download_problems": "Problems of a file, taken away",
        "download_register": "Access Register as a file",
        "download_report": "Report as a file",
        "download_restricted": "File of a confidential item",
        "fetch_contract_document": "Document of a third party's contract",
        "make_leaver_file": "Transfer file of a leaver",
        "make_transfer_file": "Transfer file",
        "print_register": "Access Register on paper",
    },
    Kind.ACCESS: {
        "accept_headship": "Headship accepted",
        "accept_invitation": "Invitation accepted",
        "accept_protocol": "Protocol accepted",
        "add_third_party": "Access given to a third party",
        "apply_staff": "Access given by a list of staff",
        "ask_for_certificate": "Certificate of destruction asked for",
        "authorise_remote_use": "Remote use authorised for an officer",
        "appoint_officer": "Officer appointed",
        "cancel_handover": "Handover of a headship cancelled",
        "carry_out_handover": "Headship handed over",
        "change_access": "Access of a person changed",
        "confirm_consent": "Consent for a confidential item confirmed",
        "confirm_duty": "Duty of an officer confirmed",
        "confirm_lines": "Lines of the register confirmed",
        "confirm_register": "Register confirmed by a new head",
        "copy_forward": "Access given again from last year's register",
        "end_appointment": "Appointment of an officer ended",
        "end_contract": "Contract of a third party ended",
        "end_duty": "Duty of an officer ended",
        "end_line": "Access of a person ended",
        "end_remote_use": "Remote use ended for an officer",
        "give_access": "Access given to a person",
        "give_consent": "Consent given for a confidential item",
        "give_duty": "Duty given to an officer",
        "leave_register": "Own access given up",
        "lower_line": "Access of a person lowered",
        "name_successor": "Successor to the head named",
        "narrow_access": "Access of a person narrowed",
        "narrow_item": "Readers of a confidential item narrowed or widened",
        "place_line": "Access of a head recorded",
        "record_certificate": "Certificate of destruction recorded",
        "record_contract": "Contract of a third party recorded",
        "record_dbs": "Safeguarding check of a third party recorded",
        "record_duty": "Duty of an officer recorded",
        "record_officer": "Officer recorded",
        "reset_second_factor": "Second factor of a person taken away",
        "resume_access": "Access of a person resumed",
        "send_invitation_again": "Invitation sent again",
        "suspend_access": "Access of a person suspended",
        "undo_review": "Effect of a review undone",
        "verify_successor": "Successor to the head verified",
        "withdraw_access": "Access of a person withdrawn",
        "withdraw_consent": "Consent for a confidential item withdrawn",
    },
    Kind.CHANGE: {
        "accept_transfer": "Transfer of a child accepted",
        "acknowledge_misuse_report": "Report of misuse taken on",
        "add_restricted": "Confidential item added",
        "add_restricted_file": "File added to a confidential item",
        "answer_challenge": "Challenge answered",
        "archive_own_group": "Group put aside or taken up again",
        "ask_for_report": "Report asked for",
        "begin_transfer": "Transfer of a child begun",
        "cancel_transfer": "Transfer of a child cancelled",
        "change_members": "Children of a group changed",
        "change_own_group": "Group changed",
        "check_release": "Release of figures checked",
        "choose_columns": "Columns of the list of pupils chosen",
        "close_misuse_report": "Report of misuse closed",
        "confirm_return": "Return confirmed",
        "decline_transfer": "Transfer of a child declined",
        "end_enrolment": "Last day of a child recorded",
        "make_own_group": "Group made",
        "pass_on_challenge": "Challenge passed on",
        "postpone_release": "Release of figures put off",
        "raise_challenge": "Challenge raised",
        "report_misuse": "Misuse of a comparison reported",
        "say_arrived": "Child said to have arrived",
        "schedule_release": "Release of figures scheduled",
        "settle_import": "File to be applied or discarded",
        "tell_from_outside": "Child from outside announced",
        "upload_import": "File brought in",
        "withdraw_release": "Release of figures withdrawn",
        "withdraw_restricted": "Confidential item withdrawn",
    },
    Kind.SERVICE: {
        "apply_import": "Records changed by a file",
        "bring_out_release": "Release of figures brought out",
        "chase_returns": "Reminder of late returns",
        "import_gias": "Establishments brought up to date",
        "make_report": "Report made",
        "merge_children": "Two identities of a child joined",
        "note_last_days": "Last days of lines noted",
        "prepare_release": "Release of figures prepared",
        "publish_protocol": "Text of the protocol published",
        "rebuild_permissions": "Permissions put right",
        "remind_of_challenges": "Reminder of challenges",
        "remind_of_review": "Reminder of the review",
        "review_deadline": "Lines not confirmed in time lowered or ended",
        "set_review_days": "Days of the review set",
        "sync_measures": "Catalogue of measures brought up to date",
        "transfers_lapsed": "Transfers lapsed",
        "undo_merge_of_children": "Two identities of a child taken apart",
    },
}
OF_ALL = {action: words for kind in WORDS.values() for action, words in kind.items()}


def words_of(written: str) -> str:
    """What the action is called. One that a later version has given up is called by its own name."""
    return OF_ALL.get(written, written.replace("_", " ").capitalize())


def how_many(about: Mapping[str, Any]) -> str:
    """How many children or members of staff were on the page: "50 of 312 pupils". Empty where it is not about them."""
    for whose, one, several in (("pupils", "pupil", "pupils"), ("staff", "member of staff", "members of staff")):
        shown = about.get(whose)
        if isinstance(shown, list):
            total = about.get("of")
            of = f" of {total}" if isinstance(total, int) and total > len(shown) else ""
            return f"{len(shown)}{of} {one if len(shown) == 1 and not of else several}"
    return ""
