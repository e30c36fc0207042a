"""Children, and what is told of them ahead, when a school carries on under a new URN (A2, R5, R7)."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access_register import daily
from sharing import door
from sharing.demo.days import year_start
from sharing.door.deeper import Question
from sharing.grace import kept_until
from sharing.keys.child_keys import key_of
from sharing.models import Contact, Enrolment, Establishment, HomeAddress, Pupil, PupilNeeds, Transfer
from sharing.records.deeper import DeeperData
from sharing.school_year import academic_year
from tests import factories
from tests.people import as_batch, asker
from tests.sharing import census_returns as returns
from tests.sharing import moves
from tests.sharing.conversions import NEW, convert
from tests.sharing.gias_files import gias_file, school
from tests.sharing.moves import BECKSIDE, RAVENSGILL, RECEIVER, SENDER, day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_from_gias")]


def opened(folder: Path) -> None:
    """The successor is here already, as when the links come a day after the establishments."""
    row = school(NEW, "Beckside Primary Academy", EstablishmentNumber="2901", OpenDate=f"{day(0):%d-%m-%Y}")
    call_command("import_gias", gias_file(folder, [row]), as_of=timezone.localdate())


def test_a_child_whom_the_successor_knew_by_a_record_alone_is_on_roll_there(tmp_path: Path) -> None:
    """R5: as when a transfer to it came to nothing. With what the predecessor knows, and with what is said of it."""
    child = moves.on_roll(surname="Known", year_group="5")
    factories.needs(child, "E", "ASD")
    raised = door.raise_challenge(asker(SENDER), BECKSIDE, "pupil", child.pk, fact_key="name", statement="Not so")
    opened(tmp_path)
    there = factories.pupil(NEW, child=child.child, upn_index=child.upn_index, surname="Before", year_group="4")
    called_off = factories.enrolment(there, day(0))
    with as_batch():
        Enrolment.objects.filter(pk=called_off.pk).update(cancelled_at=timezone.now())
    convert(tmp_path, timezone.localdate())
    page = door.show_pupil(asker(SENDER), NEW, there.pk)
    assert (page.pupil.surname, page.pupil.year_group, len(page.needs.types)) == ("Known", "Year 5", 1)
    assert page.pupil.upn == child.upn
    waits = [line.id for line in door.list_challenges(asker(SENDER), NEW).page if line.about == "pupil"]
    assert raised in waits


def test_a_child_whom_the_successor_has_on_roll_is_as_its_own_word_says(tmp_path: Path) -> None:
    """R5: its return came before the national register told that it carries on."""
    child = moves.on_roll(surname="Told", year_group="5")
    factories.needs(child, "E", "ASD")
    opened(tmp_path)
    there = factories.pupil(NEW, child=child.child, upn_index=child.upn_index, surname="Anew", year_group="6")
    stay = factories.enrolment(there, day(0))
    convert(tmp_path, timezone.localdate())
    with as_batch():
        now = Pupil.objects.get(pk=there.pk)
        assert (now.surname, now.year_group) == ("Anew", "6")
        assert not PupilNeeds.objects.filter(pupil=now).exists()
        assert Enrolment.objects.get(pupil=now).pk == stay.pk
    assert not moves.sees(SENDER, NEW, child.pk)


@pytest.mark.parametrize("first_days", [(-400, -100), (-100, -400), (-100, 0)])
def test_two_stays_that_overlap_go_on_as_one(first_days: tuple[int, int], tmp_path: Path) -> None:
    """A2: a return may have a child on roll, and gone on a day after the child came again. The longer stay goes on."""
    child = factories.pupil(BECKSIDE)
    still_here, gone = (day(first) for first in first_days)
    factories.enrolment(child, still_here)
    factories.enrolment(child, gone, day(60), leaving_reason="OT")
    convert(tmp_path, timezone.localdate())
    with as_batch():
        (stay,) = Enrolment.objects.filter(establishment__urn=NEW, pupil__child=child.child)
        assert (stay.starts_on, stay.ends_on, stay.leaving_reason, stay.here_since) == (day(0), None, "", still_here)
        assert not Enrolment.objects.filter(pupil=child).exclude(ends_on__lt=day(0)).exists()


def test_why_a_child_will_leave_is_told_where_the_child_leaves(tmp_path: Path) -> None:
    """R9: or the children whom nobody has on roll would be told of without the school they went to."""
    child, last_day = moves.on_roll(), day(9)
    door.end_enrolment(asker(SENDER), BECKSIDE, child.pk, last_day=last_day, reason="EL", destination="Elsewhere")
    convert(tmp_path, timezone.localdate())
    with as_batch():
        told = Enrolment.objects.filter(pupil__child=child.child_id)
        stays = told.values_list("establishment__urn", "ends_on", "leaving_reason", "destination")
        assert sorted(stays) == [(NEW, last_day, "EL", "Elsewhere"), (BECKSIDE, day(-1), "", "")]


def test_the_file_for_a_school_outside_is_sent_from_where_the_child_leaves(tmp_path: Path) -> None:
    """R8: and the record at the earlier URN is not seen any longer because of it."""
    child, last_day = moves.on_roll(), day(9)
    door.end_enrolment(asker(SENDER), BECKSIDE, child.pk, last_day=last_day, reason="PM", outside=True)
    convert(tmp_path, timezone.localdate())
    with as_batch():
        told = Enrolment.objects.filter(pupil__child=child.child_id).values_list("establishment__urn", "file_until")
        assert sorted(told) == [(NEW, kept_until(last_day)), (BECKSIDE, None)]
        assert not Pupil.objects.visible_on(timezone.localdate()).filter(pk=child.pk).exists()


def test_the_file_of_a_child_who_has_left_is_sent_from_the_new_urn_alone(tmp_path: Path) -> None:
    """R5, R8: the record at the earlier URN is not seen any longer because of it."""
    child = moves.on_roll()
    transfer = moves.agreed(child)
    door.say_arrived(asker(RECEIVER), RAVENSGILL, transfer.pk, on=day(0), kind="C")
    convert(tmp_path, timezone.localdate())
    assert door.show_moves(asker(SENDER), NEW).in_grace
    with as_batch():
        assert not Pupil.objects.visible_on(timezone.localdate()).filter(pk=child.pk).exists()


def test_a_child_who_is_coming_comes_by_the_same_transfer(tmp_path: Path) -> None:
    """R7: expected on the day after; nobody reads that the child did not come, and by night nothing lapses."""
    transfer = coming()
    with as_batch():
        Transfer.objects.filter(pk=transfer.pk).update(
            agreed_on=day(-2), asserted_at=timezone.now() - timedelta(days=9), reminders=1
        )
        before = Transfer.objects.get(pk=transfer.pk)
    convert(tmp_path, timezone.localdate())
    daily.run(timezone.localdate())
    now = moves.again(transfer)
    kept = ("expected_on", "lapses_on", "asserted_at", "reminders", "lapse_noted_on", "upn")
    assert [getattr(now, fact) for fact in kept] == [getattr(before, fact) for fact in kept]
    assert seen_by_the_sender(transfer) == [(transfer.pk, NEW)]
    assert not moves.sees(SENDER, NEW, transfer.pupil_id)
    assert moves.sees(SENDER, NEW, now.pupil_id)
    with as_batch():
        assert not Pupil.objects.visible_on(timezone.localdate()).filter(pk=transfer.pupil_id).exists()
    door.say_arrived(asker(SENDER), NEW, transfer.pk, on=day(0), kind="C")
    assert moves.again(transfer).arrived_on == day(0)


def test_a_child_who_has_come_has_come_once(tmp_path: Path) -> None:
    """R8: the school before sends one transfer file, and is told of one arrival."""
    transfer = coming()
    door.say_arrived(asker(SENDER), BECKSIDE, transfer.pk, on=day(0), kind="C")
    with as_batch():
        Transfer.objects.filter(pk=transfer.pk).update(agreed_on=day(-3))
        Enrolment.objects.filter(pupil=transfer.pupil_id).update(starts_on=day(-2))
    convert(tmp_path, timezone.localdate())
    assert seen_by_the_sender(transfer) == [(transfer.pk, BECKSIDE)]
    assert moves.again(transfer).arrived_on == day(-2)
    assert door.make_transfer_file(asker(RECEIVER), RAVENSGILL, transfer.pk).content


def test_who_came_along_has_not_joined(tmp_path: Path) -> None:
    """R1: the dashboard would say that all of the school's children are new."""
    since = max(day(-3), year_start(day(0)))  # not before the school year
    with as_batch():
        Enrolment.objects.filter(establishment__urn=BECKSIDE, starts_on__gte=since).delete()
    convert(tmp_path, day(-4))
    late = factories.pupil(NEW, surname="Late")
    factories.enrolment(late, max(day(-2), since))
    head = asker(SENDER)
    moved = door.show_moves(head, NEW)
    assert ([one.child for one in moved.joined], moved.since) == ([late.pk], since)
    (roll,) = (tile for tile in door.show_dashboard(head, NEW).tiles if tile.key == "roll")
    assert roll.readings[1].text == "1"


