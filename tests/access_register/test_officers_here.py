"""Officers who can see your data, read by those who keep the register (R9, R18)."""

import pytest

from access_register.models import Person
from access_register.officers.officers_here import show_officers_here
from sharing.models import Child, NamedChild
from tests import factories
from tests.access_register.casework import BECKSIDE, FIONA, HEAD, TODAY, child, give
from tests.access_register.may_see import DEPUTY, OFFICER, appoint, are_shown_it, casework, plant
from tests.people import as_batch, asker, person
from tests.sharing.closings import close

pytestmark = pytest.mark.django_db


def one_by_one(slug: str = HEAD) -> set[str]:
    return {case.name for case in show_officers_here(asker(slug), BECKSIDE).cases}


def test_who_sees_children_one_by_one_is_exactly_who_gets_the_record() -> None:
    """R9, R18: not somebody without a place any more, nor who has not accepted the protocol; and nobody is missing."""
    made = child()
    plant(made)
    with as_batch():
        told = set(NamedChild.objects.filter(ended_at=None, head_barred=False).values_list("person_name", flat=True))
    shown = {name for name, _ in are_shown_it(made)}
    assert person("teacher-ended").name in told - shown
    assert "Una Accepted" in told - shown
    assert one_by_one() == one_by_one(DEPUTY) == told & shown


def test_an_officer_who_cannot_come_in_is_not_said_to_see() -> None:
    """R9, R19: the duty is on record; the protocol is not accepted, or the account is closed."""
    names = {officer.name for officer in show_officers_here(asker(HEAD), BECKSIDE).officers}
    assert {person(OFFICER).name, person("officer-data").name} <= names
    with as_batch():
        Person.objects.filter(pk=person(OFFICER).pk).update(protocol_accepted_until=None)
        Person.objects.filter(pk=person("officer-data").pk).update(is_active=False)
    left = {officer.name for officer in show_officers_here(asker(HEAD), BECKSIDE).officers}
    assert left == names - {person(OFFICER).name, person("officer-data").name}


def test_a_sanction_is_not_told() -> None:
    """R41: who is shut out for a breach stays in both lists."""
    give(child())
    before = show_officers_here(asker(HEAD), BECKSIDE)
    with as_batch():
        Person.objects.filter(pk__in=[person(FIONA).pk, person(OFFICER).pk]).update(suspended_until=TODAY)
    assert show_officers_here(asker(HEAD), BECKSIDE) == before
    assert before.cases


def test_whom_a_closing_shuts_out_is_in_the_list_no_more() -> None:
    """R18: where the head is told of the closing; who is not told reads of no change."""
    made = child()
    give(made)
    other = appoint("Cass Work")
    casework(made, other, barred=False)
    assert one_by_one() == one_by_one(DEPUTY) == {person(FIONA).name, "Cass Work"}
    close(made, named=[person(HEAD).email, person(DEPUTY).email, person(FIONA).email])
    assert one_by_one() == {person(FIONA).name}
    assert one_by_one(DEPUTY) == {person(FIONA).name, "Cass Work"}


def test_a_closing_that_the_head_is_not_told_of_leaves_no_trace() -> None:
    """R18: also to a head who is named in it."""
    made = child()
    give(made)
    close(made, named=[person(HEAD).email], head_barred=True)
    assert one_by_one() == {person(FIONA).name}


def test_both_records_of_a_child_of_two_identities_are_named() -> None:
    """R9: joined, and at the same establishment."""
    made, twice = child(), factories.pupil(BECKSIDE, forename="Twice")
    with as_batch():
        twice.enrolments.create(establishment=twice.establishment, starts_on=TODAY)
        give_to = Child.objects.filter(pk=made.child_id)
    give(made)
    with as_batch():
        give_to.update(same_as=twice.child)
    (case,) = show_officers_here(asker(HEAD), BECKSIDE).cases
    assert {one.pupil_id for one in case.children} == {made.pk, twice.pk}
