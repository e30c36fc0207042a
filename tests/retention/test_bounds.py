"""Disposal at its bounds: the day on which something is due, and the worker that gives up (P5)."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from access_register.models import BreachParty, Invitation, Order, Sanction
from sharing import door
from sharing.authorise import NoSuchRecord
from sharing.crypto import blind_index
from sharing.door import Exactly, subject_access
from sharing.door.subject_access import NewSubjectRequest
from sharing.models import (
    Challenge,
    Child,
    Disposal,
    Download,
    LedgerEntry,
    LegalHold,
    OwnGroup,
    OwnGroupMember,
    Pupil,
    SupportOffer,
    SupportRequest,
    Transfer,
)
from sharing.retention import disposing, working
from sharing.retention.schedules import BY_KIND
from tests import factories
from tests.people import EDUNET, as_batch, asker, person
from tests.retention.former import ENDED, breach, contract, line, somebody
from tests.retention.worlds import (
    BECKSIDE,
    MANAGER,
    RAVENSGILL,
    approved,
    disposed,
    due,
    full_child,
    grown_up,
    second_manager,
    traces,
    worked,
)
from tests.threads import at_once, until_waiting


@pytest.mark.django_db
def test_counts_of_attendance_go_six_years_after_the_school_year() -> None:
    """Which ends in August."""
    row = factories.attendance(grown_up(BECKSIDE, born_on=date(2012, 5, 4)), 100, 2, 2018, 1)
    assert str(row.pk) not in due("attendance", date(2025, 8, 31))
    assert str(row.pk) in due("attendance", date(2025, 9, 1))


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["receiver", "sender"])
def test_who_was_to_come_within_the_year_stays(end: str) -> None:
    """A transfer keeps a record, an address and contacts at both its ends, as long as a stay does."""
    child = grown_up(BECKSIDE)
    lives = factories.address(child, "1 The Road\nBD1 1AA")
    last = date(2024, 3, 1)
    transfer = factories.transfer(child, last - timedelta(days=20), last)
    if end == "sender":
        with as_batch():
            Transfer.objects.filter(pk=transfer.pk).update(
                leaving=child, from_establishment=child.establishment, pupil=None, agreed_on=None,
                establishment=factories.establishment(RAVENSGILL),
            )  # fmt: skip
    for kind, row in (("child", str(child.child_id)), ("homeaddress", str(lives.pk))):
        assert row not in due(kind, date(2025, 2, 28))
        assert row in due(kind, date(2025, 3, 1))


@pytest.mark.django_db
def test_a_transfer_that_a_school_told_of_goes_with_the_child() -> None:
    """P5: whatever came of it. One of a child from outside, who never came, goes after a year, if no UPN is held."""
    child, last = factories.pupil(BECKSIDE), date(2024, 3, 1)
    days = {"expected_on": last, "lapses_on": last, "establishment": factories.establishment(RAVENSGILL)}
    with as_batch():
        told = Transfer.objects.create(leaving=child, from_establishment=child.establishment, **days)
        outside, held = Transfer.objects.create(**days), Transfer.objects.create(upn_index=child.upn_index, **days)
        LegalHold.objects.create(child=child.child, placed_by_id=1, placed_by_name="Test", reason="")
    numbers = {str(one.pk) for one in (told, outside, held)}
    assert due("transfer", date(2025, 3, 1)) & numbers == {str(outside.pk)}


@pytest.mark.django_db
def test_where_two_records_say_two_birthdays_the_later_one_counts() -> None:
    """P5: all records of a child go together."""
    child = grown_up(BECKSIDE, born_on=date(1999, 5, 4))
    grown_up(RAVENSGILL, child=child.child, born_on=date(2000, 5, 4))
    assert str(child.child_id) not in due("child", date(2025, 5, 3))
    assert str(child.child_id) in due("child", date(2025, 5, 4))


@pytest.mark.django_db
def test_what_waits_for_somebody_or_hangs_on_a_child_is_not_due_by_itself() -> None:
    """What was taken away and never destroyed; a challenge and an order about a child, which go with the child."""
    child, then = grown_up(BECKSIDE, born_on=date(2012, 5, 4)), datetime(2010, 1, 4, tzinfo=UTC)
    at = {"establishment_id": child.establishment_id}
    with as_batch():
        taken = Download.objects.create(
            **at, kind="pupils", form="xlsx", purpose="review", by_person_id=1, by_name="X", through="schools_online",
            dispose_by=then, state="collected", collected_at=then, rows=1,
        )  # fmt: skip
        Download.objects.filter(pk=taken.pk).update(asked_at=then)
        raised = Challenge.objects.create(
            **at, pupil=child, about="pupil", fact="sen", raised_by_name="X", due_on=then, assigned_to="school",
            state="answered", outcome="kept", answered_at=then,
        )  # fmt: skip
        said = Order.objects.create(
            child_id=child.child_id, basis="court", data="view_pupils", person_id=1, through="edunet", starts_on=then,
            ends_on=then, recorded_by_id=2, authoriser_id=3, reason="Why",
        )  # fmt: skip
    for kind, row in (("download", taken), ("challenge", raised), ("order", said)):
        assert str(row.pk) not in due(kind), kind
    with as_batch():
        Download.objects.filter(pk=taken.pk).update(disposed_at=then, disposed_how="deleted")
    assert str(taken.pk) in due("download")


@pytest.mark.django_db
def test_a_hold_on_an_identity_that_was_joined_holds_the_child() -> None:
    """Placed before it was joined, or by that UPN afterwards."""
    child = grown_up(BECKSIDE)
    with as_batch():
        joined = Child.objects.create(upn_index=blind_index("joined"), same_as_id=child.child_id)
        hold = LegalHold.objects.create(child=joined, placed_by_id=1, placed_by_name="Test", reason="")
    assert str(child.child_id) not in due("child")
    with as_batch():
        hold.delete()
    assert str(child.child_id) in due("child")
    made = door.place_hold(asker(MANAGER, EDUNET), upn_key=blind_index("joined"), urn=None, reason="Why", until=None)
    with as_batch():
        assert LegalHold.objects.get(pk=made).child_id == child.child_id


def asked_for(child: Pupil) -> int:
    """A request for the child's own records, by the child."""
    new = NewSubjectRequest(Exactly(upn_key=child.upn_index), "child", "Somebody", "photo", timezone.localdate())
    return subject_access.record_subject_request(asker(MANAGER, EDUNET), None, request=new)


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["answered", "refused"])
def test_an_open_request_for_a_childs_own_records_holds_them(step: str) -> None:
    """R18: what was asked for is there until it is answered, and so is the request, also where the disposal was
    approved before it came. Of what goes sooner than the child too."""
    child, other = full_child(BECKSIDE), grown_up(BECKSIDE)
    number, asks = approved(), (asker(MANAGER, EDUNET), None)
    request = asked_for(child)
    assert str(child.child_id) not in due("child")
    worked()
    shown = door.show_disposal(asker(MANAGER, EDUNET), number).disposal
    assert (shown.state, shown.counted, shown.disposed) == ("done", 2, 1)
    assert {"sharing_pupil", "sharing_contact"} <= traces(child).keys()
    assert traces(other) == {"portal_keys.gone": 1}
    assert subject_access.show_subject_request(*asks, request).request.is_open
    subject_access.settle_subject_request(*asks, request, step=step, because="Not theirs to ask")
    disposed()
    assert traces(child) == {"portal_keys.gone": 1}


