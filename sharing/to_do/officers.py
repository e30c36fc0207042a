"""What waits for an officer, for the home page of EduNet (signal `workbench_opened`)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, Q, QuerySet, Value
from django.dispatch import receiver

from sharing.authorise import Permission, Visit
from sharing.models import Challenge, Import, MisuseReport, Release, Transfer
from sharing.records.workbench import Task
from sharing.signals import workbench_opened


@dataclass(frozen=True)
class Waiting:
    """Rows of one kind that wait for the asker. `one` and `many` are the words that follow their number."""

    heading: str
    rows: QuerySet[Any]
    one: str
    many: str
    page: str
    query: str = ""

    def counted(self, number: int) -> Task:
        return Task(self.heading, number, self.one if number == 1 else self.many, self.page, self.query)


def is_manager(here: Visit) -> bool:
    """Whether the asker is an information manager, and has given a second factor."""
    return bool(here.holdings.at(Permission.MANAGE_DUTIES)) and here.asker.second_factor


def counted(waiting: Sequence[Waiting]) -> list[Task]:
    """The tasks of all of them, counted by one statement."""
    counts = [
        kind.rows.order_by()
        .annotate(place=Value(str(place), output_field=CharField()))
        .values_list("place")
        .annotate(number=Count("pk"))
        for place, kind in enumerate(waiting)
    ]
    numbers = dict(counts[0].union(*counts[1:], all=True)) if counts else {}
    return [kind.counted(numbers.get(str(place), 0)) for place, kind in enumerate(waiting)]


@receiver(workbench_opened)
def children_on_the_way(here: Visit, **kwargs: Any) -> Iterable[Waiting]:
    """Transfers within the officer's duties. They are about children, so they need a second factor (R13)."""
    mine = here.holdings.at(Permission.VIEW_PUPILS)
    if not mine or not here.asker.second_factor:
        return
    of_mine = Transfer.objects.filter(Q(establishment__in=mine) | Q(from_establishment__in=mine)).under_way(here.today)
    heading = "Transfers"
    yield Waiting(
        heading, of_mine.waiting(here.today), "child is waiting for a school’s answer",
        "children are waiting for a school’s answer", "all_transfers", "only=waiting",
    )  # fmt: skip
    yield Waiting(
        heading, of_mine.overdue(here.today), "child is overdue to arrive", "children are overdue to arrive",
        "all_transfers", "only=overdue",
    )  # fmt: skip


@receiver(workbench_opened)
def work_of_the_data_team(here: Visit, **kwargs: Any) -> Iterable[Waiting]:
    """Challenges, imports, releases and reports of misuse, for officers who keep records."""
    kept = here.holdings.at(Permission.KEEP_RECORDS)
    if not kept or not here.asker.second_factor:
        return
    challenges = Challenge.objects.waiting().filter(establishment__in=kept, assigned_to=Challenge.Desk.DATA_TEAM)
    yield Waiting("Challenges", challenges, "challenge to answer", "challenges to answer", "accuracy_desk")
    if keeps_all_records(here):
        ready = Import.objects.filter(state=Import.State.READY)
        yield Waiting("Imports", ready, "import to look at", "imports to look at", "imports", "state=ready")
    to_check = Release.objects.to_be_checked_by(here.asker.person_id)
    checked = Release.objects.filter(state=Release.State.CHECKED)
    yield Waiting("Releases", to_check, "release to check", "releases to check", "releases", "state=prepared")
    yield Waiting("Releases", checked, "release to schedule", "releases to schedule", "releases", "state=checked")
    reports = MisuseReport.objects.waiting().exclude(reported_by_id=here.asker.person_id)
    yield Waiting(
        "Reports of misuse", reports, "report of misuse to see to", "reports of misuse to see to", "misuse_reports"
    )


def keeps_all_records(here: Visit) -> bool:
    """Whether the officer may bring in files of the whole authority."""
    everywhere = here.holdings.at(Permission.VIEW_ESTABLISHMENT)
    return bool(everywhere) and everywhere <= here.holdings.at(Permission.KEEP_RECORDS)
