"""Handing over a headship (R32, R35, A7, A10): named, verified by an officer, accepted; then it happens on its day.

Lines have days, so everything is written when the successor accepts: the old head's line ends the day before, the new
one begins on the day, and an acting head's line has a last day after which the head's own line goes on. Nothing has to
run at midnight. PostgreSQL does it in one statement (sql/headships.sql), as the web application may not write the
head's line.

Any officer can name, verify or cancel, without a duty. A duty opens data to the officer who has it (R9), and this opens
nothing to them; A7 asks for "an officer", and those who appoint heads at the Department need to read no pupil. The
safeguards are two people, neither acting for themselves, and the head who would be replaced, who is told before
anything changes (R35).
"""

from collections.abc import Collection
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from access_register import grants
from access_register.headships.newcomers import Welcome, nobody_written_to
from access_register.headships.records import HandoverRecord, HandoversPage, HeadshipPage, OfferPage
from access_register.levels import Level
from access_register.models import CarriedRegister, Handover, Person, RegisterLine
from access_register.models.lines import HEAD_SEAT
from access_register.notices import mail
from access_register.register.register import CannotChange, ChangeRefused, check_name
from access_register.register.rules import live_lines
from access_register.register.to_confirm import questions
from sharing.authorise import Asker, NoSuchRecord, Permission, Through, Visit, the_one, visit
from sharing.cannot import check_unchanged
from sharing.days import day_in_words
from sharing.door.downloads import still_kept_by
from sharing.door.managing import keeps_register_or_officer
from sharing.ledger import ledger
from sharing.models import Establishment
from sharing.records import Why
from sharing.roles import BATCH, acting_as
from sharing.statements import one_at_a_time, row_of, rows_of, value_of

ONE_AT_A_TIME = "A handover is already under way here. Cancel it first, or wait until its day."
NOT_ANY_MORE = "This handover has moved on, or was cancelled. Look at it again."
OVER = "This handover {}. There is nothing left to do."
NOT_DONE = "was cancelled, or its day passed before all had agreed"
CANNOT_GO_BACK = (
    "Since it was accepted, somebody was given a line, or the successor’s Level 1 place, which would be in the way. "
    "The head withdraws or lowers that line first. Then this handover can be cancelled."
)
LINES_CHANGED = (
    "The register was changed while you had this page open. Look through the lines again, then confirm them."
)
SUCCESSOR = "Named as the successor."
NOT_YOUR_OWN = "You named this successor. Another officer has to verify them."
NOT_ONESELF = "You cannot name yourself as head. Ask the head or another officer of the Education Department to do it."


def show_headship(asker: Asker, urn: int) -> HeadshipPage:
    """Who is head, and the handover under way: for those who keep the register, and for officers."""
    with visit(asker, keeps_register_or_officer(asker), urn, action="show_headship") as here:
        head = _head_on(here.establishment, here.today)
        found = _under_way(here.today).filter(establishment=here.establishment).first()
        here.showed(handovers=1 if found else 0)
        leads = _leads(here, head)
        return HeadshipPage(
            here.here,
            head_name=head[2] if head else "",
            next_head=None if found else _next_head(here),
            open=_record(found, asker) if found else None,
            may_name=leads,
            may_cancel=leads and found is not None and _may_be_cancelled(found, here.today),
            downloads=still_kept_by(here, head[1]) if head else (),
            why=here.why,
        )


def name_successor(
    asker: Asker, urn: int, *, name: str, email: str, on: date, until: date | None = None, other_name: bool = True,
    welcome: Welcome = nobody_written_to,
) -> Person:  # fmt: skip
    """The head, or an officer, names who is head from `on` or, with `until`, who acts as head for those days.

    Returns the successor, who may have no account yet. Nothing changes yet. Raises CannotChange.
    """
    with visit(asker, keeps_register_or_officer(asker), urn, action="name_successor") as here:
        head = _head_on(here.establishment, here.today)
        if not _leads(here, head):
            raise ChangeRefused("Only the head, or an officer of the Education Department, can name a successor.")
        if on < here.today:
            raise CannotChange("The first day must be today or later.", "on")
        if until and until < on:
            raise CannotChange("The last day must not be before the first.", "until")
        replaced = _head_on(here.establishment, on) or head
        if replaced is None:
            raise CannotChange(
                "There is no head on this register to take over from. Ask an information manager to "
                "record the first one."
            )
        person = Person.objects.known_or_new(email, name)
        if person.pk == asker.person_id:
            raise ChangeRefused(NOT_ONESELF, "email")
        if person.pk == replaced[1]:
            raise CannotChange(f"{person.name} is already head on that day.", "email")
        check_name(person, name, other_name=other_name)
        value_of("SELECT access_register_close_handovers(%s)", here.establishment.pk)
        handover = Handover(
            establishment=here.establishment, outgoing_id=replaced[0], successor=person, on=on, until=until,
            named_by_id=asker.person_id, named_by_name=asker.name,
        )  # fmt: skip
        try:
            with transaction.atomic():
                handover.save()
        except IntegrityError:
            raise CannotChange(ONE_AT_A_TIME) from None
        here.changed(handover=handover.pk, person=person.pk, on=on, until=until)
        welcome(person)
        return person


