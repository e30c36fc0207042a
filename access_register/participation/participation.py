"""Taking part in the protocol (P6): who does, leaving, signing up again, and who answers for it (R4, R16, R17).

Only the head can leave or sign up, and it happens in the database's own functions (sql/participation.sql). Once it is
committed, both locks go by the new days at everybody's next request (R44).
"""

from collections.abc import Iterable, Set
from datetime import date, timedelta
from itertools import groupby

from django.db.models import Count, Q, QuerySet

from access_register.models import ParticipationStep, RegisterLine, ResponsiblePerson
from access_register.participation.records import (
    Consequences,
    OnFile,
    Participant,
    ParticipantsOfKind,
    ParticipantsPage,
    ParticipationPage,
    PartOnFile,
    Step,
)
from access_register.register.rules import CannotChange, is_head
from sharing.authorise import Asker, NotAtYourLevel, Permission, Through, Visit, visit
from sharing.dates import covers
from sharing.door.managing import keeps_register_or_officer
from sharing.models import Consent, Establishment, Participation, RestrictedItem, Transfer
from sharing.models.establishments import CENTRE_CLOSED, CLOSED, CLOSED_SAYS_GIAS, Kind
from sharing.ordering import Comparison, ContextKey
from sharing.statements import one_at_a_time, value_of

ORDER = Comparison(ContextKey.NAME, "you find one quickly")
HEAD_ALONE = "Only the head can take an establishment out of the protocol, or sign it up."
REFUSED = {
    "not_taking_part": "This establishment takes no part today.",
    "taking_part": "This establishment already takes part.",
    "outside": "Establishments of this type are not on the protocol’s list. Ask the Council’s information manager.",
    "suspended": "This establishment is suspended from sharing. It takes part again automatically when that is over. "
    "If it has left the protocol in the meantime, sign up again then.",
    "other_text": "The protocol has changed in the meantime. Read the new text and accept it.",
}
LEFT, SHUT, PAUSED = "Left the protocol", "Closed", "Takes no part for a time"
Part = ResponsiblePerson.Part


def list_participants(asker: Asker) -> ParticipantsPage:
    """The protocol's list of who takes part, by type, and who has left (R4): for those who share with others, and
    officers.

    Anybody who shares with nobody sees only their own establishments (R2, R16).
    """
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="list_participants") as here:
        shares = asker.through == Through.EDUNET or here.shares_with_others
        community = Establishment.objects.of_the_community().with_membership(here.today)
        own = here.holdings.at(Permission.VIEW_ESTABLISHMENT)
        ever = community.filter(participations__starts_on__lte=here.today).distinct()
        wanted = ever if shares and own else ever.filter(pk__in=own)
        answered, watched = _answered_for(), here.holdings.at(keeps_register_or_officer(asker))
        ended = Participation.objects.filter(ended_because__in=(CLOSED_SAYS_GIAS, CENTRE_CLOSED))
        closed = set(ended.values_list("establishment_id", flat=True))
        paused = set(Participation.objects.filter(starts_on__gt=here.today).values_list("establishment_id", flat=True))
        lines = [
            Participant(
                urn=place.urn,
                name=place.name,
                kind=place.get_kind_display(),
                since=place.takes_part_since,
                out_since=_out_since(place),
                status=_why_no_part(place, paused, closed),
                is_own=asker.through == Through.SCHOOLS_ONLINE and place.pk in own,
                is_missing=place.pk in watched and len(answered.get(place.pk, ())) < len(Part),
            )
            for place in wanted.by_name()
        ]
        now = [line for line in lines if line.since]
        here.showed(establishments=len(lines), **ORDER.for_the_ledger)
        return ParticipantsPage(
            kinds=tuple(
                ParticipantsOfKind(label, of_it)
                for label in Kind.labels
                if (of_it := tuple(line for line in now if line.kind == label))
            ),
            former=tuple(line for line in lines if not line.since),
            number=len(now),
            shares=bool(shares and own),
            order=ORDER,
            why=here.why_the_list,
        )


def _out_since(place: Establishment) -> date | None:
    """The first day without a part in the protocol; None while it takes part, or if it never has. Whoever leaves is
    out from that moment, so the last day on record is the day before."""
    if place.takes_part_since or not place.took_part_until:
        return None
    return place.took_part_until + timedelta(days=1)


def _why_no_part(place: Establishment, paused: Set[int], closed: Set[int]) -> str:
    """Why the establishment takes no part, in words. Empty while it does."""
    if place.takes_part_since:
        return ""
    if place.pk in paused:
        return PAUSED
    return SHUT if place.pk in closed else LEFT


def show_participation(asker: Asker, urn: int) -> ParticipationPage:
    """Since when the establishment takes part, who answers for it, and what its heads decided: for those who keep its
    register, and for officers."""
    with visit(asker, keeps_register_or_officer(asker), urn, action="show_participation") as here:
        here.showed(establishments=1)
        return _page(here)


