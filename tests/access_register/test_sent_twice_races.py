"""The same form sent twice at the same moment is on record once (R25, R30). Real threads, real commits."""

from datetime import timedelta

import pytest
from django.utils import timezone

from access_register import third_parties
from access_register.models import Contract, Organisation
from access_register.third_parties import Terms
from sharing.door import Exactly, subject_access
from sharing.door.subject_access import NewSubjectRequest
from sharing.models import SubjectRequest
from tests import factories
from tests.people import as_batch, asker
from tests.threads import at_once

pytestmark = pytest.mark.usefixtures("own_database")
BECKSIDE, HEAD, TIMES = 999002, "head-beckside", 8


def test_a_contract() -> None:
    with as_batch():
        Organisation.objects.get_or_create(name="Heron Psychology")  # known, so that to make it keeps nobody waiting
    first = timezone.localdate()
    terms = Terms("Heron Psychology", "HP-9", "Clause 7", first, first + timedelta(90))
    numbers = at_once(
        *[lambda: third_parties.record_contract(asker(HEAD), BECKSIDE, terms=terms) for _ in range(TIMES)]
    )
    with as_batch():
        assert set(numbers) == {Contract.objects.get(reference="HP-9").pk}


def test_a_request_for_a_childs_own_records() -> None:
    of = factories.pupil(BECKSIDE)
    factories.enrolment(of, timezone.localdate() - timedelta(days=90), None)
    new = NewSubjectRequest(Exactly(upn_key=of.upn_index), "parent", "Parent Askwith", "photo", timezone.localdate())
    numbers = at_once(
        *[lambda: subject_access.record_subject_request(asker(HEAD), BECKSIDE, request=new) for _ in range(TIMES)]
    )
    with as_batch():
        assert set(numbers) == {SubjectRequest.objects.get(child=of.child).pk}
