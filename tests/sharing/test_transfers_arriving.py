"""What comes with a child who is transferred, arrives or does not, and for how long it is seen (R5-R8, A3, A4)."""

from datetime import date

import pytest
from django.core.checks import run_checks
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access_register import daily
from sharing import door, grace
from sharing.crypto import blind_index
from sharing.ctf.facts import told_of
from sharing.door import CannotTransfer
from sharing.models import (
    Attendance,
    Contact,
    Enrolment,
    FreeMealsPeriod,
    HomeAddress,
    Pupil,
    PupilNeeds,
    Result,
    SenNeed,
    Suspension,
    Transfer,
)
from sharing.school_year import school_days_after
from sharing.upn import make_upn
from tests import factories
from tests.people import EDUNET, as_batch, asker
from tests.sharing.moves import (
    ADMISSIONS,
    BECKSIDE,
    DATA,
    OXENBY,
    RAVENSGILL,
    RECEIVER,
    SENDER,
    again,
    agreed,
    day,
    from_outside,
    on_roll,
    refusal,
    sees,
    shift,
)

pytestmark = pytest.mark.django_db


class TestWhatComes:
    def _full(self) -> Pupil:
        pupil = on_roll(ethnicity="WBRI", language="ENG", free_school_meals=True, class_name="4B", part_time=True)
        at = {"pupil": pupil, "establishment": pupil.establishment}
        with as_batch():
            PupilNeeds.objects.create(**at, sen_provision="K", in_sen_unit=True)
            SenNeed.objects.create(**at, rank=1, need="SLCN")
            Attendance.objects.create(
                **at, academic_year=2025, term=1, sessions_possible=100, sessions_absent=7, by_code={"I": 7}
            )
            Result.objects.create(**at, stage="K1", academic_year=2024, subject="ENG", result="EXS")
            Result.objects.create(**at, stage="FS", academic_year=2022, subject="REA", result="2", dfe_number="3801234")
            HomeAddress.objects.create(**at, address="1 Mill Lane\nBD1 1AA", postcode="BD1 1AA", facts_index="x")
            Contact.objects.create(**at, order=1, relationship="MOT", name="Ann Mover", facts_index="y")
            Suspension.objects.create(**at, category="SUSP", starts_on=day(-100), sessions=4)
        return pupil

    def test_just_what_a_transfer_file_carries(self) -> None:
        """R5, A4: readable there, with whose count it was; no suspension, no absence by its reason, no class."""
        pupil = self._full()
        record = agreed(pupil).pupil_id
        beckside = factories.establishment(BECKSIDE)
        dfe = f"{beckside.la_code}{beckside.establishment_number:04}"
        with as_batch():
            mine = Pupil.objects.get(pk=record)
            assert (mine.upn, mine.ethnicity, mine.language, mine.free_school_meals) == (pupil.upn, "WBRI", "ENG", True)
            assert (mine.class_name, mine.part_time, mine.child_id) == ("", False, pupil.child_id)
            needs = PupilNeeds.objects.get(pupil=record)
            assert (needs.sen_provision, needs.in_sen_unit) == ("K", False)
            assert SenNeed.objects.get(pupil=record).need == "SLCN"
            attendance = Attendance.objects.get(pupil=record)
            assert (attendance.dfe_number, attendance.sessions_absent, attendance.by_code) == (dfe, 7, {})
            results = dict(Result.objects.filter(pupil=record).values_list("stage", "dfe_number"))
            assert results == {"K1": dfe, "FS": "3801234"}
            assert HomeAddress.objects.get(pupil=record).address == "1 Mill Lane\nBD1 1AA"
            assert Contact.objects.get(pupil=record).name == "Ann Mover"
            assert not Suspension.objects.filter(pupil=record).exists()
            assert not Enrolment.objects.filter(pupil=record).exists()
        assert sees(RECEIVER, RAVENSGILL, record)
        assert not sees(RECEIVER, RAVENSGILL, pupil.pk)
        assert not sees(SENDER, BECKSIDE, record)

    def test_a_child_who_comes_back_has_the_old_record(self) -> None:
        """One record for each child at each establishment, with what is newer in it."""
        pupil = self._full()
        old = factories.pupil(RAVENSGILL, child=pupil.child, upn_index=pupil.upn_index, surname="Before")
        factories.enrolment(old, day(-900), day(-400))
        with as_batch():
            Contact.objects.create(
                pupil=old, establishment=old.establishment, order=1, name="Old Contact", facts_index="z"
            )
        assert agreed(pupil).pupil_id == old.pk
        with as_batch():
            assert Pupil.objects.get(pk=old.pk).surname == "Mover"
            assert Contact.objects.get(pupil=old).name == "Ann Mover"

    @pytest.mark.parametrize("known", [True, False])
    def test_a_child_from_outside(self, known: bool) -> None:
        """With a UPN that the portal knows already, the record is of that child."""
        upn = make_upn(380, 2902, 2018, 77)
        born_on = date(2017, 3, 2)  # from_outside
        before = factories.pupil(OXENBY, upn=upn, upn_index=blind_index(upn), born_on=born_on) if known else None
        with as_batch():
            if before:
                before.child.upn_index = before.upn_index
                before.child.save()
        transfer = from_outside(upn=upn.lower())
        record = door.accept_transfer(asker(RECEIVER), RAVENSGILL, transfer.pk)
        with as_batch():
            mine = Pupil.objects.get(pk=record)
        assert (mine.upn, mine.upn_index, mine.surname) == (upn, blind_index(upn), "Come")
        assert before is None or mine.child_id == before.child_id

    def test_a_child_from_outside_without_a_upn(self) -> None:
        transfer = from_outside()
        record = door.accept_transfer(asker(RECEIVER), RAVENSGILL, transfer.pk)
        assert sees(RECEIVER, RAVENSGILL, record)
        door.say_arrived(asker(RECEIVER), RAVENSGILL, transfer.pk, on=day(0), kind="C")
        assert sees(RECEIVER, RAVENSGILL, record)

    def test_the_year_group_of_a_child_who_comes_back_from_outside_is_that_of_today(self) -> None:
        """R8, R35: and not as if told on the day of the old record: a file would say a year group above it."""
        upn = make_upn(380, 2902, 2018, 77)
        old = factories.pupil(
            RAVENSGILL, upn=upn, upn_index=blind_index(upn), born_on=date(2017, 3, 2), surname="Come",
            as_of=day(-800), year_group="2", source="School Census, autumn 2024",
        )  # fmt: skip
        with as_batch():
            old.child.upn_index = old.upn_index
            old.child.save()
        factories.enrolment(old, day(-1200), day(-700))
        transfer = from_outside(upn=upn)
        assert door.accept_transfer(asker(RECEIVER), RAVENSGILL, transfer.pk) == old.pk
        door.say_arrived(asker(RECEIVER), RAVENSGILL, transfer.pk, on=day(0), kind="C")
        with as_batch():
            mine = Pupil.objects.get(pk=old.pk)
            assert (mine.year_group, mine.as_of) == ("4", day(-800))
            (told,) = told_of([mine], day(0))
        assert told.record["year_group"] == "4"

    def test_a_upn_that_cannot_be_right_is_refused_in_words(self) -> None:
        with pytest.raises(CannotTransfer, match="check letter") as refused:
            from_outside(upn="B123456789012")
        assert refused.value.field == "upn"
        assert "123456789" not in refused.value.message

    def test_the_officer_reads_why_a_school_said_no(self) -> None:
        transfer = from_outside()
        door.decline_transfer(asker(RECEIVER), RAVENSGILL, transfer.pk, because="No place in Year 4")
        mine = door.show_transfers(asker(ADMISSIONS, EDUNET), RAVENSGILL).coming
        assert [row.declined_because for g in mine for row in g.rows if row.id == transfer.pk] == ["No place in Year 4"]
        others = door.show_transfers(asker(DATA, EDUNET), RAVENSGILL).coming
        assert not [row for g in others for row in g.rows if row.id == transfer.pk]


