"""Disposal by the schedules (R13, P5): what goes, who says so, what holds it back, and what is left."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from access_register.models import Breach, BreachParty, BreachStep, Invitation, Order, RegisterLine, Sanction
from sharing.authorise import NoSuchRecord
from sharing.children import merge
from sharing.crypto import CannotDecrypt, blind_index
from sharing.door import retention as door
from sharing.ledger import proof
from sharing.measures import preparing
from sharing.models import (
    Challenge,
    Child,
    Closing,
    Disposal,
    Establishment,
    EstablishmentPermission,
    Import,
    LedgerEntry,
    LegalHold,
    NamedChild,
    OwnGroup,
    OwnGroupMember,
    Pupil,
    Release,
    RestrictedItem,
    SupportOffer,
    SupportRequest,
    Transfer,
    UnusualPattern,
)
from sharing.retention import disposing
from sharing.retention.replaying import replay
from sharing.retention.schedules import BY_KIND, DISPOSED_OF, SCHEDULES
from tests import factories
from tests.people import EDUNET, as_batch, asker, client
from tests.retention.worlds import (
    BECKSIDE,
    MANAGER,
    RAVENSGILL,
    approved,
    disposed,
    due,
    full_child,
    grown_up,
    opened,
    sealed_values,
    second_manager,
    traces,
    worked,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def hold(**told: Any) -> int:
    facts = {"upn_key": "", "urn": None, "reason": "A claim", "until": None} | told
    return door.place_hold(asker(MANAGER, EDUNET), **facts)


class TestAGrownUp:
    def test_goes_with_everything_and_the_rest_stays(self) -> None:
        """R13: no row names the child, the keys are gone; the ledger stays whole and other children are read."""
        gone, other = full_child(BECKSIDE), full_child(RAVENSGILL, born_on=TODAY.replace(day=1, year=TODAY.year - 9))
        factories.enrolment(other, TODAY)
        before = traces(gone)
        assert {"sharing_pupil", "sharing_contact", "sharing_challenge", "portal_keys.key"} <= before.keys()
        kept = traces(other)
        shown = disposed()
        assert shown.disposal.state == "done"
        assert traces(gone) == {"portal_keys.gone": 1}
        assert traces(other) == kept
        with as_batch():
            assert Pupil.objects.get(pk=other.pk).upn == other.upn
            assert not proof.check().faults
        line = next(line for line in shown.lines if line.kind == "child")
        assert (line.counted, line.disposed, line.urn) == (1, 1, BECKSIDE)

    def test_every_table_that_knows_a_child_is_emptied(self) -> None:
        """R13: a foreign key to a child that no statement deletes would stop every disposal."""
        with as_batch(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f' "
                "AND confrelid IN ('sharing_child'::regclass, 'sharing_pupil'::regclass)"
            )
            known = {table for (table,) in cursor.fetchall()}
        emptied = {statement.split()[2] for statement in BY_KIND["child"].deletes}
        assert known <= emptied

    def test_goes_with_what_was_said_of_an_identity_that_was_joined(self) -> None:
        """R13: named, closed, or told of by that UPN, before anybody knew that the two are one child."""
        gone = full_child(BECKSIDE)
        with as_batch():
            joined = Child.objects.get(same_as=gone.child_id)
            for model in (Closing, NamedChild, Order):
                assert model.objects.filter(child=gone.child_id).update(child=joined)
            Transfer.objects.create(
                establishment=gone.establishment, upn_index=joined.upn_index, expected_on=TODAY, lapses_on=TODAY,
            )  # fmt: skip
        assert disposed().disposal.state == "done"
        with as_batch():
            for model in (Closing, NamedChild, Order):
                assert not model.objects.filter(child=joined.pk).exists()
            assert not Transfer.objects.filter(upn_index=joined.upn_index).exists()

    def test_is_gone_from_an_older_copy_in_which_two_identities_were_not_joined_yet(self) -> None:
        """R13: the record under the other UPN goes again too."""
        gone, second = grown_up(BECKSIDE), grown_up(RAVENSGILL)
        identity = second.child
        merge(identity.pk, gone.child_id, because="Test", by_name="Test")
        assert disposed().disposal.state == "done"
        with as_batch():
            Disposal.objects.update(gone=0)
            Child.objects.bulk_create([identity])
            Pupil.objects.bulk_create([second])
        assert dict(replay())["child"] == 2
        assert traces(second) == {"portal_keys.gone": 1}
        with as_batch():
            assert Disposal.objects.get().lines.get(kind="child").disposed == 1

    def test_is_not_counted_again_under_what_hangs_on_the_record(self) -> None:
        full_child(BECKSIDE)
        with as_batch():
            counts = disposing.count(TODAY)
        assert {kind for kind, _ in counts} == {"child"}

    def test_a_value_of_theirs_cannot_be_read_any_more(self) -> None:
        """R13: what an old copy of the tables holds is sealed for good once the disposal has destroyed the keys."""
        child = full_child(BECKSIDE)
        copies = sealed_values(child)
        assert [opened(*copy) for copy in copies] == [child.upn, "1 The Road\nBD1 1AA"]
        assert disposed().disposal.state == "done"
        for copy in copies:
            with pytest.raises(CannotDecrypt):
                opened(*copy)


class TestTwoPeople:
    def test_who_asked_cannot_approve_and_nothing_goes_before(self) -> None:
        """P5: another information manager says so."""
        child = full_child(BECKSIDE)
        number = door.ask_for_disposal(asker(MANAGER, EDUNET))
        worked()
        with pytest.raises(NoSuchRecord):
            door.decide_disposal(asker(MANAGER, EDUNET), number, approves=True)
        assert not worked()
        assert "sharing_pupil" in traces(child)
        with pytest.raises(door.OneIsUnderWay):
            door.ask_for_disposal(asker(MANAGER, EDUNET))
        door.decide_disposal(asker(MANAGER, EDUNET), number, approves=False)
        with pytest.raises(NoSuchRecord):
            door.decide_disposal(asker(MANAGER, EDUNET), number, approves=True)
        assert door.list_disposals(asker(MANAGER, EDUNET)).may_ask

    def test_more_than_was_approved_is_not_disposed_of(self) -> None:
        first = full_child(BECKSIDE)
        number = approved()
        second = full_child(BECKSIDE)
        worked()
        assert door.show_disposal(asker(MANAGER, EDUNET), number).disposal.state == "overtaken"
        assert "sharing_pupil" in traces(first).keys() & traces(second).keys()

    def test_the_application_writes_and_unlocks_nothing_by_itself(self) -> None:
        """R45: no way to the keys, and no disposal but by the functions."""
        for statement in (
            "SELECT count(*) FROM portal_keys.key",
            "DELETE FROM portal_keys.key",
            "UPDATE sharing_disposal SET state = 'approved'",
            "INSERT INTO sharing_legalhold (reason) VALUES (NULL)",
            "DELETE FROM sharing_disposalline",
        ):
            with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


class TestHolds:
    def test_only_the_very_same_hold_that_stands_is_not_placed_twice(self) -> None:
        """P5: another child's is another hold, and so is one after the first was lifted. Lifted twice, it is lifted."""
        one, other = full_child(BECKSIDE).upn_index, full_child(BECKSIDE).upn_index
        first = hold(upn_key=one)
        assert hold(upn_key=one) == first
        assert hold(upn_key=other) != first
        for _ in range(2):
            door.lift_hold(asker(MANAGER, EDUNET), first)
        again = hold(upn_key=one)
        assert again != first
        stand = {row.id for row in door.list_holds(asker(MANAGER, EDUNET)).holds if row.stands}
        assert stand & {first, again} == {again}

    def test_a_hold_for_another_reason_or_by_another_person_is_another(self) -> None:
        """P5: lifting one of them lifts one, and the child's records stay held for the others."""
        one = full_child(BECKSIDE).upn_index
        theirs = {"upn_key": one, "urn": None, "reason": "A claim", "until": None}
        second = door.place_hold(asker(second_manager(), EDUNET), **theirs)
        assert len({hold(upn_key=one), hold(upn_key=one, reason="An inquiry"), second}) == 3

    @pytest.mark.parametrize(("what", "until"), [("upn", None), ("urn", None), ("upn", TODAY)])
    def test_a_hold_keeps_everything_until_it_is_lifted(self, what: str, until: date | None) -> None:
        """P5: a claim or an inquiry comes before the schedule, on its last day too. It is asked again when the disposal
        is done."""
        child = full_child(BECKSIDE)
        number = approved()
        number_of_hold = hold(until=until, **({"upn_key": child.upn_index} if what == "upn" else {"urn": BECKSIDE}))
        worked()
        shown = door.show_disposal(asker(MANAGER, EDUNET), number)
        assert (shown.disposal.state, shown.disposal.counted, shown.disposal.disposed) == ("done", 1, 0)
        assert "sharing_pupil" in traces(child)
        door.lift_hold(asker(MANAGER, EDUNET), number_of_hold)
        disposed()
        assert traces(child) == {"portal_keys.gone": 1}

    def test_it_stands_on_its_last_day_and_not_after_it(self) -> None:
        """P5: the list says so as the disposal does."""
        last, over = hold(urn=BECKSIDE, until=TODAY), hold(urn=RAVENSGILL, until=TODAY)
        with as_batch():
            LegalHold.objects.filter(pk=over).update(until=TODAY - timedelta(days=1))
        stand = {row.id for row in door.list_holds(asker(MANAGER, EDUNET)).holds if row.stands}
        assert stand & {last, over} == {last}

    @pytest.mark.parametrize(("days", "possible"), [(-1, False), (0, True), (366 * 25, True), (366 * 25 + 1, False)])
    def test_its_last_day_is_within_25_years(self, days: int, possible: bool) -> None:
        until = TODAY + timedelta(days=days)
        if possible:
            assert hold(urn=BECKSIDE, until=until)
        else:
            with pytest.raises(door.CannotHold, match="The last day must not be in the past"):
                hold(urn=BECKSIDE, until=until)

    def test_the_form_takes_one_of_the_two(self) -> None:
        browser = client(MANAGER, EDUNET)
        page = "/retention/holds/place/"
        assert browser.post(page, {"reason": "A claim"}).status_code == 422
        assert browser.post(page, {"reason": "A claim", "urn": "1"}).status_code == 422
        child = full_child(BECKSIDE)
        assert browser.post(page, {"reason": "A claim", "upn": child.upn}).status_code == 302
        shown = browser.get("/retention/holds/").content.decode()
        assert "A claim" in shown
        assert child.surname not in shown


