"""The steps of a breach (P17, R41): reported by anybody, referred by the data-protection side, decided by a panel.

The database carries out what a panel decides in the same statement as the deciding vote.
"""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from access_register.breaches import notices, rules
from access_register.breaches.reading import WITH_THE_PANEL
from access_register.models import (
    Breach,
    BreachEvidence,
    BreachParty,
    BreachReport,
    BreachStep,
    BreachTold,
    Measure,
)
from access_register.models.breaches import WITH_A_LENGTH
from access_register.register.rules import CannotChange
from sharing.authorise import (
    Asker,
    NoSuchRecord,
    Permission,
    Through,
    Visit,
    visit,
)
from sharing.cannot import check_unchanged
from sharing.crypto import encrypt
from sharing.days import day_in_words
from sharing.door.managing import managing
from sharing.ledger.rows import came_of, how_many, told_of
from sharing.ledger.words import OF_CASES
from sharing.models import Establishment, LedgerEntry
from sharing.statements import hold_lock, one_at_a_time, row_of, rows_of, value_of

NEEDED = "Breaches are referred by the data-protection side of the Education Department, on EduNet."
_at_the_desk = partial(managing, needed=NEEDED)
MEANWHILE = "This case has moved on in the meantime. Look at it again."
MOST_ROWS = 500
NOT_REFERRED = {
    "nobody": "First name who the case is against.",
    "nowhere": "None of the establishments the case is against is in a Locality today. Move "
    "one of them into its Locality first.",
    "nothing": MEANWHILE,
    "again": "You have already said that you want to close it. Another information manager has to agree.",
}
AGAINST_OTHERS = (
    "Somebody changed who the case is against while you had this page open. Read above who it is now. Send the form "
    "again if that is right."
)
NO_PANEL = {
    "nobody_concerned_sits": "Somebody you chose is concerned in the case, and may not sit. Choose again.",
    "panel_of_three_five_or_seven": "With those who already sit, a panel must have three, five or seven people.",
    "panel_of_one_officer_at_most": "One officer at most sits with the heads. Choose heads for the other places.",
    "one_seat_for_each_person": "Somebody you chose already sits on this case, or sat on it before.",
}


def report_breach(
    asker: Asker,
    *,
    form_key: UUID,
    whose: str,
    about: int | None,
    categories: Collection[str],
    children: str,
    happened: str,
    whom: str,
    happened_on: date | None,
    aware_at: datetime,
    name_withheld: bool,
    by_managers: Collection[int] = (),
) -> int:
    """Report a breach: `about` is a URN, `by_managers` the information managers who did it, and so do not look at it.

    Returns its number, which is the same for a form sent twice. Raises NoSuchRecord.
    """
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="report_breach") as here:
        place = here.readable_establishments().filter(urn=about).first() if about else None
        one_at_a_time("report_breach")
        known = BreachReport.objects.filter(person_id=asker.person_id, form_key=form_key).first()
        if known:
            here.showed(breach=known.breach_id)
            return known.breach_id
        made = value_of(
            "SELECT access_register_report_breach(%s, %s, %s::text[], %s, %s, %s, %s, %s, %s, %s, %s)",
            Breach.Whose(whose).value, place.pk if place else None, [Breach.Data(one).value for one in categories],
            Breach.Children(children).value, _sealed(happened, "breach.happened"), _sealed(whom, "breach.whom"),
            happened_on, aware_at, name_withheld, form_key, asker.name,
        )  # fmt: skip
        if made is None:
            raise NoSuchRecord
        here.changed(breach=made, **others_look(made, "reported", by_managers))
        return int(made)


def find_concerned(asker: Asker, breach_id: int, *, sort: str, words: str) -> tuple[tuple[int, str], ...]:
    """Those it may be held against, as (id, words): people, establishments or contracts. At most 20."""
    with _at_the_desk(asker, "find_concerned") as here:
        found = tuple(rows_of("SELECT id, label FROM access_register_breach_find(%s, %s, %s)", breach_id, sort, words))
        here.showed(breach=breach_id, found=len(found))
        return found


