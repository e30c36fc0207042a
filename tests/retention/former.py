"""People of long ago, with a line of the Access Register that has ended, and what keeps both."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone

from access_register import grants
from access_register.former_people import forget_accounts
from access_register.models import Breach, Contract, Invitation, Organisation, Person, RegisterLine
from access_register.register import history
from sharing.models import EstablishmentPermission
from tests import factories
from tests.people import as_batch
from tests.retention.worlds import BECKSIDE

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
