"""What makes up the community, kept by information managers on EduNet: listed types, children's centres (R4, A2).

The national register does not contain children's centres, so they are entered here. The database's own functions make
both changes (sharing/sql/community.sql): the web application writes no establishment.
"""

from datetime import date, timedelta
from functools import partial

from django.conf import settings
from django.db.models import Count, F

from sharing import codes
from sharing.authorise import Asker, NotAtYourLevel, Visit, the_one
from sharing.cannot import CannotDo, check_day
from sharing.door.managing import coming_to, managing
from sharing.models import Establishment, ListedType, Locality
from sharing.models.establishments import CLOSED, EstablishmentQuerySet, Kind
from sharing.ordering import Comparison, ContextKey
from sharing.records.community import (
    Centre,
    ClosingCentre,
    CommunityPage,
    EndingType,
    KindOfCommunity,
    OfAType,
    TypeOnRecord,
)
from sharing.signals import community_grew, last_day_recorded, locality_changed
from sharing.statements import hold_lock, one_at_a_time, value_of

NEEDED = "The community is kept by the information manager. Ask them to record what is missing."
# Publicly funded types that only count once an officer has put them on record (A2).
MAY_BE_LISTED = (8, 18, 40)
KINDS = tuple((value, label) for value, label in Kind.choices if value != Kind.CHILDRENS_CENTRE)
REFUSED = {
    "listed": "This type is already recorded.",
    "days": "The day of the decision must not be in the future.",
    "last_day": "The last day must not be in the past or more than a year ahead.",
    "too_far": "The first day must not be more than a year ahead.",
    "no_centre": "The centre must have opened by then, and must not be closed.",
    "no_last_day": "This centre is open and has no last day.",
    "left": "Its head had taken this centre out of the protocol before it closed. Enter the centre as a new one.",
    "suspended": "The centre is suspended for a breach of the protocol. Open it again once the suspension is over.",
    "not_listed": "This type is not on record, or its last day is over.",
    "not_yours": NEEDED,
}
ORDER = Comparison(ContextKey.NAME, "you can find one quickly")


class CannotKeep(CannotDo):
    """The change to the community cannot be made as asked."""


keeping_community = partial(managing, needed=NEEDED)


def show_community(asker: Asker) -> CommunityPage:
    """How many establishments of which kind make up the community today, which types were added, and the children's
    centres, including closed ones, which may open again."""
    with keeping_community(asker, "show_community") as here:
        ours = Establishment.objects.of_the_community().in_our_time()
        open_today = ours.not_closed_on(here.today)
        numbers = dict(open_today.values_list("kind").annotate(Count("pk")).order_by())
        centres = ours.filter(kind=Kind.CHILDRENS_CENTRE).by_name()
        rows = ListedType.objects.order_by("type_code", F("ends_on").desc(nulls_first=True))
        on_record = tuple(_on_record(row, here.today) for row in rows)
        counting = {row.code for row in on_record if row.counts}
        here.showed(types=len(on_record), centres=len(centres), **ORDER.for_the_ledger)
        return CommunityPage(
            kinds=tuple(KindOfCommunity(label, numbers.get(value, 0)) for value, label in Kind.choices),
            types=on_record,
            may_be_listed=tuple((code, codes.GIAS_TYPE[code]) for code in MAY_BE_LISTED if code not in counting),
            centres=tuple(
                Centre(
                    place.urn, place.name, place.town, place.head_job_title, place.close_date,
                    may_be_closed=place.close_date is None or place.close_date >= here.today,
                )
                for place in centres
            ),
            localities=tuple(Locality.objects.by_name().values_list("pk", "name")),
            order=ORDER,
            why=here.why_anywhere(),
        )  # fmt: skip