def name_concerned(asker: Asker, breach_id: int, *, sort: str, target: int) -> None:
    """Name somebody the case is against. Raises CannotChange."""
    with _at_the_desk(asker, "name_concerned") as here:
        _one_list_at_a_time(breach_id)
        if not value_of("SELECT access_register_breach_concern(%s, %s, %s, %s)", breach_id, sort, target, asker.name):
            raise CannotChange("This name is already on record, or the case has moved on.", "target")
        here.changed(breach=breach_id)


def take_out_concerned(asker: Asker, breach_id: int, *, party: int) -> None:
    """Take out somebody named by mistake, before the case is referred. Twice is once. Raises CannotChange."""
    with _at_the_desk(asker, "take_out_concerned") as here:
        _one_list_at_a_time(breach_id)
        name = BreachParty.objects.filter(pk=party, breach=breach_id).values_list("name", flat=True).first()
        if name is None:
            here.showed(breach=breach_id)
            return
        sealed = _sealed(name, "breachstep.words")
        _step("SELECT access_register_breach_take_out(%s, %s, %s, %s)", breach_id, party, sealed, asker.name)
        here.changed(breach=breach_id, party=party)


def refer_breach(
    asker: Asker, breach_id: int, *, is_personal: bool, severity: str, refers: bool, words: str,
    version: str | None = None,
) -> bool:  # fmt: skip
    """Refer a breach to the partnership of the Locality concerned, or close it; closing takes two people if there are
    two (A16).

    `version`: of those whom the page named. Returns whether it waits for the second person. Raises CannotChange, and
    ChangedMeanwhile where a case that is referred is against others by now.
    """
    with _at_the_desk(asker, "refer_breach") as here:
        _one_list_at_a_time(breach_id)
        if refers:
            named = BreachParty.objects.filter(breach=breach_id).order_by("pk").values_list("pk", "name")
            check_unchanged(version, *named, message=AGAINST_OTHERS)
        how_bad = Breach.Severity(severity).value if is_personal else ""
        came = value_of(
            "SELECT access_register_refer_breach(%s, %s, %s, %s, %s, %s)",
            breach_id, is_personal, how_bad, refers, _sealed(words, "breachstep.words"), asker.name,
        )  # fmt: skip
        if came not in {"done", "asked"}:
            raise CannotChange(NOT_REFERRED[str(came)])
        here.changed(breach=breach_id, refers=refers, personal=is_personal)
        if came == "asked":
            notices.tell(breach_id, "desk", "to_close")
        else:
            closed = "dismissed_again" if Breach.objects.get(pk=breach_id).asked_again_at else "dismissed"
            notices.tell(breach_id, "respondent" if refers else "reporter", "referred" if refers else closed)
        return came == "asked"


def record_told(asker: Asker, breach_id: int, *, whom: str) -> None:
    """Record that the Commissioner, or the people concerned, have now been told. Raises CannotChange."""
    with _confirmed(asker, "record_told") as here:
        _step("SELECT access_register_breach_told(%s, %s, %s)", breach_id, BreachTold.Whom(whom), asker.name)
        here.changed(breach=breach_id, told=whom)


def attach_evidence(asker: Asker, breach_id: int, *, urn: int | None, first: date, last: date) -> int:
    """Freeze rows of the ledger: those of the people it is against, or those about an establishment. Returns how many.

    The same rows are attached only once. They say who, when and what, without the purpose or other free text, and
    without anything that heads may not be told: heads sit on the panel, and the case may be against one (R18). Nobody
    learns from them who has reported, judged or answered another case. Raises CannotChange for no rows, or too many.
    """
    with _at_the_desk(asker, "attach_evidence") as here:
        rows = LedgerEntry.objects.told_to_heads().from_day(first).until_day(last).exclude(action__in=OF_CASES)
        rows = rows.at(urn) if urn else rows.filter(_by_the_parties(breach_id))
        found = list(rows.order_by("pk").defer("previous_hash", "hash", "purpose")[: MOST_ROWS + 1])
        if not found or len(found) > MOST_ROWS:
            many = f"There are more than {MOST_ROWS} rows{_fewer(urn, first, last)}"
            raise CannotChange(many if found else "The ledger has no such row.", "first")
        place = Establishment.objects.filter(urn=urn).values_list("name", flat=True).first() if urn else None
        whose = f"at {place or f'establishment {urn}'}" if urn else "by those the case is against"
        days = f"on {day_in_words(first)}" if first == last else f"from {day_in_words(first)} to {day_in_words(last)}"
        asked = f"Rows {whose}, {days}"
        one_at_a_time("attach_evidence")
        frozen = json.dumps([_frozen(row) for row in found])
        if any(known.content == frozen for known in BreachEvidence.objects.filter(breach=breach_id, asked=asked)):
            here.showed(breach=breach_id, rows=len(found))
            return len(found)
        told = breach_id, asked, len(found), _sealed(frozen, "breachevidence.content"), asker.name
        _step("SELECT access_register_attach_evidence(%s, %s, %s, %s, %s)", *told)
        here.changed(breach=breach_id, rows=len(found))
        return len(found)