def list_handovers(asker: Asker) -> HandoversPage:
    """The handovers under way, the next day first: those that wait for an officer (A7)."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="list_handovers") as here:
        places = here.establishments_with(Permission.VIEW_ESTABLISHMENT)
        found = _records(_under_way(here.today).filter(establishment__in=places).order_by("on", "pk"), asker)
        here.showed(handovers=len(found))
        return HandoversPage(tuple(found), here.why_the_list)


def verify_successor(asker: Asker, handover_id: int) -> HandoverRecord:
    """An officer who did not name the successor confirms that they are appointed (A7). Raises CannotChange.

    The successor is told by email that they can accept, and the current head that the handover can still be cancelled.
    """
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="verify_successor") as here:
        places = here.establishments_with(Permission.VIEW_ESTABLISHMENT)
        if asker.through != Through.EDUNET:
            raise NoSuchRecord
        found = _still_open(Handover.objects.filter(pk=handover_id, establishment__in=places))
        here.came_to(found.establishment, _by_what_right(here, found))
        if asker.person_id == found.named_by_id:
            raise ChangeRefused(NOT_YOUR_OWN)
        if asker.person_id == found.successor_id:
            raise ChangeRefused("You are the successor. Another officer has to verify you.")
        asker.prove()
        if found.verified_at and found.verified_by_name == asker.name:  # sent twice
            here.showed(handover=handover_id)
            return _record(found, asker)
        if not value_of("SELECT access_register_verify_handover(%s, %s)", handover_id, asker.name):
            raise CannotChange(NOT_ANY_MORE)
        here.changed(handover=handover_id, person=found.successor_id)
        mail.send_later(
            "headship_offered", [found.successor.email], name=found.successor.name, on=found.on,
            establishment=found.establishment.name, link=mail.link("headship_offer", handover_id),
        )  # fmt: skip
        _tell_the_head(found, here.today)
        return _record(_open().get(pk=handover_id), asker)


def show_offer(asker: Asker, handover_id: int) -> OfferPage:
    """The headship offered to the asker. Raises CannotChange where it is over, and NoSuchRecord for anybody else."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="show_offer") as here:
        found = _offered(asker, handover_id)
        here.showed(handover=handover_id, urn=found.establishment.urn)
        return OfferPage(_record(found, asker), Why("You are named as the successor.", ""))


