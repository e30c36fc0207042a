"""The Access Register's lines, and the people on them, when they need not be kept any more (P5, R13, R36)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone

from access_register import grants, history
from access_register.former_people import forget_accounts, forget_notices
from access_register.models import (
    Acceptance,
    Breach,
    BreachParty,
    BreachReport,
    Contract,
    Handover,
    Invitation,
    LineEvent,
    OfficerAppointment,
    Organisation,
    Person,
    ProtocolVersion,
    RegisterLine,
    ReviewNotice,
)
from sharing import ledger_proof
from sharing.authorise import Permission
from sharing.models import (
    Child,
    Disposal,
    Download,
    EstablishmentPermission,
    LedgerEntry,
    LegalHold,
    NamedChild,
    SavedView,
    UnusualPattern,
)
from sharing.retention.replaying import refuse_until_replayed, replay
from sharing.retention.schedules import BY_KIND
from tests import factories
from tests.people import as_batch, client, person
from tests.retention.worlds import BECKSIDE, disposed, due

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
NOW = timezone.now()
BEGAN, ENDED = date(2016, 9, 1), date(2019, 3, 1)
DUE_ON = date(2025, 3, 1)


def somebody(**facts: Any) -> Person:
    """An account of long ago that nobody has used for years."""
    with as_batch():
        made = Person.objects.create_user(f"zzyx{Person.objects.count()}@example.org", "Zzyxold", "x", **facts)
        Person.objects.filter(pk=made.pk).update(joined_at=NOW - timedelta(days=4000))
    return made


def line(who: Person, **facts: Any) -> RegisterLine:
    """A line that has ended, with its history, its invitation and its rows of the permission table."""
    with as_batch():
        told = {"level": 3, "role": "office", "starts_on": BEGAN, "ends_on": ENDED, "level_since": BEGAN} | facts
        made = RegisterLine.objects.create(
            establishment=factories.establishment(BECKSIDE), person=who, given_by_name="Head", **told
        )
        history.tell(made, "given", by_name="Head")
        Invitation.objects.create(
            line=made, establishment=made.establishment, token_hash=f"{made.pk}", sent_at=NOW, expires_at=NOW
        )
        grants.rebuild(TODAY)
    return made


def contract(**facts: Any) -> Contract:
    with as_batch():
        return Contract.objects.create(
            organisation=Organisation.objects.create(name="Zzyx Ltd"), reference="1", clause="1",
            establishment=factories.establishment(BECKSIDE), recorded_by_name="Head", starts_on=BEGAN, **facts,
        )  # fmt: skip


def under(agreed: Contract) -> RegisterLine:
    return line(somebody(), role="third_party", contract=agreed)


def breach(**facts: Any) -> Breach:
    with as_batch():
        return Breach.objects.create(whose="person", children="0", aware_at=NOW, **facts)


def rows_of(gone: RegisterLine) -> int:
    return EstablishmentPermission.objects.filter(source=f"line:{gone.pk}").count()


def forgotten() -> list[str]:
    with as_batch():
        return list(forget_accounts(timezone.now()))


def is_there(one: Any) -> bool:
    with as_batch():
        try:
            one.refresh_from_db()
        except ObjectDoesNotExist:
            return False
        return True


class TestALine:
    def test_is_due_six_years_after_the_access_has_ended_and_not_the_day_before(self) -> None:
        """P5, R36: the last day, or the day on which it was withdrawn."""
        ended = line(somebody())
        withdrawn = line(somebody(), ends_on=None, withdrawn_at=timezone.make_aware(timezone.datetime(2019, 3, 1)))
        still = line(somebody(), ends_on=None)
        assert due("registerline", DUE_ON - timedelta(days=1)) == set()
        assert due("registerline", DUE_ON) == {str(ended.pk), str(withdrawn.pk)}
        assert str(still.pk) not in due("registerline", date(2100, 1, 1))

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
            assert not ledger_proof.check().faults
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
        kept = line(somebody())
        with as_batch():
            Handover.objects.filter(establishment=kept.establishment, done_at=None).delete()
            Handover.objects.create(
                establishment=kept.establishment, outgoing=kept, successor=somebody(), on=ENDED, named_by_name="Head",
                **facts,
            )  # fmt: skip
        assert (str(kept.pk) in due("registerline")) is goes

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


class TestAPerson:
    def test_of_whom_nothing_is_kept_is_forgotten_with_the_account(self) -> None:
        """P5: name, address, password, second factors and acceptances. The ledger knows the number."""
        gone = somebody()
        with as_batch():
            EmailAddress.objects.create(user=gone, email=gone.email, primary=True)
            Authenticator.objects.create(user=gone, type="totp", data={})
            SavedView.objects.create(person_id=gone.pk, name="x", page="pupils")
            version = ProtocolVersion.objects.latest("pk")
            accepted = Acceptance.objects.create(person=gone, version=version, until=ENDED, purpose="x")
        assert forgotten() == ["1 account forgotten"]
        assert forgotten() == []
        assert not is_there(gone)
        assert not is_there(accepted)
        with as_batch():
            for model in (EmailAddress, Authenticator):
                assert not model.objects.filter(user_id=gone.pk).exists()
            assert not SavedView.objects.filter(person_id=gone.pk).exists()
            assert LedgerEntry.objects.get(action="forget_accounts").about == {"people": [gone.pk]}
            assert not ledger_proof.check().faults

    @pytest.mark.parametrize(
        "facts", [{"is_superuser": True}, {"last_login": NOW - timedelta(days=364)}, {"joined_at": NOW}]
    )
    def test_who_runs_the_service_or_was_here_within_a_year_stays(self, facts: dict[str, Any]) -> None:
        kept = somebody()
        with as_batch():
            Person.objects.filter(pk=kept.pk).update(**facts)
        assert forgotten() == []

    @pytest.mark.parametrize(
        "keep",
        [
            line,
            lambda who: OfficerAppointment.objects.create(
                person=who, starts_on=BEGAN, ends_on=ENDED, team="admissions", recorded_by_name="Test"
            ),
            lambda who: EstablishmentPermission.objects.create(
                user=who, permission=permission(), content_object=factories.establishment(BECKSIDE), through="edunet",
                starts_on=BEGAN, source="test", reason="Test",
            ),
            lambda who: BreachReport.objects.create(
                breach=breach(), person=who, person_name=who.name, name_withheld=False
            ),
            lambda who: BreachParty.objects.create(breach=breach(), person=who, name=who.name),
            lambda who: Handover.objects.create(
                establishment=factories.establishment(BECKSIDE), on=ENDED, successor=who, done_at=NOW,
                outgoing=RegisterLine.objects.earliest("pk"), named_by_name="Head",
            ),
            lambda who: NamedChild.objects.create(
                child=Child.objects.earliest("pk"), person_id=who.pk, person_name="x", through="edunet", source="x",
                starts_on=BEGAN, ends_on=TODAY,
            ),
            lambda who: Download.objects.create(
                kind="pupils", form="xlsx", purpose="trip", establishment=factories.establishment(BECKSIDE),
                by_person_id=who.pk, by_name="x", through="edunet", dispose_by=ENDED, state="collected",
                collected_at=NOW,
            ),
            lambda who: UnusualPattern.objects.create(
                kind="night", day=ENDED, person_id=who.pk, person_name="x", number=9, at_most=5, through="edunet",
                establishment=factories.establishment(BECKSIDE),
            ),
        ],
        ids=["line", "appointment", "permission", "report", "party", "headship", "casework", "copy", "pattern"],
    )  # fmt: skip
    def test_stays_while_something_of_record_names_them(self, keep: Callable[[Person], object]) -> None:
        """P5: each reason by itself, and nothing of the account is gone in part."""
        kept = somebody()
        with as_batch():
            version = ProtocolVersion.objects.latest("pk")
            accepted = Acceptance.objects.create(person=kept, version=version, until=ENDED, purpose="x")
            keep(kept)
        assert forgotten() == []
        assert is_there(kept)
        assert is_there(accepted)


def permission() -> Any:
    return EstablishmentPermission.objects.filter(permission__codename=Permission.VIEW_PUPILS)[0].permission


def test_e_mails_of_the_review_go_a_year_after_its_last_day() -> None:
    """P5: the names in them are of lines; what came of it is in the history."""
    head = person("head-beckside")
    with as_batch():
        old, new = (
            ReviewNotice.objects.create(
                establishment=factories.establishment(BECKSIDE), person=head, kind="review_result", about={},
                due_on=TODAY - timedelta(days=days),
            )
            for days in (365, 364)
        )  # fmt: skip
        assert list(forget_notices(TODAY)) == ["1 e-mail of old reviews forgotten"]
    assert not is_there(old)
    assert is_there(new)


def test_the_register_of_an_earlier_day_says_what_it_may_lack() -> None:
    """R36."""
    page = client("head-beckside").get(f"/establishments/{BECKSIDE}/register/as-it-was/").content.decode()
    assert "6 years after the access has ended" in page


def test_every_table_that_knows_a_line_is_emptied() -> None:
    """P5: a foreign key to a line that no statement deletes would stop every disposal."""
    known = {
        field.related_model._meta.db_table for field in RegisterLine._meta.related_objects if not field.many_to_many
    }
    assert known <= {statement.split()[2] for statement in BY_KIND["registerline"].deletes}
