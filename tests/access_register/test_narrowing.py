"""Narrowing a Level 2 line to year groups and kinds of data (R35, A5)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from access_register.register import register
from access_register.register.register import CannotChange, ChangedMeanwhile, Entry
from sharing import door
from sharing.authorise import NoSuchRecord, NotAtYourLevel
from sharing.models import Enrolment, EstablishmentPermission, Pupil
from sharing.records.pupils import PupilList
from tests import factories
from tests.access_register.test_register import BECKSIDE, HEAD, TEACHER, line_of
from tests.people import as_batch, asker, client, person

pytestmark = pytest.mark.django_db
TEACHES = "teaches"


def narrow(year_groups: tuple[str, ...] = (), withheld: tuple[str, ...] = (), slug: str = TEACHER, **more) -> None:
    more = {"year_groups": year_groups, "withheld": withheld} | more
    register.narrow_access(asker(HEAD), BECKSIDE, line_of(slug).pk, **more)


def on_roll(*years: str) -> set:
    with as_batch():
        here = Pupil.objects.filter(establishment__urn=BECKSIDE).visible_on(timezone.localdate())
        return set(here.in_years(years).values_list("pk", flat=True))


def listed(slug: str = TEACHER, **only: str) -> PupilList:
    return door.list_pupils(asker(slug), BECKSIDE, only=door.PupilFilter(**only))


def test_only_the_year_groups_named_in_list_count_and_filter() -> None:
    """A5, R6: the list, its count, what the filter offers, and a filter typed by hand."""
    narrow(("1", "2"))
    found = listed()
    assert found.page.total == len(on_roll("1", "2")) > 0
    assert {line.id for line in found.page} <= on_roll("1", "2")
    assert [code for code, _ in found.options["year_group"]] == ["1", "2"]
    assert listed(year_group="5").page.total == 0
    assert found.narrowed == "only Year 1 and Year 2"


def test_a_child_of_another_year_group_is_not_there() -> None:
    """R6: 404, as if there were no such child."""
    narrow(("1",))
    (other, *_), (own, *_) = on_roll("5"), on_roll("1")
    with pytest.raises(NoSuchRecord):
        door.show_pupil(asker(TEACHER), BECKSIDE, other)
    assert door.show_pupil(asker(TEACHER), BECKSIDE, own).pupil.id == own


def test_what_is_withheld_is_absent_and_not_blank() -> None:
    """R35: the record has no such field, the list no such column, and the filter for it does nothing."""
    assert "sen" in [column.code for column in listed().shown]
    everybody = listed().page.total
    narrow(withheld=("sen", "attendance"))
    found = listed(sen="E")
    assert not {"sen", "attendance"} & ({column.code for column in found.columns} | found.options.keys())
    assert all(len(line.cells) == len(found.shown) for line in found.page)
    assert (found.active, found.page.total) == ((), everybody)
    page = door.show_pupil(asker(TEACHER), BECKSIDE, next(iter(on_roll())))
    assert page.needs is page.attendance is None
    shown = client(TEACHER).get(f"/establishments/{BECKSIDE}/pupils/{page.pupil.id}/").content.decode()
    assert "Attendance</h2>" not in shown
    assert "Special educational needs" not in shown.replace("without special educational needs", "")


def test_narrowing_works_at_once_and_can_be_taken_back() -> None:
    """R44: for somebody who is signed in."""
    browser, child = client(TEACHER), next(iter(on_roll("5")))
    path = f"/establishments/{BECKSIDE}/pupils/{child}/"
    assert browser.get(path).status_code == 200
    narrow(("1",))
    assert browser.get(path).status_code == 404
    narrow()
    assert browser.get(path).status_code == 200


def test_only_the_permission_on_pupils_is_narrowed() -> None:
    narrow(("1",), ("sen",))
    with as_batch():
        rows = EstablishmentPermission.objects.filter(user=person(TEACHER), content_object__urn=BECKSIDE)
        found = {row.permission.codename: (row.year_groups, row.withheld) for row in rows}
    assert found == {"view_pupils": (["1"], ["sen"]), "view_establishment": ([], [])}


@pytest.mark.parametrize("slug", ["deputy-beckside", "governor-beckside"])
def test_only_level_2_is_narrowed(slug: str) -> None:
    with pytest.raises(CannotChange, match="Only a Level 2 line"):
        narrow(("1",), slug=slug)


def test_a_narrowed_line_that_is_raised_sees_everything() -> None:
    """R33: Level 1 is whole; lowered again, the line is as narrow as it was."""
    register.withdraw_access(asker(HEAD), BECKSIDE, line_of("business-manager-beckside").pk, because="")
    narrow(("1",))
    line = line_of(TEACHER)
    register.change_access(asker(HEAD), BECKSIDE, line.pk, entry=Entry(register.Level.ONE, "teacher", confirmed=True))
    assert listed().page.total == len(on_roll())
    register.change_access(asker(HEAD), BECKSIDE, line.pk, entry=Entry(register.Level.TWO, "teacher", TEACHES))
    assert listed().page.total == len(on_roll("1"))


def test_nonsense_is_refused() -> None:
    for wrong in ({"year_groups": ("99",)}, {"withheld": ("everything",)}):
        with pytest.raises(CannotChange, match="from the list"):
            narrow(**wrong)


def test_a_permanent_exclusion_is_not_told_as_a_reason_for_leaving() -> None:
    """R35: neither on the record nor among the leavers, nor in the file that is taken away of them."""
    today = timezone.localdate()
    child = factories.pupil(BECKSIDE)
    factories.enrolment(child, today - timedelta(days=9), today + timedelta(days=1), leaving_reason="PE")

    def told() -> set[str]:
        (leaving,) = (one for one in door.show_moves(asker(TEACHER), BECKSIDE).to_leave if one.child == child.pk)
        (stay,) = door.show_pupil(asker(TEACHER), BECKSIDE, child.pk).pupil.enrolments
        return {leaving.words, stay.leaving_reason}

    assert told() == {"Permanently excluded"}
    narrow(withheld=("suspensions",))
    assert told() == {"No reason given", ""}
    with as_batch():
        Enrolment.objects.filter(pupil=child).update(leaving_reason="PI")
    assert told() == {"Moved to an independent school elsewhere"}


def test_who_may_narrow() -> None:
    """R33, R35."""
    with pytest.raises(NotAtYourLevel):
        register.narrow_access(asker(TEACHER), BECKSIDE, line_of(TEACHER).pk, year_groups=(), withheld=())


def test_two_tabs_narrowing_one_line() -> None:
    """The second is told what the first did, and not what both have seen."""
    narrow(("5",))
    line = line_of(TEACHER)
    narrow(("1",), version=line.version)
    with pytest.raises(ChangedMeanwhile, match="narrowed this line: only Year 1") as told:
        narrow(("2",), version=line.version)
    assert "Year 5" not in told.value.message
    assert told.value.version == line.version + 1


def test_in_the_browser() -> None:
    browser, line = client(HEAD), line_of(TEACHER)
    url = f"/establishments/{BECKSIDE}/register/{line.pk}/narrow/"
    form = browser.get(url).content.decode()
    assert "Year 5" in form
    assert "Year 11" not in form  # nobody here is in it
    typed = {"year_groups": ["1", "2"], "withheld": ["sen"], "because": "Works there", "version": line.version}
    page = browser.post(url, typed, follow=True).content.decode()
    assert "Narrowed: only Year 1 and Year 2, without special educational needs" in page
    assert browser.post(url, typed).status_code == 302  # a double click
    again = browser.post(url, typed | {"year_groups": ["3"]})
    assert again.status_code == 422
    shown = again.content.decode()
    assert "Someone changed this line while you had it open" in shown
    assert f'value="{line.version + 1}"' in shown
    assert shown.count(" checked") == 2  # Year 3 and special needs, as typed
    governor = f"/establishments/{BECKSIDE}/register/{line_of('governor-beckside').pk}/narrow/"
    assert "nothing to narrow" in browser.get(governor, follow=True).content.decode()
