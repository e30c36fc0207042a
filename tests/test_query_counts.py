"""How many questions each page asks the database: recorded, so that a query repeated for each row is noticed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access_register.models import OfficerAppointment
from sharing.models import Import, OwnGroup, Pupil, Release, RestrictedItem, StaffMember
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, client, person
from tests.sharing import advising

pytestmark = pytest.mark.django_db

# Of these, five are the same on every page: the session, the person, who asks, the ledger, and (inside a test's
# transaction only) forgetting who asked. The first page after a sign-in, and one each minute, write the session too.
# EduNet asks one more: is the person an officer today?
RECORDED = {
    ("head-beckside", SCHOOLS_ONLINE): {
        "/": 11,
        "/establishments/": 8,
        "/establishments/999002/": 11,
        "/establishments/999002/dashboard/": 19,
        "/participation/": 10,
        "/establishments/999002/participation/": 11,
        "/establishments/999002/our-data/": 17,
        "/breaches/": 6,
        "/breaches/report/": 7,
        "/my-downloads/": 7,
        "/establishments/999002/downloads/": 9,
        "/establishments/999002/downloads/pupils/new/?year_group=5": 11,
        "/establishments/999002/key-data/": 15,
        "/establishments/999003/key-data/": 15,
        "/establishments/999002/reports/": 19,
        "/establishments/999002/deeper/?measure=attendance_persistent&by=sex&and=fsm": 15,
        "/establishments/999002/deeper/?measure=phonics_met&by=earlier&and=attendance": 13,
        "/establishments/999002/deeper/children/?measure=roll_pupils&year=2025&group=sex:F": 10,
        "/establishments/999002/groups/": 8,
        "/establishments/999002/groups/add/": 8,
        "/establishments/999002/groups/{group}/": 16,
        "/school-finder/": 9,
        "/establishments/999002/support/": 9,
        "/establishments/999002/imports/": 7,
        "/establishments/999002/pupils/": 11,
        "/establishments/999002/pupils/?page=2": 11,
        "/establishments/999002/pupils/?year_group=4&sen=any&attendance=95&status=here&sort=class": 11,
        "/establishments/999002/pupils/{pupil}/": 20,
        "/find/": 5,
        "/establishments/999002/staff/": 9,
        "/establishments/999002/staff/?work=teaching&contract=PRM": 9,
        "/establishments/999002/staff/{member}/": 9,
        "/establishments/999002/register/": 11,
        "/calendar/": 8,
        "/calendar/ks2/": 9,
        "/calendar/ks2/{release}/": 14,
        "/establishments/999002/register/review/": 11,
        "/establishments/999002/data-quality/": 8,
        "/establishments/999002/data-quality/meals/": 7,
        "/establishments/999002/challenges/": 9,
        "/establishments/999002/returns/": 7,
        "/establishments/999002/transfers/": 10,
        "/establishments/999002/joiners-and-leavers/": 13,
        "/establishments/999002/pupils/{pupil}/transfer/": 8,
        "/establishments/999002/pupils/{pupil}/left/": 9,
        "/establishments/999002/confidential/": 16,
        "/establishments/999002/ledger/": 10,
        "/establishments/999002/ledger/people/": 11,
        "/establishments/999002/unusual-patterns/": 8,
        "/establishments/999002/pupils/{pupil}/ledger/": 8,
        "/establishments/999002/pupils/{pupil}/who-may-see/": 13,
        "/establishments/999002/staff/{member}/ledger/": 8,
        "/confidential/{item}/": 13,
        "/confidential/{item}/consent/": 18,
        "/establishments/999002/opened-records/": 8,
        "/establishments/999002/closed-records/": 7,
        "/establishments/999002/subject-access/": 8,
        "/establishments/999002/officers-notes/": 7,
    },
    ("officer-admissions", EDUNET): {
        "/": 11,
        "/participation/": 10,
        "/purpose/": 8,
        "/establishments/999002/dashboard/": 19,
        "/establishments/999002/visit/": 22,
        "/saved-views/establishments/add/?kind=nursery": 6,
        "/localities/": 8,
        "/localities/1/": 11,
        "/establishments/999002/locality/": 11,
        "/returns/": 8,
        "/transfers/": 12,
        "/transfers/from-outside/": 8,
        "/children-missing/": 8,
        "/break-glass/": 9,
        "/break-glass/yours/": 9,
        "/caseload/": 10,
        "/legal-overrides/to-authorise/": 8,
        "/imports/": 8,
        "/establishments/999002/transfers/": 11,
        "/calendar/": 8,
        "/same-data/": 4,
        "/releases/": 9,
        "/establishments/999002/key-data/": 15,
        "/establishments/999002/reports/": 20,
        "/establishments/999002/deeper/?measure=attendance_persistent&by=sex&and=fsm": 16,
        "/releases/open-statistics/": 8,
        "/school-finder/": 9,
        "/establishments/": 8,
        "/establishments/999002/pupils/": 12,
        "/establishments/999002/pupils/{pupil}/": 21,
        "/establishments/999002/pupils/{pupil}/who-may-see/": 15,
        "/advice/": 8,
        "/advice/write/": 7,
        "/advice/{advice}/": 8,
        "/advice/{advice}/change/": 8,
        "/advice/{advice}/versions/1/": 8,
        "/guidance/": 4,
        "/guidance/{guide}/": 4,
        "/guidance/privacy/": 3,
    },
    ("officer-information", EDUNET): {
        "/": 9,
        "/officers/": 11,
        "/officers/former/": 7,
        "/officers/{appointment}/": 12,
        "/officers/{appointment}/change/": 12,
        "/community/": 10,
        "/community/heads/": 8,
        "/community/heads/list/": 8,
        "/retention/": 8,
        "/retention/holds/": 7,
        "/subject-access/": 7,
        "/subject-access/record/": 7,
        "/breaches/": 7,
        "/unusual-patterns/": 7,
    },
    ("superuser", EDUNET): {
        "/operations/": 16,  # two of them ask whose version the rules are of, and one whether a session holds a table
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
        appointment = OfficerAppointment.objects.get(person=person("officer-admissions")).pk
        group = OwnGroup.objects.filter(establishment__urn=999002, kind="criteria").earliest("pk")
        member = StaffMember.objects.in_post_on(timezone.localdate()).filter(establishment__urn=999002).first()
    advice = advising.published()
    browser = client(slug, site)
    browser.get("/")
    counted = {}
    for path in RECORDED[slug, site]:
        with CaptureQueriesContext(connection) as queries:
            ids = {"pupil": pupil.pk, "member": member.pk, "item": item.pk, "group": group.pk, "release": release}
            ids |= {"appointment": appointment, "advice": advice, "guide": "counting-days"}
            assert browser.get(path.format(**ids)).status_code == 200
        counted[path] = len([query for query in queries if "SAVEPOINT" not in query["sql"]])
    recorded = RECORDED[slug, site]
    other = {path: (recorded[path], now) for path, now in counted.items() if now != recorded[path]}
    assert not other, f"Questions (recorded, now) of {slug}: {other}. For each row: mend it. Rightly more: record it."
