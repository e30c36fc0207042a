"""A closed establishment that nobody carries on for: named by `import_gias`, ended by `end_establishment` (R5, R44)."""

from datetime import date, timedelta
from functools import partial
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from access_register import grants
from access_register.models import Contract, Handover, RegisterLine
from sharing import door
from sharing.dates import covers
from sharing.days import day_in_words
from sharing.door.own_groups import Wanted
from sharing.imports.succession import CLOSED
from sharing.models import (
    Download,
    DownloadPiece,
    Enrolment,
    Establishment,
    LedgerEntry,
    Locality,
    LocalityMembership,
    LocalityMove,
    OwnGroup,
    Participation,
    Pupil,
    StaffContract,
    StaffMember,
    Transfer,
)
from tests import factories, post
from tests.access_register import handovers
from tests.downloads import reading
from tests.people import as_batch, asker, client, person
from tests.sharing.moves import BECKSIDE, RAVENSGILL

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
CLOSED_ON = TODAY - timedelta(days=70)  # past the school days in which who left is still seen, in August too
PUPILS = f"/establishments/{BECKSIDE}/pupils/"


@pytest.fixture(autouse=True)
def closed() -> None:
    with as_batch():
        Establishment.objects.filter(urn=BECKSIDE).update(status_code=CLOSED, close_date=CLOSED_ON)


def end(urn: int = BECKSIDE, *, yes: bool = True) -> str:
    said = StringIO()
    call_command("end_establishment", urn, yes=yes, stdout=said)
    return said.getvalue()


def seen(urn: int = BECKSIDE) -> int:
    with as_batch():
        return Pupil.objects.visible_on(TODAY).filter(establishment__urn=urn).count()


def test_who_was_to_begin_after_the_last_day_never_does() -> None:
    """R44: nobody comes into post at a closed school, and no contract begins there."""
    soon = TODAY + timedelta(days=30)
    coming, here = factories.staff_member(BECKSIDE, starts_on=soon), factories.staff_member(BECKSIDE)
    with as_batch():
        StaffContract.objects.create(
            member=here, establishment=here.establishment, kind="PRM", post="Head", starts_on=soon
        )
    end()
    with as_batch():
        assert not StaffMember.objects.in_post_on(soon).filter(establishment__urn=BECKSIDE).exists()
        assert not StaffContract.objects.filter(covers(soon), establishment__urn=BECKSIDE).exists()
        assert StaffMember.objects.get(pk=coming.pk).ends_on == CLOSED_ON


def test_its_people_read_on_until_it_is_ended() -> None:
    """R5, R44: not the children, not the register, on the next request; the child is seen where it goes on."""
    browsers = [client(slug) for slug in ("head-beckside", "teacher-beckside")]
    others = seen(RAVENSGILL)
    assert [browser.get(PUPILS).status_code for browser in browsers] == [200, 200]
    assert "enrolments" in end()
    assert [browser.get(PUPILS).status_code for browser in browsers] == [404, 404]
    assert (seen(), seen(RAVENSGILL)) == (0, others)
    assert door.list_pupils(asker("head-ravensgill"), RAVENSGILL).everyone == others
    with as_batch():
        assert grants.drift(TODAY) == (set(), set())
        assert not RegisterLine.objects.live_on(TODAY).filter(establishment__urn=BECKSIDE).exists()
        assert not StaffMember.objects.in_post_on(TODAY).filter(establishment__urn=BECKSIDE).exists()
        told = LedgerEntry.objects.get(action="end_establishment")
    assert told.urn == BECKSIDE


def test_the_days_are_those_of_the_closing() -> None:
    """R5: who had left before, left then; who was to begin later never does."""
    before, stays, later = (factories.pupil(BECKSIDE, surname="Ends") for _ in range(3))
    month = timedelta(days=30)
    factories.enrolment(before, CLOSED_ON - 9 * month, CLOSED_ON - month)
    factories.enrolment(stays, CLOSED_ON - 9 * month)
    factories.enrolment(later, CLOSED_ON + month)
    end()
    with as_batch():
        found = [Enrolment.objects.get(pupil=one) for one in (before, stays, later)]
    assert [one.ends_on for one in found] == [CLOSED_ON - month, CLOSED_ON, None]
    assert [one.cancelled_at is not None for one in found] == [False, False, True]


def test_nobody_comes_any_more_and_no_contract_goes_on() -> None:
    """R7, R25: a child on the way there, and third parties."""
    coming = factories.transfer(factories.pupil(BECKSIDE, surname="Comes"), TODAY, TODAY + timedelta(days=9))
    end()
    with as_batch():
        assert Transfer.objects.get(pk=coming.pk).cancelled_at is not None
        assert not Contract.objects.filter(establishment__urn=BECKSIDE, ended_at=None, ends_on__gte=TODAY).exists()


def test_the_successor_of_a_handover_is_told_that_it_ends() -> None:
    """A7: and so is the head. Nobody could name the successor again."""
    with as_batch():
        Establishment.objects.filter(urn=BECKSIDE).update(status_code=1, close_date=None)
    handovers.verified()
    with as_batch():
        Establishment.objects.filter(urn=BECKSIDE).update(status_code=CLOSED, close_date=CLOSED_ON)
    with post.posting():
        end()
    told = {letter.to[0]: letter for letter in mail.outbox if "handover" in letter.subject}
    assert set(told) == {person(handovers.DEPUTY).email, person(handovers.HEAD).email}
    for letter in told.values():
        assert letter.subject == "The handover at Beckside Primary School will not happen"
        assert "because the establishment has closed." in letter.body
        assert "name the successor again" not in letter.body


