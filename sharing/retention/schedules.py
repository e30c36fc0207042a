"""The retention schedules: one closed table of what is kept, for how long, and on what ground.

A schedule says in SQL which rows are due on a day. It knows nothing of holds: sharing.retention.disposing leaves out
what is held. Sources: the toolkit for schools of the Information and Records Management Society (2019), and the
guidance on data protection of the Department for Education. Where they leave room, the shorter time that still serves
its purpose.
"""

# ruff: noqa: S608 (the names in the SQL are those of our own tables and columns)

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sharing.retention.child_sql import CHILD_IS_DUE, CHILDREN, DELETE_CHILDREN, ITS_CHILD, OF_CHALLENGES, STILL_HERE
from sharing.retention.due_sql import (
    APPOINTMENT_IS_DUE,
    BREACH_IS_DUE,
    CONTRACT_IS_DUE,
    DELETE_APPOINTMENTS,
    DELETE_BREACHES,
    DELETE_CONTRACTS,
    DELETE_LINES,
    INVITATION_IS_DUE,
    LINE_IS_DUE,
    ORDER_IS_DUE,
    RESPONSIBLE_IS_DUE,
    SUPPORT_IS_DUE,
)

IRMS = "IRMS toolkit for schools"
LIMITATION = "Limitation Act 1980"
GDPR = "UK GDPR, Article 5(1)(e)"


@dataclass(frozen=True)
class Schedule:
    """Records of one kind. `due`: SQL that returns (row, establishment, child) for what is due on %(as_of)s.

    `row` is the text that names what is deleted together; several rows may have the same, one for each record that
    counts. `deletes`: statements that delete the rows named in %(rows)s, in order. Without `due`, nothing is disposed
    of. `by_night`: `run_daily` deletes it without asking anybody.
    `joined`: SQL that returns the rows deleted along with %(rows)s because they were joined to one of them. An older
    copy of the database may have them as records of their own.
    `tells_of`: SQL that returns (row, child) where a row is also about children: it stays while one of them is held.
    """

    kind: str
    what: str
    keeps: str
    basis: str
    due: str = ""
    deletes: tuple[str, ...] = ()
    joined: str = ""
    tells_of: str = "SELECT NULL::text, NULL::uuid WHERE false"
    by_night: bool = False


def _plain(table: str, condition: str, establishment: str = "establishment_id", child: str = "NULL::uuid") -> str:
    return f"SELECT id::text, {establishment}, {child} FROM sharing_{table} AS row WHERE {condition}"


def _delete(table: str) -> str:
    return f"DELETE FROM sharing_{table} WHERE id::text = ANY(%(rows)s)"


_MEMBER_LEFT = "ends_on + interval '6 years' <= %(as_of)s"
_OF_MEMBERS = "member_id::text = ANY(%(rows)s)"