def test_before_anything_is_disposed_of_there_is_no_certificate() -> None:
    """R13: a preview is none, approved or not."""
    full_child(BECKSIDE)
    number = approved()
    with pytest.raises(NoSuchRecord):
        door.take_certificate(asker(MANAGER, EDUNET), number)
    assert worked()
    assert door.take_certificate(asker(MANAGER, EDUNET), number).disposal.disposed


def test_each_disposal_counts_what_it_deleted_itself() -> None:
    """P5."""
    numbers = []
    for _ in range(2):
        grown_up(BECKSIDE)
        numbers.append(approved())
        worked()
    with as_batch():
        gone = dict(Disposal.objects.filter(pk__in=numbers).values_list("pk", "gone"))
    assert gone == dict.fromkeys(numbers, 1)


def test_the_pages_lead_from_the_question_to_the_certificate() -> None:
    """P5: counted, approved by the second, done, and a certificate without a person's name but those who decided."""
    child = full_child(BECKSIDE)
    first, second = client(MANAGER, EDUNET), client(second_manager(), EDUNET)
    page = first.post("/retention/ask/").headers["location"]
    worked()
    assert "Approve the disposal" not in first.get(page).content.decode()
    assert "Approve the disposal" in second.get(page).content.decode()
    for _ in range(2):  # a second click
        assert second.post(f"{page}decide/", {"decision": "approve"}).status_code == 302
    worked()
    assert second.post(f"{page}decide/", {"decision": "approve"}).status_code == 302
    assert first.get(f"{page}certificate.csv").status_code == 200
    words = first.get(f"{page}certificate.csv").content.decode()
    assert str(BECKSIDE) in words
    assert child.surname not in words + first.get(page).content.decode()
    assert first.get("/retention/").status_code == 200
    assert second.post(f"{page}decide/", {"decision": "refuse"}).status_code == 404


