"""Challenges: "this is wrong, because ..." (P9). Anybody who sees a record can raise one; whoever keeps the record
answers it, unless whoever raised it takes it back."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from sharing.authorise import Asker, NeedsSecondFactor, NoSuchRecord, Permission, Through, Visit, the_one, visit
from sharing.challenge_facts import FACTS, Fact, fact
from sharing.crypto import encrypt
from sharing.door.paging import page_of
from sharing.door.pupil_page import changes_told
from sharing.door.pupils import pupils_here
from sharing.models import Challenge, PupilChange, StaffMember
from sharing.models.accuracy import ChallengeQuerySet
from sharing.records.accuracy import (
    ChallengeLine,
    ChallengeList,
    ChallengePage,
    StepRecord,
    Subject,
)
from sharing.records.pupils import ChangeRecord
from sharing.school_year import school_days_after, school_days_until
from sharing.signals import challenge_answered, challenge_taken_back
from sharing.statements import one_at_a_time, value_of

PUPIL, STAFF, FIGURE = Challenge.About.PUPIL, Challenge.About.STAFF, Challenge.About.FIGURE
NEEDS = {
    PUPIL: Permission.VIEW_PUPILS,
    STAFF: Permission.VIEW_STAFF,
    FIGURE: Permission.VIEW_ESTABLISHMENT,
}
STEPS = {
    Challenge.State.OPEN: "Raised",
    Challenge.State.PASSED_ON: "Passed on to the data team",
    Challenge.State.ANSWERED: "Answered",
    Challenge.State.WITHDRAWN: "Taken back",
}


class AlreadySettled(Exception):
    """The challenge is already answered, passed on or taken back, or not the asker's to settle: nothing changed."""


def show_subject(asker: Asker, urn: int, about: str, subject_id: UUID | None = None) -> Subject:
    """What somebody is about to challenge. Raises NoSuchRecord (404) for a record that may not be seen today."""
    with visit(asker, NEEDS[Challenge.About(about)], urn, action="show_subject") as here:
        record = _subject(here, about, subject_id)
        here.showed(**_of(about, subject_id))
        facts = tuple((one.key, one.words) for one in _facts(here, about))
        name = f"{record.forename} {record.surname}" if record else ""
        return Subject(here.here, about, subject_id, name, facts, here.why)


def raise_challenge(
    asker: Asker, urn: int, about: str, subject_id: UUID | None = None, *, fact_key: str, statement: str
) -> int:
    """Say that a fact is wrong, and why. Returns the challenge's number.

    It is due CHALLENGE_SCHOOL_DAYS school days from today: from Level 1, or for facts about the establishment from the
    data team. While it waits, the same words about the same fact are the same challenge (a double click).
    """
    with visit(asker, NEEDS[Challenge.About(about)], urn, action="raise_challenge") as here:
        _subject(here, about, subject_id)
        chosen = next((one for one in _facts(here, about) if one.key == fact_key), None)
        if chosen is None:
            raise NoSuchRecord
        which = {
            "pupil_id": subject_id if about == PUPIL else None,
            "member_id": subject_id if about == STAFF else None,
        }
        one_at_a_time("raise_challenge")
        same = Challenge.objects.at(here.establishment.pk).waiting().filter(
            about=about, fact=fact_key, raised_by_id=asker.person_id, **which
        )  # fmt: skip
        known = next((one for one in same if one.statement == statement), None)
        if known:
            here.showed(challenge=known.pk, **_of(about, subject_id))
            return known.pk
        made = Challenge.objects.create(
            establishment=here.establishment,
            about=about,
            fact=chosen.key,
            withheld_as=chosen.withheld_as,
            statement=statement,
            raised_by_id=asker.person_id,
            raised_by_name=asker.name,
            due_on=school_days_after(here.today, settings.CHALLENGE_SCHOOL_DAYS),
            assigned_to=Challenge.Desk.DATA_TEAM if about == FIGURE else Challenge.Desk.SCHOOL,
            **which,
        )
        here.changed(challenge=made.pk, **_of(about, subject_id))
        return made.pk


