"""A child is visible to the establishment attended or transferred to, by date (R5, R6, R8, A4)."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from sharing import door
from sharing.authorise import NoSuchRecord, Permission, visit
from sharing.models import Enrolment, Pupil, Transfer
from tests import factories
from tests.people import as_batch, asker, client

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL = 999002, 999003
HEAD = "head-beckside"
Window = tuple[int, int | None]


def is_shown(pupil: Pupil) -> bool:
    """Whether the head sees the child: the list, the record and row-level security must agree."""
    head = asker(HEAD)
    listed = pupil.pk in {
        line.id for line in door.list_pupils(head, BECKSIDE, only=door.PupilFilter(named=pupil.surname)).page
    }
    try:
        door.show_pupil(head, BECKSIDE, pupil.pk)
        shown = True
    except NoSuchRecord:
        shown = False
    with visit(head, Permission.VIEW_PUPILS, action="test") as here:
        let_through = Pupil.objects.filter(pk=pupil.pk).exists()
        here.showed()
    assert listed == shown == let_through
    return shown


def day(offset: int) -> date:
    return timezone.localdate() + timedelta(days=offset)


@pytest.mark.parametrize(
    ("starts", "ends", "visible"),
    [
        pytest.param(1, None, False, id="the day before the first day"),
        pytest.param(0, None, True, id="the first day"),
        pytest.param(-1, None, True, id="the day after the first day"),
        pytest.param(-100, 1, True, id="the day before the last day"),
        pytest.param(-100, 0, True, id="the last day"),
        pytest.param(-100, -1, False, id="the day after the last day"),
        pytest.param(30, 60, False, id="all of it still to come"),
        pytest.param(0, 0, True, id="one day only, today"),
    ],
)
@pytest.mark.parametrize("kind", ["C", "M", "S", "G"])
def test_an_enrolment_by_date(starts: int, ends: int | None, visible: bool, kind: str) -> None:
    """R5, for main, dual and guest enrolments alike. R8: the day after leaving, named access has ended."""
    pupil = factories.pupil(BECKSIDE, surname="Windowed")
    factories.enrolment(pupil, day(starts), None if ends is None else day(ends), kind=kind)
    assert is_shown(pupil) is visible


@pytest.mark.parametrize(
    ("agreed", "lapses", "visible"),
    [
        pytest.param(1, 20, False, id="the day before the agreement"),
        pytest.param(0, 20, True, id="the day of the agreement"),
        pytest.param(-1, 20, True, id="the day after the agreement"),
        pytest.param(-20, 0, True, id="the day it lapses"),
        pytest.param(-20, -1, False, id="the day after it lapsed"),
    ],
)
def test_a_transfer_by_date(agreed: int, lapses: int, visible: bool) -> None:
    """R5, R7, A4: from the agreement until it lapses."""
    pupil = factories.pupil(BECKSIDE, surname="Coming")
    factories.transfer(pupil, day(agreed), day(lapses))
    assert is_shown(pupil) is visible


def test_a_child_nobody_enrolled_or_transferred_is_seen_by_nobody() -> None:
    assert is_shown(factories.pupil(BECKSIDE, surname="Unattached")) is False


@pytest.mark.parametrize("what", ["enrolment", "transfer"])
def test_cancelling_closes_at_once(what: str) -> None:
    """R5, R44."""
    pupil = factories.pupil(BECKSIDE, surname="Cancelled")
    row = getattr(factories, what)(pupil, day(-5), day(20))
    assert is_shown(pupil) is True
    with as_batch():
        type(row).objects.filter(pk=row.pk).update(cancelled_at=timezone.now())
    assert is_shown(pupil) is False


def test_an_enrolment_shortened_or_deleted_closes_at_once() -> None:
    pupil = factories.pupil(BECKSIDE, surname="Shortened")
    row = factories.enrolment(pupil, day(-50))
    with as_batch():
        Enrolment.objects.filter(pk=row.pk).update(ends_on=day(-1))
    assert is_shown(pupil) is False
    with as_batch():
        Enrolment.objects.filter(pk=row.pk).update(ends_on=None)
    assert is_shown(pupil) is True
    with as_batch():
        Enrolment.objects.filter(pk=row.pk).delete()
    assert is_shown(pupil) is False


def test_a_child_who_left_and_came_back_is_not_seen_in_between() -> None:
    pupil = factories.pupil(BECKSIDE, surname="Returning")
    factories.enrolment(pupil, day(-100), day(-10))
    factories.enrolment(pupil, day(5))
    assert is_shown(pupil) is False
    factories.transfer(pupil, day(-1), day(6))
    assert is_shown(pupil) is True


def test_each_establishment_sees_its_own_record_of_a_child_on_two_registers() -> None:
    """R5: two records of one child; neither shows the other's."""
    here = factories.pupil(BECKSIDE, surname="Dual")
    factories.enrolment(here, day(-9), kind="M")
    there = factories.pupil(RAVENSGILL, surname="Dual")
    factories.enrolment(there, day(-9), kind="S")
    beckside, ravensgill = client(HEAD), client("head-ravensgill")
    for browser, own_urn, own, other in (
        (beckside, BECKSIDE, here, there),
        (ravensgill, RAVENSGILL, there, here),
    ):
        assert browser.get(f"/establishments/{own_urn}/pupils/{own.pk}/").status_code == 200
        assert browser.get(f"/establishments/{own_urn}/pupils/{other.pk}/").status_code == 404