def test_nobody_is_told_that_a_handover_will_not_happen_which_has_happened() -> None:
    """A7: its day has come, and the night has not noted that yet."""
    with as_batch():
        Establishment.objects.filter(urn=BECKSIDE).update(status_code=1, close_date=None)
    number = handovers.verified()
    with as_batch():
        Handover.objects.filter(pk=number).update(on=TODAY, accepted_at=timezone.now())
        Establishment.objects.filter(urn=BECKSIDE).update(status_code=CLOSED, close_date=CLOSED_ON)
    with post.posting():
        end()
    assert not [letter for letter in mail.outbox if "handover" in letter.subject]
    with as_batch():
        assert Handover.objects.get(pk=number).cancelled_at is None


def test_its_own_groups_are_put_away() -> None:
    """R1, P5: nobody there could any more, and none would ever be disposed of, though its name may name a child."""
    number = door.make_own_group(asker("head-beckside"), BECKSIDE, Wanted("Maren’s friends", "hand"))
    end()
    with as_batch():
        assert OwnGroup.objects.get(pk=number).archived_at is not None
        assert not OwnGroup.objects.filter(establishment__urn=BECKSIDE, archived_at=None).exists()


def test_no_file_waits_to_be_collected() -> None:
    """R13, R44."""
    number = reading.asked_for("teacher-beckside")
    end()
    with as_batch():
        assert Download.objects.get(pk=number).state == Download.State.LAPSED
        assert not DownloadPiece.objects.filter(of=number).exists()


@pytest.mark.parametrize("on", [CLOSED_ON + timedelta(days=1), TODAY, TODAY + timedelta(days=30)])
def test_no_stretch_begins_after_the_closing(on: date) -> None:
    """A11, R16: neither by a move to another Locality that was planned, nor after a suspension."""
    place, day = Establishment.objects.get(urn=BECKSIDE), timedelta(days=1)
    with as_batch():
        now = LocalityMembership.objects.get(establishment=place)
        other = Locality.objects.exclude(pk=now.locality_id)[0]
        for stretches, facts in ((LocalityMembership, {"locality": other}), (Participation, {})):
            stretches.objects.filter(establishment=place).update(ends_on=on - day)
            stretches.objects.create(establishment=place, starts_on=on, **facts)
        move = LocalityMove.objects.create(
            establishment=place, from_locality=now.locality, to_locality=other, on=on, recorded_by_id=1,
            recorded_by_name="Test",
        )  # fmt: skip
    end()
    with as_batch():
        assert not LocalityMembership.objects.filter(covers(on), establishment=place).exists()
        assert not Participation.objects.filter(covers(on), establishment=place).exists()
        assert LocalityMembership.objects.get(establishment=place).ends_on == CLOSED_ON
        move.refresh_from_db()
    assert move.taken_back_by_name == "command line"


def test_twice_is_as_once() -> None:
    end()
    assert "0 enrolments, 0 members of staff and 0 lines of the register" in end()
    with as_batch():
        assert LedgerEntry.objects.filter(action="end_establishment").count() == 1


def test_it_says_whom_it_is_about_and_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong URN cannot be put right: the name and the numbers are read first, and the URN is typed again."""
    place, before, asked = Establishment.objects.get(urn=BECKSIDE), seen(), []
    for answers in ("y", str(RAVENSGILL), EOFError()):
        monkeypatch.setattr("builtins.input", partial(answer, answers, asked))
        said = StringIO()
        with pytest.raises(CommandError, match="Nothing was ended"):
            call_command("end_establishment", BECKSIDE, stdout=said)
        assert f"To be ended: {place.name}, {place.town}, closed on {day_in_words(CLOSED_ON)}: " in said.getvalue()
    assert (seen(), len(asked)) == (before, 3)
    with as_batch():
        assert not LedgerEntry.objects.filter(action="end_establishment").exists()
    monkeypatch.setattr("builtins.input", partial(answer, str(BECKSIDE), asked))
    looked, ended = end(yes=False).splitlines()
    assert looked.removeprefix("To be ended: ") == ended.removeprefix("Ended: ")
    assert " 0 enrolments" not in ended
    assert seen() == 0


def answer(with_what: str | EOFError, asked: list[str], question: str) -> str:
    asked.append(question)
    if isinstance(with_what, EOFError):
        raise with_what
    return with_what


@pytest.mark.parametrize("facts", [{"status_code": 1}, {"close_date": None}, {"close_date": TODAY}])
def test_one_that_is_open_is_not_ended(facts: dict[str, object]) -> None:
    with as_batch():
        Establishment.objects.filter(urn=BECKSIDE).update(**facts)
    before = seen()
    with pytest.raises(CommandError, match="is not closed"):
        end()
    assert seen() == before > 0
    with pytest.raises(CommandError, match="no establishment"):
        end(123456)