def list_type(asker: Asker, *, type_code: int, kind: str, reason: str, decided_on: date) -> None:
    """Count establishments of this type as part of the community from now on, as that kind (A2). Raises CannotKeep."""
    with keeping_community(asker, "list_type") as here:
        if type_code not in MAY_BE_LISTED or kind not in dict(KINDS):
            raise CannotKeep("Choose a type that may be listed, and the kind it counts as.", "type_code")
        area = settings.AUTHORITY_CODE
        listed = type_code, kind, area, CLOSED, reason, decided_on, asker.name
        refused = value_of("SELECT sharing_list_type(%s, %s, %s, %s, %s, %s, %s)", *listed)
        if refused:
            raise CannotKeep(REFUSED[refused], {"days": "decided_on", "listed": "type_code"}.get(refused))
        _grew(Establishment.objects.of_the_community().filter(type_code=type_code))
        here.changed(type=type_code, kind=kind, decided_on=decided_on)


def show_ending_type(asker: Asker, type_code: int) -> EndingType:
    """The type whose last day is to be set or changed, and the establishments that this affects.

    Raises NoSuchRecord for a type that does not count.
    """
    with keeping_community(asker, "show_ending_type") as here:
        row = the_one(ListedType.objects.counting_on(here.today).filter(type_code=type_code))
        ours = Establishment.objects.of_the_community().filter(type_code=type_code)
        taking_part = set(ours.participating(here.today).values_list("pk", flat=True))
        places = tuple(
            OfAType(place.urn, place.name, place.town, place.number_of_pupils, place.pk in taking_part)
            for place in ours.by_name()
        )
        here.showed(type=type_code, establishments=len(places), **ORDER.for_the_ledger)
        return EndingType(_on_record(row, here.today), places, ORDER, here.why_anywhere())


def end_type(asker: Asker, type_code: int, *, last_day: date, reason: str, version: str | None = None) -> None:
    """Let the type count only until this day; its establishments take part until then (A2).

    The day can be changed until the one on record has passed. `version`: of the day that the form showed. Raises
    CannotKeep and ChangedMeanwhile.
    """
    with keeping_community(asker, "end_type") as here:
        value_of("SELECT pg_advisory_xact_lock(hashtextextended('sharing_listedtype', %s))", type_code)
        counting = ListedType.objects.counting_on(here.today).filter(type_code=type_code)
        before = counting.values_list("ends_on", "ended_reason").first()
        if before == (last_day, reason):
            here.showed(type=type_code)
            return
        if before:
            check_day(version, before[0])
        refused = value_of("SELECT sharing_end_type(%s, %s, %s, %s)", type_code, last_day, reason, asker.name)
        if refused:
            raise CannotKeep(REFUSED[refused], "last_day")
        if before is None or before[0] != last_day:
            _last_day(Establishment.objects.participating(last_day).filter(type_code=type_code), last_day)
        here.changed(type=type_code, last_day=last_day, before=before and before[0])


def _on_record(row: ListedType, today: date) -> TypeOnRecord:
    return TypeOnRecord(
        row.type_code, codes.GIAS_TYPE[row.type_code], row.get_kind_display(), row.reason, row.decided_on,
        row.recorded_by_name, row.ends_on, row.ended_reason, row.ended_by_name,
        counts=row.ends_on is None or row.ends_on >= today,
    )  # fmt: skip


def add_centre(
    asker: Asker, *, name: str, street: str, town: str, postcode: str, telephone: str, manager: str,
    locality: int | None, starts_on: date,
) -> int:  # fmt: skip
    """Enter a children's centre, which takes part from `starts_on`. `manager` is the job title of whoever runs it.

    Returns its number, which it has in place of a URN. Raises CannotKeep.
    """
    with keeping_community(asker, "add_centre") as here:
        one_at_a_time("add_centre")
        ours = Establishment.objects.of_the_community().exclude(status_code=CLOSED)
        if ours.filter(name__iexact=name.strip()).exists():
            raise CannotKeep("An establishment of this name is there already.", "name")
        if locality and not Locality.objects.filter(pk=locality).exists():
            raise CannotKeep("Choose the Locality.", "locality")
        if starts_on > here.today + timedelta(days=366):
            raise CannotKeep(REFUSED["too_far"], "starts_on")
        urn: int | None = value_of(
            "SELECT sharing_add_centre(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            name.strip(), settings.AUTHORITY_CODE, street, town, postcode, telephone, manager,
            locality, starts_on, asker.name,
        )  # fmt: skip
        if urn is None:
            raise NotAtYourLevel(NEEDED)
        centre = Establishment.objects.filter(urn=urn)
        _grew(centre)
        coming_to(here, centre)
        if locality and (refusals := _refusals(here, locality)):
            raise CannotKeep(refusals[0], "locality")
        here.changed(starts_on=starts_on, locality=locality)
        return urn