SCHEDULES: Final = (
    Schedule(
        "child",
        "Child's record, with everything that belongs to it: enrolments, needs, results, suspensions, transfers, "
        "challenges, records opened or closed for safeguarding, casework and legal orders about the child, "
        "requests for the child’s own records",
        "Until the 25th birthday, and for a year after the child has left every establishment. Where no last day is "
        "recorded, the child counts as having left on the 25th birthday. The child's keys are destroyed with it",
        f"{IRMS}: pupil's educational record; {LIMITATION}",
        CHILD_IS_DUE,
        DELETE_CHILDREN,
        f"SELECT id::text FROM sharing_child WHERE same_as_id = ANY({CHILDREN})",
    ),
    Schedule(
        "homeaddress",
        "Child's home address",
        "For a year after the child has left the establishment",
        f"{GDPR}: not needed after the first year",
        _plain("homeaddress", f"NOT {STILL_HERE.format(pupil='row.pupil_id')}", child=ITS_CHILD),
        (_delete("homeaddress"),),
    ),
    Schedule(
        "contact",
        "Child's contacts",
        "For a year after the child has left the establishment",
        f"{GDPR}: not needed after the first year",
        _plain("contact", f"NOT {STILL_HERE.format(pupil='row.pupil_id')}", child=ITS_CHILD),
        (_delete("contact"),),
    ),
    Schedule(
        "attendance",
        "Counts of attendance",
        "For 6 years after the end of the school year",
        "School Attendance (Pupil Registration) (England) Regulations 2024",
        _plain(
            "attendance",
            "make_date(academic_year + 1, 9, 1) + interval '6 years' <= %(as_of)s",
            child=ITS_CHILD,
        ),
        (_delete("attendance"),),
    ),
    Schedule(
        "staffmember",
        "Member of staff's record, with contracts, absences and challenges",
        "For 6 years after the last day",
        f"{IRMS}: staff personnel file; {LIMITATION}",
        _plain("staffmember", _MEMBER_LEFT),
        (
            OF_CHALLENGES.format(_OF_MEMBERS),
            f"DELETE FROM sharing_challenge WHERE {_OF_MEMBERS}",
            f"DELETE FROM sharing_staffabsence WHERE {_OF_MEMBERS}",
            f"DELETE FROM sharing_staffcontract WHERE {_OF_MEMBERS}",
            _delete("staffmember"),
        ),
    ),
    Schedule(
        "staffabsence",
        "Absences of staff",
        "For 3 years after the end of the absence",
        f"{IRMS}: absence records",
        _plain("staffabsence", "coalesce(last_day, first_day) + interval '3 years' <= %(as_of)s"),
        (_delete("staffabsence"),),
    ),
    Schedule(
        "challenge",
        "Challenges to figures, answered or taken back",
        "For 6 years after that",
        f"{IRMS}: correspondence; {LIMITATION}",
        _plain("challenge", "about = 'figure' AND answered_at + interval '6 years' <= %(as_of)s"),
        (
            OF_CHALLENGES.format("id::text = ANY(%(rows)s)"),
            _delete("challenge"),
        ),
    ),
    Schedule(
        "transfer",
        "Transfers from outside the community that came to nothing",
        "For a year after the last day",
        f"{GDPR}: not needed after the first year",
        _plain(
            "transfer",
            "pupil_id IS NULL AND leaving_id IS NULL AND lapses_on + interval '1 year' <= %(as_of)s",
            child="(SELECT coalesce(same_as_id, id) FROM sharing_child WHERE upn_index = row.upn_index)",
        ),
        (_delete("transfer"),),
    ),
    Schedule(
        "import",
        "Reports of files brought in (the file itself is deleted as soon as the import is settled)",
        "For 3 years after the import",
        f"{IRMS}: statutory returns, current year and 3 more",
        _plain("import", "finished_at + interval '3 years' <= %(as_of)s"),
        (
            "DELETE FROM sharing_importpiece WHERE of_id::text = ANY(%(rows)s)",
            "DELETE FROM sharing_importperson WHERE of_id::text = ANY(%(rows)s)",
            "UPDATE sharing_release SET came_from_id = NULL WHERE came_from_id::text = ANY(%(rows)s)",
            _delete("import"),
        ),
    ),
    Schedule(
        "report",
        "Standard reports as made",
        "For a year after they were made: they can be made again",
        f"{GDPR}: not needed after the first year",
        _plain("report", "made_at + interval '1 year' <= %(as_of)s"),
        (_delete("report"),),
    ),
    Schedule(
        "download",
        "List of what was taken away (the file itself is deleted when it is collected, or after 24 hours)",
        "For 6 years after it was destroyed",
        f"{IRMS}: records of destruction",
        _plain(
            "download",
            "coalesce(disposed_at, CASE WHEN state IN ('lapsed', 'failed') THEN asked_at END) + interval '6 years' "
            "<= %(as_of)s",
        ),
        (
            "DELETE FROM sharing_downloadpiece WHERE of_id::text = ANY(%(rows)s)",
            "DELETE FROM sharing_downloadsecret WHERE of_id::text = ANY(%(rows)s)",
            _delete("download"),
        ),
    ),
    Schedule(
        "visitnote",
        "Officers' notes for visits, which may name a child",
        "For 3 years after they were last changed",
        f"{GDPR}: not needed after the next visits",
        _plain("visitnote", "coalesce(changed_at, written_at) + interval '3 years' <= %(as_of)s"),
        (_delete("visitnote"),),
    ),
    Schedule(
        "owngroup",
        "A school's own groups that are archived, and who is in them. The name of a group may name a child",
        "For a year after they were archived",
        f"{GDPR}: not needed after the first year",
        _plain("owngroup", "archived_at + interval '1 year' <= %(as_of)s"),
        ("DELETE FROM sharing_owngroupmember WHERE group_id::text = ANY(%(rows)s)", _delete("owngroup")),
        tells_of=f"SELECT group_id::text, {ITS_CHILD} FROM sharing_owngroupmember AS row",
    ),
    Schedule(
        "misusereport",
        "Reports of misuse",
        "For 6 years after they are closed",
        f"{IRMS}: complaints; {LIMITATION}",
        _plain("misusereport", "closed_at + interval '6 years' <= %(as_of)s", "about_id"),
        (_delete("misusereport"),),
    ),
    Schedule(
        "unusualpattern",
        "Unusual patterns of use, explained or referred",
        "For 3 years after that: what comes of a referral is a case of its own",
        f"{GDPR}: needed to see whether it happens again",
        _plain("unusualpattern", "settled_at + interval '3 years' <= %(as_of)s"),
        (_delete("unusualpattern"),),
    ),
    # It comes before the kinds that keep it, so that deleting those does not make more due than was approved.
    Schedule(
        "contract",
        "Contracts with third parties, with their documents; the name of the organisation with its last contract",
        "For 6 years after the contract has ended. While a line of the Access Register or a breach that names it is "
        "kept, until that has gone",
        f"{IRMS}: contracts; {LIMITATION}",
        CONTRACT_IS_DUE,
        DELETE_CONTRACTS,
    ),
    Schedule(
        "responsible",
        "Who answered for the protocol at an establishment, or signed for it",
        "For 6 years after somebody else was recorded, or the establishment has closed",
        f"{IRMS}: contracts; {LIMITATION}",
        RESPONSIBLE_IS_DUE,
        ("DELETE FROM access_register_responsibleperson WHERE id::text = ANY(%(rows)s)",),
    ),
    Schedule(
        "breach",
        "Cases of breaches of the protocol: the report, the words of all, votes, evidence and sanctions",
        "For 6 years after the decision, or after the last day of a sanction",
        f"{IRMS}: data breaches and complaints; {LIMITATION}",
        BREACH_IS_DUE,
        DELETE_BREACHES,
    ),
    Schedule(
        "supportrequest",
        "Requests for support between establishments, and the answers",
        "For 3 years after the answer, or after the request if nobody answered it",
        f"{IRMS}: correspondence; {GDPR}",
        SUPPORT_IS_DUE,
        (_delete("supportrequest"),),
    ),
    Schedule(
        "restricteditem",
        "Confidential items of an establishment, with their files and the head’s consents",
        "For 6 years after they are withdrawn, or after their last day",
        f"{IRMS}: reports on the establishment; {LIMITATION}",
        _plain(
            "restricteditem",
            "least(withdrawn_at, ends_on) + interval '6 years' <= %(as_of)s",
        ),
        (
            "DELETE FROM sharing_consent WHERE item_id::text = ANY(%(rows)s)",
            "DELETE FROM sharing_restrictedfile WHERE item_id::text = ANY(%(rows)s)",
            _delete("restricteditem"),
        ),
    ),
    Schedule(
        "order",
        "Legal overrides that opened an establishment, with their reasons (those of a child go with the child)",
        "For 6 years after the last day",
        f"{IRMS}: legal records; {LIMITATION}",
        ORDER_IS_DUE,
        (
            "DELETE FROM sharing_establishmentpermission "
            "WHERE source IN (SELECT 'order:' || number FROM unnest(%(rows)s::text[]) AS number)",
            "DELETE FROM access_register_order WHERE id::text = ANY(%(rows)s)",
        ),
    ),
    Schedule(
        "invitation",
        "Links of invitations to the Access Register that were used or taken back",
        "For a year after the link has expired: the history of the register says who was invited and who accepted",
        f"{GDPR}: not needed after the first year",
        INVITATION_IS_DUE,
        ("DELETE FROM access_register_invitation WHERE id::text = ANY(%(rows)s)",),
    ),
    Schedule(
        "registerline",
        "Access Register: who had which access, and its history",
        "For 6 years after the access has ended, or after a link that nobody took up has expired. While a contract, a "
        "certificate of destruction, a headship handed over or a breach needs the line, until that is over too",
        f"{IRMS}: access records; {LIMITATION}",
        LINE_IS_DUE,
        DELETE_LINES,
    ),
    Schedule(
        "appointment",
        "Officers: appointments, with duties and authorisations to work remotely",
        "For 6 years after the last day. While there is a breach case against the officer, until that is over too",
        f"{IRMS}: staff personnel file; {LIMITATION}",
        APPOINTMENT_IS_DUE,
        DELETE_APPOINTMENTS,
    ),
    Schedule(
        "account",
        "Accounts of people: name, email address, password, second factors, acceptances of the protocol, kept lists",
        "While the person has a line of the Access Register, an appointment, a permission or an open matter, and for a "
        "year after the last sign-in",
        f"{GDPR}: needed as long as something depends on it",
        by_night=True,
    ),
    Schedule(
        "reviewnotice",
        "Emails of the termly review, as they were sent",
        "For a year after the last day of the review",
        f"{GDPR}: the history of the register says what came of it",
        by_night=True,
    ),
    Schedule(
        "signin",
        "Sign-ins: who, when, from which address and with which browser",
        "For a year",
        f"{GDPR}: needed to look into the misuse of an account",
        by_night=True,
    ),
    Schedule(
        "statistics",
        "Released figures and open statistics",
        "For good: they name nobody",
        "Archiving in the public interest and statistics, UK GDPR, Article 89",
    ),
    Schedule(
        "ledger",
        "Ledger of who saw and changed what",
        "For at least 10 years: nothing in the service deletes any of it. It names a child only by a number, and "
        "stays whole when the child is gone",
        "UK GDPR, Articles 5(2) and 32",
    ),
    Schedule(
        "certificate",
        "Certificates of disposal, and legal holds of establishments",
        "For good: they name no child and no member of staff, only who asked and who approved",
        f"{IRMS}: records of destruction",
    ),
    Schedule(
        "act",
        "What was done for an establishment: support offered, returns confirmed, the protocol left or signed, another "
        "Locality, releases prepared, advice of the Council written and agreed to",
        "For good, with the name of who did it. Words of advice that two officers destroyed are not kept",
        "UK GDPR, Article 5(2)",
    ),
)
BY_KIND: Final[Mapping[str, Schedule]] = {schedule.kind: schedule for schedule in SCHEDULES}
DISPOSED_OF: Final = tuple(schedule for schedule in SCHEDULES if schedule.due)
