"""R26 to R28, A10, A11: who sees a confidential item on which day, by both locks and by each alone."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access_register import service
from access_register.models import Duty, OfficerAppointment
from sharing import audience
from sharing.door.restricted import at_items
from sharing.models import Establishment, Locality, RestrictedFile, RestrictedItem
from tests.confidential.items import (
    AIREHOLME,
    BECKDALE,
    BECKSIDE,
    CRAGSIDE,
    HAZELTHWAITE,
    LARKROYD,
    OXENBY,
    RAVENSGILL,
    consent,
    in_localities,
    item,
    sees,
    takes_part_until,
    without_the_demonstrations,
)
from tests.locks.switches import door_off, rls_off
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, person

pytestmark = pytest.mark.django_db
SAME, OTHER = "teacher-oxenby", "governor-ravensgill"  # of Beckside's Locality, and of another

# --- days: before, of, after ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "expected"), [(-1, False), (0, False), (1, True)])
def test_leaving_the_locality(day: int, expected: bool) -> None:
    """R28, A10: from the first day in another Locality the old neighbours see nothing, and the new ones do."""
    found = item(BECKSIDE)
    in_localities(BECKSIDE, AIREHOLME, day, BECKDALE)
    assert sees(SAME, found) is expected
    assert sees(OTHER, found) is not expected
    assert sees("governor-beckside", found)


@pytest.mark.parametrize(("day", "expected"), [(-1, True), (0, True), (1, False)])
def test_the_reader_moves(day: int, expected: bool) -> None:
    """R28, A10: it is the reader's own school that moves into the Locality."""
    found = item(BECKSIDE)
    in_localities(RAVENSGILL, BECKDALE, day, AIREHOLME)
    assert sees(OTHER, found) is expected


def test_without_a_locality_an_item_stays_at_home() -> None:
    """A11: none is own only; two establishments without one are no neighbours."""
    found = item(BECKSIDE)
    in_localities(BECKSIDE, AIREHOLME, -1, "")
    in_localities(OXENBY, AIREHOLME, -1, "")
    assert sees("governor-beckside", found)
    assert not sees(SAME, found)


@pytest.mark.parametrize(
    ("from_day", "until", "expected"),
    [(-2, -1, False), (-1, 0, True), (0, 1, True), (1, 2, False), (0, 0, True)],
)
def test_the_days_of_a_consent(from_day: int, until: int, expected: bool) -> None:
    """R27: on its first and last day, neither before nor after; to whom it is not given, never."""
    found = item(BECKSIDE)
    consent(found, RAVENSGILL, from_day=from_day, until=until)
    assert sees(OTHER, found) is expected
    assert not sees("head-fallowdale", found)


@pytest.mark.parametrize(
    ("from_day", "until", "expected"),
    [(-2, -1, False), (-1, 0, True), (0, None, True), (1, None, False)],
)
def test_the_days_of_an_item(from_day: int, until: int | None, expected: bool) -> None:
    """R26: schools see it on its days; the officer with the duty, who prepares and withdraws it, always."""
    found = item(BECKSIDE, from_day=from_day, until=until)
    assert sees("head-beckside", found) is sees(SAME, found) is expected
    assert sees("officer-school-improvement", found, EDUNET)


@pytest.mark.parametrize(("day", "expected"), [(-1, False), (0, True), (1, True)])
def test_the_last_day_of_taking_part(day: int, expected: bool) -> None:
    """R2, R16: a neighbour that has excluded itself sees only its own, and its own is closed to the others."""
    found, theirs = item(BECKSIDE), item(OXENBY)
    takes_part_until(OXENBY, day)
    assert sees(SAME, found) is sees("head-beckside", theirs) is expected
    assert sees(SAME, theirs)


@pytest.mark.parametrize(("day", "expected"), [(-1, False), (0, True), (1, True)])
def test_the_last_day_of_a_duty(day: int, expected: bool) -> None:
    """R9, R28: an officer sees by duty alone, on its days."""
    found = item(RAVENSGILL)
    assert not sees("officer-no-duty", found, EDUNET)
    record_duty("officer-no-duty", day, (RAVENSGILL,), "")
    assert sees("officer-no-duty", found, EDUNET) is expected
    assert not sees("officer-no-duty", item(BECKSIDE), EDUNET)