def show_closing_centre(asker: Asker, urn: int) -> ClosingCentre:
    """The centre that is to get a last day, or another one. Raises NoSuchRecord for one closed, or no centre."""
    with keeping_community(asker, "show_closing_centre") as here:
        centres = Establishment.objects.of_the_community().filter(kind=Kind.CHILDRENS_CENTRE)
        place = coming_to(here, centres.filter(urn=urn).exclude(close_date__lt=here.today))
        here.showed(establishments=1)
        return ClosingCentre(place.urn, place.name, place.close_date, here.why_anywhere())


def show_reopening_centre(asker: Asker, urn: int) -> ClosingCentre:
    """The centre whose last day was a mistake, whether past or not. Raises NoSuchRecord for one without a last day."""
    with keeping_community(asker, "show_reopening_centre") as here:
        centres = Establishment.objects.of_the_community().filter(kind=Kind.CHILDRENS_CENTRE)
        place = coming_to(here, centres.filter(urn=urn).exclude(close_date=None))
        here.showed(establishments=1)
        return ClosingCentre(place.urn, place.name, place.close_date, here.why_anywhere())


def reopen_centre(asker: Asker, urn: int, *, because: str, version: str | None = None) -> None:
    """Take back the centre's last day. `version`: of the day that the page showed. Raises CannotKeep and
    ChangedMeanwhile.

    One that has closed takes part again from today, without the records and the register that have ended; but not one
    whose head had left the protocol (R16).
    """
    with keeping_community(asker, "reopen_centre") as here:
        coming_to(here, Establishment.objects.filter(urn=urn))
        if now := _last_day_now(urn):
            check_day(version, now)
        refused = value_of("SELECT sharing_reopen_centre(%s)", urn)
        if refused:
            raise CannotKeep(REFUSED[refused], "reason")
        _grew(Establishment.objects.filter(urn=urn))
        _last_day(Establishment.objects.filter(urn=urn), None)
        here.changed(because=because)


def close_centre(asker: Asker, urn: int, *, last_day: date, version: str | None = None) -> None:
    """Let the centre be open until this day. In the following night its records and its register end.

    `version`: of the day that the form showed. Raises CannotKeep and ChangedMeanwhile.
    """
    with keeping_community(asker, "close_centre") as here:
        coming_to(here, Establishment.objects.filter(urn=urn))
        now = _last_day_now(urn)
        if now == last_day:
            here.showed(last_day=last_day)
            return
        check_day(version, now)
        refused = value_of("SELECT sharing_close_centre(%s, %s)", urn, last_day)
        if refused:
            raise CannotKeep(REFUSED[refused], "last_day")
        _last_day(Establishment.objects.filter(urn=urn), last_day)
        here.changed(last_day=last_day, before=now)


def _last_day_now(urn: int) -> date | None:
    """The last day of a centre, which nobody else changes until this visit ends."""
    hold_lock("close_centre", urn)
    return Establishment.objects.filter(urn=urn).values_list("close_date", flat=True).first()


def _grew(places: EstablishmentQuerySet) -> None:
    community_grew.send(sender=Visit, places=list(places.values_list("pk", flat=True)))


def _last_day(places: EstablishmentQuerySet, last_day: date | None) -> None:
    last_day_recorded.send(sender=Visit, places=list(places), last_day=last_day)


def _refusals(here: Visit, locality: int) -> list[str]:
    """Update the duties that depend on the Locality. Returns the reasons why they may not be, if any."""
    answers = locality_changed.send(sender=Visit, here=here, localities={locality})
    return [str(answer) for _, answer in answers if answer]