def list_challenges(asker: Asker, urn: int, *, number: int = 1) -> ChallengeList:
    """The challenges that the asker may read: the waiting ones first, the most urgent of them at the top."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, urn, action="list_challenges") as here:
        found = _readable(here)
        waiting = found.waiting()
        listed = found.waiting_first().select_related("pupil", "member")
        page = page_of(
            _without_numbers(listed).defer("statement", "answer", "withdrawn_because"),
            number,
            lambda challenge: _line(challenge, here.today),
        )
        here.showed(challenges=[line.id for line in page], **_named(page))
        return ChallengeList(
            here.here,
            page,
            **waiting.aggregate(
                waiting=Count("pk"),
                overdue=Count("pk", filter=Q(due_on__lt=here.today)),
                with_us=Count("pk", filter=Q(assigned_to=Challenge.Desk.SCHOOL)),
            ),
            of_leavers=_of_leavers(here),
            why=here.why,
        )


def show_challenge(asker: Asker, urn: int, challenge_id: int) -> ChallengePage:
    """One challenge and its history. Raises NoSuchRecord (404) for one that the asker may not read today."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, urn, action="show_challenge") as here:
        found = the_one(_without_numbers(_readable(here)).filter(pk=challenge_id))
        steps = tuple(
            StepRecord(STEPS[Challenge.State(step.what)], step.at, step.by_name) for step in found.events.all()
        )
        can_answer = _may_settle(here, found)
        here.showed(challenge=found.pk, **_of(found.about, found.pupil_id or found.member_id))
        return ChallengePage(
            here.here,
            _line(found, here.today),
            subject_id=found.pupil_id or found.member_id,
            statement=str(found.statement),
            answer=str(found.answer),
            taken_back_because=str(found.withdrawn_because),
            steps=steps,
            corrections=_corrections(here, found),
            can_answer=can_answer,
            can_pass_on=can_answer and found.assigned_to == Challenge.Desk.SCHOOL,
            can_take_back=found.is_waiting and found.raised_by_id == asker.person_id,
            why=here.why,
        )


def answer_challenge(asker: Asker, urn: int, challenge_id: int, *, outcome: str, answer: str) -> None:
    """Settle it: corrected, not changed because ..., or passed to the source. Raises AlreadySettled.

    The same answer sent twice counts once (a double click).
    """
    step = Challenge.State.ANSWERED
    _settle(asker, urn, challenge_id, step, Challenge.Outcome(outcome).value, answer, "answer_challenge")


def pass_on_challenge(asker: Asker, urn: int, challenge_id: int) -> None:
    """Pass it on to the data team, where the school cannot correct it itself. Raises AlreadySettled."""
    _settle(asker, urn, challenge_id, Challenge.State.PASSED_ON, "", "", "pass_on_challenge")


def take_back_challenge(asker: Asker, urn: int, challenge_id: int, *, because: str = "") -> None:
    """Take it back, by whoever raised it and no longer needs an answer. Raises AlreadySettled.

    Level 1 is told, where they were reminded of it. Taking it back twice is the same as once.
    """
    with visit(asker, Permission.VIEW_ESTABLISHMENT, urn, action="take_back_challenge") as here:
        mine = _readable(here).filter(pk=challenge_id, raised_by_id=asker.person_id)
        found = the_one(mine.select_related("establishment"))
        sealed = encrypt(because, column="sharing_challenge.withdrawn_because") if because else None
        about = {"challenge": found.pk, **_of(found.about, found.pupil_id or found.member_id)}
        if value_of("SELECT sharing_take_back_challenge(%s, %s)", found.pk, sealed):
            here.changed(**about)
            challenge_taken_back.send(sender=Visit, challenge=found)
        else:
            here.showed(**about)
        is_back = mine.filter(state=Challenge.State.WITHDRAWN).exists()
    if not is_back:
        raise AlreadySettled


def _settle(asker: Asker, urn: int, challenge_id: int, step: str, outcome: str, answer: str, action: str) -> None:
    """Settle it in the database, which checks again that the asker may and that it still waits (sql/accuracy.sql)."""
    with visit(asker, Permission.KEEP_RECORDS, urn, action=action) as here:
        found = the_one(_readable(here).select_related("establishment").filter(pk=challenge_id))
        sealed = encrypt(answer, column="sharing_challenge.answer") if answer else None
        said = found.pk, step, outcome, sealed, asker.name
        is_settled = value_of("SELECT sharing_settle_challenge(%s, %s, %s, %s, %s)", *said)
        if is_settled:
            here.changed(challenge=found.pk, **_of(found.about, found.pupil_id or found.member_id))
            if step == Challenge.State.ANSWERED:
                challenge_answered.send(sender=Visit, challenge=found)
        else:
            here.showed(challenge=found.pk)
            same = _readable(here).filter(pk=found.pk, state=step, outcome=outcome).first()
            is_settled = bool(answer) and same is not None and same.answer == answer
    if not is_settled:
        raise AlreadySettled