def test_the_second_person_is_told_on_the_home_page() -> None:
    """P5: who asked is not: nobody approves their own."""
    full_child(BECKSIDE)
    first, second = client(MANAGER, EDUNET), client(second_manager(), EDUNET)
    page = first.post("/retention/ask/").headers["location"]
    worked()
    waiting = "<strong>1</strong> disposal to approve or refuse"
    assert waiting in second.get("/").content.decode()
    assert waiting not in first.get("/").content.decode()
    second.post(f"{page}decide/", {"decision": "refuse"})
    assert waiting not in second.get("/").content.decode()


def test_where_nothing_is_due_nobody_waits_for_a_second_person() -> None:
    browser = client(MANAGER, EDUNET)
    page = browser.post("/retention/ask/").headers["location"]
    worked()
    for words in (browser.get(page).content.decode(), browser.get("/retention/").content.decode()):
        assert "Counted: nothing is due" in words
        assert "Waiting for a second person" not in words
    assert "Close it" in browser.get(page).content.decode()
    browser.post(f"{page}decide/", {"decision": "refuse"})
    assert "Count what is due today" in browser.get("/retention/").content.decode()


def test_an_answer_without_a_decision_approves_nothing() -> None:
    full_child(BECKSIDE)
    page = client(MANAGER, EDUNET).post("/retention/ask/").headers["location"]
    worked()
    answer = client(second_manager(), EDUNET).post(f"{page}decide/", follow=True)
    assert "Nothing will be disposed of." in answer.text
    with as_batch():
        assert Disposal.objects.latest("pk").state == Disposal.State.REFUSED


