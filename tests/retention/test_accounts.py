"""Accounts that nothing names any more are forgotten by night, and old emails of reviews (P5, R13)."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.management import call_command

from access_register import daily
from access_register.former_people import forget_notices
from access_register.models import (
    Acceptance,
    BreachParty,
    BreachReport,
    Handover,
    OfficerAppointment,
    Person,
    ProtocolVersion,
    RegisterLine,
    ReviewNotice,
)
from sharing.authorise import Permission
from sharing.ledger import proof
from sharing.models import Child, Download, EstablishmentPermission, LedgerEntry, NamedChild, SavedView, UnusualPattern
from tests import factories
from tests.people import EDUNET, as_batch, client, person
from tests.retention.former import BEGAN, ENDED, NOW, TODAY, breach, forgotten, is_there, line, somebody
from tests.retention.worlds import BECKSIDE

pytestmark = pytest.mark.django_db


def in_casework(who: Person) -> NamedChild:
    return NamedChild.objects.create(
        child=Child.objects.earliest("pk"), person_id=who.pk, person_name="x", through="edunet", source="x",
        starts_on=BEGAN, ends_on=TODAY,
    )  # fmt: skip


def with_a_copy(who: Person) -> Download:
    return Download.objects.create(
        kind="pupils", form="xlsx", purpose="trip", establishment=factories.establishment(BECKSIDE),
        by_person_id=who.pk, by_name="x", through="edunet", dispose_by=ENDED, state="collected", collected_at=NOW,
    )  # fmt: skip


def in_a_pattern(who: Person) -> UnusualPattern:
    return UnusualPattern.objects.create(
        kind="night", day=ENDED, person_id=who.pk, person_name="x", number=9, at_most=5, through="edunet",
        establishment=factories.establishment(BECKSIDE),
    )  # fmt: skip


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
            assert not proof.check().faults

    def test_who_goes_soon_is_known_before(self) -> None:
        """P5: how many, on the operations page; who, from a command. Nobody goes by being counted."""
        goes, soon, later = somebody(), somebody(last_login=NOW - timedelta(days=340)), somebody(last_login=NOW)
        kept = somebody()
        with as_batch():
            BreachParty.objects.create(breach=breach(), person=kept, name=kept.name)
        said = StringIO()
        call_command("run_daily", "--accounts", stdout=said)
        assert said.getvalue().splitlines() == [f"{who.pk}: {who.name}, {who.email}" for who in (goes, soon)]
        assert is_there(goes)
        call_command("run_daily", stdout=said)
        assert [is_there(who) for who in (goes, soon, later, kept)] == [False, True, True, True]
        page = client("officer-information", EDUNET).get("/operations/").text
        assert "Accounts that nothing needs will be deleted: 0 by the next run, 1 within 30 days." in page

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
            in_casework,
            with_a_copy,
            in_a_pattern,
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

    def test_is_kept_by_nothing_that_is_over(self) -> None:
        """P5: casework, a copy and a pattern that are settled. What somebody else has kept stays."""
        gone, other = somebody(), person("officer-data")
        with as_batch():
            for keep in (in_casework, with_a_copy, in_a_pattern):
                keep(gone)
            NamedChild.objects.filter(person_id=gone.pk).update(ends_on=TODAY - timedelta(days=1))
            Download.objects.filter(by_person_id=gone.pk).update(disposed_at=NOW, disposed_how="deleted")
            UnusualPattern.objects.filter(person_id=gone.pk).update(state="explained", settled_at=NOW, settled_by_id=1)
            kept = SavedView.objects.create(person_id=other.pk, name="x", page="pupils")
        assert forgotten() == ["1 account forgotten"]
        assert is_there(kept)


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
        assert list(forget_notices(TODAY)) == ["1 email of old reviews forgotten"]
    assert not is_there(old)
    assert is_there(new)


def test_each_night() -> None:
    """P5: with what else `run_daily` does."""
    somebody()
    assert "1 account forgotten" in daily.run(TODAY).done
