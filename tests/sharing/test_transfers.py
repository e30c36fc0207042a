"""The life of a transfer (R5-R8, A3, A4): who may take which step, what the receiver sees, and when access ends."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.utils import timezone

from sharing import door
from sharing.authorise import Permission, visit
from sharing.authorise.holdings import Holdings
from sharing.models import (
    Enrolment,
    Establishment,
    Pupil,
    Transfer,
)
from sharing.models.establishments import CLOSED
from sharing.school_year import school_days_after
from sharing.statements import value_of
from tests import factories
from tests.access_register import duties
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, as_owner, asker, person
from tests.sharing.closings import close
from tests.sharing.moves import (
    ADMISSIONS,
    BECKSIDE,
    DATA,
    LARKROYD,
    OXENBY,
    RAVENSGILL,
    RECEIVER,
    SENDER,
    again,
    agreed,
    asserted,
    day,
    from_outside,
    on_roll,
    refusal,
    sees,
    shift,
)

pytestmark = pytest.mark.django_db


ASSERTING = [
    (SENDER, SCHOOLS_ONLINE, "done"),
    ("deputy-beckside", SCHOOLS_ONLINE, "done"),
    ("teacher-beckside", SCHOOLS_ONLINE, "403"),
    ("governor-beckside", SCHOOLS_ONLINE, "403"),
    (RECEIVER, SCHOOLS_ONLINE, "404"),
    ("head-oxenby", SCHOOLS_ONLINE, "404"),
    (ADMISSIONS, SCHOOLS_ONLINE, "404"),
    (ADMISSIONS, EDUNET, "done"),
    (DATA, EDUNET, "done"),
    ("officer-school-improvement", EDUNET, "403"),
    ("officer-no-duty", EDUNET, "403"),
    ("officer-duty-ended", EDUNET, "403"),
]


@pytest.mark.parametrize(("slug", "through", "outcome"), ASSERTING, ids=[f"{s} {t}" for s, t, _ in ASSERTING])
def test_who_may_start_a_transfer(slug: str, through, outcome: str) -> None:
    """R7: the sender's Level 1, or an officer with a duty; never the receiver."""
    pupil = on_roll()
    somebody = asker(slug, through)
    assert (
        refusal(lambda: door.begin_transfer(somebody, BECKSIDE, pupil.pk, to=RAVENSGILL, expected_on=day(7))) == outcome
    )
    with as_batch():
        assert Transfer.objects.filter(leaving=pupil).exists() is (outcome == "done")


@pytest.mark.parametrize(("slug", "through", "outcome"), ASSERTING, ids=[f"{s} {t}" for s, t, _ in ASSERTING])
def test_the_database_asks_the_same(slug: str, through, outcome: str) -> None:
    """R7, with the door forgotten: the function itself refuses whoever is not the sender."""
    pupil = on_roll()
    receiver = factories.establishment(RAVENSGILL).pk
    with transaction.atomic(), connection.cursor() as cursor:
        Holdings.announced(asker(slug, through))
        cursor.execute(
            "SELECT sharing_assert_transfer(%s, %s::uuid, %s, %s, 'x')", [receiver, str(pupil.pk), day(7), day(30)]
        )
        assert cursor.fetchone()[0] == ("" if outcome == "done" else "not_yours")
        cursor.execute("SELECT set_config('portal.ctx', '', true)")


ANSWERING = [
    (RECEIVER, SCHOOLS_ONLINE, RAVENSGILL, "done"),
    ("deputy-ravensgill", SCHOOLS_ONLINE, RAVENSGILL, "done"),
    ("teacher-ravensgill", SCHOOLS_ONLINE, RAVENSGILL, "403"),
    ("governor-ravensgill", SCHOOLS_ONLINE, RAVENSGILL, "403"),
    (SENDER, SCHOOLS_ONLINE, RAVENSGILL, "404"),
    (SENDER, SCHOOLS_ONLINE, BECKSIDE, "not_yours"),
    ("head-oxenby", SCHOOLS_ONLINE, OXENBY, "404"),
    (ADMISSIONS, EDUNET, RAVENSGILL, "done"),
    ("officer-school-improvement", EDUNET, RAVENSGILL, "403"),
    ("officer-no-duty", EDUNET, RAVENSGILL, "403"),
]