def show_consequences(asker: Asker, urn: int) -> Consequences:
    """What leaving or signing up would do, for the head. Raises NotAtYourLevel (403) for anybody else."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="show_consequences") as here:
        _head_only(here)
        place = here.establishment
        lines = RegisterLine.objects.live_on(here.today).filter(establishment=place, awaiting_since=None)
        others = Establishment.objects.participating(here.today).exclude(pk=place.pk)
        consents = Consent.objects.filter(covers(here.today), establishment=place, withdrawn_at=None)
        items = RestrictedItem.objects.filter(covers(here.today), establishment=place, withdrawn_at=None)
        ways = Transfer.objects.filter(Q(establishment=place) | Q(from_establishment=place)).under_way(here.today)
        here.showed(establishments=1)
        return Consequences(
            page=_page(here),
            people=lines.exclude(person_id=asker.person_id).values("person").distinct().count(),
            others=others.count(),
            items=items.count(),
            consents=consents.count(),
            transfers=ways.count(),
        )


def leave_protocol(asker: Asker, urn: int, *, because: str = "") -> None:
    """Take the establishment out of the protocol, at once (P6). Raises CannotChange; NotAtYourLevel (403)."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="leave_protocol") as here:
        here.changed(left=True, because=because)
        _step("SELECT access_register_leave_protocol(%s, %s, %s)", here.establishment.pk, because, asker.name)


def join_protocol(asker: Asker, urn: int, *, version_id: int) -> None:
    """Accept the text in force and take part from now on (R16). Everybody else there has to accept it before they see
    anything again. Raises CannotChange, and NotAtYourLevel (403) for anybody but the head."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="join_protocol") as here:
        here.changed(joined=True, version=version_id)
        if here.establishment.status_code == CLOSED:
            raise CannotChange("This establishment is closed.")
        _step("SELECT access_register_join_protocol(%s, %s, %s)", here.establishment.pk, version_id, asker.name)


def record_responsible(asker: Asker, urn: int, *, part: str, name: str, role: str, since: date) -> None:
    """Put on file who answers for the protocol here, or signs for it. Sent twice, it is put on file once.

    Raises CannotChange.
    """
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="record_responsible") as here:
        if since > here.today:
            raise CannotChange("They must have begun by today.", "since")
        one_at_a_time("record_responsible")
        on_file = ResponsiblePerson.objects.filter(establishment=here.establishment, part=Part(part))
        last = on_file.order_by("recorded_at", "pk").last()
        if last and (last.name, last.role, last.since, last.recorded_by_id) == (name, role, since, asker.person_id):
            here.showed(part=part)
            return
        ResponsiblePerson.objects.create(
            establishment=here.establishment, part=Part(part), name=name, role=role, since=since,
            recorded_by_id=asker.person_id, recorded_by_name=asker.name,
        )  # fmt: skip
        here.changed(part=part, since=since)


def unanswered(here: Visit, places: Iterable[int]) -> QuerySet[Participation]:
    """The participations of these establishments that run today and have no manager or no signatory on file."""
    taking_part = Participation.objects.filter(covers(here.today), establishment__in=set(places))
    on_file = ResponsiblePerson.objects.order_by().values("establishment")
    answered = on_file.annotate(parts=Count("part", distinct=True)).filter(parts__gte=len(Part))
    return taking_part.exclude(establishment__in=answered.values("establishment"))


def _answered_for() -> dict[int, set[str]]:
    """Establishment -> the parts for which somebody is on file, as far as the asker may see."""
    found: dict[int, set[str]] = {}
    for place, part in ResponsiblePerson.objects.values_list("establishment_id", "part").distinct():
        found.setdefault(place, set()).add(part)
    return found


def _head_only(here: Visit) -> None:
    if here.asker.through != Through.SCHOOLS_ONLINE or not is_head(here):
        raise NotAtYourLevel(HEAD_ALONE)


def _step(statement: str, *params: int | str) -> None:
    refused = value_of(statement, *params)
    if refused == "not_yours":
        raise NotAtYourLevel(HEAD_ALONE)
    if refused:
        raise CannotChange(REFUSED[refused])


def _page(here: Visit) -> ParticipationPage:
    place = Establishment.objects.with_membership(here.today).get(pk=here.establishment.pk)
    on_file = ResponsiblePerson.objects.filter(establishment=place).order_by("part", "-recorded_at", "-pk")
    by_part = {part: [_on_file(row) for row in rows] for part, rows in groupby(on_file, key=lambda row: row.part)}
    to_come = Participation.objects.filter(establishment=place, starts_on__gt=here.today).order_by("starts_on")
    steps = ParticipationStep.objects.filter(establishment=place).select_related("version").order_by("-at", "-pk")
    keeps = here.asker.through == Through.SCHOOLS_ONLINE
    return ParticipationPage(
        here=here.here,
        since=place.takes_part_since,
        out_since=_out_since(place),
        again_on=to_come.values_list("starts_on", flat=True).first(),
        parts=tuple(
            PartOnFile(part.value, part.label, next(iter(rows), None), tuple(rows[1:]))
            for part in Part
            for rows in [by_part.get(part.value, [])]
        ),
        steps=tuple(
            Step(
                step.get_what_display(),
                step.at,
                step.by_name,
                step.because,
                step.version.number if step.version else "",
            )
            for step in steps
        ),
        is_head=keeps and is_head(here),
        is_closed=place.status_code == CLOSED,
        may_record=keeps,
        why=here.why,
    )


def _on_file(row: ResponsiblePerson) -> OnFile:
    return OnFile(row.name, row.role, row.since, row.recorded_by_name, row.recorded_at)
