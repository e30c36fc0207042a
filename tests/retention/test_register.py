"""The Access Register's lines, and the people on them, when they need not be kept any more (P5, R13, R36)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from access_register import grants
from access_register.models import (
    AppointmentChange,
    Breach,
    BreachParty,
    Duty,
    Handover,
    Invitation,
    LineEvent,
    OfficerAppointment,
    Person,
    RegisterLine,
    RemoteAuthorisation,
)
from sharing.ledger import proof
from sharing.models import (
    Challenge,
    Disposal,
    Download,
    EstablishmentPermission,
    Import,
    LedgerEntry,
    LegalHold,
    Locality,
    OwnGroup,
    Report,
    RestrictedItem,
    StaffMember,
    SupportRequest,
)
from sharing.retention.replaying import refuse_until_replayed, replay
from sharing.retention.schedules import BY_KIND
from tests import factories
from tests.people import as_batch, client
from tests.retention.former import (
    BEGAN,
    DUE_ON,
    ENDED,
    NOW,
    TODAY,
    breach,
    contract,
    forgotten,
    is_there,
    line,
    rows_of,
    somebody,
    under,
)
from tests.retention.worlds import BECKSIDE, disposed, due

pytestmark = pytest.mark.django_db


class TestALine:
    def test_is_due_six_years_after_the_access_has_ended_and_not_the_day_before(self) -> None:
        """P5, R36: the last day, or the day before it on which it was withdrawn."""
        ended = line(somebody())
        withdrawn = line(somebody(), ends_on=TODAY, withdrawn_at=timezone.make_aware(timezone.datetime(2019, 3, 1)))
        still = line(somebody(), ends_on=None)
        assert due("registerline", DUE_ON - timedelta(days=1)) == set()
        assert due("registerline", DUE_ON) == {str(ended.pk), str(withdrawn.pk)}
        assert str(still.pk) not in due("registerline", date(2100, 1, 1))

    def test_of_an_invitation_that_nobody_took_up_is_due_six_years_after_the_link_has_expired(self) -> None:
        """P5: a link that was sent again of late is waited for."""
        old, again = (line(somebody(), ends_on=None, awaiting_since=NOW) for _ in range(2))
        with as_batch():
            Invitation.objects.filter(line=old).update(expires_at=NOW - timedelta(days=6 * 366))
        assert due("registerline") == {str(old.pk)}
        assert str(again.pk) in due("registerline", TODAY + timedelta(days=6 * 366))

    def test_goes_with_all_that_hangs_on_it_and_the_ledger_stays_whole(self) -> None:
        """P5, R36, R43: history, invitation, headship and permission rows; lines and history of others stay."""
        gone, other = line(somebody()), line(somebody(), ends_on=TODAY - timedelta(days=2000))
        with as_batch():
            Handover.objects.create(
                establishment=gone.establishment, outgoing=gone, incoming=other, successor=other.person, on=ENDED,
                done_at=NOW, named_by_name="Head",
            )  # fmt: skip
            assert rows_of(gone)
            before = list(LedgerEntry.objects.order_by("pk").values())
            told = LineEvent.objects.count()
        shown = disposed()
        assert [(one.counted, one.disposed) for one in shown.lines if one.kind == "registerline"] == [(1, 1)]
        with as_batch():
            assert rows_of(other)
            assert LineEvent.objects.count() == told - 1
            assert not Handover.objects.filter(outgoing=gone.pk).exists()
            assert list(LedgerEntry.objects.filter(pk__lte=before[-1]["id"]).order_by("pk").values()) == before
            assert not proof.check().faults
            grants.rebuild(TODAY)
            assert not rows_of(gone)
        assert not is_there(gone)
        assert is_there(other)

    def test_of_a_held_establishment_stays_and_so_does_its_person(self) -> None:
        """P5: until the hold is lifted."""
        kept = line(somebody())
        with as_batch():
            hold = LegalHold.objects.create(
                establishment=kept.establishment, placed_by_id=1, placed_by_name="Test", reason="Why"
            )
        assert str(kept.pk) not in due("registerline")
        assert forgotten() == []
        with as_batch():
            LegalHold.objects.filter(pk=hold.pk).update(lifted_at=NOW)
        assert str(kept.pk) in due("registerline")

    @pytest.mark.parametrize(
        ("facts", "goes"),
        [
            ({"ends_on": ENDED}, False),
            ({"ends_on": TODAY + timedelta(days=9)}, False),
            ({"ends_on": TODAY + timedelta(days=9), "ended_at": NOW}, False),
            ({"ends_on": ENDED, "destruction_certified_on": ENDED}, True),
        ],
    )
    def test_under_a_contract_stays_until_destruction_is_certified(self, facts: dict[str, Any], goes: bool) -> None:
        """R25: the head asks the organisation for it, and would not know any more of whom."""
        assert (str(under(contract(**facts)).pk) in due("registerline")) is goes

    @pytest.mark.parametrize(("state", "goes"), [("new", False), ("decided", True)])
    @pytest.mark.parametrize("of", ["person", "contract"])
    def test_of_whom_a_breach_is_held_against_stays_until_that_goes(self, of: str, state: str, goes: bool) -> None:
        """R41: the case itself is kept for six years after what was decided."""
        kept = under(contract(ends_on=ENDED, destruction_certified_on=ENDED))
        then = NOW - timedelta(days=6 * 366)
        decided = {"outcome": "advice", "decided_at": then, "triaged_at": then} if state == "decided" else {}
        case = breach(state=state, **decided)
        with as_batch():
            BreachParty.objects.create(breach=case, name="x", **{of: getattr(kept, of)})
        assert (str(kept.pk) in due("registerline")) is goes
        shown = disposed()
        assert shown.disposal.state == "done"
        assert is_there(kept) is not goes

    @pytest.mark.parametrize(
        ("facts", "goes"),
        [
            ({"done_at": NOW}, True),
            ({}, False),
            ({"done_at": NOW, "until": TODAY}, False),
            ({"cancelled_at": NOW}, True),
        ],
    )
    def test_of_a_headship_handed_over_stays_while_that_is_of_use(self, facts: dict[str, Any], goes: bool) -> None:
        """R35: a head who has named an acting one comes back on the line's word."""
        before, after = line(somebody()), line(somebody())
        with as_batch():
            Handover.objects.filter(establishment=before.establishment, done_at=None).delete()
            Handover.objects.create(
                establishment=before.establishment, outgoing=before, incoming=after, successor=after.person, on=ENDED,
                named_by_name="Head", **facts,
            )  # fmt: skip
        assert due("registerline") == ({str(before.pk), str(after.pk)} if goes else set())

    def test_goes_again_after_an_older_copy_was_put_back_and_its_person_in_the_next_night(self) -> None:
        """R13: with what hangs on it."""
        gone = line(somebody())
        with as_batch():
            told = list(LineEvent.objects.filter(line=gone))
            opened = list(EstablishmentPermission.objects.filter(source=f"line:{gone.pk}"))
        who = Person.objects.get(pk=gone.person_id)
        disposed()
        assert forgotten() == ["1 account forgotten"]
        with as_batch():
            Disposal.objects.update(gone=0)
            for rows in ([who], [gone], told, opened):
                type(rows[0]).objects.bulk_create(rows)
            Person.objects.filter(pk=who.pk).update(joined_at=NOW - timedelta(days=4000))
        assert dict(replay())["registerline"] == 1
        refuse_until_replayed()
        assert not is_there(gone)
        assert is_there(who)
        assert forgotten() == ["1 account forgotten"]
        assert not is_there(who)