@pytest.mark.django_db
@pytest.mark.parametrize("by", ["a request", "a hold"])
def test_a_group_that_was_put_away_stays_as_long_as_a_child_in_it_is_held(by: str) -> None:
    """R18: the answer tells in which groups of the school the child is."""
    child = full_child(BECKSIDE)
    with as_batch():
        member = OwnGroupMember.objects.get(pupil=child)
        OwnGroup.objects.filter(pk=member.group_id).update(archived_at=timezone.now() - timedelta(days=800))
    assert str(member.group_id) in due("owngroup")
    if by == "a hold":
        door.place_hold(asker(MANAGER, EDUNET), upn_key=child.upn_index, urn=None, reason="A claim", until=None)
    else:
        asked_for(child)
    assert str(member.group_id) not in due("owngroup")


def test_a_request_and_a_disposal_that_runs_wait_for_each_other(
    own_database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R18: the request finds the child whole, or finds no child; no disposal breaks off because of it."""
    child, disposes, find = grown_up(BECKSIDE), threading.Event(), disposing.due
    number = approved()

    def found_and_not_yet_deleted(*what: Any) -> list[tuple[str, int | None]]:
        found = find(*what)
        disposes.set()
        until_waiting()
        return found

    monkeypatch.setattr(disposing, "due", found_and_not_yet_deleted)

    def dispose() -> int:
        with as_batch():
            disposal = Disposal.objects.get(pk=number)
        return disposing._batch(disposal, BY_KIND["child"])

    def ask() -> None:
        assert disposes.wait(20)
        asked_for(child)

    disposed_of, asked = at_once(dispose, ask)
    assert disposed_of == 1
    assert isinstance(asked, subject_access.CannotRecord)


@pytest.mark.django_db
def test_what_was_disposed_of_is_in_the_ledger() -> None:
    """R43: numbers, and no child."""
    grown_up(BECKSIDE)
    disposed()
    with as_batch():
        row = LedgerEntry.objects.get(action="dispose")
    assert (row.outcome, row.about["state"], row.about["disposed"]["child"]) == ("changed", "done", 1)


@pytest.mark.django_db
def test_more_of_one_kind_than_was_approved_stops_all_before_the_first_goes() -> None:
    """A child is due as before, and a count of attendance besides."""
    child = grown_up(BECKSIDE)
    number = approved()
    factories.attendance(grown_up(BECKSIDE, born_on=date(2012, 5, 4)), 100, 2, 2010, 1)
    with as_batch():
        disposal = Disposal.objects.get(pk=number)
    assert list(disposing.dispose(disposal)) == []
    with as_batch():
        assert Disposal.objects.get(pk=number).state == "overtaken"
        assert Pupil.objects.filter(pk=child.pk).exists()


@pytest.mark.django_db
def test_nothing_is_approved_before_it_is_counted() -> None:
    """Nobody approves what nobody has looked at."""
    number = door.ask_for_disposal(asker(MANAGER, EDUNET))
    with pytest.raises(NoSuchRecord):
        door.decide_disposal(asker(second_manager(), EDUNET), number, approves=True)


@pytest.mark.django_db
def test_once_it_is_approved_the_tries_of_counting_it_are_forgotten() -> None:
    """P5: a worker killed again and again while it counts does not fail the deletion that two have decided on."""
    grown_up(BECKSIDE)
    number = door.retention.ask_for_disposal(asker(MANAGER, EDUNET))
    assert worked()
    with as_batch():
        Disposal.objects.filter(pk=number).update(tries=working.MOST_TRIES)
    door.retention.decide_disposal(asker(second_manager(), EDUNET), number, approves=True)
    with as_batch():
        assert Disposal.objects.get(pk=number).tries == 0


def test_a_disposal_that_ends_the_worker_each_time_is_given_up(own_database: None) -> None:
    grown_up(BECKSIDE)
    number = approved(working.do_next)
    with as_batch():
        Disposal.objects.filter(pk=number).update(tries=working.MOST_TRIES)
    assert working.do_next()
    with as_batch():
        assert (Disposal.objects.get(pk=number).state, Disposal.objects.get(pk=number).gone) == ("failed", 0)


def test_what_went_before_a_disposal_failed_is_in_the_ledger(own_database: None, monkeypatch) -> None:
    """P5, R43: what is committed is gone, and the ledger says of a disposal that failed too how much that was."""
    grown_up(BECKSIDE)
    factories.attendance(grown_up(BECKSIDE, born_on=date(2012, 5, 4)), 100, 2, 2010, 1)
    number = approved(working.do_next)
    kinds, really = [], disposing.delete

    def fails_at_the_second(schedule, rows, disposal) -> None:
        kinds.append(schedule.kind)
        if len(kinds) == 2:
            raise RuntimeError
        really(schedule, rows, disposal)

    monkeypatch.setattr(disposing, "delete", fails_at_the_second)
    assert working.do_next()
    with as_batch():
        assert Disposal.objects.get(pk=number).gone == 1
        about = LedgerEntry.objects.get(action="dispose").about
    assert (about["disposal"], about["state"]) == (number, "failed")
    assert {kind: gone for kind, gone in about["disposed"].items() if gone} == {kinds[0]: 1}


@pytest.mark.django_db
def test_a_disposal_of_which_nothing_has_gone_is_not_told_as_if_it_had() -> None:
    """P5, R43: in the ledger's words, which say the same of one that is done and of one that failed."""
    with as_batch():
        disposal = Disposal.objects.create(as_of=timezone.localdate(), asked_by_name="Test")
    disposing.settle(disposal, Disposal.State.FAILED)
    told = door.read_all_ledger(asker(MANAGER, EDUNET)).lines
    assert "Disposal of records ended" in {line.what for line in told}
    assert not [line.what for line in told if "disposed of" in line.what]


THEN, LATER = datetime(2019, 3, 1, 12, tzinfo=UTC), datetime(2020, 3, 1, 12, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "due_on"),
    [
        ({"state": "dismissed"}, date(2025, 3, 2)),
        ({"state": "decided", "decided_at": THEN}, date(2025, 3, 2)),
        ({"state": "settled", "decided_at": THEN, "settled_at": LATER}, date(2026, 3, 2)),
        ({"state": "reported"}, None),
        ({"state": "referred"}, None),
        ({"state": "appealed", "decided_at": THEN}, None),
    ],
)
def test_a_case_goes_six_years_after_the_last_word_and_never_before_it(facts: dict, due_on: date | None) -> None:
    """P5, R41: what was closed may have been asked for again. Of several sanctions the longest counts."""
    outcome = "advice" if "decided_at" in facts else ""
    case = breach(triaged_at=THEN, outcome=outcome, **facts)
    if due_on is None:
        assert due("breach") == set()
        return
    assert due("breach", due_on - timedelta(days=1)) == set()
    assert due("breach", due_on) == {str(case.pk)}
    with as_batch():
        for last in (date(2019, 4, 1), due_on):
            Sanction.objects.create(
                breach=case, measure="suspend_person", person=person("teacher-beckside"), starts_on=THEN, ends_on=last,
                lifted_at=LATER,
            )  # fmt: skip
    assert due("breach", due_on) == set()