def test_a_guessed_address_is_not_there() -> None:
    """R6: 404, not 403, for a child of another establishment, one who left, and one who does not exist."""
    elsewhere = factories.pupil(RAVENSGILL)
    factories.enrolment(elsewhere, day(-9))
    gone = factories.pupil(BECKSIDE)
    factories.enrolment(gone, day(-90), day(-1))
    browser = client(HEAD)
    for urn, pupil_id in (
        (BECKSIDE, elsewhere.pk),
        (RAVENSGILL, elsewhere.pk),
        (BECKSIDE, gone.pk),
        (BECKSIDE, "00000000-0000-4000-8000-000000000000"),
        (123456, gone.pk),
    ):
        assert browser.get(f"/establishments/{urn}/pupils/{pupil_id}/").status_code == 404


windows = st.tuples(st.integers(-6, 6), st.none() | st.integers(0, 6)).map(
    lambda w: (w[0], None if w[1] is None else w[0] + w[1])
)


@settings(max_examples=60)
@given(
    enrolments=st.lists(st.tuples(windows, st.booleans()), max_size=3, unique_by=lambda e: e[0][0]),
    transfers=st.lists(st.tuples(st.tuples(st.integers(-6, 6), st.integers(0, 6)), st.booleans()), max_size=2),
)
def test_any_set_of_enrolments_and_transfers(
    enrolments: list[tuple[Window, bool]], transfers: list[tuple[tuple[int, int], bool]]
) -> None:
    """R5, A4: visible if and only if an enrolment covers today, or a transfer does that has not arrived."""
    pupil = factories.pupil(BECKSIDE, surname="Hypothetical")
    cancelled_at = timezone.now()
    with as_batch():
        for (starts, ends), cancelled in enrolments:
            Enrolment.objects.create(
                pupil=pupil,
                establishment_id=pupil.establishment_id,
                starts_on=day(starts),
                ends_on=None if ends is None else day(ends),
                cancelled_at=cancelled_at if cancelled else None,
            )
        for (agreed, length), cancelled in transfers:
            Transfer.objects.create(
                pupil=pupil,
                establishment_id=pupil.establishment_id,
                from_establishment=factories.establishment(RAVENSGILL),
                agreed_on=day(agreed),
                expected_on=day(agreed),
                lapses_on=day(agreed + length),
                cancelled_at=cancelled_at if cancelled else None,
            )
    covered = [starts <= 0 and (ends is None or ends >= 0) for (starts, ends), cancelled in enrolments if not cancelled]
    arrivals = [starts for (starts, _), cancelled in enrolments if not cancelled]
    for (agreed, length), cancelled in transfers:
        arrival = min((starts for starts in arrivals if starts >= agreed), default=99)
        covered.append(not cancelled and agreed <= 0 <= agreed + length and arrival > 0)
    assert is_shown(pupil) is any(covered)


