"""Which rows the answer to a subject access request holds, and which it does not (R6, R18)."""

from datetime import timedelta

import pytest

from access_register.models import RegisterLine
from sharing.authorise import Permission, visit
from sharing.door import subject_access
from sharing.downloads import subject_answer
from sharing.downloads.subject_tables import TABLES
from sharing.models import Child, Enrolment, SubjectRequest, Transfer
from tests.downloads.subjects import NOW, TODAY, child
from tests.downloads.test_subject_access import HEAD, MANAGER, RAVENSGILL, request_of, who
from tests.factories import establishment
from tests.people import EDUNET, as_batch, asker, person
from tests.sharing import glass

pytestmark = pytest.mark.django_db


def scope_of(request: int) -> subject_answer.Scope:
    with as_batch():
        return subject_answer.scope_of(SubjectRequest.objects.get(pk=request))


def test_a_schools_answer_tells_of_no_transfer_between_others() -> None:
    """R6, R18: one that knows the child by the UPN alone is the whole store's to tell."""
    of = child()
    with as_batch():
        told = Transfer.objects.create(
            establishment=establishment(RAVENSGILL), from_name="Elsewhere", upn_index=of.upn_index, expected_on=TODAY,
            lapses_on=TODAY,
        )  # fmt: skip
    (transfers,) = (table for table in TABLES if table.model is Transfer)
    scopes = {slug: scope_of(request_of(of, slug)) for slug in (HEAD, MANAGER)}
    with as_batch():
        assert {slug: subject_answer.rows_of(transfers, scope) for slug, scope in scopes.items()} == {
            HEAD: [], MANAGER: [told],
        }  # fmt: skip


def test_it_names_nobody_who_looked_where_the_head_is_barred_from_knowing() -> None:
    """R18: the school's answer, and the authority's as well, which goes to the same family."""
    of = glass.child()
    for barred, slug in ((False, "officer-data"), (True, glass.FIONA)):
        glass.break_it(of, slug, head_barred=barred)
    for slug in (HEAD, MANAGER):
        scope = scope_of(request_of(of, slug))
        with as_batch():
            who_looked = {row[1] for row in subject_answer._looks(scope, {})}
        assert who_looked & {person("officer-data").name, person(glass.FIONA).name} == {person("officer-data").name}


def test_two_identities_that_were_joined_since_are_answered_as_one() -> None:
    """R18: whichever of the two was asked about."""
    of, other = child(), child(RAVENSGILL)
    request = request_of(of)
    with as_batch():
        Child.objects.filter(pk=of.child_id).update(same_as=other.child_id)
    assert set(scope_of(request).records) == {of.pk, other.pk}


def test_what_was_put_off_stays_so_when_two_identities_were_joined_since() -> None:
    """R18: the other identity is the child that was asked about. With only the month the request would be late."""
    of, other, came = child(), child(RAVENSGILL), TODAY - timedelta(days=40)
    one = request_of(of, HEAD)
    subject_access.settle_subject_request(*who(HEAD), one, step="extended", because="Many records")
    put_off = came + timedelta(days=92)
    with as_batch():
        SubjectRequest.objects.filter(pk=one).update(received_on=came, due_on=put_off)
        RegisterLine.objects.filter(person=person(HEAD)).update(suspended_at=NOW)
        Child.objects.filter(pk=of.child_id).update(same_as=other.child_id)
    again = subject_access.show_subject_request(*who(MANAGER), request_of(of, received_on=came)).request
    assert (again.due_on, again.extended_because) == (put_off, "Many records")


@pytest.mark.parametrize("is_here", [True, False])
def test_it_is_recorded_at_the_school_that_has_the_child_or_had_it_last(is_here: bool) -> None:
    """R18: the worker makes the answer in a visit there."""
    here = child(ends_on=None if is_here else TODAY - timedelta(days=9))
    child(RAVENSGILL, child=here.child, upn_index=here.upn_index, ends_on=TODAY - timedelta(days=30))
    request = request_of(here)
    with as_batch():
        assert SubjectRequest.objects.get(pk=request).establishment == here.establishment


def test_one_that_the_head_has_settled_stays_with_the_school() -> None:
    """R18: once the child has left, the information manager has what is still to be answered and no more."""
    settled, waits = child(), child()
    numbers = [request_of(of, HEAD) for of in (settled, waits)]
    subject_access.settle_subject_request(*who(HEAD), numbers[0], step="answered")
    with as_batch():
        Enrolment.objects.filter(pupil__in=(settled, waits)).update(ends_on=TODAY - timedelta(days=1))
    assert [row.id for row in subject_access.list_subject_requests(*who(MANAGER)).requests] == numbers[1:]
    with visit(asker(MANAGER, EDUNET), Permission.MANAGE_DUTIES, action="list_subject_requests") as here:
        here.showed()
        assert list(SubjectRequest.objects.values_list("pk", flat=True)) == numbers[1:]  # by PostgreSQL alone
