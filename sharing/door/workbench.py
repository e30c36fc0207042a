"""An officer's home page: what waits for them, and where duties open more than establishment information (R9)."""

from datetime import date
from itertools import groupby
from typing import Any

from sharing.authorise import Asker, Permission, Visit, visit
from sharing.door.advice import writes_advice
from sharing.door.returns import OF_WHOM, Known
from sharing.door.saved_views import views_of
from sharing.measures.stopped import stopped_releases
from sharing.models import Establishment
from sharing.ordering import Comparison, ContextKey
from sharing.records.workbench import Task, TaskGroup, UnderDuty, Workbench
from sharing.signals import workbench_opened
from sharing.to_do.officers import Waiting, counted, keeps_all_records

ORDER = Comparison(ContextKey.NAME, "you can find one quickly")
SHORT = 10
HEADINGS = (
    "Safeguarding", "Protocol", "Records", "Downloads", "Transfers", "Returns", "Challenges", "Imports", "Releases",
    "Breaches", "Reports of misuse", "Advice and guidance", "Localities", "Heads", "Duties",
)  # fmt: skip
OPENS = {
    Permission.VIEW_PUPILS: "Pupil information",
    Permission.VIEW_STAFF: "Staff information",
    Permission.KEEP_RECORDS: "Bringing in files and arranging transfers",
    Permission.VIEW_RESTRICTED: "Confidential items",
}


def show_workbench(asker: Asker, *, named: str = "", opens: str = "") -> Workbench:
    """The counts, and the first establishments under duty with that name. `opens`: one of OPENS, or ''."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="show_workbench") as here:
        held = {permission: here.holdings.at(permission) for permission in OPENS}
        places = _places(set().union(*held.values()))
        wanted = held[Permission(opens)] if opens in OPENS else {place.pk for place in places}
        if named:
            wanted = wanted & set(Establishment.objects.called(named).values_list("pk", flat=True))
        found = [place for place in places if place.pk in wanted]
        tasks = [*_counted(here), *_late(here, places)]
        runs_releases, manages = bool(held[Permission.KEEP_RECORDS]), bool(here.holdings.at(Permission.MANAGE_DUTIES))
        here.showed(establishments=len(places), **ORDER.for_the_ledger)
        return Workbench(
            groups=_grouped([task for task in tasks if task.number]),
            quiet=tuple(task for task in tasks if not task.number),
            stopped=stopped_releases() if runs_releases or manages else (),
            under_duty=tuple(
                UnderDuty(**vars(here.pages_of(place)), kind=_kind(place, here.today)) for place in found[:SHORT]
            ),
            matching=len(found),
            all_under_duty=len(places),
            last_days=tuple(sorted(here.holdings.last_days(OPENS))),
            order=ORDER,
            may_find=bool(held[Permission.VIEW_PUPILS]),
            saved=views_of(here),
            keeps_all_records=keeps_all_records(here),
            runs_releases=runs_releases,
            manages_duties=manages,
            writes_advice=writes_advice(here),
            why=here.why_the_list,
        )


def _places(held: set[int]) -> list[Establishment]:
    known = Establishment.objects.filter(pk__in=held).in_our_time().only(*OF_WHOM)
    return list(known.by_name()) if held else []


def _kind(place: Establishment, today: date) -> str:
    """With whether it has closed: the one that came after it stands beside it, often under the same name."""
    has_closed = place.close_date is not None and place.close_date < today
    return f"{place.get_kind_display()}, closed" if has_closed else place.get_kind_display()


def _counted(here: Visit) -> list[Task]:
    answers: Any = workbench_opened.send(sender=Visit, here=here)
    waiting: list[Waiting] = [kind for _, answer in answers for kind in answer]
    return counted(waiting)


def _late(here: Visit, places: list[Establishment]) -> list[Task]:
    """At how many establishments a return is late. This is known from their records, so it needs a second factor."""
    kept = here.holdings.at(Permission.KEEP_RECORDS)
    if not kept or not here.asker.second_factor:
        return []
    known = Known.of_all(here.today)
    late = sum(bool(known.late_at(place)) for place in places if place.pk in kept and place.kind)
    words = "establishment has a late return" if late == 1 else "establishments have a late return"
    return [Task("Returns", late, words, "accuracy_desk")]


def _grouped(tasks: list[Task]) -> tuple[TaskGroup, ...]:
    in_order = sorted(tasks, key=lambda task: HEADINGS.index(task.heading))
    by_heading = groupby(in_order, key=lambda task: task.heading)
    return tuple(TaskGroup(heading, tuple(of_it)) for heading, of_it in by_heading)