class TestWhoDidNotCome:
    @pytest.mark.parametrize("how", ["cancelled", "lapsed"])
    def test_what_came_before_is_not_the_receivers_to_keep(self, how: str) -> None:
        """R5, R7: nor may its next census, naming the child, open what the sender's record carried."""
        pupil = on_roll(ethnicity="APKN")
        factories.needs(pupil, "E", "ASD")
        with as_batch():
            Contact.objects.create(
                pupil=pupil, establishment=pupil.establishment, order=1, name="Mother", facts_index="x", source="Test"
            )
        transfer = agreed(pupil)
        page = door.show_pupil(asker(RECEIVER), RAVENSGILL, transfer.pupil_id)
        assert (len(page.needs.types), len(page.contacts.contacts)) == (1, 1)
        if how == "cancelled":
            door.cancel_transfer(asker(SENDER), BECKSIDE, transfer.pk)
        else:
            shift(transfer, 90)
            daily.run(day(0))
        with as_batch():
            mine = Pupil.objects.get(pk=transfer.pupil_id)
            assert not Contact.objects.filter(pupil=mine).exists()
            assert not PupilNeeds.objects.filter(pupil=mine).exists()
            assert not SenNeed.objects.filter(pupil=mine).exists()
            assert mine.ethnicity == ""
            assert PupilNeeds.objects.filter(pupil=pupil).exists()

    def test_a_child_who_was_there_before_keeps_the_old_record(self) -> None:
        """Years at the receiver are the receiver's own."""
        pupil = on_roll()
        mine = factories.pupil(RAVENSGILL, child=pupil.child, upn_index=pupil.upn_index)
        factories.enrolment(mine, day(-900), day(-500))
        factories.attendance(mine, 100, 4, 2023, 1)
        door.cancel_transfer(asker(SENDER), BECKSIDE, agreed(pupil).pk)
        with as_batch():
            assert Attendance.objects.filter(pupil=mine).exists()

    def test_of_a_child_who_was_there_before_what_was_copied_is_forgotten(self) -> None:
        """R5, R7: the contacts that came again, and were of no use, are not the receiver's to keep."""
        pupil = on_roll(ethnicity="APKN")
        with as_batch():
            Contact.objects.create(
                pupil=pupil, establishment=pupil.establishment, order=1, name="Mother", facts_index="x", source="Test"
            )
        mine = factories.pupil(RAVENSGILL, child=pupil.child, upn_index=pupil.upn_index)
        factories.enrolment(mine, day(-900), day(-500))
        factories.attendance(mine, 100, 4, 2023, 1)
        transfer = agreed(pupil)
        with as_batch():
            assert Contact.objects.filter(pupil=mine).exists()
        door.cancel_transfer(asker(SENDER), BECKSIDE, transfer.pk)
        with as_batch():
            assert not Contact.objects.filter(pupil=mine).exists()
            assert Pupil.objects.get(pk=mine.pk).ethnicity == ""
            assert Attendance.objects.filter(pupil=mine).exists()

    def test_what_a_child_once_came_with_stays(self) -> None:
        """Who came by a transfer, left and did not come back: what the first transfer brought is the receiver's own."""
        pupil = on_roll()
        sender = pupil.establishment
        mine = factories.pupil(RAVENSGILL, child=pupil.child, upn_index=pupil.upn_index)
        factories.transfer(mine, day(-200), day(-100), from_establishment=sender, leaving=pupil)
        factories.enrolment(mine, day(-190), day(-60))
        factories.enrolment(pupil, day(-50))
        factories.attendance(mine, 100, 4, 2023, 1)
        with as_batch():
            Attendance.objects.filter(pupil=mine).update(source=f"Record of {sender.name}")
        door.cancel_transfer(asker(SENDER), BECKSIDE, agreed(pupil).pk)
        with as_batch():
            assert Attendance.objects.filter(pupil=mine).exists()


