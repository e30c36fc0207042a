"""Contracts with third parties, and who answered for the protocol, when they need not be kept any more (P5, R25)."""

from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from access_register.models import BreachParty, Contract, ResponsiblePerson
from sharing.models import Disposal, Establishment, LegalHold
from sharing.retention import disposing
from sharing.retention.replaying import replay
from tests import factories
from tests.people import as_batch
from tests.retention.former import DUE_ON, ENDED, NOW, TODAY, breach, contract, is_there, line, somebody, under
from tests.retention.worlds import BECKSIDE, approved, disposed, due, worked

pytestmark = pytest.mark.django_db
CERTIFIED = {"ends_on": ENDED, "destruction_certified_on": ENDED}


def numbers(kind: str) -> list[tuple[int, int]]:
    """Counted and disposed of, of this kind, by a disposal that is done."""
    shown = disposed()
    assert shown.disposal.state == "done"
    return [(one.counted, one.disposed) for one in shown.lines if one.kind == kind]


class TestAContract:
    def test_is_due_six_years_after_it_has_ended_and_not_the_day_before(self) -> None:
        """P5, R25: after its last day, or the day on which it was ended."""
        gone = contract(ends_on=ENDED)
        assert due("contract", DUE_ON - timedelta(days=1)) == set()
        assert due("contract", DUE_ON) == {str(gone.pk)}
        with as_batch():
            ended_at = timezone.make_aware(timezone.datetime(2018, 3, 1))
            Contract.objects.filter(pk=gone.pk).update(ends_on=TODAY, ended_at=ended_at)
        assert due("contract", date(2024, 3, 1)) == {str(gone.pk)}

    def test_goes_after_its_lines_and_its_organisation_with_the_last_contract(self) -> None:
        """R25: the line stays until destruction is certified; what goes is no more than was approved."""
        gone = contract(ends_on=ENDED)
        kept_by = under(gone)
        assert numbers("contract") == []
        assert is_there(kept_by)
        with as_batch():
            other = Contract.objects.create(
                organisation=gone.organisation, establishment=gone.establishment, reference="2", clause="1",
                recorded_by_name="Head", starts_on=ENDED, ends_on=TODAY,
            )  # fmt: skip
            Contract.objects.filter(pk=gone.pk).update(destruction_certified_on=ENDED)
        assert numbers("contract") == []
        assert not is_there(kept_by)
        assert numbers("contract") == [(1, 1)]
        assert [is_there(one) for one in (gone, other, gone.organisation)] == [False, True, True]
        with as_batch():
            Contract.objects.filter(pk=other.pk).update(ends_on=ENDED)
        assert numbers("contract") == [(1, 1)]
        assert not is_there(gone.organisation)

    @pytest.mark.parametrize("state", ["new", "decided"])
    def test_stays_while_a_breach_names_it(self, state: str) -> None:
        """R41: also one that goes by the same disposal."""
        kept, then = contract(**CERTIFIED), NOW - timedelta(days=6 * 366)
        decided = {"outcome": "advice", "decided_at": then, "triaged_at": then} if state == "decided" else {}
        case = breach(state=state, **decided)
        with as_batch():
            BreachParty.objects.create(breach=case, name="x", contract=kept)
        assert numbers("contract") == []
        assert is_there(case) is (state == "new")
        assert numbers("contract") == ([(1, 1)] if state == "decided" else [])

    def test_stays_while_the_establishment_is_held(self) -> None:
        kept = contract(**CERTIFIED)
        with as_batch():
            LegalHold.objects.create(
                establishment=kept.establishment, placed_by_id=1, placed_by_name="Test", reason="Why"
            )
        assert due("contract") == set()

    def test_goes_again_after_an_older_copy_was_put_back(self) -> None:
        """R13: after the line that went by the disposal before."""
        gone = contract(**CERTIFIED)
        line = under(gone)
        disposed()
        disposed()
        with as_batch():
            Disposal.objects.update(gone=0)
            for one in (gone.organisation, gone, line):
                type(one).objects.bulk_create([one])
        assert dict(replay()) == {"registerline": 1, "contract": 1}
        assert [is_there(one) for one in (line, gone, gone.organisation)] == [False, False, False]


def test_who_answered_for_the_protocol_goes_six_years_after_another_was_recorded() -> None:
    """P5: by part; whoever answers now stays, until six years after the establishment has closed."""
    place = factories.establishment(BECKSIDE)
    with as_batch():
        ResponsiblePerson.objects.filter(establishment=place).delete()
        told = {
            "establishment": place,
            "role": "Bursar",
            "since": ENDED,
            "recorded_by_id": 1,
            "recorded_by_name": "Head",
        }
        before, now, signs = (
            ResponsiblePerson.objects.create(part=part, name=name, **told)
            for part, name in (("manager", "Zzyx"), ("manager", "Zzyy"), ("signatory", "Zzyz"))
        )
        ResponsiblePerson.objects.filter(pk=before.pk).update(recorded_at=NOW - timedelta(days=9000))
        then = timezone.make_aware(timezone.datetime(ENDED.year, ENDED.month, ENDED.day))
        ResponsiblePerson.objects.filter(pk__in=[now.pk, signs.pk]).update(recorded_at=then)
    assert due("responsible", DUE_ON - timedelta(days=1)) == set()
    assert numbers("responsible") == [(1, 1)]
    assert [is_there(one) for one in (before, now, signs)] == [False, True, True]
    with as_batch():
        Establishment.objects.filter(pk=place.pk).update(close_date=ENDED)
    assert due("responsible", DUE_ON - timedelta(days=1)) == set()
    assert due("responsible", DUE_ON) == {str(now.pk), str(signs.pk)}


def test_a_disposal_that_was_cut_off_leaves_the_contract_of_its_last_line_to_the_next_one() -> None:
    """P5: it goes on with what was approved."""
    gone = contract(**CERTIFIED)
    lines = [under(gone), line(somebody())]
    number = approved()
    with as_batch():
        disposal = Disposal.objects.get(pk=number)
    with patch("sharing.retention.disposing.AT_ONCE", 1):
        first_run = disposing.dispose(disposal)
        next(first_run)
    first_run.close()
    assert [is_there(one) for one in lines] == [False, True]
    assert worked()
    with as_batch():
        disposal.refresh_from_db()
    assert (disposal.state, disposal.gone) == ("done", 2)
    assert is_there(gone)
    assert numbers("contract") == [(1, 1)]