def test_an_establishment_is_held_on_the_page_by_its_urn_alone() -> None:
    """P5: and lifted by its number."""
    browser = client(MANAGER, EDUNET)
    placed = browser.post("/retention/holds/place/", {"reason": "A claim", "urn": BECKSIDE}, follow=True)
    assert "The records are held." in placed.text
    with as_batch():
        held = LegalHold.objects.get()
    assert (held.establishment.urn, held.child_id) == (BECKSIDE, None)
    assert f"Hold {held.pk} is lifted." in browser.post(f"/retention/holds/{held.pk}/lift/", follow=True).text
    assert browser.post(f"/retention/holds/{held.pk + 1}/lift/").status_code == 404


@pytest.mark.parametrize("urn", ["12345678", "0", "-1", "x"])
def test_what_is_no_urn_is_refused_in_plain_words(urn: str) -> None:
    answer = client(MANAGER, EDUNET).post("/retention/holds/place/", {"reason": "A claim", "urn": urn})
    assert answer.status_code == 422
    assert "Enter the 6 digits of the URN." in answer.content.decode()


def test_every_schedule_runs_and_is_told() -> None:
    """P5: the SQL of each is tried, and each says how long, and on what ground."""
    for schedule in DISPOSED_OF:
        due(schedule.kind)
        with as_batch(), connection.cursor() as cursor:
            for statement in schedule.deletes:
                cursor.execute(statement, {"rows": []})
    assert len({schedule.kind for schedule in SCHEDULES}) == len(SCHEDULES)
    assert all(schedule.keeps and schedule.basis for schedule in SCHEDULES)


def test_shorter_schedules_take_contacts_and_attendance_of_who_has_left() -> None:
    """P5: a year after leaving, and six after the school year; what is younger stays."""
    left = grown_up(BECKSIDE, born_on=TODAY.replace(day=1, year=TODAY.year - 12))
    factories.contact(left, "Somebody")
    factories.address(left, "1 The Road\nBD1 1AA")
    old = factories.attendance(left, 100, 2, TODAY.year - 9, 1)
    factories.attendance(left, 100, 2, TODAY.year - 3, 1)
    shown = disposed()
    assert {(line.kind, line.disposed) for line in shown.lines} >= {
        ("contact", 1), ("homeaddress", 1), ("attendance", 1)
    }  # fmt: skip
    with as_batch():
        assert not type(old).objects.filter(pk=old.pk).exists()
        assert Pupil.objects.filter(pk=left.pk).exists()
        assert not left.contact_rows.exists()
    assert due("contact") == set()


