"""A type off the list while its school signs up (A2, R16). Real threads, real commits."""

from access_register.models import ProtocolVersion
from access_register.participation import participation
from sharing.imports import listed_types
from sharing.models import Establishment, ListedType, Participation
from tests.edunet.test_types_that_end import BECKSIDE, HEAD, UTC, day
from tests.people import as_batch, as_owner, asker
from tests.threads import in_turn


def test_who_signs_up_in_that_night_does_not_share(own_database: None) -> None:
    """R2: the school had left, and its head signs up while the night lets the type go."""
    head = asker(HEAD)
    participation.leave_protocol(head, BECKSIDE)
    with as_batch():
        Establishment.objects.filter(urn=BECKSIDE).update(type_code=UTC)
        version = ProtocolVersion.objects.in_force_on(day(0))[0].pk
    with as_owner():
        ListedType.objects.create(type_code=UTC, kind="primary", reason="x", decided_on=day(-9), ends_on=day(-1))

    def night() -> None:
        with as_batch():
            assert list(listed_types.let_go(day(0)))

    steps = [lambda: participation.join_protocol(head, BECKSIDE, version_id=version), night]
    outcomes = in_turn(lambda: Establishment.objects.select_for_update(no_key=True).get(urn=BECKSIDE), *steps)
    assert outcomes == [{"done": 1}] * 2
    with as_batch():
        assert not Participation.objects.filter(establishment__urn=BECKSIDE).exclude(ends_on__lt=day(0)).exists()