@pytest.mark.parametrize(
    ("measure", "by"),
    [("roll_pupils", "joined"), ("attendance_absence", ""), ("suspensions_rate", ""), ("phonics_met", "earlier")],
)
def test_last_years_numbers_of_ones_own_pupils_are_those_of_before(tmp_path: Path, measure: str, by: str) -> None:
    """R31: counted now, from children who were here then, whichever URN the school had."""
    head, asked = asker(SENDER), Question(measure, academic_year(timezone.localdate()) - 1, by)
    with as_batch():  # a child who left and came again: the stay that is over remains with the old URN
        Enrolment.objects.filter(establishment__urn=BECKSIDE, ends_on__lt=day(0)).delete()
    before = own_numbers(door.show_deeper(head, BECKSIDE, asked))
    assert sum(children for _, children, _ in before) > 0
    convert(tmp_path, timezone.localdate())
    with as_batch():
        Establishment.objects.filter(urn=NEW).update(low_age=3, high_age=11)
    assert own_numbers(door.show_deeper(head, NEW, asked)) == before


def own_numbers(found: DeeperData) -> list[tuple[str, int, str]]:
    assert found.own
    return [(row.label, row.children, row.text) for row in found.own.rows if row.children]


def coming() -> Transfer:
    """A child of Ravensgill, whom Beckside has accepted."""
    leaving = factories.pupil(RAVENSGILL, surname="Comes")
    factories.enrolment(leaving, day(-300))
    door.begin_transfer(asker(RECEIVER), RAVENSGILL, leaving.pk, to=BECKSIDE, expected_on=day(1))
    with as_batch():
        transfer = Transfer.objects.get(leaving=leaving)
    door.accept_transfer(asker(SENDER), BECKSIDE, transfer.pk)
    return moves.again(transfer)


