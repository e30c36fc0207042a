"""What the answer to a subject access request contains: each table about a child is listed here, or left out by name.

A column is in the answer unless `without` names it, or it says nothing about the child: numbers of rows and accounts,
and indexes. A new table that is in neither list fails a test (R18).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Model

from sharing import codes, models
from sharing.authorise import Through, Withheld
from sharing.challenge_facts import FACTS
from sharing.codes.assessment import COMPONENTS, STAGES, STATUSES, SUBJECTS, in_words

RECORDS, CHILDREN, NUMBERS = "records", "children", "numbers"


@dataclass(frozen=True)
class Table:
    """A table of the answer. `of`: column -> whether that is one of the child's records, identities or UPNs.

    Rows found by anything other than a record are only in the answer from the whole store. `only`: the only columns
    told, where a row is about other people. `barred`: the column that bars the head, where it is in another table.
    """

    title: str
    model: type[Model]
    of: Mapping[str, str] = field(default_factory=lambda: {"pupil": RECORDS})
    without: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    barred: str = ""


TABLES: Final = (
    Table("Record", models.Pupil, {"pk": RECORDS}, without=("visible",)),
    Table("On the register", models.Enrolment),
    Table("Special educational needs", models.PupilNeeds),
    Table("Types of need", models.SenNeed),
    Table("Free school meals", models.FreeMealsPeriod),
    Table("Attendance", models.Attendance),
    Table("Suspensions and exclusions", models.Suspension),
    Table("Results", models.Result),
    Table("Home address", models.HomeAddress),
    Table("Contacts (their own details are left out)", models.Contact, only=("establishment", "relationship")),
    Table("What files have changed", models.PupilChange),
    Table("Transfers", models.Transfer, {"pupil": RECORDS, "leaving": RECORDS, "upn_index": NUMBERS}),
    Table("Challenges to the record", models.Challenge, without=("member",)),
    Table("Steps of challenges", models.ChallengeEvent, {"challenge__pupil": RECORDS}),
    Table("In groups of the school", models.OwnGroupMember),
    Table("Opened for safeguarding", models.Opening),
    Table(
        "Why it was opened, once asked", models.Explanation, {"opening__pupil": RECORDS}, barred="opening__head_barred"
    ),
    Table("Closed for safeguarding", models.Closing, {"child": CHILDREN}, without=("named",)),
    Table("Seen one by one", models.NamedChild, {"child": CHILDREN}, without=("source",)),
    Table("Two identities found to be one", models.ChildMerge, {"child": CHILDREN, "into": CHILDREN}, ("moved",)),
    Table(
        "Requests for this record",
        models.SubjectRequest,
        {"child": CHILDREN},
        without=("requester", "extended_because", "refused_because"),
    ),
)
EXCUSED: Final[Mapping[str, str]] = {
    "sharing.child": "An index of the UPN, which stands in the record.",
    "sharing.legalhold": "Kept for legal proceedings. It changes nothing that is held; its reason may be advice.",
    "access_register.order": "What it opens of a child is a row of the children seen one by one.",
}
# Column of a table -> the meaning of its codes.
WORDS: Final[Mapping[tuple[str, str], Mapping[str, str]]] = {
    **{("pupil", column): labels for column, labels in codes.OF_A_RECORD.items()},
    ("enrolment", "leaving_reason"): codes.LEAVING_REASON,
    ("pupilneeds", "sen_provision"): codes.SEN_PROVISION,
    ("senneed", "need"): codes.SEN_NEED,
    ("attendance", "by_code"): codes.ABSENCE,
    ("suspension", "category"): codes.EXCLUSION_CATEGORY,
    ("suspension", "reasons"): codes.EXCLUSION_REASON,
    ("result", "stage"): STAGES,
    ("result", "component"): COMPONENTS,
    ("result", "status"): STATUSES,
    ("pupilchange", "facts"): codes.CHANGED,
    ("challenge", "fact"): {fact.key: fact.words for fact in FACTS[models.Challenge.About.PUPIL]},
    ("challengeevent", "what"): dict(models.Challenge.State.choices),
    ("namedchild", "through"): dict(Through.choices),
    ("namedchild", "withheld"): dict(Withheld.choices),
    ("subjectrequest", "through"): dict(Through.choices),
    ("contact", "relationship"): codes.RELATIONSHIP,
    ("transfer", "sex"): codes.SEX,
    ("transfer", "year_group"): codes.NC_YEARS,
}
# The same for columns that mean something only together with others in their row.
SAID: Final[Mapping[tuple[str, str], Callable[[Any], str]]] = {
    ("result", "subject"): lambda row: SUBJECTS.get(row.stage, {}).get(row.subject, row.subject),
    ("result", "result"): lambda row: in_words(row.stage, row.subject, row.component, row.result),
}