@pytest.mark.parametrize("step", ["accept", "decline"])
@pytest.mark.parametrize(
    ("slug", "through", "urn", "outcome"), ANSWERING, ids=[f"{s} {t} {u}" for s, t, u, _ in ANSWERING]
)
def test_who_may_answer(step: str, slug: str, through, urn: int, outcome: str) -> None:
    """R7: the receiver's Level 1, or an officer with a duty."""
    transfer, somebody = asserted(), asker(slug, through)
    if step == "accept":
        assert refusal(lambda: door.accept_transfer(somebody, urn, transfer.pk)) == outcome
    else:
        assert refusal(lambda: door.decline_transfer(somebody, urn, transfer.pk, because="Full")) == outcome
    after = again(transfer)
    assert bool(after.agreed_on) is (step == "accept" and outcome == "done")
    assert bool(after.declined_at) is (step == "decline" and outcome == "done")


def test_an_officer_who_keeps_records_and_sees_no_pupils_takes_no_step() -> None:
    """R7, R9: each function of the database asks for both, as the door does."""
    duties.give("officer-no-duty", data=["keep_records"], urns=[BECKSIDE, RAVENSGILL])
    leaving, coming, here_now = asserted(), agreed(), on_roll()
    officer = asker("officer-no-duty", EDUNET)
    assert refusal(lambda: door.accept_transfer(officer, RAVENSGILL, leaving.pk)) == "403"
    with as_batch():
        stay = Enrolment.objects.get(pupil=here_now).pk
    steps = {
        "sharing_assert_transfer(%s, %s::uuid, %s, %s, 'x')": [coming.establishment_id, here_now.pk, day(7), day(30)],
        "sharing_accept_transfer(%s, NULL, 'x')": [leaving.pk],
        "sharing_decline_transfer(%s, 'x', 'x')": [leaving.pk],
        "sharing_cancel_transfer(%s, 'x')": [leaving.pk],
        "sharing_arrive(%s, %s, 'C', %s)": [coming.pk, day(0), day(5)],
        "sharing_end_enrolment(%s, %s, 'x', 'x', %s, false)": [stay, day(0), day(5)],
    }
    with visit(officer, Permission.KEEP_RECORDS, BECKSIDE, action="test") as here:
        here.showed()
        assert {step: value_of(f"SELECT {step}", *params) for step, params in steps.items()} == dict.fromkeys(
            steps, "not_yours"
        )


def test_nobody_accepts_what_they_asserted() -> None:
    """R7: an officer who asserts does not accept, even with duties at both ends; another officer may."""
    pupil = on_roll()
    officer = asker(ADMISSIONS, EDUNET)
    door.begin_transfer(officer, BECKSIDE, pupil.pk, to=RAVENSGILL, expected_on=day(7))
    with as_batch():
        transfer = Transfer.objects.get(leaving=pupil)
    assert refusal(lambda: door.accept_transfer(officer, RAVENSGILL, transfer.pk)) == "own"
    assert refusal(lambda: door.accept_transfer(asker(DATA, EDUNET), RAVENSGILL, transfer.pk)) == "done"


def test_a_receiver_cannot_tell_of_a_child_from_outside() -> None:
    """R7: only an officer tells of a child whom no school of the community has."""
    facts = {"forename": "A", "surname": "B", "born_on": date(2017, 1, 1), "sex": "F", "year_group": "4"}
    facts |= {"from_name": "", "to": RAVENSGILL, "expected_on": day(7)}
    assert refusal(lambda: door.tell_from_outside(asker(RECEIVER), **facts)) == "not_yours"
    assert refusal(lambda: door.tell_from_outside(asker("teacher-ravensgill"), **facts)) == "403"
    assert refusal(lambda: door.tell_from_outside(asker("officer-no-duty", EDUNET), **facts)) == "403"
    assert refusal(lambda: door.tell_from_outside(asker(ADMISSIONS, EDUNET), **facts)) == "done"
    assert refusal(lambda: door.tell_from_outside(asker(DATA, EDUNET), **facts)) == "under_way"


def test_an_officer_is_not_told_of_a_transfer_between_schools_of_which_they_see_no_pupils() -> None:
    """R9: with a duty for one school and a UPN, an officer could find out that a child elsewhere is moving."""
    duties.give(data=["view_pupils", "keep_records"], urns=[LARKROYD])
    moving, staying = on_roll(), on_roll()
    asserted(moving)

    def answer(slug: str, pupil: Pupil) -> str:
        facts = {"forename": "A", "surname": "B", "born_on": date(2017, 1, 1), "sex": "F", "year_group": "4"}
        told = {"from_name": "", "to": LARKROYD, "expected_on": day(7), "upn": str(pupil.upn)}
        return refusal(lambda: door.tell_from_outside(asker(slug, EDUNET), **facts, **told))

    assert answer(duties.FIONA, moving) == "no_such"
    assert answer(DATA, moving) == "under_way"
    assert answer(duties.FIONA, staying) == "done"
    assert answer(duties.FIONA, staying) == "under_way"