class TestNarrowed:
    def test_a_narrowed_level_2_sees_only_its_years(self) -> None:
        """R35: in the inbox as in the list; by the door and by the database."""
        for year in ("1", "5"):
            there = factories.pupil(RAVENSGILL, surname=f"Year{year}", year_group=year)
            factories.enrolment(there, day(-100))
            head = asker(RECEIVER)
            door.begin_transfer(head, RAVENSGILL, there.pk, to=BECKSIDE, expected_on=day(7))
            with as_batch():
                transfer = Transfer.objects.get(leaving=there)
            door.accept_transfer(asker(SENDER), BECKSIDE, transfer.pk)
        shown = {
            row.name
            for group in door.show_transfers(asker("assistant-beckside"), BECKSIDE).coming
            for row in group.rows
        }
        assert "Child Year1" in shown
        assert "Child Year5" not in shown
        everybody = {
            row.name for group in door.show_transfers(asker("teacher-beckside"), BECKSIDE).coming for row in group.rows
        }
        assert {"Child Year1", "Child Year5"} <= everybody


class TestArrival:
    def test_the_single_registration_ends_the_day_before(self) -> None:
        """R8, A3."""
        pupil = on_roll()
        transfer = agreed(pupil)
        door.say_arrived(asker(RECEIVER), RAVENSGILL, transfer.pk, on=day(0), kind="C")
        with as_batch():
            stay = Enrolment.objects.get(pupil=pupil)
        assert (stay.ends_on, stay.destination) == (day(-1), "Ravensgill Primary School")

    @pytest.mark.parametrize(("theirs", "ours"), [("M", "S"), ("C", "S"), ("C", "G"), ("M", "C")])
    def test_a_dual_or_guest_registration_goes_on(self, theirs: str, ours: str) -> None:
        pupil = on_roll(kind=theirs)
        transfer = agreed(pupil)
        door.say_arrived(asker(RECEIVER), RAVENSGILL, transfer.pk, on=day(0), kind=ours)
        assert sees(SENDER, BECKSIDE, pupil.pk)
        assert sees(RECEIVER, RAVENSGILL, transfer.pupil_id)
        with as_batch():
            assert Enrolment.objects.get(pupil=pupil).ends_on is None
        assert again(transfer).sender_keeps_until is None

    def test_a_return_that_tells_of_the_child_is_the_arrival(self) -> None:
        """R8: an import's enrolment counts as the button does, and the grace is given with it."""
        pupil = on_roll()
        transfer = agreed(pupil)
        with as_batch():
            mine = Pupil.objects.get(pk=transfer.pupil_id)
        factories.enrolment(mine, day(0))
        assert again(transfer).arrived_on == day(0)
        assert not sees(SENDER, BECKSIDE, pupil.pk)
        with as_batch():
            assert len(grace.give_grace()) == 1
            assert grace.give_grace() == []
        assert again(transfer).sender_keeps_until == school_days_after(day(-1), 5)
        assert sees(SENDER, BECKSIDE, pupil.pk)

    def test_a_year_group_that_leaves_is_not_gone_through_child_by_child(self) -> None:
        """R8: in September a return ends the stay of hundreds, and moves the last day of some."""
        asked = []
        for times in (1, 4):
            transfers = [agreed(on_roll()) for _ in range(times)]
            for transfer in transfers:
                with as_batch():
                    mine = Pupil.objects.get(pk=transfer.pupil_id)
                factories.enrolment(mine, day(0))
            asked.append(self._asked_for_grace())
            assert {again(transfer).sender_keeps_until for transfer in transfers} == {school_days_after(day(-1), 5)}
            with as_batch():
                Enrolment.objects.filter(pupil__in=[one.leaving_id for one in transfers]).update(ends_on=day(-9))
            asked.append(self._asked_for_grace())
            assert {again(transfer).sender_keeps_until for transfer in transfers} == {school_days_after(day(-9), 5)}
        assert asked[:2] == asked[2:]

    def _asked_for_grace(self) -> int:
        with as_batch(), CaptureQueriesContext(connection) as queries:
            grace.give_grace()
        return len(queries)

    def test_a_child_who_came_before_the_paper(self) -> None:
        pupil = on_roll()
        transfer = agreed(pupil)
        door.say_arrived(asker(RECEIVER), RAVENSGILL, transfer.pk, on=day(-3), kind="C")
        assert again(transfer).arrived_on == day(0)
        with as_batch():
            assert Enrolment.objects.get(pupil=pupil).ends_on == day(-4)

    def test_a_child_who_came_before_the_paper_and_leaves_again_is_no_longer_on_the_way(self) -> None:
        """R5, A4: or the receiver would see the child until the lapse, and both would wait for the arrival."""
        transfer = agreed()
        assert transfer.pupil_id
        door.say_arrived(asker(RECEIVER), RAVENSGILL, transfer.pk, on=day(-3), kind="C")
        shift(transfer, 3)
        door.end_enrolment(asker(RECEIVER), RAVENSGILL, transfer.pupil_id, last_day=day(-1), reason="PM")
        assert again(transfer).arrived_on == day(-3)
        assert not sees(RECEIVER, RAVENSGILL, transfer.pupil_id)

    @pytest.mark.parametrize(("first_day", "ends"), [(-60, -61), (-61, -1), (-300, -1)])
    def test_a_first_day_long_ago_does_not_end_what_the_sender_told(self, first_day: int, ends: int) -> None:
        """R8: one school's return, perhaps mistyped, takes no more than sixty days from the other's register."""
        pupil = on_roll()
        transfer = agreed(pupil)
        with as_batch():
            mine = Pupil.objects.get(pk=transfer.pupil_id)
        factories.enrolment(mine, day(first_day))
        with as_batch():
            assert Enrolment.objects.get(pupil=pupil).ends_on == day(ends)

    def test_on_a_day_on_which_a_stay_was_called_off(self) -> None:
        """R8: a return had the child too early, and the next one did not. Now the child has come on that very day."""
        transfer = agreed()
        with as_batch():
            mine = Pupil.objects.get(pk=transfer.pupil_id)
        stay = factories.enrolment(mine, day(0))
        with as_batch():
            Enrolment.objects.filter(pk=stay.pk).update(cancelled_at=timezone.now(), kind="S")
            Transfer.objects.filter(pk=transfer.pk).update(arrived_on=None)
        door.say_arrived(asker(RECEIVER), RAVENSGILL, transfer.pk, on=day(0), kind="C")
        assert again(transfer).arrived_on == day(0)
        with as_batch():
            (mine_now,) = Enrolment.objects.filter(pupil=mine)
        assert (mine_now.starts_on, mine_now.kind, mine_now.cancelled_at) == (day(0), "C", None)

    @pytest.mark.parametrize("offset", [1, -61])
    def test_not_in_the_future_and_not_long_ago(self, offset: int) -> None:
        transfer = agreed()
        head = asker(RECEIVER)
        do = lambda: door.say_arrived(head, RAVENSGILL, transfer.pk, on=day(offset), kind="C")  # noqa: E731
        assert refusal(do) == "days"