def test_the_register_of_an_earlier_day_says_what_it_may_lack() -> None:
    """R36."""
    page = client("head-beckside").get(f"/establishments/{BECKSIDE}/register/as-it-was/").content.decode()
    assert "6 years after the access has ended" in page


class TestAnAppointment:
    def officer(self, ends_on: date | None = ENDED) -> OfficerAppointment:
        """With two duties at one establishment, a change, and the right to work remotely."""
        with as_batch():
            made = OfficerAppointment.objects.create(
                person=somebody(), starts_on=BEGAN, ends_on=ends_on, team="admissions", recorded_by_name="Test"
            )
            for data in ("view_pupils", "view_staff"):
                duty = Duty.objects.create(
                    appointment=made, data=data, reason="Test", starts_on=BEGAN, ends_on=BEGAN, recorded_by_name="Test"
                )
                duty.establishments.add(factories.establishment(BECKSIDE))
                duty.localities.add(Locality.objects.earliest("pk"))
            OfficerAppointment.objects.filter(pk=made.pk).update(post="Officer")
            assert AppointmentChange.objects.filter(appointment=made).exists()
            RemoteAuthorisation.objects.create(
                appointment=made, reason="Test", starts_on=BEGAN, ends_on=BEGAN, recorded_by_name="Test"
            )
            grants.rebuild(TODAY)
        return made

    def test_goes_six_years_after_the_last_day_with_its_duties_and_then_the_account(self) -> None:
        """P5, R38."""
        gone, recent, today_s = self.officer(), self.officer(TODAY - timedelta(days=2000)), self.officer(None)
        assert due("appointment", DUE_ON - timedelta(days=1)) == set()
        assert due("appointment", DUE_ON) == {str(gone.pk)}
        assert forgotten() == []
        shown = disposed()
        assert [(one.counted, one.urn) for one in shown.lines if one.kind == "appointment"] == [(1, BECKSIDE)]
        assert [is_there(one) for one in (gone, recent, today_s)] == [False, True, True]
        with as_batch():
            assert not proof.check().faults
            assert not EstablishmentPermission.objects.filter(user=gone.person_id).exists()
            assert EstablishmentPermission.objects.filter(user=recent.person_id).exists()
        assert forgotten() == ["1 account forgotten"]
        assert not is_there(gone.person)

    def test_stays_while_it_is_held_or_a_breach_is_held_against_the_officer(self) -> None:
        """P5, R41: each by itself."""
        kept = self.officer()
        with as_batch():
            hold = LegalHold.objects.create(
                establishment=factories.establishment(BECKSIDE), placed_by_id=1, placed_by_name="Test", reason="Why"
            )
        assert due("appointment") == set()
        with as_batch():
            LegalHold.objects.filter(pk=hold.pk).update(lifted_at=NOW)
        assert due("appointment") == {str(kept.pk)}
        with as_batch():
            BreachParty.objects.create(breach=breach(), person=kept.person, name="x")
        assert due("appointment") == set()

    def test_goes_again_after_an_older_copy_was_put_back(self) -> None:
        """R13."""
        gone = self.officer()
        with as_batch():
            duties = list(Duty.objects.filter(appointment=gone))
        disposed()
        with as_batch():
            Disposal.objects.update(gone=0)
            OfficerAppointment.objects.bulk_create([gone])
            Duty.objects.bulk_create(duties)
        assert dict(replay())["appointment"] == 1
        assert not is_there(gone)


OF_SHARED_DATA = (Challenge, Download, Import, OwnGroup, Report, RestrictedItem, StaffMember, SupportRequest)


@pytest.mark.parametrize(
    ("kind", "models"),
    [
        ("registerline", [RegisterLine]),
        ("appointment", [OfficerAppointment, Duty]),
        ("breach", [Breach]),
        *((model._meta.model_name, [model]) for model in OF_SHARED_DATA),
    ],
)
def test_every_table_that_knows_it_is_emptied(kind: str, models: list[Any]) -> None:
    """P5: a foreign key that no statement deletes, or makes empty, would stop every disposal."""
    known = {
        field.related_model._meta.db_table
        for model in models
        for field in model._meta.get_fields(include_hidden=True)
        if field.auto_created and not field.concrete
    }
    assert known <= {table for statement in BY_KIND[kind].deletes for table in statement.split()[1:3]}
