"""Two schools close and one opens in their place, lived through: nobody goes on as anybody (A2, formats page 2)."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from access_register.headships import first_heads
from sharing import door
from sharing.imports.ending import end_establishment
from sharing.imports.succession import Links
from sharing.measures.computed import prepare
from sharing.models import Enrolment, Establishment, Figure, Participation, Pupil, Release, Transfer
from sharing.school_year import academic_year
from tests.people import EDUNET, as_batch, asker, client, person
from tests.sharing.conversions import convert
from tests.sharing.mergers import ONE_SCHOOL, merge, send_return
from tests.sharing.moves import BECKSIDE, OXENBY, RAVENSGILL, again, day, from_outside, on_roll

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_from_gias")]


class TestWhoGoesOnAsWhom:
    """R5, R31: as the national register has told in fact, plainly from one end and otherwise from the other."""

    @pytest.mark.parametrize(
        ("there", "back"),
        [
            ("Successor", "Predecessor - merged"), ("Successor", "Result of Amalgamation"),
            ("Successor - Split School", "Predecessor"), ("Successor", "Other"),
        ],
    )  # fmt: skip
    def test_not_where_one_of_the_two_links_tells_of_a_merger_or_a_split(
        self, tmp_path: Path, capsys: pytest.CaptureFixture, there: str, back: str
    ) -> None:
        merge(tmp_path, day(0), (BECKSIDE, ONE_SCHOOL, there), (ONE_SCHOOL, BECKSIDE, back), reason=None)
        assert "150002 is a merger, a split or the like" in capsys.readouterr().out
        self.nobody_went_along()

    @pytest.mark.parametrize(("closed", "opened"), [("1", None), (None, "1")])
    def test_not_where_the_reason_is_a_merger(self, tmp_path: Path, closed: str | None, opened: str | None) -> None:
        """As Hunslet Gate Centre and the KS3 Pupil Referral Unit of Leeds, linked plainly from both ends."""
        links = (BECKSIDE, ONE_SCHOOL, "Successor"), (ONE_SCHOOL, BECKSIDE, "Predecessor")
        new = {"ReasonEstablishmentOpened (code)": opened} if opened else {}
        merge(tmp_path, day(0), *links, reason=closed, **new)
        self.nobody_went_along()

    def nobody_went_along(self) -> None:
        with as_batch():
            assert not Enrolment.objects.filter(establishment__urn=ONE_SCHOOL).exists()
            assert not Establishment.objects.exclude(goes_on_as=None).exists()
            assert Links.stored().plain == set()

    def test_a_merger_whose_links_do_not_say_who_was_before_is_told_as_one(
        self, tmp_path: Path, capsys: pytest.CaptureFixture
    ) -> None:
        both = [(BECKSIDE, ONE_SCHOOL), (ONE_SCHOOL, BECKSIDE), (RAVENSGILL, ONE_SCHOOL), (ONE_SCHOOL, RAVENSGILL)]
        merge(tmp_path, day(0), *((urn, other, "Result of Amalgamation") for urn, other in both))
        assert "999002 is closed and in use. GIAS links it with 150002 by a merger." in capsys.readouterr().out


class TestTheChildrenAtTheNewSchool:
    def test_are_on_its_roll_since_it_opened_whatever_first_day_its_return_tells(self, tmp_path: Path) -> None:
        """R22, R31: its MIS keeps that of the school before, and it had figures of years before it was there."""
        children = [on_roll(surname="Along") for _ in range(12)]
        merge(tmp_path, day(-3))
        send_return(tmp_path, day(-1), *children, EntryDate="2024-09-03")
        with as_batch():
            stays = Enrolment.objects.filter(establishment__urn=ONE_SCHOOL)
            told = set(stays.values_list("starts_on", "here_since", "ends_on", "cancelled_at"))
            assert told == {(day(-3), date(2024, 9, 3), None, None)}
        release = prepare("roll", timezone.localdate().year - 1, timezone.localdate())
        with as_batch():
            of = Figure.objects.filter(release=release).values_list("establishment__urn", flat=True)
            assert BECKSIDE in of
            assert ONE_SCHOOL not in of

    def test_what_was_told_from_before_it_opened_is_put_right_by_its_next_return(self, tmp_path: Path) -> None:
        """R22: as returns that came before this version have told it."""
        child = on_roll(surname="Along")
        merge(tmp_path, day(-3))
        send_return(tmp_path, day(-2), child)
        with as_batch():
            stays = Enrolment.objects.filter(establishment__urn=ONE_SCHOOL)
            stays.update(starts_on=date(2024, 9, 3), here_since=None)
        send_return(tmp_path, day(-1), child, EntryDate="2024-09-03")
        with as_batch():
            assert stays.get(cancelled_at=None).starts_on == day(-3)
            assert Pupil.objects.visible_on(day(-4)).filter(establishment__urn=ONE_SCHOOL).count() == 0
            assert Pupil.objects.visible_on(day(0)).filter(establishment__urn=ONE_SCHOOL).count() == 1

    def test_who_left_before_it_opened_was_never_there(self, tmp_path: Path) -> None:
        child = on_roll(surname="Gone")
        merge(tmp_path, day(-3))
        send_return(tmp_path, day(-1), on_roll(surname="Along"), gone=[child], EntryDate="2024-09-03")
        with as_batch():
            assert not Enrolment.objects.filter(establishment__urn=ONE_SCHOOL, pupil__child=child.child_id).exists()


class TestTheEndOfTheOldSchools:
    def end(self, urn: int) -> str:
        return end_establishment(urn, by="Test", today=day(0))

    def test_says_first_who_would_be_on_no_register(self, tmp_path: Path) -> None:
        """R9: before the return of the new school, all its children would be missing education."""
        child = on_roll(surname="Along")
        with as_batch():
            Enrolment.objects.filter(establishment__urn=BECKSIDE).exclude(pupil=child).delete()
        merge(tmp_path, day(-3))
        trial = end_establishment(BECKSIDE, by="Test", today=day(0), is_trial=True)
        assert "whom no other register has today: 1. Bring in the return of their next school." in trial
        send_return(tmp_path, day(-1), child)
        assert "no other register" not in self.end(BECKSIDE)

    def test_says_who_is_expected_nowhere_any_more(self, tmp_path: Path) -> None:
        """R7: a child told of by Admissions is on no other list."""
        from_outside()
        merge(tmp_path, day(-3))
        with as_batch():
            coming = Transfer.objects.under_way(day(0)).filter(establishment__urn=RAVENSGILL).count()
        assert f"whom nobody expects any more: {coming}. Tell Admissions." in self.end(RAVENSGILL)

    def test_leaves_a_transfer_from_there_to_the_school_that_has_the_child(self, tmp_path: Path) -> None:
        """R7, R8: nobody there could call it off or send the file, and no other could be begun."""
        along, stays_away = on_roll(surname="Along"), on_roll(surname="Away")
        for child in (along, stays_away):
            door.begin_transfer(asker("head-beckside"), BECKSIDE, child.pk, to=OXENBY, expected_on=day(7))
        merge(tmp_path, day(-3))
        send_return(tmp_path, day(-1), along)
        manager = asker("officer-information", EDUNET)
        first_heads.record_first_head(
            manager, ONE_SCHOOL, name="Any", email=person("head-ravensgill").email, on=day(0)
        )  # fmt: skip
        with as_batch():
            goes, waits = (Transfer.objects.get(leaving=child) for child in (along, stays_away))
        self.end(BECKSIDE)
        assert (again(goes).from_establishment.urn, again(waits).from_establishment.urn) == (ONE_SCHOOL, BECKSIDE)
        head = client("head-ravensgill")
        page = head.get(f"/establishments/{ONE_SCHOOL}/transfers/").content.decode()
        assert "Child Along" in page
        assert "Child Away" not in page
        door.accept_transfer(asker("head-oxenby"), OXENBY, goes.pk)
        assert door.make_transfer_file(asker("head-ravensgill"), ONE_SCHOOL, goes.pk).content
        door.say_arrived(asker("head-oxenby"), OXENBY, goes.pk, on=day(0), kind="C")
        with as_batch():
            stay = Enrolment.objects.get(pupil__child=along.child_id, establishment__urn=ONE_SCHOOL)
        assert stay.ends_on == day(-1)

    def test_a_transfer_to_that_school_is_none_from_it(self, tmp_path: Path) -> None:
        """R7: told of before the first return of the new school came; it would leave that one for that one."""
        child = on_roll(surname="Along")
        merge(tmp_path, day(-3))
        manager, email = asker("officer-information", EDUNET), person("head-ravensgill").email
        first_heads.record_first_head(manager, ONE_SCHOOL, name="Any", email=email, on=day(0))
        door.begin_transfer(asker("head-beckside"), BECKSIDE, child.pk, to=ONE_SCHOOL, expected_on=day(7))
        with as_batch():
            transfer = Transfer.objects.get(leaving=child)
        send_return(tmp_path, day(-1), child)
        self.end(BECKSIDE)
        assert again(transfer).from_establishment.urn == BECKSIDE


def test_a_merger_with_one_that_excluded_itself_can_have_a_head(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """R16, R32: it took no part, so no head could be recorded, and without a head nobody could ever sign it up."""
    with as_batch():
        Participation.objects.filter(establishment__urn=BECKSIDE).update(ends_on=day(-30), ended_because="Test")
    merge(tmp_path, day(0))
    assert "150002 takes part: a merger or a split of one that excluded itself" in capsys.readouterr().out
    manager, email = asker("officer-information", EDUNET), person("head-ravensgill").email
    first_heads.record_first_head(manager, ONE_SCHOOL, name="Any", email=email, on=day(0))
    assert client("head-ravensgill").get(f"/establishments/{ONE_SCHOOL}/register/").status_code == 200


@pytest.mark.parametrize("how", [merge, convert])
@pytest.mark.parametrize("is_ended", [False, True])
def test_figures_of_the_authority_of_a_day_before_do_not_change(tmp_path: Path, how: Any, is_ended: bool) -> None:
    """R31: the January roll of the authority was less by the schools that have closed since, once counted anew."""
    year, measures = academic_year(day(0)) - 1, ("roll_pupils", "roll_girls", "roll_fsm")
    with as_batch():
        before = areas_of(Release.objects.filter(dataset__slug="roll", academic_year=year).latest("version"), *measures)
    how(tmp_path, day(-3))
    if is_ended and how is merge:
        for urn in (BECKSIDE, RAVENSGILL):
            end_establishment(urn, by="Test", today=day(0))
    version = prepare("roll", year, day(0))
    assert version is None or areas_of(version, *measures) == before
    assert ("authority", "roll_pupils") in before


def test_nor_where_the_register_gives_another_day_of_closing_later(tmp_path: Path) -> None:
    """R31: its Locality ended on the day that was told first; its children were in the authority's figure alone."""
    year = academic_year(day(0)) - 1
    with as_batch():
        before = areas_of(
            Release.objects.filter(dataset__slug="roll", academic_year=year).latest("version"), "roll_pupils"
        )
    merge(tmp_path, day(-3))
    for urn in (BECKSIDE, RAVENSGILL):
        end_establishment(urn, by="Test", today=day(0))
    with as_batch():
        Establishment.objects.filter(urn__in=(BECKSIDE, RAVENSGILL)).update(close_date=day(-1))
    version = prepare("roll", year, day(0))
    assert version is None or areas_of(version, "roll_pupils") == before


def areas_of(release: Release, *measures: str) -> dict[tuple[str, str], Any]:
    with as_batch():
        of = Figure.objects.filter(release=release, group="total", measure__code__in=measures).exclude(area="")
        return {(one.area, one.measure.code): one.value for one in of}