class TestGrace:
    @pytest.mark.parametrize("days", [0, 1, 5, 15])
    def test_how_long_the_sender_keeps_sight(self, days: int, settings) -> None:
        """R8: the day before, of and after the last school day."""
        settings.CTF_GRACE_SCHOOL_DAYS = days
        pupil = on_roll()
        transfer = agreed(pupil)
        door.say_arrived(asker(RECEIVER), RAVENSGILL, transfer.pk, on=day(0), kind="C")
        assert sees(SENDER, BECKSIDE, pupil.pk) is (days > 0)
        if days:
            last = again(transfer).sender_keeps_until
            assert last == school_days_after(day(-1), days)
            for offset, visible in ((-1, True), (0, True), (1, False)):
                shift(transfer, (last - day(0)).days + offset)
                assert sees(SENDER, BECKSIDE, pupil.pk) is visible
                shift(transfer, -(last - day(0)).days - offset)

    def test_it_ends_with_the_day_on_which_the_file_is_sent(self) -> None:
        """R8: whichever comes first."""
        pupil = on_roll()
        transfer = agreed(pupil)
        door.say_arrived(asker(RECEIVER), RAVENSGILL, transfer.pk, on=day(0), kind="C")
        with as_batch():
            Transfer.objects.filter(pk=transfer.pk).update(file_sent_at=timezone.now())
        assert sees(SENDER, BECKSIDE, pupil.pk)
        with as_batch():
            Transfer.objects.filter(pk=transfer.pk).update(
                agreed_on=day(-3), file_sent_at=timezone.now() - timezone.timedelta(days=1)
            )
        assert not sees(SENDER, BECKSIDE, pupil.pk)

    def test_from_the_last_day_that_the_sender_tells(self) -> None:
        """R8: a child who has left and not arrived yet."""
        pupil = on_roll()
        transfer = agreed(pupil)
        door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(-1), reason="NT", destination="Ravensgill")
        assert again(transfer).sender_keeps_until == school_days_after(day(-1), 5)
        assert sees(SENDER, BECKSIDE, pupil.pk)

    def test_it_counts_from_the_day_on_which_the_child_has_left_in_fact(self) -> None:
        """R8: the sender had expected a later last day; a return of the receiver says that the child came before."""
        pupil = on_roll()
        transfer = agreed(pupil)
        door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(100), reason="NT")
        with as_batch():
            factories.enrolment(Pupil.objects.get(pk=transfer.pupil_id), day(0))
            grace.give_grace()
        assert again(transfer).sender_keeps_until == school_days_after(day(-1), 5)

    def test_it_is_given_anew_to_a_child_who_stayed_on_after_all(self) -> None:
        """R8: or the days would be over before the child leaves, and no transfer file could be made."""
        pupil = on_roll()
        transfer = agreed(pupil)
        door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(-1), reason="NT")
        with as_batch():
            Enrolment.objects.filter(pupil=pupil).update(ends_on=None)  # a return says so
            grace.give_grace()
        shift(transfer, 10)
        door.say_arrived(asker(RECEIVER), RAVENSGILL, transfer.pk, on=day(0), kind="C")
        with as_batch():
            grace.give_grace()
        assert sees(SENDER, BECKSIDE, pupil.pk)
        assert door.make_transfer_file(asker(SENDER), BECKSIDE, transfer.pk)

    def test_none_for_a_transfer_that_was_cancelled(self) -> None:
        pupil = on_roll()
        transfer = agreed(pupil)
        door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(-1), reason="NT")
        door.cancel_transfer(asker(SENDER), BECKSIDE, transfer.pk)
        assert not sees(SENDER, BECKSIDE, pupil.pk)

    @pytest.mark.parametrize(("days", "found"), [(-1, True), (0, False), (15, False), (16, True)])
    def test_a_setting_outside_the_law_is_refused(self, days: int, found: bool, settings) -> None:
        """R8: 0 to 15."""
        settings.CTF_GRACE_SCHOOL_DAYS = days
        assert ("portal.E006" in {problem.id for problem in run_checks()}) is found

    def test_none_for_a_transfer_that_had_lapsed_when_the_child_left(self) -> None:
        """R7, R8: who stayed after all and goes elsewhere later is no more the first school's to send a file of."""
        pupil = on_roll()
        transfer = agreed(pupil)
        shift(transfer, 90)
        lapsed = (again(transfer).lapses_on - day(0)).days
        door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(-1), reason="NT")
        with as_batch():
            assert grace.give_grace() == []
        assert not sees(SENDER, BECKSIDE, pupil.pk)
        with as_batch():
            Enrolment.objects.filter(pupil=pupil).update(ends_on=day(lapsed))  # the last day on which it held
            assert len(grace.give_grace()) == 1


