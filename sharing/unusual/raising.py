"""Raising unusual patterns: each day's by `run_daily`, the worst within minutes by the worker (R43, P17)."""

import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Final

from django.conf import settings
from django.db import connection
from django.template.defaultfilters import pluralize
from django.utils import timezone

from sharing.days import midnight
from sharing.imports.succession import Links
from sharing.ledger import ledger
from sharing.models import Establishment, UnusualPattern
from sharing.models.service import ServiceRun
from sharing.roles import BATCH, acting_as
from sharing.unusual import facts, rules
from sharing.unusual.facts import Place, Who
from sharing.unusual.rules import Found, Kind, Look

DAYS_LOOKED_AT: Final = 3  # yesterday and two more; or back to the last night that ended well, if that is longer
MOST_DAYS: Final = 31
SECONDS_BETWEEN: Final = 300.0
_told = float("-inf")  # when this process last looked for the worst ones

Raised = list[tuple[Place, Who, Found]]

# If one that waits is found again, its number grows, and no new one is raised. What somebody did on EduNet is a pattern
# of its own: it is one for the information manager, and what they did on Schools Online for the head.
_RAISE = """
    INSERT INTO sharing_unusualpattern AS one (kind, establishment_id, person_id, person_name, through, of_head, day,
        number, at_most, usual, raised_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, now())
    ON CONFLICT (person_id, establishment_id, kind, day, through) DO UPDATE SET number = EXCLUDED.number
        WHERE one.state = 'raised' AND one.number < EXCLUDED.number
    RETURNING id, xmax = 0
"""


class Past:
    """What people did in the days before `day`, only read for those about whom it is asked."""

    def __init__(self, day: date) -> None:
        self.since = midnight(day - timedelta(days=settings.UNUSUAL_PAST_DAYS))
        self.until = midnight(day)
        self._looks: dict[int, dict[Place, list[Look]]] = {}

    def busiest_hour(self, at: Place) -> int:
        """The busiest hour of the person at that place."""
        if at.person_id not in self._looks:
            self._looks[at.person_id], _ = facts.looks_between(self.since, self.until, [at.person_id])
        return rules.busiest_hour(self._looks[at.person_id].get(at, []))


def raise_patterns(today: date) -> Iterator[str]:
    """Raise what was unusual about the days before today, each once. Needs portal_batch."""
    raised = 0
    for back in range(_days_to_look_at(today), 0, -1):
        day = today - timedelta(days=back)
        raised += _raise(day, [*_of_looks(day), *_of_those_who_left(day), *_counted(day)])
    if raised:
        yield f"{raised} unusual pattern{pluralize(raised)} raised"


def _days_to_look_at(today: date) -> int:
    run = ServiceRun.objects.filter(name=ServiceRun.Job.DAILY).exclude(last_good_at=None).first()
    since = (today - timezone.localdate(run.last_good_at)).days if run else 0
    return max(DAYS_LOOKED_AT, min(since, MOST_DAYS))


def raise_the_worst() -> bool:
    """Raise what cannot wait until tomorrow, every few minutes, in the worker. Returns whether there was any."""
    global _told
    if time.monotonic() - _told < SECONDS_BETWEEN:
        return False
    _told = time.monotonic()
    now = timezone.now()
    with acting_as(BATCH):
        looks, names = facts.looks_between(now - 2 * rules.HOUR, now)
        day, past = timezone.localdate(now), Past(timezone.localdate(now))
        known = facts.who_they_are(looks, names, day)
        worst = {at: seen for at, seen in looks.items() if rules.is_of_the_worst(seen, known[at].reader)}
        found = [
            (at, known[at], one)
            for at, seen in worst.items()
            if (one := rules.many(seen, known[at].reader, partial(past.busiest_hour, at)))
        ]
        return bool(_raise(day, found))