def test_consent_widens_and_never_narrows() -> None:
    """A10, R24: to Level 1 at home; the Locality sees it as before; who is of the school goes by its head alone."""
    found = item(BECKSIDE, level_1_only=True)
    consent(found)
    assert sees("deputy-beckside", found)
    assert not sees("teacher-beckside", found)
    assert not sees("teacher-two-schools", found)  # of Ravensgill too, to which the consent is given
    assert not sees("third-party-beckside", found)
    assert sees(SAME, found)
    assert sees(OTHER, found)


def test_third_parties_see_their_sponsors_items_only() -> None:
    """R24: of the Locality and by consent nothing; of two sponsors one at a time."""
    home, near = item(BECKSIDE), item(OXENBY)
    consent(near)
    assert sees("third-party-beckside", home)
    assert not sees("third-party-beckside", near)
    assert not sees("third-party-two-sponsors", home)  # has not chosen for whom they act
    assert not sees("third-party-ended", home)


def test_a_closed_line_closes_at_once() -> None:
    """R44."""
    found = item(BECKSIDE)
    for slug in ("absent-beckside", "teacher-ended", "superuser", "officer-admissions"):
        assert not sees(slug, found)


# --- any world, against a plain model -------------------------------------------------------------------------------

PLACES = (HAZELTHWAITE, BECKSIDE, RAVENSGILL, LARKROYD, OXENBY)
LOCALITIES = ("", AIREHOLME, BECKDALE, CRAGSIDE)
# slug -> URN -> (level, is a third party)
LINES = {
    "head-beckside": {BECKSIDE: (1, False)},
    "governor-beckside": {BECKSIDE: (3, False)},
    "third-party-beckside": {BECKSIDE: (3, True)},
    "teacher-two-schools": {BECKSIDE: (2, False), RAVENSGILL: (3, False)},
    "head-ravensgill": {RAVENSGILL: (1, False), HAZELTHWAITE: (1, False)},
    "teacher-larkroyd": {LARKROYD: (2, False)},
    "office-oxenby": {OXENBY: (2, False)},
    "teacher-ended": {},
}
OFFICER = "officer-no-duty"
near = st.integers(-1, 1)


@dataclass(frozen=True)
class Given:
    to: tuple[int, ...]
    locality: str
    from_day: int
    until: int
    withdrawn: bool


@dataclass(frozen=True)
class Thing:
    urn: int
    from_day: int
    until: int | None
    level_1_only: bool
    withdrawn: bool
    consents: tuple[Given, ...]


@dataclass(frozen=True)
class World:
    localities: dict[int, tuple[str, int, str]]
    part: dict[int, int | None]
    things: tuple[Thing, ...]
    duty: tuple[int, tuple[int, ...], str]

    def locality(self, urn: int) -> str:
        before, day, after = self.localities[urn]
        return after if day <= 0 else before

    def takes_part(self, urn: int) -> bool:
        until = self.part[urn]
        return until is None or until >= 0

    def seen(self, slug: str, thing: Thing) -> bool:
        """In the words of the protocol, one after the other."""
        if slug == OFFICER:
            until, urns, locality = self.duty
            return until >= 0 and (thing.urn in urns or (bool(locality) and self.locality(thing.urn) == locality))
        if thing.withdrawn or thing.from_day > 0 or (thing.until is not None and thing.until < 0):
            return False
        lines = LINES[slug]
        if thing.urn in lines:
            return not thing.level_1_only or lines[thing.urn][0] == 1
        if not self.takes_part(thing.urn):
            return False
        of = [urn for urn, (_, third) in lines.items() if not third and self.takes_part(urn)]
        return any(self.locality(urn) and self.locality(urn) == self.locality(thing.urn) for urn in of) or any(
            self._opens(given, of) for given in thing.consents
        )

    def _opens(self, given: Given, of: list[int]) -> bool:
        if given.withdrawn or not given.from_day <= 0 <= given.until:
            return False
        if given.to:
            return bool(set(given.to) & set(of))
        return any(self.locality(urn) == given.locality for urn in of) if given.locality else bool(of)


