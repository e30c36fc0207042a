"""How many questions each page asks the database: recorded, so that a query repeated for each row is noticed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sharing.models import Pupil
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, client

pytestmark = pytest.mark.django_db

# Of these, six are the same on every page: the session read and written, the person, who asks, the ledger, and (inside
# a test's transaction only) forgetting who asked. EduNet asks one more: is the person an officer today?
RECORDED = {
    ("head-beckside", SCHOOLS_ONLINE): {
        "/": 8,
        "/establishments/": 10,
        "/establishments/999002/": 10,
        "/establishments/999002/pupils/": 11,
        "/establishments/999002/pupils/?page=2": 11,
        "/establishments/999002/pupils/{pupil}/": 10,
        "/establishments/999002/staff/": 11,
        "/establishments/999002/register/": 12,
        "/calendar/": 10,
        "/calendar/ks2/": 10,
        "/establishments/999002/register/review/": 11,
    },
    ("officer-admissions", EDUNET): {
        "/": 8,
        "/calendar/": 10,
        "/releases/": 11,
        "/establishments/": 10,
        "/establishments/999002/pupils/": 12,
        "/establishments/999002/pupils/{pupil}/": 11,
    },
}


@pytest.mark.parametrize(("slug", "site"), RECORDED)
def test_queries_of_each_page(slug: str, site) -> None:
    with as_batch():
        pupil = Pupil.objects.filter(establishment__urn=999002, visible__covers=timezone.localdate()).first()
    browser = client(slug, site)
    counted = {}
    for path in RECORDED[slug, site]:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(path.format(pupil=pupil.pk)).status_code == 200
        counted[path] = len([query for query in queries if "SAVEPOINT" not in query["sql"]])
    assert counted == RECORDED[slug, site]
