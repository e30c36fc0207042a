"""Data quality names who is here by our records, and in no newest return (P9, R5, R44)."""

from datetime import timedelta

import pytest

from sharing import door
from sharing.models import Enrolment, Pupil, StaffMember
from sharing.returns import CENSUS, WORKFORCE, reference_days
from tests import factories
from tests.people import as_batch, asker
from tests.sharing.test_quality import BECKSIDE, DAY, HEAD, SURNAME, TODAY, child, found

pytestmark = pytest.mark.django_db


def test_who_is_on_the_register_and_in_no_newest_return() -> None:
    """R5, P9: a leaver without a last day is seen for ever. The import said how many these are, and no page who."""
    newest = max(day for day in reference_days(CENSUS, TODAY) if day <= TODAY)
    before = newest - timedelta(days=100)
    with as_batch():
        Pupil.objects.filter(establishment__urn=BECKSIDE).update(as_of=before)
    forgotten = child(forename="Forgotten", as_of=before)
    guest, back = (
        factories.pupil(BECKSIDE, surname=SURNAME, forename=name, as_of=before) for name in ("Guest", "Back")
    )
    factories.enrolment(guest, before, kind="G")
    factories.enrolment(back, before - DAY, before)
    factories.enrolment(back, newest + DAY)
    assert found("not-in-return") == set()  # nothing has come of that day
    child(forename="Told of", as_of=newest)
    child(forename="Told of since", as_of=newest + DAY, source="CTF from elsewhere")
    assert found("not-in-return") == {"Forgotten"}
    with as_batch():
        Enrolment.objects.filter(pupil=forgotten).update(ends_on=TODAY - DAY)
    assert found("not-in-return") == set()


def test_who_is_in_post_and_in_no_newest_workforce_return() -> None:
    """R44, P9: who left without an end of contract is in post for ever. The import said how many, and no page who."""
    newest = max(day for day in reference_days(WORKFORCE, TODAY) if day <= TODAY)

    def people() -> set[str]:
        page = door.show_finding(asker(HEAD), BECKSIDE, "staff-not-in-return").page
        return {row.forename for row in page if row.surname == SURNAME}

    facts = {"surname": SURNAME, "as_of": newest - timedelta(days=364)}
    gone = factories.staff_member(BECKSIDE, forename="Forgotten", **facts)
    factories.staff_member(BECKSIDE, forename="Begun since", starts_on=newest + DAY, **facts)
    with as_batch():
        StaffMember.objects.filter(establishment__urn=BECKSIDE).update(as_of=facts["as_of"])
    assert people() == set()  # nothing has come of that day
    factories.staff_member(BECKSIDE, forename="Told of", surname=SURNAME, as_of=newest)
    assert people() == {"Forgotten"}
    with as_batch():
        StaffMember.objects.filter(pk=gone.pk).update(ends_on=TODAY - DAY)
    assert people() == set()


def test_a_child_accepted_from_another_school_makes_no_newest_return() -> None:
    """P9: the others would all be said to be missing from it."""
    newest = max(day for day in reference_days(CENSUS, TODAY) if day <= TODAY)
    with as_batch():
        Pupil.objects.filter(establishment__urn=BECKSIDE).update(as_of=newest - timedelta(days=100))
    child(forename="Of the last", as_of=newest - timedelta(days=100))
    child(forename="Accepted", as_of=newest, source="Record of Ravensgill Primary School")
    assert found("not-in-return") == set()