def _of_looks(day: date) -> Iterator[tuple[Place, Who, Found]]:
    looks, names = facts.looks_between(midnight(day), midnight(day + timedelta(days=1)))
    known, past = facts.who_they_are(looks, names, day), Past(day)
    for at, seen in looks.items():
        for found in rules.of_a_day(seen, known[at].reader, day, partial(past.busiest_hour, at)):
            yield at, known[at], found
    surnames = facts.same_surnames(looks, day)
    for at in looks:
        if number := surnames.get(at):
            yield at, known[at], Found(Kind.SURNAME, number, 0)


def _of_those_who_left(day: date) -> Iterator[tuple[Place, Who, Found]]:
    """For people whose line was withdrawn on the day: their busiest day among the last ones."""
    people = facts.withdrawn_on(day)
    if not people:
        return
    since = midnight(day - timedelta(days=settings.UNUSUAL_LEAVING_DAYS))
    looks, names = facts.looks_between(since, midnight(day + timedelta(days=1)), people)
    known = facts.who_they_are(looks, names, day)
    for at, seen in looks.items():
        by_day: dict[date, list[Look]] = defaultdict(list)
        for look in seen:
            by_day[look.at.date()].append(look)
        of_days = [rules.before_leaving(on_day, known[at].reader, on) for on, on_day in by_day.items()]
        found = max((one for one in of_days if one), key=lambda one: one.number, default=None)
        if found:
            yield at, known[at], found


def _counted(day: date) -> Iterator[tuple[Place, Who, Found]]:
    counted = (
        (Kind.REFUSED, settings.UNUSUAL_REFUSALS, facts.refusals(day)),
        (Kind.GLASS, settings.UNUSUAL_GLASS_A_WEEK, facts.broken_glasses(day)),
        (Kind.AFTER, settings.UNUSUAL_CHILDREN_WHO_LEFT, facts.after_they_left(day)),
    )
    for kind, at_most, places in counted:
        known = facts.who_they_are(places, {at.person_id: name for at, (name, _) in places.items()}, day)
        for at, (_, number) in places.items():
            yield at, known[at], Found(kind, number, at_most)


def _raise(day: date, found: Raised) -> int:
    """Store those that are new, with one row in the ledger. Returns how many."""
    if not found:
        return 0
    ids = _looked_at_there({at.urn for at, _, _ in found})
    quiet = _explained_lately(day)
    new = []
    with connection.cursor() as cursor:
        for at, who, one in found:
            place = ids.get(at.urn)
            if (at.person_id, at.through, place, one.kind.value) in quiet:
                continue
            facts_of_it = [
                one.kind.value, place, at.person_id, who.name, at.through, who.is_head, day, one.number, one.at_most,
                one.usual,
            ]  # fmt: skip
            cursor.execute(_RAISE, facts_of_it)
            new += [number for number, is_new in cursor.fetchall() if is_new]
    if new:
        ledger.changed(action="raise_patterns", about={"patterns": new})
    return len(new)


def _looked_at_there(urns: set[int]) -> dict[int, int]:
    """URN -> the establishment whose head looks at it; for one that has a new URN, that of the new URN."""
    taking_part = dict(Establishment.objects.participating(timezone.localdate()).values_list("urn", "pk"))
    places = dict(Establishment.objects.filter(urn__in=urns).values_list("urn", "pk"))
    for before, after in Links.stored().plain:
        if before not in taking_part and after in taking_part:
            places[before] = taking_part[after]
    return places


def _explained_lately(day: date) -> set[tuple[int, str, int | None, str]]:
    """(person, site, establishment, kind) of habits that were explained. A head explains nothing of EduNet."""
    since = midnight(day - timedelta(days=settings.UNUSUAL_QUIET_DAYS))
    explained = UnusualPattern.objects.filter(
        state=UnusualPattern.State.EXPLAINED, settled_at__gte=since, kind__in=rules.HABITS
    )
    return set(explained.values_list("person_id", "through", "establishment_id", "kind"))