def accept_headship(asker: Asker, handover_id: int) -> HandoverRecord:
    """Accept as the verified successor, which gives the register's lines their days. Raises CannotChange."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="accept_headship") as here:
        found = _offered(asker, handover_id)
        here.came_to(found.establishment, SUCCESSOR)
        if found.verified_at is None:
            raise CannotChange("An officer of the Education Department has not verified you yet.")
        third_party = RegisterLine.objects.live_on(here.today).filter(establishment=found.establishment)
        if third_party.filter(person_id=asker.person_id, role=RegisterLine.Role.THIRD_PARTY).exists():
            raise ChangeRefused("You are a third party here. Your contract has to end before you become head.")
        if RegisterLine.objects.live_on(here.today).filter(
            establishment=found.establishment, person_id=asker.person_id, awaiting_since__isnull=False
        ):
            raise CannotChange("You are invited to this register. Accept the invitation first.")
        asker.prove()
        opens = list(grants.of_line(_line_to_come(found)))
        opened = [row.permission.value for row in opens]
        if not value_of("SELECT access_register_accept_headship(%s, %s, %s)", handover_id, opened, opens[0].reason):
            raise CannotChange(NOT_ANY_MORE)
        here.changed(handover=handover_id, on=found.on, until=found.until)
        return _record(_open().get(pk=handover_id), asker)


def cancel_handover(asker: Asker, handover_id: int, *, because: str = "") -> HandoverRecord:
    """Cancel a handover before its day, as head, officer or successor. All is as it was, except for what was changed
    meanwhile. Raises CannotChange."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="cancel_handover") as here:
        found = the_one(_open().filter(pk=handover_id))
        here.came_to(found.establishment, _by_what_right(here, found))
        if not _may_be_cancelled(found, here.today):
            raise CannotChange("The day has come. Name a new successor instead.")
        asker.prove()
        try:
            with transaction.atomic():
                done = value_of("SELECT access_register_cancel_handover(%s, %s, %s)", handover_id, asker.name, because)
        except IntegrityError:
            raise CannotChange(CANNOT_GO_BACK) from None
        if not done and not _open().filter(pk=handover_id).exists():
            raise CannotChange(NOT_ANY_MORE)
        if not done:
            raise ChangeRefused("Only the head, an officer or the successor may cancel a handover.")
        here.changed(handover=handover_id, person=found.successor_id, because=because)
        heads = (_head_on(found.establishment, day) for day in (here.today, found.on))
        _tell_both(found, {head[1] for head in heads if head}, "handover_cancelled")
        return _record(found, asker)


def confirm_register(asker: Asker, urn: int, *, version: str | None = None) -> None:
    """Record that the head has looked through the lines they took over. `version`: of the lines that the page showed.

    Raises ChangedMeanwhile, and ChangeRefused for anybody else.
    """
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="confirm_register") as here:
        head = _head_on(here.establishment, here.today)
        if not head or head[1] != asker.person_id:
            raise ChangeRefused("Only the head can confirm the register.")
        one_at_a_time("confirm_register")
        if not questions(here):
            here.showed(confirmed=True)
            return
        lines = live_lines(here).order_by("pk").values_list("pk", "version")
        check_unchanged(version, *lines, message=LINES_CHANGED)
        value_of("SELECT access_register_confirm_headship(%s)", here.establishment.pk)
        carried = CarriedRegister.objects.filter(establishment=here.establishment, confirmed_at=None)
        count = carried.update(confirmed_at=timezone.now(), confirmed_by_name=asker.name)
        here.changed(confirmed=True, carried=count)


def carry_out(today: date) -> list[str]:
    """Every night, complete the handovers whose day has come, and cancel those not ready. Returns what it did.

    Safe to run again, or twice at once. If a handover is cancelled, the old head stays, and both people are told.
    """
    with acting_as(BATCH):
        done = []
        for row in _open().select_for_update(of=("self",), skip_locked=True).filter(on__lte=today):
            if row.accepted_at is not None:
                row.done_at = timezone.now()
                done.append(f"{row.establishment.name} has a new head since {day_in_words(row.on)}.")
            elif row.on < today:
                missing = "accepted by the successor" if row.verified_at else "verified by an officer"
                row.cancelled_at, row.cancelled_by_name = timezone.now(), "the service"
                row.cancelled_because = f"It was not {missing} by its day."
                _tell_both(row, {row.outgoing.person_id}, "handover_lapsed")
                done.append(f"The handover at {row.establishment.name} did not happen. {row.cancelled_because}")
            else:
                continue
            row.save(update_fields=["done_at", "cancelled_at", "cancelled_by_name", "cancelled_because"])
            about = {"handover": row.pk, "person": row.successor_id, "happened": row.done_at is not None}
            ledger.changed(action="carry_out_handover", urn=row.establishment.urn, about=about)
        return done


def _open() -> QuerySet[Handover]:
    return Handover.objects.filter(done_at=None, cancelled_at=None).select_related("establishment", "successor")


def _under_way(today: date) -> QuerySet[Handover]:
    """Open handovers, except accepted ones whose day has come, even if the nightly run has not noted that yet."""
    return _open().exclude(on__lte=today, accepted_at__isnull=False)


def _head_on(establishment: Establishment, day: date) -> tuple[int, int, str] | None:
    """(line, person, name) of the head on that day."""
    return row_of("SELECT * FROM access_register_head_on(%s, %s)", establishment.pk, day)


def _next_head(here: Visit) -> tuple[str, date] | None:
    """The absent head after an acting one; or a successor who accepted before the school had its URN (A2)."""
    to_come = RegisterLine.objects.filter(establishment=here.establishment, seat=HEAD_SEAT, starts_on__gt=here.today)
    found = to_come.live_on(here.today).select_related("person").order_by("starts_on").first()
    return (found.person.name, found.starts_on) if found else None


