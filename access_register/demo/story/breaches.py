"""Two breaches of the protocol: one decided weeks ago, one with the partnership that waits for votes (P17, R41)."""

from datetime import date
from uuid import UUID, uuid5

from django.utils import timezone

from access_register.breaches import steps
from access_register.demo.story.acting import as_, person, then
from access_register.models import Breach, BreachReport, BreachSeat, BreachStep, BreachTold, Measure, Sanction
from sharing import door
from sharing.demo.places import OXENBY, RAVENSGILL
from sharing.demo.pupils import NAMESPACE
from sharing.models import Download
from sharing.roles import BATCH, acting_as

Whose, Data, Children, Severity, What = Breach.Whose, Breach.Data, Breach.Children, Breach.Severity, BreachStep.What
DESK = "officer-information"
DECIDED, UNDER_WAY = uuid5(NAMESPACE, "breach decided"), uuid5(NAMESPACE, "breach under way")
OF_BECKDALE = {
    "head-thornley-cross": "It was told of at once. A course on sending lists safely is enough.",
    "head-skelbrook": "An honest mistake, of a kind that a course prevents.",
    "officer-no-duty": "Nobody was harmed, and the parents were told the same day.",
}
OF_AIREHOLME = ("head-beckside", "head-holmeroyd", "manager-amberstone")
# How many days ago each step of the decided breach was, and at which hour.
REPORTED, REFERRED, TOLD, SEATED, JUDGED = (63, 9), (63, 11), (63, 14), (56, 10), (49, 16)
STEPS = {
    What.REPORTED: REPORTED, What.REFERRED: REFERRED, What.TOLD: TOLD, What.SEATED: SEATED, What.DECIDED: JUDGED,
}  # fmt: skip


def tell_of_the_decided_one(today: date) -> None:
    """A teacher reported their own mistake, and the partnership of their Locality gave them training."""
    if _is_told(DECIDED):
        return
    number = steps.report_breach(
        as_("teacher-ravensgill"), form_key=DECIDED, whose=Whose.OWN, about=RAVENSGILL,
        categories=[Data.NAMES, Data.SEN], children=Children.HUNDRED,
        happened="I sent the plan of where my class sits, with notes on special educational needs, to the parents’ "
        "list instead of the teaching assistants. I called it back within the hour.",
        whom="", happened_on=then(today, *REPORTED).date(), aware_at=timezone.now(), name_withheld=False,
    )  # fmt: skip
    desk = as_(DESK)
    steps.refer_breach(
        desk, number, is_personal=True, severity=Severity.RISK, refers=True,
        words="Some parents had opened it. The head has written to all of them.",
    )  # fmt: skip
    steps.record_told(desk, number, whom=BreachTold.Whom.ICO)
    steps.seat_panel(desk, number, people=[person(slug).pk for slug in OF_BECKDALE])
    for slug, reason in OF_BECKDALE.items():
        _votes(slug, number, reason)
    _lies_back(number, today)


def tell_of_the_one_under_way(today: date) -> None:
    """A teacher found a list that a colleague had printed. Two of the panel have yet to vote."""
    if _is_told(UNDER_WAY):
        return
    printed = _list_of_year_9()
    number = steps.report_breach(
        as_("teacher-oxenby"), form_key=UNDER_WAY, whose=Whose.PERSON, about=OXENBY,
        categories=[Data.NAMES, Data.ATTENDANCE], children=Children.HUNDRED,
        happened=f"A printed list of Year 9, {printed} on its foot, lay in the café of the sports centre. I took it "
        "with me. I do not know how long it had been there, or who has read it.",
        whom="Pauline Binns: her name is on the foot of it.",
        happened_on=today, aware_at=timezone.now(), name_withheld=True,
    )  # fmt: skip
    desk = as_(DESK)
    steps.name_concerned(desk, number, sort="person", target=person("office-oxenby").pk)
    steps.refer_breach(
        desk, number, is_personal=True, severity=Severity.RISK, refers=True,
        words="The list was outside the school, where strangers could read it. The partnership is to judge it.",
    )  # fmt: skip
    steps.record_told(desk, number, whom=BreachTold.Whom.ICO)
    steps.attach_evidence(desk, number, urn=None, first=today, last=today)
    steps.seat_panel(desk, number, people=[person(slug).pk for slug in OF_AIREHOLME])
    steps.answer_breach(
        as_("office-oxenby"), number,
        words="I am sorry. I took it to a meeting about attendance, and left the folder behind.",
    )  # fmt: skip
    _votes("head-holmeroyd", number, "She should learn how to do without paper at such meetings.")


def _is_told(key: UUID) -> bool:
    with acting_as(BATCH):
        return BreachReport.objects.filter(form_key=key).exists()


def _list_of_year_9() -> str:
    """The secretary looks at the children and prints their list. Returns what its footer says."""
    by, year = as_("office-oxenby"), {"year_group": "9"}
    door.list_pupils(by, OXENBY, only=door.PupilFilter(**year))
    paper = door.print_records(by, OXENBY, Download.Kind.PUPILS, year, purpose=Download.Purpose.MEETING)
    return f"D-{paper.marking.id}"


def _votes(slug: str, number: int, reason: str) -> None:
    steps.vote_on_breach(as_(slug), number, measure=Measure.TRAINING, weeks=0, tell_ico=False, reason=reason)


def _lies_back(number: int, today: date) -> None:
    with acting_as(BATCH):
        Breach.objects.filter(pk=number).update(
            aware_at=then(today, *REPORTED), reported_at=then(today, *REPORTED),
            triaged_at=then(today, *REFERRED), decided_at=then(today, *JUDGED),
        )  # fmt: skip
        for what, when in STEPS.items():
            BreachStep.objects.filter(breach=number, what=what).update(at=then(today, *when))
        BreachTold.objects.filter(breach=number).update(told_at=then(today, *TOLD))
        BreachSeat.objects.filter(breach=number).update(voted_at=then(today, *JUDGED))
        Sanction.objects.filter(breach=number).update(starts_on=then(today, *JUDGED).date())