@pytest.mark.django_db
@pytest.mark.parametrize("sort", ["establishment", "contract"])
def test_a_case_is_held_with_the_establishment_that_it_is_held_against(sort: str) -> None:
    """P5, R41: also where it is held against its third party, and is about no establishment."""
    case, place = breach(state="dismissed", triaged_at=THEN), factories.establishment(BECKSIDE)
    with as_batch():
        party = contract(ends_on=ENDED) if sort == "contract" else place
        BreachParty.objects.create(breach=case, name="x", **{sort: party})
        hold = LegalHold.objects.create(establishment=place, placed_by_id=1, placed_by_name="Test", reason="Why")
    assert due("breach") == set()
    with as_batch():
        hold.delete()
    assert due("breach") == {str(case.pk)}


@pytest.mark.django_db
def test_what_was_ended_early_and_what_nobody_answered_goes_too() -> None:
    """P5: an order, a request for support, and the link of an invitation that was taken back."""
    place = factories.establishment(BECKSIDE)
    with as_batch():
        order = Order.objects.create(
            basis="court", data="view_pupils", establishment=place, person_id=1, through="edunet", starts_on=THEN,
            ends_on=date(2020, 2, 1), ended_at=THEN, recorded_by_id=2, authoriser_id=3, reason="Why",
        )  # fmt: skip
        offer = SupportOffer.objects.exclude(establishment=place).earliest("pk")
        asked = SupportRequest.objects.create(
            offer=offer, establishment=offer.establishment, from_establishment=place, words="W", asked_by_id=1
        )
        SupportRequest.objects.filter(pk=asked.pk).update(asked_at=THEN)
        sent = line(somebody(), ends_on=None, awaiting_since=THEN, withdrawn_at=LATER).invitation
        Invitation.objects.filter(pk=sent.pk).update(expires_at=THEN)
    for kind, row in (("order", order), ("supportrequest", asked), ("invitation", sent)):
        assert due(kind, date(2025, 3, 2)) == {str(row.pk)}, kind