def seen_by_the_sender(transfer: Transfer) -> list[tuple[int, int]]:
    going = door.show_transfers(asker(RECEIVER), RAVENSGILL).leaving
    seen = [row.id for group in going for row in group.rows if "Comes" in row.name]
    with as_batch():
        return list(Transfer.objects.filter(pk__in=seen).values_list("pk", "establishment__urn"))


def test_a_child_who_was_there_has_not_joined_because_the_school_has_a_new_urn(tmp_path: Path) -> None:
    """R5: on the dashboard and the page of changes; who came since does, with the day of then."""
    moves.on_roll(surname="Longhere")
    came = factories.pupil(BECKSIDE, surname="Newlycome")
    factories.enrolment(came, day(-3))
    before = [move.name for move in door.show_moves(asker(SENDER), BECKSIDE, since=day(-10)).joined]
    convert(tmp_path, timezone.localdate())
    after = door.show_moves(asker(SENDER), NEW, since=day(-10))
    assert [move.name for move in after.joined] == before
    (came_since,) = (move for move in after.joined if move.name == "Child Newlycome")
    (stay,) = door.show_pupil(asker(SENDER), NEW, came_since.child).pupil.enrolments
    assert came_since.on == stay.starts_on == day(-3)


def test_who_had_left_before_the_first_day_of_the_new_urn_is_not_on_its_roll(tmp_path: Path) -> None:
    """R5, R31: who left Year 6 in July is told as a leaver in October, after the school has become an academy. They
    stayed on its roll for ever, beside that of their next school."""
    left, stays = moves.on_roll(surname="Left", year_group="6"), moves.on_roll(surname="Stays", year_group="5")
    convert(tmp_path, day(-3))

    def tell(child: Pupil) -> dict[str, str]:
        return {
            "UPN": str(child.upn), "Surname": child.surname, "Forename": child.forename, "DOB": f"{child.born_on}",
            "Sex": child.sex, "NCyearActual": child.year_group, "EntryDate": f"{day(-365)}",
        }  # fmt: skip

    rows = returns.pupil(**tell(stays)), returns.leaver(**tell(left) | {"LeavingDate": f"{day(-40)}"})
    header = {"Term": returns.term_of(day(0)), "Year": f"{day(0).year}", "ReferenceDate": f"{day(0)}", "Estab": "2901"}
    path = tmp_path / "return.xml"
    path.write_text(returns.document(*rows, **header).replace("999998", str(NEW)))
    for _ in "once", "again":
        call_command("import_file", "census", str(path), apply=True)
        with as_batch():
            on_roll = Enrolment.objects.filter(establishment__urn=NEW, cancelled_at=None)
            assert on_roll.filter(pupil__child=stays.child_id).values_list("ends_on", flat=True).get() is None
            assert not on_roll.filter(pupil__child=left.child_id).exists()


def test_what_is_known_of_them_is_under_one_key_for_each_child_and_the_keys_are_stored_together(
    tmp_path: Path,
) -> None:
    """A2, R13: a large school had its keys stored one by one, tens of thousands of them, while all imports waited."""

    def known(urn: int) -> set[tuple[object, ...]]:
        with as_batch():
            children = Pupil.objects.filter(establishment__urn=urn).defer("visible")
            of = {child.pk: child.child_id for child in children}
            found = {(child.child_id, child.upn, child.uln, child.former_upn) for child in children}
            found |= {(of[one.pupil_id], one.address, one.postcode) for one in HomeAddress.objects.filter(pupil__in=of)}
            return found | {(of[one.pupil_id], one.name, one.email) for one in Contact.objects.filter(pupil__in=of)}

    before = known(BECKSIDE)
    with CaptureQueriesContext(connection) as queries:
        convert(tmp_path, timezone.localdate())
    stored = [query["sql"] for query in queries if "INTO portal_keys.key" in query["sql"]]
    assert len(stored) == 1
    assert len(known(NEW)) > 100
    assert known(NEW) <= before
    with as_batch(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) = count(DISTINCT pupil.child_id) AND bool_and(pupil.child_id = key.child_id) "
            "FROM sharing_pupil AS pupil JOIN sharing_establishment AS place ON place.id = establishment_id "
            f"JOIN portal_keys.key ON key.id = {key_of('upn')} WHERE urn = %s",
            [NEW],
        )
        assert cursor.fetchone() == (True,)