def _leads(here: Visit, head: tuple[int, int, str] | None) -> bool:
    """Whether the asker may name a successor: as an officer, or as the current head."""
    return here.asker.through == Through.EDUNET or bool(head and head[1] == here.asker.person_id)


def _may_be_cancelled(handover: Handover, today: date) -> bool:
    return handover.accepted_at is None or handover.on > today


def _offered(asker: Asker, handover_id: int) -> Handover:
    if asker.through != Through.SCHOOLS_ONLINE:
        raise NoSuchRecord
    return _still_open(Handover.objects.filter(pk=handover_id, successor_id=asker.person_id))


def _by_what_right(here: Visit, handover: Handover) -> str:
    return here.holdings.best(here.permission).get(handover.establishment_id, SUCCESSOR)


def _still_open(rows: QuerySet[Handover]) -> Handover:
    """The one handover. Raises CannotChange where it was cancelled, or has happened."""
    found = the_one(rows.select_related("establishment", "successor"))
    if found.done_at or found.cancelled_at:
        raise CannotChange(OVER.format("has happened" if found.done_at else NOT_DONE))
    return found


def _line_to_come(handover: Handover) -> RegisterLine:
    """The successor's line as it will be, which determines the permission rows and their reason."""
    return RegisterLine(
        establishment=handover.establishment, person=handover.successor, level=Level.ONE, seat=HEAD_SEAT,
        role=RegisterLine.Role.HEAD, starts_on=handover.on, ends_on=handover.until, level_since=handover.on,
        given_by_name=handover.named_by_name,
    )  # fmt: skip


def _tell_the_head(handover: Handover, today: date) -> None:
    """Tell the head of today, who can open the page, and whoever would be head on the day: behind an acting head that
    is another person, who cannot."""
    place, told = handover.establishment, set()
    for day, link in ((today, mail.link("headship", handover.establishment.urn)), (handover.on, "")):
        head = _head_on(place, day)
        if head and head[1] not in told:
            told.add(head[1])
            person = Person.objects.get(pk=head[1])
            about = {"establishment": place.name, "on": handover.on, "link": link}
            mail.send_later("headship_verified", [person.email], name=person.name, **about)


def _tell_both(handover: Handover, heads: set[int], letter: str) -> None:
    """Tell the successor and the head. `heads` has two behind an acting head: whoever would be head again is told
    too."""
    about = {"establishment": handover.establishment.name, "on": handover.on}
    for person in Person.objects.filter(pk__in={*heads, handover.successor_id}):
        mail.send_later(letter, [person.email], name=person.name, **about)


def _record(row: Handover, asker: Asker) -> HandoverRecord:
    return _records([row], asker)[0]


def _records(rows: Collection[Handover], asker: Asker) -> list[HandoverRecord]:
    """Each handover as the pages tell it. Who is head on their days is asked once for all of them."""
    found = rows_of(
        "SELECT place, day, name FROM unnest(%s::bigint[], %s::date[]) AS asked (place, day),"
        " access_register_head_on(place, day)",
        [row.establishment_id for row in rows], [row.on for row in rows],
    )  # fmt: skip
    heads = {(place, day): name for place, day, name in found}
    return [_told(row, heads.get((row.establishment_id, row.on), ""), asker) for row in rows]


def _told(row: Handover, outgoing: str, asker: Asker) -> HandoverRecord:
    if row.accepted_at:
        stage = "Accepted"
    elif row.verified_at:
        stage = "Waiting for the successor to accept"
    else:
        stage = "Waiting for an officer to verify"
    return HandoverRecord(
        id=row.pk,
        urn=row.establishment.urn,
        establishment=row.establishment.name,
        outgoing_name="" if row.accepted_at else outgoing,
        successor_name=row.successor.name,
        successor_email=row.successor.email,
        on=row.on,
        until=row.until,
        named_by_name=row.named_by_name,
        verified_by_name=row.verified_by_name,
        stage=stage,
        is_verified=row.verified_at is not None,
        is_accepted=row.accepted_at is not None,
        is_offered_to_asker=row.successor_id == asker.person_id and asker.through == Through.SCHOOLS_ONLINE,
        may_verify=row.verified_at is None and asker.person_id not in (row.named_by_id, row.successor_id),
    )