def _fewer(urn: int | None, first: date, last: date) -> str:
    """What to choose instead of too many rows."""
    if first < last:
        return ". Choose fewer days."
    those = "Choose what was done by those the case is against" if urn else "Choose another day"
    return f" on that day alone. {those}."


def show_panel(asker: Asker, breach_id: int) -> list[rules.Candidate]:
    """Who may sit: heads of the Localities concerned, and officers, except anybody concerned in the case."""
    with _at_the_desk(asker, "show_panel") as here:
        if not Breach.objects.filter(pk=breach_id, state__in=WITH_THE_PANEL).exists():
            raise NoSuchRecord
        here.showed(breach=breach_id)
        return without_conflict_of(breach_id)


def seat_panel(asker: Asker, breach_id: int, *, people: Collection[int]) -> None:
    """Name the panel, or replacements for members who can no longer sit. Raises CannotChange."""
    with _at_the_desk(asker, "seat_panel") as here:
        chosen = [one for one in without_conflict_of(breach_id) if one.person_id in people]
        if len(chosen) != len(people):
            raise CannotChange(NO_PANEL["nobody_concerned_sits"], "people")
        words = _sealed("; ".join(one.label for one in chosen), "breachstep.words")
        with _in_words():
            seats = breach_id, list(people), words, asker.name
            _step("SELECT access_register_seat_panel(%s, %s::bigint[], %s, %s)", *seats)
        here.changed(breach=breach_id, panel=list(people))
        notices.tell(breach_id, "panel", "seated")


def vote_on_breach(asker: Asker, breach_id: int, *, measure: str, weeks: int, tell_ico: bool, reason: str) -> bool:
    """Vote, or vote again. Returns whether that decided the case, which is then enacted. Raises CannotChange."""
    with _confirmed(asker, "vote_on_breach") as here:
        length = weeks if Measure(measure) in WITH_A_LENGTH else 0
        votes = breach_id, measure, length, tell_ico, _sealed(reason, "breachseat.reason")
        came = _step("SELECT access_register_breach_vote(%s, %s, %s, %s, %s)", *votes)
        here.changed(breach=breach_id, decided=came == "decided")
        if came == "decided":
            roles = ("reporter", "respondent", "desk")  # somebody who reports their own mistake has two
            told = {person for role in roles for person in notices.people_of(breach_id, role)}
            notices.write(breach_id, told, "decided")
            notices.tell_sponsors(breach_id)
            notices.tell_who_is_back(breach_id)
        return came == "decided"


def answer_breach(asker: Asker, breach_id: int, *, words: str) -> None:
    """Record the answer of somebody the case is against; the same words only once. Raises CannotChange."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="answer_breach") as here:
        one_at_a_time("answer_breach")
        answers = BreachStep.objects.filter(breach=breach_id, what=BreachStep.What.ANSWERED, by_name=asker.name)
        if any(answer.words == words for answer in answers):
            here.showed(breach=breach_id)
            return
        sealed = _sealed(words, "breachstep.words")
        _step("SELECT access_register_answer_breach(%s, %s, %s)", breach_id, sealed, asker.name)
        here.changed(breach=breach_id)


def appeal_breach(asker: Asker, breach_id: int, *, words: str) -> None:
    """Appeal, once and within 28 days: other people decide. The decision applies meanwhile. Raises CannotChange."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="appeal_breach") as here:
        sealed = _sealed(words, "breachstep.words")
        _step("SELECT access_register_appeal_breach(%s, %s, %s)", breach_id, sealed, asker.name)
        here.changed(breach=breach_id, **others_look(breach_id, "appealed"))