givens = st.builds(
    lambda kind, to, locality, from_day, days, withdrawn: Given(
        tuple(to) if kind == 0 else (), locality if kind == 1 else "", from_day, from_day + days, withdrawn
    ),
    st.integers(0, 2), st.sets(st.sampled_from(PLACES), min_size=1, max_size=2), st.sampled_from(LOCALITIES[1:]),
    near, st.integers(0, 2), st.sampled_from([False, False, True]),
)  # fmt: skip
things = st.builds(
    lambda urn, from_day, days, narrow, withdrawn, consents: Thing(
        urn, from_day, None if days is None else from_day + days, narrow, withdrawn, tuple(consents)
    ),
    st.sampled_from(PLACES), near, st.none() | st.integers(0, 2), st.booleans(),
    st.sampled_from([False, False, False, True]), st.lists(givens, max_size=2),
)  # fmt: skip
worlds = st.builds(
    World,
    st.fixed_dictionaries(
        {urn: st.tuples(st.sampled_from(LOCALITIES), near, st.sampled_from(LOCALITIES)) for urn in PLACES}
    ),
    st.fixed_dictionaries({urn: st.none() | near for urn in PLACES}),
    st.lists(things, min_size=1, max_size=4).map(tuple),
    st.tuples(near, st.sets(st.sampled_from(PLACES), max_size=2).map(tuple), st.sampled_from(LOCALITIES)),
)


def record_duty(slug: str, until: int, urns: tuple[int, ...], locality: str) -> None:
    today = timezone.localdate()
    with as_batch():
        duty = Duty(
            appointment=OfficerAppointment.objects.get(person=person(slug)), data=Duty.Data.RESTRICTED, reason="Test",
            starts_on=today - timedelta(days=30), ends_on=today + timedelta(days=until),
        )  # fmt: skip
        service.record_duty(
            duty,
            establishments=tuple(Establishment.objects.filter(urn__in=urns)),
            localities=tuple(Locality.objects.filter(name=locality)),
        )


def make(world: World) -> dict[UUID, Thing]:
    without_the_demonstrations()
    for urn in PLACES:
        in_localities(urn, *world.localities[urn])
        takes_part_until(urn, world.part[urn])
    record_duty(OFFICER, *world.duty)
    made = {}
    for thing in world.things:
        facts: dict[str, Any] = {"level_1_only": thing.level_1_only}
        facts |= {"withdrawn_at": timezone.now()} if thing.withdrawn else {}
        row = item(thing.urn, from_day=thing.from_day, until=thing.until, **facts)
        made[row.pk] = thing
        for given_ in thing.consents:
            withdrawn = {"withdrawn_at": timezone.now()} if given_.withdrawn else {}
            consent(
                row, *given_.to, locality=given_.locality, from_day=given_.from_day, until=given_.until, **withdrawn
            )
    return made


def seen_by(slug: str) -> set[UUID]:
    """The items that the first lock lets through, and the second; each with its file."""
    with at_items(asker(slug, EDUNET if slug == OFFICER else SCHOOLS_ONLINE), "test") as here:
        found = set(RestrictedItem.objects.in_circle(audience.of(here).circle).values_list("pk", flat=True))
        files = set(RestrictedFile.objects.filter(item__in=found).values_list("item", flat=True))
        here.showed()
    assert files == found
    return found


@pytest.mark.parametrize("off", ["nothing", "the door", "row-level security"])
def test_any_world(off: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """R26 to R28: whatever Localities, days, consents and duties there are, all see what the model says."""
    switch = {"the door": lambda: door_off(monkeypatch), "row-level security": rls_off}
    switch.get(off, lambda: None)()

    @settings(max_examples=30, suppress_health_check=list(HealthCheck), database=None)
    @given(worlds)
    def check(world: World) -> None:
        with transaction.atomic():
            made = make(world)
            for slug in (*LINES, OFFICER):
                expected = {pk for pk, thing in made.items() if world.seen(slug, thing)}
                assert seen_by(slug) == expected, slug
            transaction.set_rollback(True)

    check()