@settings(max_examples=60)
@given(
    length=st.none() | st.integers(0, 8),
    until=st.none() | st.integers(-6, 6),
    made=st.none() | st.integers(-6, 0),
    cancelled=st.booleans(),
)
def test_any_leaving_for_a_school_outside(
    length: int | None, until: int | None, made: int | None, cancelled: bool
) -> None:
    """R8: on roll; and after the last day, as long as the file is to be sent, up to the day on which it is made."""
    pupil = factories.pupil(BECKSIDE, surname="Outward")
    with as_batch():
        Enrolment.objects.create(
            pupil=pupil,
            establishment_id=pupil.establishment_id,
            starts_on=day(-6),
            ends_on=None if length is None else day(length - 6),
            file_until=None if until is None else day(until),
            file_made_on=None if made is None else day(made),
            cancelled_at=timezone.now() if cancelled else None,
        )
    on_roll = length is None or length >= 6
    in_grace = until is not None and until >= 0 and (made is None or made >= 0)
    assert is_shown(pupil) is (not cancelled and (on_roll or in_grace))


@settings(max_examples=60)
@given(
    stays=st.lists(
        st.tuples(st.tuples(st.integers(-8, 8), st.none() | st.integers(0, 8)), st.booleans()),
        max_size=2,
        unique_by=lambda e: e[0][0],
    ),
    agreed=st.integers(-8, 2),
    keeps=st.none() | st.integers(-6, 6),
    sent=st.none() | st.integers(-6, 0),
    cancelled=st.booleans(),
)
def test_any_leaving(
    stays: list[tuple[Window, bool]], agreed: int, keeps: int | None, sent: int | None, cancelled: bool
) -> None:
    """R8, A3: the sender sees a child on roll; and from an agreement on, as long as the file is to be sent."""
    pupil = factories.pupil(BECKSIDE, surname="Leaving")
    there = factories.pupil(RAVENSGILL, child=pupil.child, upn_index=pupil.upn_index)
    now = timezone.now()
    with as_batch():
        for (starts, length), is_cancelled in stays:
            Enrolment.objects.create(
                pupil=pupil,
                establishment_id=pupil.establishment_id,
                starts_on=day(starts),
                ends_on=None if length is None else day(starts + length),
                cancelled_at=now if is_cancelled else None,
            )
        Transfer.objects.create(
            pupil=there,
            establishment_id=there.establishment_id,
            leaving=pupil,
            from_establishment_id=pupil.establishment_id,
            agreed_on=day(agreed),
            expected_on=day(agreed),
            lapses_on=day(agreed + 3),
            sender_keeps_until=None if keeps is None else day(keeps),
            file_sent_at=None if sent is None else now + timedelta(days=sent),
            cancelled_at=now if cancelled else None,
        )
    on_roll = any(
        starts <= 0 and (length is None or starts + length >= 0) for (starts, length), gone in stays if not gone
    )
    last = None if keeps is None else keeps if sent is None else min(keeps, sent)
    in_grace = not cancelled and last is not None and agreed <= 0 <= last
    assert is_shown(pupil) is (on_roll or in_grace)


@pytest.mark.parametrize(
    ("arrives", "sender", "receiver"),
    [
        pytest.param(1, True, True, id="the day before the arrival: on roll here, agreed there"),
        pytest.param(0, False, True, id="the day of the arrival"),
        pytest.param(-1, False, True, id="the day after the arrival"),
        pytest.param(20, True, True, id="an arrival to come"),
    ],
)
def test_both_ends_by_the_day_of_arrival(arrives: int, sender: bool, receiver: bool) -> None:
    """R5, R8, A3: without a file to send, access passes from one to the other on the day."""
    pupil = factories.pupil(BECKSIDE, surname="Passing")
    factories.enrolment(pupil, day(-100))
    there = factories.pupil(RAVENSGILL, child=pupil.child, upn_index=pupil.upn_index)
    factories.transfer(there, day(-5), day(30), leaving=pupil, from_establishment=factories.establishment(BECKSIDE))
    stay = factories.enrolment(there, day(arrives))
    with as_batch():
        seen_there = Pupil.objects.filter(pk=there.pk, visible__covers=day(0)).exists()
    assert (is_shown(pupil), seen_there) == (sender, receiver)

    # An arrival that is cancelled is none: the transfer lives on.
    with as_batch():
        Enrolment.objects.filter(pk=stay.pk).update(cancelled_at=timezone.now())
        assert Transfer.objects.get(pupil=there).arrived_on is None
        assert Pupil.objects.filter(pk=there.pk, visible__covers=day(0)).exists()
