"""Somebody who asks as the application, with the door switched off: anything they get that is not theirs is a hole."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Exists, OuterRef, QuerySet

from sharing.authorise import Through
from sharing.dates import covers
from sharing.models import AdvicePage, Enrolment, Establishment, Import, OwnGroup, Pupil
from sharing.models.releases import Release
from tests.locks.attempts import Attempt
from tests.locks.figure_rows import COMING_YEAR, NARROWED, OUT_YEAR
from tests.locks.switches import rows
from tests.people import as_batch, person

BECKSIDE, RAVENSGILL, LARKROYD, OF_NOBODY = 999002, 999003, 999004, 999999
OF_ADVICE = ("canary-out", "canary-doomed", "canary-waits")  # addresses of pages of advice
YOUNG = ("1", "2")  # the year groups that the narrowed assistant may see


@dataclass(frozen=True)
class World:
    """The planted rows, by number, for questions that name them."""

    gone: list[int]
    """Pupils of yesterday and tomorrow."""
    older: list[int]
    """Pupils at Beckside in other year groups than those of the assistant who is narrowed."""
    on_roll: int
    """A pupil at Beckside who is going nowhere."""
    wanted: list[tuple[str, date, str]]
    """Indexed UPN, birthday and surname of some who are gone, who are older, and of one at each establishment."""
    place_of: dict[int, int]
    groups: list[tuple[int, int]]
    """Each group that somebody has made, and its establishment."""
    uploads: list[int]
    coming: set[int]
    """Releases that are not out."""
    counted_here: set[int]
    """Releases of our own counting that are."""
    advice: list[int]
    """The pages of advice of these addresses: one is out, one's words are to be destroyed, one waits for agreement."""


def _who_could_go(pupils: QuerySet[Pupil], today: date) -> Pupil:
    """A child on roll who is not on the way anywhere: a transfer of this child is refused for no other reason."""
    stays = Enrolment.objects.filter(covers(today), pupil=OuterRef("pk"), cancelled_at=None)
    return pupils.filter(Exists(stays), transfers=None, departures=None).order_by("pk")[0]


def world(today: date) -> World:
    with as_batch():
        gone = list(Pupil.objects.filter(surname="Gone").values_list("pk", flat=True))
        at_beckside = Pupil.objects.filter(establishment__urn=BECKSIDE)
        older = list(at_beckside.exclude(year_group__in=YOUNG).values_list("pk", flat=True))
        here = Pupil.objects.filter(visible__covers=today)
        one_each = here.order_by("establishment_id", "pk").distinct("establishment_id").values_list("pk", flat=True)
        wanted = Pupil.objects.filter(pk__in=[*gone, *older[:3], *one_each])
        uploads = list(Import.objects.filter(state=Import.State.UPLOADED).values_list("pk", flat=True))
        if uploads:
            rows("INSERT INTO sharing_importpiece (of_id, number, sealed) VALUES (%s, 0, 'x')", uploads[0])
        of_our_own = Release.objects.filter(academic_year=OUT_YEAR, dataset__slug="attendance")
        return World(
            gone=gone,
            older=older,
            on_roll=_who_could_go(at_beckside, today).pk,
            wanted=list(wanted.values_list("upn_index", "born_on", "surname")),
            place_of=dict(Pupil.objects.values_list("pk", "establishment_id")),
            groups=list(OwnGroup.objects.values_list("pk", "establishment_id")),
            uploads=uploads,
            coming=set(Release.objects.filter(academic_year=COMING_YEAR).values_list("pk", flat=True)),
            counted_here=set(of_our_own.values_list("pk", flat=True)),
            advice=[AdvicePage.objects.get(slug=slug).pk for slug in OF_ADVICE],
        )


@dataclass(frozen=True)
class Trying:
    """The person who asks, and the establishments where pupils and staff are theirs to see."""

    slug: str
    through: Through
    pupils: set[int]
    staff: set[int]
    there: World
    attempt: Attempt

    @cached_property
    def number(self) -> int:
        return person(self.slug).pk

    @property
    def is_narrowed(self) -> bool:
        return self.slug == NARROWED


def place(urn: int) -> int:
    return Establishment.objects.get(urn=urn).pk