def test_a_record_tells_of_the_childs_own_transfer_alone() -> None:
    """R5, R7: at both ends, with the school at the other one; it is overdue from the day after."""
    transfer = agreed()
    with as_batch():
        Transfer.objects.filter(pk=transfer.pk).update(expected_on=day(0))
    for slug, urn, child, is_coming, other in (
        (SENDER, BECKSIDE, transfer.leaving_id, False, RAVENSGILL),
        (RECEIVER, RAVENSGILL, transfer.pupil_id, True, BECKSIDE),
    ):
        told = door.show_pupil(asker(slug), urn, child).on_the_way
        assert told
        known = Establishment.objects.get(urn=other).name
        assert (told.transfer, told.is_coming, told.other) == (transfer.pk, is_coming, known)
        assert (told.is_agreed, told.is_overdue) == (True, False)
    assert door.show_pupil(asker(SENDER), BECKSIDE, on_roll().pk).on_the_way is None


@pytest.mark.parametrize("typed", ["O'Neill Sahin", "o’neill-şahin"])
def test_a_child_already_told_of_is_known_however_the_name_is_written(typed: str) -> None:
    """R7: two officers tell of one child, one on a telephone with its own apostrophe."""
    from_outside(surname="O’Neill-Şahin")
    assert refusal(lambda: from_outside(surname=typed)) == "under_way"


def test_an_officer_is_not_told_by_name_that_a_closed_child_is_on_the_way() -> None:
    """R18: they see no such transfer. Telling each school of the child by name would say where it is going."""
    moving = on_roll()
    asserted(moving)

    def answer(**typed: str) -> str:
        facts = {"forename": moving.forename, "surname": moving.surname, "born_on": moving.born_on, "sex": "F"}
        told = {"year_group": "4", "from_name": "", "to": RAVENSGILL, "expected_on": day(7)} | typed
        return refusal(lambda: door.tell_from_outside(asker(DATA, EDUNET), **facts, **told))

    assert answer() == "under_way"
    close(moving)
    assert answer(upn=str(moving.upn)) == "no_such"
    assert answer() == "done"
    assert answer() == "under_way"


CANCELLING = [
    (SENDER, SCHOOLS_ONLINE, BECKSIDE, "done"),
    ("teacher-beckside", SCHOOLS_ONLINE, BECKSIDE, "403"),
    (RECEIVER, SCHOOLS_ONLINE, RAVENSGILL, "not_yours"),
    ("head-oxenby", SCHOOLS_ONLINE, OXENBY, "404"),
    (ADMISSIONS, EDUNET, BECKSIDE, "done"),
    ("officer-school-improvement", EDUNET, BECKSIDE, "403"),
]


@pytest.mark.parametrize("state", ["waiting", "agreed"])
@pytest.mark.parametrize(("slug", "through", "urn", "outcome"), CANCELLING, ids=[f"{s} {t}" for s, t, *_ in CANCELLING])
def test_who_may_cancel(state: str, slug: str, through, urn: int, outcome: str) -> None:
    """R5, R7: the sender or an officer, any time before the arrival; the receiver sees the child no more at once."""
    transfer = asserted() if state == "waiting" else agreed()
    assert refusal(lambda: door.cancel_transfer(asker(slug, through), urn, transfer.pk)) == outcome
    if state == "agreed":
        assert sees(RECEIVER, RAVENSGILL, transfer.pupil_id) is (outcome != "done")


ARRIVING = [
    (RECEIVER, SCHOOLS_ONLINE, RAVENSGILL, "done"),
    ("teacher-ravensgill", SCHOOLS_ONLINE, RAVENSGILL, "403"),
    (SENDER, SCHOOLS_ONLINE, BECKSIDE, "not_yours"),
    (ADMISSIONS, EDUNET, RAVENSGILL, "done"),
    ("officer-school-improvement", EDUNET, RAVENSGILL, "403"),
]


