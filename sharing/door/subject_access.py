"""Subject access (R18): requests for a child's own records, when they are due, and having the answer made.

On EduNet the information manager answers from the whole store; on Schools Online the head answers, from what the school
holds about a child of theirs. The worker makes the answer (sharing.downloads.subject_answer), like any other download.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from sharing.authorise import (
    Asker,
    NoSuchRecord,
    NotAtYourLevel,
    Permission,
    Refusal,
    Through,
    Visit,
    the_one,
    visit,
)
from sharing.cannot import CannotDo
from sharing.crypto import encrypt
from sharing.door.downloads import answer_asked_for, answer_of
from sharing.door.glass import USE_THE_UPN, Exactly, has_missed_too_often
from sharing.door.paging import page_of
from sharing.models import SubjectRequest
from sharing.models.subject_access import SubjectRequestQuerySet
from sharing.records import Why
from sharing.records.subject_access import SubjectRequestPage, SubjectRequestRecord, SubjectRequests
from sharing.reports import pdf
from sharing.statements import one_at_a_time, value_of

NEEDED = "Requests for a child's own records are for the information manager, and for the head of the child's school."
NOT_ONE = "There is no such child, or more than one. Check the spelling and the date of birth, or type only the UPN."


class CannotRecord(CannotDo):
    """The request cannot be recorded as asked."""


class NotOne(CannotRecord, Refusal):
    """No child, or more than one, fits what was typed: the ledger records that, without the child."""


class NotOneByName(NotOne):
    """So looked for by name and date of birth, which could be tried out: it counts as in breaking the glass."""


class NobodyByName(CannotRecord, Refusal):
    """There were ten misses in 24 hours, so nobody was looked for: the ledger records that somebody tried."""


@dataclass(frozen=True)
class NewSubjectRequest:
    child: Exactly
    asks: str
    requester: str
    identity: str
    received_on: date


def list_subject_requests(asker: Asker, urn: int | None, *, number: int = 1) -> SubjectRequests:
    """The requests: the open ones first, by the day on which they are due."""
    with _keeping(asker, urn, "list_subject_requests") as here:
        rows = _kept(here, urn).select_related("establishment").due_first()
        requests = page_of(rows, number, lambda row: _record(row, here))
        here.showed(requests=[request.id for request in requests])
        return SubjectRequests(here.here if urn else None, requests, _why(here))


def show_subject_request(asker: Asker, urn: int | None, request_id: int) -> SubjectRequestPage:
    """One request, of the school or, without `urn`, of the authority. Raises NoSuchRecord (404)."""
    with _keeping(asker, urn, "show_subject_request") as here:
        row = the_one(_kept(here, urn).select_related("establishment").filter(pk=request_id))
        here.showed(requests=[row.pk])
        request = _record(row, here)
        answer = answer_of(here, row.pk) if request.is_mine else None
        is_closed = bool(value_of("SELECT portal_subject_is_closed(%s)", row.pk))
        return SubjectRequestPage(here.here if urn else None, request, answer, is_closed, not pdf.missing(), _why(here))


def record_subject_request(asker: Asker, urn: int | None, *, request: NewSubjectRequest) -> int:
    """Record the request. Returns its id; the same one sent twice is one request. Raises CannotRecord.

    The information manager, who sees no pupils, looks for nobody by name after ten misses in 24 hours (R6).
    """
    with _keeping(asker, urn, "record_subject_request") as here:
        if request.received_on > here.today:
            raise CannotRecord("The day it came must not be in the future.", "received_on")
        child, by_name = request.child, request.child.upn_key is None
        if by_name and not urn and has_missed_too_often():
            raise NobodyByName(USE_THE_UPN)
        one_at_a_time("record_subject_request")
        with transaction.atomic():
            made = value_of(
                "SELECT sharing_record_subject_request(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                child.upn_key, child.forename, child.surname, child.born_on, here.establishment.pk if urn else None,
                request.asks, encrypt(request.requester, column="sharing_subjectrequest.requester"), request.identity,
                request.received_on, asker.name,
            )  # fmt: skip
            if made is None:
                raise (NotOneByName if by_name else NotOne)(NOT_ONE)
            first = _sent_before(_kept(here, urn), request, made)
            transaction.set_rollback(first is not None)
        if first:
            here.showed(request=first)
            return first
        here.changed(request=made)
        return int(made)


def prepare_answer(asker: Asker, urn: int | None, request_id: int) -> int:
    """Have the answer made, only for the person who recorded the request. Returns the id of the download."""
    with _keeping(asker, urn, "prepare_answer") as here:
        row = _kept(here, urn).filter(pk=request_id, state=SubjectRequest.State.OPEN).first()
        if row is None or row.recorded_by_id != asker.person_id:
            raise NoSuchRecord
        place = row.establishment.urn
        here.showed(request=row.pk)
    with visit(asker, here.permission, place, action="prepare_answer") as there:
        return answer_asked_for(there, request_id)


def settle_subject_request(asker: Asker, urn: int | None, request_id: int, *, step: str, because: str = "") -> None:
    """Take the step "extended", "answered" or "refused", the first and last with a reason.

    Raises NoSuchRecord (404).
    """
    with _keeping(asker, urn, "settle_subject_request") as here:
        if not _kept(here, urn).filter(pk=request_id).exists():
            raise NoSuchRecord
        sealed = encrypt(because, column=f"sharing_subjectrequest.{step}_because") if because else None
        said = request_id, step, sealed, asker.name
        if not value_of("SELECT sharing_settle_subject_request(%s, %s, %s, %s)", *said):
            raise NoSuchRecord
        here.changed(request=request_id, step=step)


@contextmanager
def _keeping(asker: Asker, urn: int | None, action: str) -> Iterator[Visit]:
    """A visit of the information manager, or of the head of a school. Raises NotAtYourLevel (403)."""
    permission = Permission.MANAGE_REGISTER if urn else Permission.MANAGE_DUTIES
    with visit(asker, permission, urn, action=action) as here:
        if urn:
            may = asker.through == Through.SCHOOLS_ONLINE and value_of(
                "SELECT %s IN (SELECT portal_heads())", here.establishment.pk
            )
        else:
            may = bool(here.holdings.at(Permission.MANAGE_DUTIES))
        if not may:
            raise NotAtYourLevel(NEEDED)
        yield here


def _sent_before(kept: SubjectRequestQuerySet, request: NewSubjectRequest, made: int) -> int | None:
    """An open request by the same person that says the same about the same child: a double click."""
    new = kept.get(pk=made)
    same = kept.filter(
        state=SubjectRequest.State.OPEN, child=new.child_id, asks=new.asks, identity=new.identity,
        received_on=new.received_on, recorded_by_id=new.recorded_by_id,
    ).exclude(pk=made)  # fmt: skip
    return next((row.pk for row in same if row.requester == request.requester), None)


def _kept(here: Visit, urn: int | None) -> SubjectRequestQuerySet:
    every = SubjectRequest.objects
    return every.of_school(here.establishment.pk) if urn else every.of_the_authority()


def _why(here: Visit) -> Why:
    at_a_school = here.permission == Permission.MANAGE_REGISTER
    return here.why if at_a_school else here.why_anywhere()


def _record(row: SubjectRequest, here: Visit) -> SubjectRequestRecord:
    is_open = row.state == SubjectRequest.State.OPEN
    return SubjectRequestRecord(
        id=row.pk,
        establishment=row.establishment.name,
        asks=row.get_asks_display(),
        requester=str(row.requester),
        identity=row.get_identity_display(),
        received_on=row.received_on,
        due_on=row.due_on,
        days_left=(row.due_on - here.today).days,
        extended_because=str(row.extended_because),
        refused_because=str(row.refused_because),
        state=row.state,
        state_words=row.get_state_display(),
        is_mine=row.recorded_by_id == here.asker.person_id,
        is_left_behind=row.through != here.asker.through,
        may_extend=is_open and not row.extended_because and row.due_on >= here.today,
        recorded_by_name=row.recorded_by_name,
        settled_at=row.settled_at,
        settled_by_name=row.settled_by_name,
    )