def test_who_never_got_a_last_day_goes_a_year_after_the_25th_birthday() -> None:
    """R13: where no establishment says that a child has left, the record, the address and contacts went never."""
    child = factories.pupil(BECKSIDE, surname="Zzyxopen", born_on=date(2000, 5, 4))
    factories.enrolment(child, date(2016, 9, 1))
    lives, called = factories.address(child, "1 The Road\nBD1 1AA"), factories.contact(child, "Somebody")
    for kind, row in (("child", str(child.child_id)), ("homeaddress", str(lives.pk)), ("contact", str(called.pk))):
        assert row not in due(kind, date(2026, 5, 3))
        assert row in due(kind, date(2026, 5, 4))


def test_groups_and_challenges_lose_the_child_alone() -> None:
    """A group that a school has made stays, without the child."""
    child = full_child(BECKSIDE)
    with as_batch():
        group = OwnGroupMember.objects.get(pupil=child).group_id
    disposed()
    with as_batch():
        assert OwnGroup.objects.filter(pk=group).exists()
        assert not Challenge.objects.filter(pupil_id=child.pk).exists()
        assert Disposal.objects.get().lines.exists()


def test_texts_of_schools_go_six_or_three_years_after_they_are_over() -> None:
    """P5: a case, an order, a confidential item and a request for support; the day before, nothing; held, nothing."""
    at = factories.establishment(BECKSIDE)
    six, three = (timezone.now() - timedelta(days=days) for days in (6 * 366, 3 * 366))
    with as_batch():
        case = Breach.objects.create(
            whose="person", children="0", aware_at=six, about=at, state="decided", outcome="advice", decided_at=six,
            triaged_at=six,
        )  # fmt: skip
        party = BreachParty.objects.create(breach=case, establishment=at, name="x")
        BreachStep.objects.create(breach=case, at=six, what="decided", audience="all", words="Words")
        lasting = Sanction.objects.create(
            breach=case, measure="suspend_establishment", establishment=at, starts_on=six, ends_on=TODAY
        )
        order = Order.objects.create(
            basis="court", data="view_pupils", establishment=at, person_id=1, through="edunet", starts_on=six,
            ends_on=six, recorded_by_id=2, authoriser_id=3, reason="Why",
        )  # fmt: skip
        opened = EstablishmentPermission.objects.latest("pk")
        EstablishmentPermission.objects.filter(pk=opened.pk).update(source=f"order:{order.pk}")
        item = RestrictedItem.objects.create(
            establishment=at, kind="bespoke", title="T", academic_year=2018, starts_on=six, ends_on=six
        )
        offer = SupportOffer.objects.earliest("pk")
        asking = Establishment.objects.exclude(pk=offer.establishment_id).earliest("pk")
        asked = SupportRequest.objects.create(
            offer=offer, establishment=offer.establishment, from_establishment=asking, words="W", asked_by_id=1,
            state="declined", answered_at=three,
        )  # fmt: skip
    kinds = ("breach", "order", "restricteditem", "supportrequest")
    assert {kind: len(due(kind)) for kind in kinds} == {
        "breach": 0, "order": 1, "restricteditem": 1, "supportrequest": 1
    }  # fmt: skip
    with as_batch():
        Sanction.objects.filter(pk=lasting.pk).update(ends_on=six)
        hold = LegalHold.objects.create(establishment=asking, placed_by_id=1, placed_by_name="Test", reason="Why")
    assert due("breach") == {str(case.pk)}
    assert due("supportrequest") == set()
    with as_batch():
        LegalHold.objects.filter(pk=hold.pk).update(lifted_at=timezone.now())
    shown = disposed()
    assert {line.kind for line in shown.lines if line.disposed} >= set(kinds)
    with as_batch():
        assert not Breach.objects.filter(pk=case.pk).exists()
        assert not BreachParty.objects.filter(pk=party.pk).exists()
        assert not RestrictedItem.objects.filter(pk=item.pk).exists()
        assert not SupportRequest.objects.filter(pk=asked.pk).exists()
        assert not Order.objects.exists()
        assert not EstablishmentPermission.objects.filter(pk=opened.pk).exists()