@pytest.mark.parametrize(("slug", "through", "urn", "outcome"), ARRIVING, ids=[f"{s} {t}" for s, t, *_ in ARRIVING])
def test_who_may_say_arrived(slug: str, through, urn: int, outcome: str) -> None:
    transfer = agreed()
    somebody = asker(slug, through)
    assert refusal(lambda: door.say_arrived(somebody, urn, transfer.pk, on=day(0), kind="C")) == outcome
    assert bool(again(transfer).arrived_on) is (outcome == "done")


class TestStarting:
    def test_a_child_who_is_only_coming_cannot_be_passed_on(self) -> None:
        transfer = agreed()
        head = asker(RECEIVER)
        start = lambda: door.begin_transfer(head, RAVENSGILL, transfer.pupil_id, to=OXENBY, expected_on=day(7))  # noqa: E731
        assert refusal(start) == "404"

    def test_no_answer_tells_the_sender_where_the_child_is_on_roll_too(self) -> None:
        """R6: begun as to any other school; the school whose register it is is told, and says no."""
        pupil = on_roll(kind="M")
        there = factories.pupil(RAVENSGILL, child=pupil.child, upn_index=pupil.upn_index)
        factories.enrolment(there, day(-20), kind="S")
        transfer = asserted(pupil)
        assert refusal(lambda: door.accept_transfer(asker(RECEIVER), RAVENSGILL, transfer.pk)) == "on_roll"
        assert again(transfer).pupil_id is None
        door.decline_transfer(asker(RECEIVER), RAVENSGILL, transfer.pk, because="Full")
        assert again(transfer).declined_at is not None

    def test_one_live_transfer_at_a_time_and_a_new_one_after_a_no(self) -> None:
        pupil = on_roll()
        first = asserted(pupil)
        head = asker(SENDER)
        start = lambda: door.begin_transfer(head, BECKSIDE, pupil.pk, to=OXENBY, expected_on=day(7))  # noqa: E731
        assert refusal(start) == "under_way"
        door.decline_transfer(asker(RECEIVER), RAVENSGILL, first.pk, because="Full")
        assert refusal(start) == "done"

    @pytest.mark.parametrize(("offset", "outcome"), [(-1, "days"), (0, "done"), (366, "done"), (367, "days")])
    def test_the_expected_day(self, offset: int, outcome: str) -> None:
        pupil = on_roll()
        assert refusal(lambda: asserted(pupil, offset)) == outcome

    def test_to_itself_or_to_nowhere(self) -> None:
        pupil, head = on_roll(), asker(SENDER)
        for urn in (BECKSIDE, 999015, 123456):
            start = lambda to=urn: door.begin_transfer(head, BECKSIDE, pupil.pk, to=to, expected_on=day(7))  # noqa: E731
            assert refusal(start) == "nowhere"

    def test_to_a_school_that_closed_on_no_day(self) -> None:
        """R7: the national register gives none of some that are old, and nobody there would ever answer. Each lock."""
        pupil = on_roll()
        with as_batch():
            Establishment.objects.filter(urn=OXENBY).update(status_code=CLOSED, close_date=None)
        assert OXENBY not in [urn for urn, _ in door.show_beginning(asker(SENDER), BECKSIDE, pupil.pk).places]
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT sharing_cannot_go(id, CURRENT_DATE, CURRENT_DATE) FROM sharing_establishment "
                "WHERE urn IN (%s, %s) ORDER BY urn", [RAVENSGILL, OXENBY],
            )  # fmt: skip
            assert cursor.fetchall() == [("",), ("nowhere",)]

    def test_to_an_establishment_that_has_excluded_itself(self) -> None:
        """R17: statutory transfers go on."""
        pupil, head = on_roll(), asker(SENDER)
        door.begin_transfer(head, BECKSIDE, pupil.pk, to=LARKROYD, expected_on=day(7))
        with as_batch():
            transfer = Transfer.objects.get(leaving=pupil)
        record = door.accept_transfer(asker("head-larkroyd"), LARKROYD, transfer.pk)
        assert sees("head-larkroyd", LARKROYD, record)

    def test_it_lapses_so_many_school_days_after_its_day(self, settings) -> None:
        """R7."""
        settings.TRANSFER_LAPSE_SCHOOL_DAYS = 3
        assert asserted(expected=10).lapses_on == school_days_after(day(10), 3)


