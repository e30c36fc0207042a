"""The first head of an establishment: recorded by an information manager on EduNet, and invited by letter (A7, A9).

Every later change of head is a handover. PostgreSQL writes the line (sql/first_heads.sql).
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from access_register import grants
from access_register.headships.heads_file import HeadRow
from access_register.headships.records import FirstHeadPage, RecordedHead, WithoutHead, WithoutHeadPage
from access_register.levels import Level
from access_register.models import Person, RegisterLine
from access_register.models.lines import HEAD_SEAT
from access_register.notices import mail
from access_register.register.bulk import CHECK_IT, CORRECT, LOOK_AGAIN, Outcome, Plan, PlannedLine
from access_register.register.register import check_name, why_ask
from access_register.register.rules import CannotChange
from access_register.sign_in import welcome
from access_register.sign_in.addresses import is_webmail
from sharing.authorise import Asker, NoSuchRecord, NotAtYourLevel, Visit
from sharing.cannot import check_unchanged, version_of
from sharing.days import day_in_words
from sharing.door.community import NEEDED, keeping_community
from sharing.door.managing import coming_to
from sharing.models import Establishment, LedgerEntry
from sharing.ordering import Comparison, ContextKey
from sharing.statements import hold_lock, one_at_a_time, rows_of, value_of

ORDER = Comparison(ContextKey.NAME, "you find one quickly")
REFUSED = {
    "has_head": "This establishment has a head, who can hand the headship over, or it takes no part.",
    "own": "You cannot make yourself a head. Ask another information manager.",
    "days": "Choose a first day from today to a year ahead.",
    "known": "This person is already on the register here. Let them leave it, under My access on Schools Online. Then "
    "record them.",
}
FIELDS = {"days": "on", "known": "email", "own": "email"}
MEANWHILE = "Somebody invited {} as head while you had this page open. Save yours only if that invitation should end."
ANOTHER_HEAD = (
    "Nothing was taken back: {} was recorded as first head after you had opened this page. If that is the wrong person "
    "too, take the record back below."
)
NOT_OURS = "No establishment of the community has the URN {}. Take it from the template."
WORK_ADDRESS = "Enter a work address. An email that opens a whole school must not go to a private address."


def list_without_head(asker: Asker) -> WithoutHeadPage:
    """Establishments that take part and have no head, including those whose invited head has not accepted."""
    with keeping_community(asker, "list_without_head") as here:
        free = _without_head()
        places = tuple(
            WithoutHead(place.urn, place.name, place.get_kind_display(), free[place.pk] is not None)
            for place in Establishment.objects.of_the_community().filter(pk__in=free).by_name()
        )
        recorded = _lately()
        here.showed(establishments=len(places), recorded=len(recorded), **ORDER.for_the_ledger)
        return WithoutHeadPage(places, recorded, ORDER, here.why_anywhere())


def show_first_head(asker: Asker, urn: int) -> FirstHeadPage:
    """The establishment whose first head is to be recorded. Raises NoSuchRecord if it has a head."""
    with keeping_community(asker, "show_first_head") as here:
        free = _without_head()
        place = coming_to(here, Establishment.objects.of_the_community().filter(pk__in=free, urn=urn))
        here.showed(establishments=1)
        return FirstHeadPage(place.urn, place.name, version_of(free[place.pk]), here.why_anywhere())


def record_first_head(
    asker: Asker, urn: int, *, name: str, email: str, on: date, version: str | None = None, other_name: bool = True
) -> str:
    """Record who is head from `on`, and write to them; a form sent twice is recorded once. Returns the person's name.

    `version`: who was invited when the form was opened. Raises CannotChange, ChangedMeanwhile and NoSuchRecord.
    """
    with keeping_community(asker, "record_first_head") as here:
        place = coming_to(here, Establishment.objects.of_the_community().filter(urn=urn))
        hold_lock("record_first_head", place.pk)
        invited = Person.objects.filter(pk=_without_head().get(place.pk) or 0).first()
        if invited and invited.email != email.lower():
            check_unchanged(version, invited.pk, message=MEANWHILE.format(invited.name))
        check_name(Person.objects.known_or_new(email, name), name, other_name=other_name)
        if is_webmail(email):
            raise CannotChange(WORK_ADDRESS, "email")
        (head,) = _record(here, [_Wanted(place, name, email, on)])
        if head.refused:
            raise CannotChange(head.refused, FIELDS.get(head.answer))
        if head.is_new:
            mail.send_once_committed(head.letter())
            here.changed(**head.for_the_ledger)
        else:
            here.showed(establishments=1)
    return head.line.person.name


def take_back_first_head(asker: Asker, urn: int, *, version: str | None = None) -> str:
    """Take back a first head who was the wrong person. They see nothing of the establishment from their next request
    on, nor does anybody whom they let in, and the link in the letter stops working (R44). A second time changes
    nothing. `version`: of the head whom the page showed. Returns the establishment's name. Raises ChangedMeanwhile for
    another head, and NoSuchRecord, also if the headship can by now only be handed over.
    """
    with keeping_community(asker, "take_back_first_head") as here:
        place = coming_to(here, Establishment.objects.of_the_community().filter(urn=urn))
        hold_lock("record_first_head", place.pk)
        heads = rows_of("SELECT line_id, name FROM access_register_first_heads() WHERE establishment_id = %s", place.pk)
        for line, name in heads:
            check_unchanged(version, line, message=ANOTHER_HEAD.format(name))
        if value_of("SELECT access_register_take_back_first_head(%s, %s)", place.pk, asker.name):
            here.changed(lines=[line for line, _ in heads])
        elif place.pk in _without_head():
            here.showed(establishments=1)
        else:
            raise NoSuchRecord
        return place.name


class _Wanted(NamedTuple):
    """The person who is to be the first head of an establishment."""

    place: Establishment
    name: str
    email: str
    on: date


@dataclass(frozen=True)
class _Recorded:
    """The line of a head, the token of an invitation, and PostgreSQL's answer: empty if it was recorded, `twice` if the
    same was recorded a moment ago, or a key of REFUSED."""

    line: RegisterLine
    token: str
    expires: datetime
    answer: str

    @property
    def is_new(self) -> bool:
        return self.answer == ""

    @property
    def refused(self) -> str:
        return REFUSED.get(self.answer, "")

    def letter(self) -> mail.Letter:
        return welcome.invitation(self.line, self.token, self.expires) if self.token else welcome.news(self.line)

    @property
    def for_the_ledger(self) -> dict[str, object]:
        awaits = self.line.awaiting_since is not None
        return {"person": self.line.person_id, "on": self.line.starts_on, "awaits": awaits}


def _record(here: Visit, wanted: Sequence[_Wanted]) -> list[_Recorded]:
    """`record_first_head` as part of a visit, without the letters. Many heads are recorded in one statement."""
    people = Person.objects.all_known_or_new({one.email.strip().lower(): one.name for one in reversed(wanted)})
    lines = [_line(here, one.place, people[one.email.strip().lower()], one.on) for one in wanted]
    tokens = [secrets.token_urlsafe(32) if line.awaiting_since else "" for line in lines]
    expires = timezone.now() + timedelta(days=settings.INVITATION_DAYS)
    answers = _write(lines, [welcome.hash_of(token) if token else "" for token in tokens], expires) if lines else []
    return [_Recorded(line, token, expires, answer) for line, token, answer in zip(lines, tokens, answers, strict=True)]


def preview_first_heads(asker: Asker, rows: Sequence[HeadRow]) -> Plan:
    """What the list would do. Changes nothing and sends no email."""
    with keeping_community(asker, "preview_first_heads") as here:
        with transaction.atomic():
            plan, _ = _run(here, rows)
            transaction.set_rollback(True)
        here.showed(lines=len(plan.lines))
        return plan


def apply_first_heads(asker: Asker, rows: Sequence[HeadRow], *, seal: str) -> Plan:
    """Do everything that the preview with this seal said. What is already on record is not done again.

    Raises CannotChange, and changes nothing, if a line is refused or something has changed since.
    """
    with keeping_community(asker, "apply_first_heads") as here:
        one_at_a_time("apply_first_heads")
        plan, heads = _run(here, rows)
        if heads and plan.seal != seal:
            raise CannotChange(LOOK_AGAIN)
        if plan.counts["refused"]:
            raise CannotChange(CORRECT)
        if heads:
            mail.send_once_committed(*[head.letter() for head in heads])
            for head in heads:  # each establishment reads its own
                here.write(LedgerEntry.Outcome.CHANGED, head.for_the_ledger, head.line.establishment.urn)
            here.changed(heads=len(heads))
        else:
            here.showed(lines=len(plan.lines))
    return plan


def _run(here: Visit, rows: Sequence[HeadRow]) -> tuple[Plan, list[_Recorded]]:
    """(what became of each row, the heads who were recorded)."""
    places = {place.urn: place for place in Establishment.objects.of_the_community()}
    waiting = _invited()
    first = {row.urn: row.number for row in reversed(rows)}
    done: dict[int, tuple[Outcome, str]] = {}
    asked: list[tuple[HeadRow, Establishment]] = []
    for row in rows:
        place = places.get(row.urn)
        waits = waiting.get(place.pk) if place else None
        if place is None or row.problem or first[row.urn] != row.number:
            done[row.number] = Outcome.REFUSED, _amiss(row, place, first[row.urn])
        elif waits and waits.email == row.email.lower():
            done[row.number] = Outcome.UNCHANGED, f"{place.name}: already invited, but has not accepted"
        elif is_webmail(row.email):
            done[row.number] = Outcome.REFUSED, WORK_ADDRESS
        else:
            asked.append((row, place))
    wanted = [_Wanted(place, row.name, row.email, _first_day(here, row)) for row, place in asked]
    heads, names = [], {}
    for (row, place), head in zip(asked, _record(here, wanted), strict=True):
        done[row.number] = _became(head, row, waiting.get(place.pk))
        if head.is_new:
            heads.append(head)
            names[row.number] = head.line.person.name
    lines = [PlannedLine(row.number, names.get(row.number, row.name), row.email, *done[row.number]) for row in rows]
    return Plan(None, here.why_anywhere(), tuple(lines)), heads


def _amiss(row: HeadRow, place: Establishment | None, first: int) -> str:
    if row.problem:
        return row.problem
    if place is None:
        return NOT_OURS.format(row.urn)
    return f"The same URN is on line {first}. Leave one head for each establishment."


def _first_day(here: Visit, row: HeadRow) -> date:
    return date.fromisoformat(row.first_day) if row.first_day else here.today


def _became(head: _Recorded, row: HeadRow, waits: Person | None) -> tuple[Outcome, str]:
    """What came of a row that PostgreSQL was asked about, in words. `waits`: the person who had been invited there."""
    if head.refused:
        return Outcome.REFUSED, head.refused
    name = head.line.establishment.name
    if not head.is_new:
        return Outcome.UNCHANGED, f"{name}: already recorded"
    comes = "gets an invitation" if head.token else "has an account"
    ends = f". The invitation of {waits.name} ends" if waits else ""
    check = CHECK_IT if why_ask(head.line.person, row.name) else ""
    return Outcome.NEW, f"{name}: head from {day_in_words(head.line.starts_on)}, {comes}{ends}{check}"


def _without_head() -> dict[int, int | None]:
    """Establishment without a head -> the person who is invited, if any."""
    return dict(rows_of("SELECT * FROM access_register_without_head()"))


def _invited() -> dict[int, Person]:
    """Establishment -> the person who is invited as its head."""
    invited = {place: person for place, person in _without_head().items() if person}
    people = Person.objects.in_bulk(invited.values())
    return {place: people[person] for place, person in invited.items()}


def _lately() -> tuple[RecordedHead, ...]:
    """First heads who can still be taken back, by establishment."""
    told = rows_of(
        "SELECT establishment_id, name, awaits, first_day, recorded_by, recorded_at, line_id "
        "FROM access_register_first_heads()"
    )
    found = {place: (*facts, version_of(line)) for place, *facts, line in told}
    places = Establishment.objects.filter(pk__in=found).by_name()
    return tuple(RecordedHead(place.urn, place.name, *found[place.pk]) for place in places)


def _line(here: Visit, place: Establishment, person: Person, on: date) -> RegisterLine:
    """The line as it will be, which determines the permission rows and their reason."""
    return RegisterLine(
        establishment=place, person=person, level=Level.ONE, seat=HEAD_SEAT, role=RegisterLine.Role.HEAD, starts_on=on,
        level_since=on, given_by_name=here.asker.name, awaiting_since=None if person.has_account else timezone.now(),
    )  # fmt: skip


def _write(lines: Sequence[RegisterLine], tokens: Sequence[str], expires: datetime) -> list[str]:
    """PostgreSQL's answers for the lines, in the same order. `tokens`: the hashes of the invitations' tokens.

    It locks the establishments by their number, whatever the order of the list.
    """
    grants_of = [list(grants.of_line(line)) for line in lines]
    told = rows_of(
        """
        SELECT number, access_register_place_first_head(place, somebody, day, %s, why, %s, token, %s)
        FROM (
            SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::date[], %s::text[], %s::text[])
                WITH ORDINALITY AS head (place, somebody, day, why, token, number)
            ORDER BY place) AS head
        """,
        [grant.permission.value for grant in grants_of[0]], lines[0].given_by_name, expires,
        [line.establishment_id for line in lines], [line.person_id for line in lines],
        [line.starts_on for line in lines], [opens[0].reason for opens in grants_of], list(tokens),
    )  # fmt: skip
    answers = [answer for _, answer in sorted(told)]
    if "not_yours" in answers:
        raise NotAtYourLevel(NEEDED)
    return answers