@pytest.mark.parametrize("is_out", [True, False])
def test_the_report_of_a_file_goes_though_figures_came_from_it(is_out: bool) -> None:
    """P5: figures are kept for good and the report for 3 years. The foreign key between them stopped every disposal."""
    with as_batch():
        brought = Import.objects.create(
            kind="published-ks2", file_name="x.csv", file_hash="x", by="Ada Officer",
            finished_at=timezone.now() - timedelta(days=3 * 366),
        )  # fmt: skip
        release = preparing.prepare(
            "ks2", 2018, status="validated", as_of=date(2019, 8, 31), by=brought.by, came_from=brought.pk
        )
        if is_out:
            preparing.bring_out(release, by="Another officer", at=timezone.now() - timedelta(days=1))
            release.refresh_from_db()
    disposed()
    connection.check_constraints()  # as the end of the batch does
    with as_batch():
        assert not Import.objects.filter(pk=brought.pk).exists()
        left = Release.objects.get(pk=release.pk)
    assert (left.came_from_id, left.prepared_by, left.state) == (None, "Ada Officer", release.state)


def test_settled_patterns_and_answered_invitations_go_and_what_waits_stays() -> None:
    """P5: the day before, nothing; what waits for somebody is never due."""
    at, then = factories.establishment(BECKSIDE), timezone.now().replace(year=TODAY.year - 5, month=3, day=1)
    facts = {"establishment": at, "through": "edunet", "number": 9, "at_most": 5, "person_name": "X"}
    settled = {"state": "explained", "settled_by_id": 1, "settled_at": then}
    with as_batch():
        by_id = [UnusualPattern.objects.create(kind="night", day=then, person_id=n, **facts) for n in (2, 3)]
        UnusualPattern.objects.filter(pk=by_id[0].pk).update(**settled)
        lines = list(RegisterLine.objects.filter(establishment=at, withdrawn_at=None, awaiting_since=None)[:2])
        sent = [
            Invitation.objects.create(
                line=line, establishment=at, token_hash=f"{line.pk}", sent_at=then, expires_at=then
            )
            for line in lines
        ]
        RegisterLine.objects.filter(pk=lines[1].pk).update(awaiting_since=then)
    for kind, rows, years in (("unusualpattern", by_id, 3), ("invitation", sent, 1)):
        day = date(then.year + years, 3, 2)
        assert due(kind, day - timedelta(days=1)) == set()
        assert due(kind, day) == {str(rows[0].pk)}
    disposed()
    with as_batch():
        assert not UnusualPattern.objects.filter(pk=by_id[0].pk).exists()
        assert UnusualPattern.objects.filter(pk=by_id[1].pk).exists()
        assert list(Invitation.objects.filter(pk__in=[one.pk for one in sent])) == [sent[1]]


@pytest.mark.parametrize("place", [BECKSIDE, RAVENSGILL])
def test_no_batch_takes_more_than_was_approved(place: int) -> None:
    """P5: what comes to be due between two batches stops it there, also where nothing was; what went is certified."""
    first = grown_up(BECKSIDE)
    number = approved()
    with as_batch():
        running = disposing.dispose(Disposal.objects.get(pk=number))
    assert next(running) == 1
    grown_up(place)
    assert list(running) == []
    shown = door.take_certificate(asker(MANAGER, EDUNET), number)
    assert (shown.disposal.state, shown.disposal.disposed) == ("overtaken", 1)
    with as_batch():
        assert LedgerEntry.objects.get(action="take_certificate").about == {"disposal": number}
    with as_batch():
        assert not Pupil.objects.filter(pk=first.pk).exists()
        assert Pupil.objects.filter(surname="Zzyxgrown").count() == 1


def test_a_hold_of_nobody_is_in_the_ledger_without_the_number() -> None:
    """R43: whoever tries out UPNs here leaves a trace, which does not say whose."""
    with pytest.raises(door.CannotHold, match="Nothing is recorded under this number"):
        hold(upn_key=blind_index("X111111111111"))
    with as_batch():
        row = LedgerEntry.objects.get(action="place_hold")
    assert (row.outcome, row.about) == ("refused", {"why": "NotHeld"})