class TestBeforeTheAnswer:
    def test_the_receiver_sees_few_facts_and_no_record(self) -> None:
        """R5, A4: name, date of birth, sex and year group; neither the record nor the UPN."""
        pupil = on_roll()
        asserted(pupil)
        inbox = door.show_transfers(asker(RECEIVER), RAVENSGILL)
        (row,) = (row for group in inbox.coming for row in group.rows if row.name == "Child Mover")
        assert (row.child, row.may_answer, row.may_cancel, row.sender) == (None, True, False, "Beckside Primary School")
        assert not sees(RECEIVER, RAVENSGILL, pupil.pk)
        with as_batch():
            assert not Pupil.objects.filter(establishment__urn=RAVENSGILL, child=pupil.child).exists()

    def test_a_level_2_of_the_receiver_sees_nothing(self) -> None:
        """R5: the few facts are for those who answer; by the door and by the database."""
        transfer = asserted()
        level_2 = asker("teacher-ravensgill")
        names = [row.name for group in door.show_transfers(level_2, RAVENSGILL).coming for row in group.rows]
        assert "Child Mover" not in names
        with visit(level_2, Permission.VIEW_PUPILS, action="test") as here:
            assert not Transfer.objects.filter(pk=transfer.pk).exists()
            here.showed()
        door.accept_transfer(asker(RECEIVER), RAVENSGILL, transfer.pk)
        names = [row.name for group in door.show_transfers(level_2, RAVENSGILL).coming for row in group.rows]
        assert "Child Mover" in names

    def test_a_third_school_sees_nothing(self) -> None:
        """R6."""
        transfer = asserted()
        assert refusal(lambda: door.show_transfer(asker("head-oxenby"), OXENBY, transfer.pk)) == "404"
        names = [row.name for group in door.show_transfers(asker("head-oxenby"), OXENBY).coming for row in group.rows]
        assert "Child Mover" not in names


def test_what_waits_is_counted_on_the_home_page() -> None:
    """Both sides, each for its own step."""

    def waiting(slug: str, urn: int, through=SCHOOLS_ONLINE) -> set[str]:
        place = next(place for place in door.my_places(asker(slug, through)) if place.urn == urn)
        return {to_do.words for to_do in place.to_do if to_do.page == "transfers"}

    with as_batch():
        Transfer.objects.update(cancelled_at=timezone.now())
    first = asserted()
    assert waiting(RECEIVER, RAVENSGILL) == {"1 child coming to you is waiting for your answer"}
    assert waiting(ADMISSIONS, RAVENSGILL, EDUNET) == {"1 child is waiting for the school’s answer"}
    for by, words in ((RECEIVER, set()), (SENDER, {"1 child coming to you is waiting for your answer"})):
        with as_batch():
            Transfer.objects.filter(pk=first.pk).update(asserted_by=person(by).pk)
        assert waiting(RECEIVER, RAVENSGILL) == words  # nobody answers what they have said themselves
    assert waiting(SENDER, BECKSIDE) == waiting("teacher-ravensgill", RAVENSGILL) == set()
    door.accept_transfer(asker(RECEIVER), RAVENSGILL, first.pk)
    assert waiting(RECEIVER, RAVENSGILL) == set()
    shift(first, 8)
    assert waiting(RECEIVER, RAVENSGILL) == {"1 child overdue to arrive"}
    overdue = {"1 child overdue to arrive at the next school"}
    assert waiting(SENDER, BECKSIDE) == overdue
    for sent, words in ((None, {"1 transfer file to send"}), (timezone.now(), overdue)):
        with as_batch():
            Transfer.objects.filter(pk=first.pk).update(sender_keeps_until=day(3), file_sent_at=sent)
        assert waiting(SENDER, BECKSIDE) == words
    with as_batch():
        Transfer.objects.filter(pk=first.pk).update(sender_keeps_until=None, file_sent_at=None)
    door.say_arrived(asker(RECEIVER), RAVENSGILL, first.pk, on=day(0), kind="C")
    assert waiting(SENDER, BECKSIDE) == {"1 transfer file to send"}
    assert waiting(RECEIVER, RAVENSGILL) == set()


def test_every_establishment_can_be_gone_to() -> None:
    """The list of places is the community of today."""
    page = door.show_beginning(asker(SENDER), BECKSIDE, on_roll().pk)
    urns = {urn for urn, _ in page.places}
    assert {RAVENSGILL, LARKROYD, OXENBY} <= urns
    assert BECKSIDE not in urns
    assert urns <= set(Establishment.objects.of_the_community().values_list("urn", flat=True))
