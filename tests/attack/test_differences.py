"""Nobody can infer what they may not see: with and without it, every page is the same (R2, R6, R9, R18, R33, R35)."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from access_register.models import Breach, BreachParty
from sharing.ledger import ledger
from sharing.models import Closing, LedgerEntry, NamedChild, Opening, Pupil, SubjectRequest, Transfer
from sharing.models.ledger import NOT_FOR_THE_HEAD
from tests import factories
from tests.attack import world
from tests.attack.differences import BECKSIDE, RAVENSGILL, Hidden, differing, pages, place, take_away, take_away_child
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, person

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("attack")]
# The lines of a register open the pages themselves. Also shown: what is offered to others, or what they may read.
LINES = {"access_register_registerline", "access_register_contract"}
OFFERED = {"sharing_supportoffer", "sharing_restricteditem", "sharing_restrictedfile", "sharing_consent"}
# Both schools see what they have to do with each other.
WITH_BECKSIDE = f"from_establishment_id IS DISTINCT FROM {place(BECKSIDE)}"
OTHER_SCHOOL = Hidden(
    RAVENSGILL, LINES | OFFERED, {"sharing_transfer": WITH_BECKSIDE, "sharing_supportrequest": WITH_BECKSIDE}
)
# Any officer may read who has accepted the protocol, who is head, who takes part and what is on offer (R19, R4, A7).
OF_OFFICERS = LINES | {
    "access_register_handover", "access_register_participationstep", "access_register_responsibleperson",
    "sharing_supportoffer", "sharing_localitymove",
}  # fmt: skip
# What belongs to a child, and the lists of possible errors in their records.
OF_CHILDREN = {
    "sharing_pupil", "sharing_enrolment", "sharing_transfer", "sharing_challenge", "sharing_challengeevent",
    "sharing_owngroup", "sharing_owngroupmember", "sharing_pupilchange", "sharing_pupilneeds", "sharing_senneed",
    "sharing_attendance", "sharing_suspension", "sharing_result", "sharing_homeaddress", "sharing_contact",
    "sharing_freemealsperiod",
}  # fmt: skip
# The line of a teaching assistant: two year groups, without special needs and attendance.
IN_OTHER_YEARS = f"""pupil_id IN (SELECT id FROM sharing_pupil
    WHERE establishment_id = {place(BECKSIDE)} AND year_group NOT IN ('1', '2'))"""
NARROWED = dict.fromkeys(OF_CHILDREN - {"sharing_owngroup", "sharing_challengeevent"}, IN_OTHER_YEARS) | {
    "sharing_pupil": "year_group NOT IN ('1', '2')",
    "sharing_pupilneeds": "true",
    "sharing_senneed": "true",
    "sharing_attendance": "true",
    "sharing_transfer": "year_group NOT IN ('1', '2')",
}
RETURNS = {"sharing_returnconfirmation"}  # that a return has come is no secret

CASES = {
    ("governor-beckside", SCHOOLS_ONLINE): [OTHER_SCHOOL, Hidden(BECKSIDE, LINES | OFFERED)],
    ("assistant-beckside", SCHOOLS_ONLINE): [
        OTHER_SCHOOL,
        Hidden(BECKSIDE, LINES | OFFERED | {"sharing_owngroup", "sharing_challengeevent"}, NARROWED),
    ],
    ("head-beckside", SCHOOLS_ONLINE): [OTHER_SCHOOL],
    ("officer-no-duty", EDUNET): [Hidden(RAVENSGILL, OF_OFFICERS), Hidden(BECKSIDE, OF_OFFICERS)],
    ("officer-school-improvement", EDUNET): [
        Hidden(RAVENSGILL, OF_OFFICERS, {"sharing_transfer": WITH_BECKSIDE}),
        Hidden(BECKSIDE, OF_OFFICERS | OFFERED | OF_CHILDREN | RETURNS | {"sharing_visitnote"}),
    ],
}

# What the head of Beckside must not learn, even if it is about a child of theirs or about the head (R18, P17).
BARRED = {
    "sharing_opening": "head_barred",
    "sharing_namedchild": "head_barred",
    "sharing_closing": "head_barred",
    "sharing_ledgerentry": "about ? 'not_for_the_head'",
    "sharing_unusualpattern": "of_head OR through = 'edunet'",
    "sharing_visitnote": "NOT for_head",
    "sharing_subjectrequest": "through = 'edunet'",
    "sharing_import": "establishment_id IS NULL",
    "access_register_breachparty": "name = 'Head'",
    "access_register_breach": "state = 'reported'",
    **dict.fromkeys(("sharing_legalhold", "sharing_misusereport", "sharing_disposal", "sharing_disposalline"), "true"),
}


@pytest.mark.parametrize(("slug", "site"), CASES, ids=[slug for slug, _ in CASES])
def test_what_one_may_not_see_changes_no_page(planted: None, slug: str, site) -> None:
    """R2, R6, R9, R33, R35: rows of another school, of a higher level, of other year groups, without a duty."""
    numbers = {urn: world.numbers_of(urn) for urn in (BECKSIDE, RAVENSGILL)}
    for urn in numbers:
        _somebody_has_left(urn)
    before = pages(slug, site, numbers)
    gone = [hidden.take_away() for hidden in CASES[slug, site]]
    assert all(sum(rows > 0 for rows in tables.values()) > 10 for tables in gone)
    assert sum(text.startswith("200") for text in before.values()) > 45
    assert differing(before, pages(slug, site, numbers)) == {}


def test_what_the_head_must_not_learn_of_changes_no_page(planted: None) -> None:
    """R18, R41, P17: what was opened, named or closed so that the head is not told, and what is held against them."""
    numbers = {BECKSIDE: world.numbers_of(BECKSIDE)}
    _bar_from_the_head(numbers[BECKSIDE]["pupil_id"])
    before = pages("head-beckside", SCHOOLS_ONLINE, numbers)
    gone = take_away(BARRED)
    assert min(gone.values()) > 0, gone
    assert differing(before, pages("head-beckside", SCHOOLS_ONLINE, numbers)) == {}


@pytest.mark.parametrize(
    ("slug", "site"), [("head-beckside", SCHOOLS_ONLINE), ("officer-admissions", EDUNET)], ids=["head", "officer"]
)
def test_a_closed_child_is_as_one_whom_nobody_has(planted: None, slug: str, site) -> None:
    """R18: on every page, of a child who is on the way from one school to the other, and closed to the head too."""
    numbers = {urn: world.numbers_of(urn) for urn in (BECKSIDE, RAVENSGILL)}
    with world.as_nobody_in_particular():
        between = Transfer.objects.filter(from_establishment__urn=BECKSIDE, establishment__urn=RAVENSGILL)
        child = between.filter(agreed_on__isnull=False).latest("pk").leaving.child_id
        _close(child, days=5)
    before = pages(slug, site, numbers)
    take_away_child(child)
    assert sum(text.startswith("200") for text in before.values()) > 100
    assert differing(before, pages(slug, site, numbers)) == {}


def _close(child: UUID, days: int) -> None:
    """Close the child for nine days that end in `days` days (negative: ended), so that heads must not learn of it."""
    ends = timezone.now() + timedelta(days=days)
    Closing.objects.create(
        child_id=child, named=[], authoriser="Barred", basis="court", reason="R", head_barred=True, asked_by_id=0,
        asked_by_name="Test", agreed_by_id=1, agreed_at=ends - timedelta(days=9), starts_at=ends - timedelta(days=9),
        ends_at=ends,
    )  # fmt: skip


def _somebody_has_left(urn: int) -> None:
    """Plant a child whose name nobody sees any more, but who is counted (R8)."""
    today = timezone.localdate()
    gone = factories.pupil(urn, year_group="6")
    factories.enrolment(gone, today - timedelta(days=400), today - timedelta(days=3), leaving_reason="OT")


def _bar_from_the_head(pupil_id: object) -> None:
    now, day = timezone.now(), timezone.localdate()
    with world.as_nobody_in_particular():
        pupil = Pupil.objects.get(pk=pupil_id)
        seen = {"person_id": 0, "person_name": "Barred", "reason": "R", "head_barred": True}
        Opening.objects.create(
            **seen, pupil=pupil, establishment_id=pupil.establishment_id, because="child", starts_at=now,
            ends_at=now + timedelta(hours=1),
        )  # fmt: skip
        NamedChild.objects.create(
            **seen, child_id=pupil.child_id, through=EDUNET, source="duty:0", starts_on=day, ends_on=day,
            named_by_name="Test",
        )  # fmt: skip
        _close(pupil.child_id, days=-1)
        SubjectRequest.objects.filter(establishment=pupil.establishment_id).update(through=EDUNET)
        case = Breach.objects.create(whose="person", children="0", aware_at=now, about_id=pupil.establishment_id)
        BreachParty.objects.create(breach=case, person=person("head-beckside"), name="Head")
    with as_batch():
        ledger.write(
            None, action="show_pupil", outcome=LedgerEntry.Outcome.SHOWN, urn=BECKSIDE,
            about=NOT_FOR_THE_HEAD | {"pupils": [str(pupil_id)]},
        )  # fmt: skip


def test_what_one_sees_is_missed(planted: None) -> None:
    """R6: the walk itself. What a page shows and shows no more is a difference."""
    numbers = {BECKSIDE: world.numbers_of(BECKSIDE)}
    before = pages("governor-beckside", SCHOOLS_ONLINE, numbers)
    take_away({"sharing_supportoffer": f"establishment_id = {place(BECKSIDE)}"})
    told = differing(before, pages("governor-beckside", SCHOOLS_ONLINE, numbers))
    assert f"/establishments/{BECKSIDE}/support/" in told
