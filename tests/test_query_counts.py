"""How many questions each page asks the database: recorded, so that a query repeated for each row is noticed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sharing.models import Import, OwnGroup, Pupil, Release, RestrictedItem, StaffMember
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, client

pytestmark = pytest.mark.django_db

# Of these, six are the same on every page: the session read and written, the person, who asks, the ledger, and (inside
# a test's transaction only) forgetting who asked. EduNet asks one more: is the person an officer today?
RECORDED = {
    ("head-beckside", SCHOOLS_ONLINE): {
        "/": 8,
        "/establishments/": 10,
        "/establishments/999002/": 10,
        "/establishments/999002/dashboard/": 15,
        "/participation/": 11,
        "/establishments/999002/participation/": 12,
        "/establishments/999002/our-data/": 16,
        "/breaches/": 7,
        "/breaches/report/": 8,
        "/my-downloads/": 9,
        "/establishments/999002/downloads/": 11,
        "/establishments/999002/downloads/pupils/new/?year_group=5": 11,
        "/establishments/999002/key-data/": 12,
        "/establishments/999003/key-data/": 12,
        "/establishments/999002/reports/": 14,
        "/establishments/999002/deeper/?measure=attendance_persistent&by=sex&and=fsm": 11,
        "/establishments/999002/deeper/?measure=phonics_met&by=prior&and=attendance": 10,
        "/establishments/999002/deeper/children/?measure=roll_pupils&year=2025&group=sex:F": 9,
        "/establishments/999002/groups/": 9,
        "/establishments/999002/groups/add/": 9,
        "/establishments/999002/groups/{group}/": 13,
        "/school-finder/": 9,
        "/establishments/999002/support/": 10,
        "/establishments/999002/imports/": 9,
        "/establishments/999002/pupils/": 11,
        "/establishments/999002/pupils/?page=2": 11,
        "/establishments/999002/pupils/?year_group=4&sen=any&attendance=95&status=here&sort=class": 12,
        "/establishments/999002/pupils/{pupil}/": 19,
        "/find/": 6,
        "/establishments/999002/staff/": 11,
        "/establishments/999002/staff/?named=a&work=teaching&contract=PRM": 11,
        "/establishments/999002/staff/{member}/": 10,
        "/establishments/999002/register/": 12,
        "/calendar/": 10,
        "/calendar/ks2/": 10,
        "/calendar/ks2/{release}/": 13,
        "/establishments/999002/register/review/": 12,
        "/establishments/999002/data-quality/": 9,
        "/establishments/999002/data-quality/meals/": 9,
        "/establishments/999002/challenges/": 12,
        "/establishments/999002/returns/": 8,
        "/establishments/999002/transfers/": 10,
        "/establishments/999002/joiners-and-leavers/": 13,
        "/establishments/999002/pupils/{pupil}/transfer/": 9,
        "/establishments/999002/pupils/{pupil}/left/": 10,
        "/establishments/999002/confidential/": 18,
        "/establishments/999002/ledger/": 9,
        "/establishments/999002/unusual-patterns/": 10,
        "/establishments/999002/pupils/{pupil}/ledger/": 9,
        "/confidential/{item}/": 14,
        "/confidential/{item}/consent/": 19,
        "/establishments/999002/opened-records/": 9,
        "/establishments/999002/closed-records/": 8,
        "/establishments/999002/subject-access/": 9,
        "/establishments/999002/officers-notes/": 8,
    },
    ("officer-admissions", EDUNET): {
        "/": 11,
        "/participation/": 11,
        "/purpose/": 9,
        "/establishments/999002/dashboard/": 16,
        "/establishments/999002/visit/": 13,
        "/saved-views/establishments/add/?kind=nursery": 7,
        "/localities/": 9,
        "/localities/1/": 11,
        "/establishments/999002/locality/": 12,
        "/returns/": 9,
        "/transfers/": 12,
        "/transfers/from-outside/": 9,
        "/children-missing/": 8,
        "/break-glass/": 10,
        "/break-glass/yours/": 10,
        "/caseload/": 11,
        "/legal-overrides/to-authorise/": 9,
        "/imports/": 10,
        "/establishments/999002/transfers/": 11,
        "/calendar/": 10,
        "/same-data/": 5,
        "/releases/": 11,
        "/establishments/999002/key-data/": 12,
        "/establishments/999002/reports/": 15,
        "/establishments/999002/deeper/?measure=attendance_persistent&by=sex&and=fsm": 12,
        "/releases/open-statistics/": 9,
        "/school-finder/": 9,
        "/establishments/": 10,
        "/establishments/999002/pupils/": 12,
        "/establishments/999002/pupils/{pupil}/": 20,
    },
    ("officer-information", EDUNET): {
        "/": 9,
        "/community/": 11,
        "/retention/": 9,
        "/retention/holds/": 8,
        "/subject-access/": 8,
        "/subject-access/record/": 8,
        "/breaches/": 8,
        "/unusual-patterns/": 9,
    },
    ("superuser", EDUNET): {
        "/operations/": 10,
    },
}


@pytest.mark.parametrize(("slug", "site"), RECORDED)
def test_queries_of_each_page(slug: str, site) -> None:
    with as_batch():
        pupil = Pupil.objects.filter(establishment__urn=999002, visible__covers=timezone.localdate()).first()
        for number in range(3):
            Import.objects.create(
                kind="census", file_name="a.xml", file_hash=f"{number:064}", establishment_id=pupil.establishment_id
            )
        item = RestrictedItem.objects.filter(establishment__urn=999002).order_by("added_at")[0]
        release = Release.objects.out().filter(dataset__slug="ks2").earliest("pk").pk
        group = OwnGroup.objects.filter(establishment__urn=999002, kind="criteria").earliest("pk")
        member = StaffMember.objects.in_post_on(timezone.localdate()).filter(establishment__urn=999002).first()
    browser = client(slug, site)
    counted = {}
    for path in RECORDED[slug, site]:
        with CaptureQueriesContext(connection) as queries:
            ids = {"pupil": pupil.pk, "member": member.pk, "item": item.pk, "group": group.pk, "release": release}
            assert browser.get(path.format(**ids)).status_code == 200
        counted[path] = len([query for query in queries if "SAVEPOINT" not in query["sql"]])
    assert counted == RECORDED[slug, site]