class TestFreeMeals:
    """R5, R31: a period that was open when the child left the receiver, and that ended at the sender."""

    def _agreed(self) -> Transfer:
        before = on_roll(free_school_meals=False)
        after = factories.pupil(
            RAVENSGILL, child=before.child, upn=before.upn, upn_index=before.upn_index, as_of=day(-800),
            free_school_meals=True,
        )  # fmt: skip
        factories.enrolment(after, day(-1200), day(-400))
        with as_batch():
            for pupil, ends_on in ((before, day(-30)), (after, None)):
                FreeMealsPeriod.objects.create(
                    pupil=pupil, establishment=pupil.establishment, starts_on=day(-1000), ends_on=ends_on,
                    country="ENG", source="Test", as_of=pupil.as_of,
                )  # fmt: skip
            FreeMealsPeriod.objects.create(
                pupil=after, establishment=after.establishment, starts_on=day(-1190), ends_on=day(-1100),
                as_of=after.as_of,
            )  # fmt: skip
        transfer = agreed(before)
        assert transfer.pupil_id == after.pk
        return transfer

    def _periods(self, transfer: Transfer) -> list[tuple[date, date | None, str]]:
        with as_batch():
            periods = FreeMealsPeriod.objects.filter(pupil=transfer.pupil_id).order_by("starts_on")
            return list(periods.values_list("starts_on", "ends_on", "source"))

    def test_it_has_ended_once_the_child_has_come_back(self) -> None:
        transfer = self._agreed()
        door.say_arrived(asker(RECEIVER), RAVENSGILL, transfer.pk, on=day(0), kind="C")
        source = f"Record of {factories.establishment(BECKSIDE).name}"
        assert self._periods(transfer) == [(day(-1190), day(-1100), ""), (day(-1000), day(-30), source)]

    def test_what_a_newer_return_of_the_receiver_says_stays(self) -> None:
        transfer = self._agreed()
        with as_batch():
            FreeMealsPeriod.objects.filter(pupil=transfer.pupil_id, starts_on=day(-1000)).update(as_of=day(0))
        door.say_arrived(asker(RECEIVER), RAVENSGILL, transfer.pk, on=day(0), kind="C")
        assert self._periods(transfer)[1] == (day(-1000), None, "Test")

    def test_it_stays_the_receivers_own_if_the_child_does_not_come(self) -> None:
        """R7: only what was copied is forgotten."""
        transfer = self._agreed()
        door.cancel_transfer(asker(SENDER), BECKSIDE, transfer.pk)
        assert self._periods(transfer) == [(day(-1190), day(-1100), ""), (day(-1000), None, "Test")]