def ask_again(asker: Asker, breach_id: int, *, words: str, by_managers: Collection[int] = ()) -> None:
    """The person who reported it asks, once, for others to look at a breach that was closed. Raises CannotChange."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="ask_again") as here:
        sealed = _sealed(words, "breachstep.words")
        _step("SELECT access_register_breach_ask_again(%s, %s)", breach_id, sealed)
        here.changed(breach=breach_id, **others_look(breach_id, "asked_again", by_managers))


def others_look(breach_id: int, kind: str, by_managers: Collection[int] = ()) -> dict[str, Any]:
    """Tell the desk. If nobody is left at it, a panel is drawn by lot, and members who can no longer sit are replaced.

    Returns what the ledger says of a panel that was drawn.
    """
    if by_managers:
        value_of("SELECT access_register_breach_by_managers(%s, %s::bigint[])", breach_id, [*by_managers])
    panel = notices.draw_panel(breach_id)
    notices.tell(breach_id, "desk", kind)
    return panel


def without_conflict_of(breach_id: int) -> list[rules.Candidate]:
    """Who may sit. Call it inside a visit of the data-protection side."""
    return rules.without_conflict(_candidates(breach_id), _concerned(breach_id))


def _one_list_at_a_time(breach_id: int) -> None:
    """Nobody else changes whom the case is against until this visit ends."""
    hold_lock(f"parties of breach {breach_id}")


def _step(statement: str, *params: Any) -> Any:
    """Take one step in the database, and return its answer. Raises CannotChange where the case has moved on."""
    answer = value_of(statement, *params)
    if not answer:
        raise CannotChange(MEANWHILE)
    return answer


@contextmanager
def _confirmed(asker: Asker, action: str) -> Iterator[Visit]:
    """A visit of somebody who has recently confirmed that it is them. Raises NeedsConfirmation."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action=action) as here:
        asker.prove()
        yield here


@contextmanager
def _in_words() -> Iterator[None]:
    """Turn PostgreSQL's own refusals of a panel into CannotChange."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as problem:
        name = getattr(getattr(problem.__cause__, "diag", None), "constraint_name", "") or ""
        if name not in NO_PANEL:
            raise
        raise CannotChange(NO_PANEL[name], "people") from problem


def _candidates(breach_id: int) -> list[rules.Candidate]:
    told = rows_of(
        "SELECT person_id, name, place, is_officer, establishments, teams FROM access_register_breach_candidates(%s)",
        breach_id,
    )
    return [
        rules.Candidate(person, name, place, officer, frozenset(places), frozenset(teams))
        for person, name, place, officer, places, teams in told
    ]


def _concerned(breach_id: int) -> rules.Concerned:
    found = row_of("SELECT people, establishments, teams FROM access_register_breach_facts(%s)", breach_id)
    if found is None:
        raise NoSuchRecord
    people, places, teams = found
    return rules.Concerned(frozenset(people), frozenset(places), frozenset(teams))


def _by_the_parties(breach_id: int) -> Q:
    """Rows of the people whom the case names. Of the head of an establishment and the people of a third party, what
    they did at Schools Online, except at other establishments where they have a place: their work there is no matter
    of the case (A18). What others share they read through this one, too."""
    named = BreachParty.objects.filter(breach=breach_id, person__isnull=False).values_list("person", flat=True)
    found = Q(person_id__in=list(named))
    for person, elsewhere in rows_of("SELECT person_id, urns FROM access_register_breach_elsewhere(%s)", breach_id):
        found |= Q(person_id=person, through=Through.SCHOOLS_ONLINE) & ~Q(urn__in=elsewhere)
    return found


def _frozen(row: LedgerEntry) -> list[Any]:
    site = Through(row.through).label if row.through else ""
    return [row.at.isoformat(), row.person_name, site, told_of(row), came_of(row), how_many(row.about), row.urn]


def _sealed(words: str, column: str) -> bytes | None:
    return encrypt(words, column=f"access_register_{column}") if words else None