def _readable(here: Visit) -> ChallengeQuerySet:
    """The challenges here about what the asker may see: today's children of their years, no withheld kinds."""
    pages = here.here
    opens_more = pages.can_view_pupils or pages.can_view_staff or pages.can_keep_records
    if opens_more and not here.asker.second_factor:
        raise NeedsSecondFactor
    found = Challenge.objects.at(here.establishment.pk)
    if pages.can_view_pupils:
        of_others = found.filter(about=PUPIL).exclude(pupil__in=pupils_here(here))
        found = found.exclude(pk__in=of_others.values("pk")).exclude(withheld_as__in=here.narrowing.withheld)
    else:
        found = found.exclude(about=PUPIL)
    if not pages.can_view_staff:
        found = found.exclude(about=STAFF)
    if not pages.can_keep_records:
        found = found.exclude(about=FIGURE) | found.filter(raised_by_id=here.asker.person_id)
    return found


def _without_numbers(found: ChallengeQuerySet) -> ChallengeQuerySet:
    """Each with the person it is about. Only the name is decrypted, and none of their numbers."""
    return found.select_related("pupil", "member").defer(
        "pupil__upn", "pupil__former_upn", "pupil__uln", "member__teacher_number", "member__ni_number"
    )


def _subject(here: Visit, about: str, subject_id: UUID | None) -> Any:
    """The record that is challenged, or None for the establishment itself."""
    if about == FIGURE:
        return None
    if subject_id is None:
        raise NoSuchRecord
    if about == PUPIL:
        record: Any = pupils_here(here).for_a_list(here.today).filter(pk=subject_id).first()
    else:
        record = StaffMember.objects.of(here.establishment.pk).filter(pk=subject_id).first()
    if record is None:
        raise NoSuchRecord
    return record


def _facts(here: Visit, about: str) -> tuple[Fact, ...]:
    withheld = here.narrowing.withheld if about == PUPIL else frozenset()
    return tuple(one for one in FACTS[about] if one.withheld_as not in withheld)


def _of(about: str, subject_id: UUID | None) -> dict[str, Any]:
    """The person whose record it is, for the ledger."""
    return {{PUPIL: "pupils", STAFF: "staff"}[Challenge.About(about)]: [subject_id]} if subject_id else {}


def _named(page: Iterable[ChallengeLine]) -> dict[str, Any]:
    """The people whose records a list of challenges names, for the ledger (R43)."""
    lines = list(page)
    return {
        whose: [line.subject_id for line in lines if line.about == about]
        for about, whose in ((PUPIL, "pupils"), (STAFF, "staff"))
    }


def _may_settle(here: Visit, challenge: Challenge) -> bool:
    is_ours = challenge.assigned_to == Challenge.Desk.SCHOOL or here.asker.through == Through.EDUNET
    return here.here.can_keep_records and is_ours and challenge.is_waiting


def _of_leavers(here: Visit) -> int:
    if not here.here.can_keep_records:
        return 0
    return int(value_of("SELECT sharing_challenges_of_leavers(%s)", here.establishment.pk))


def _corrections(here: Visit, challenge: Challenge) -> tuple[ChangeRecord, ...]:
    """What imports have changed on the child's record since the challenge was raised, newest first."""
    if challenge.pupil_id is None:
        return ()
    since = PupilChange.objects.filter(pupil_id=challenge.pupil_id, at__gte=challenge.raised_at)
    return changes_told(since, here.narrowing.withheld)


def _line(challenge: Challenge, today: date) -> ChallengeLine:
    who = challenge.pupil or challenge.member
    return ChallengeLine(
        id=challenge.pk,
        about=challenge.about,
        subject_id=challenge.pupil_id or challenge.member_id,
        fact=fact(challenge.about, challenge.fact).words,
        name=f"{who.forename} {who.surname}" if who else "",
        state=challenge.get_state_display(),
        is_settled=not challenge.is_waiting,
        is_taken_back=challenge.state == Challenge.State.WITHDRAWN,
        outcome=challenge.get_outcome_display() if challenge.outcome else "",
        assigned_to=challenge.get_assigned_to_display(),
        raised_on=timezone.localdate(challenge.raised_at),
        due_on=challenge.due_on,
        days_left=school_days_until(today, challenge.due_on) if challenge.is_waiting else 0,
        overdue=challenge.is_waiting and challenge.due_on < today,
    )
