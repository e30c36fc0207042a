"""What the national register says of a conversion a day early, a year ahead, without its day, or by mistake (A2)."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from access_register.models import CarriedRegister, ProtocolVersion, RegisterLine
from access_register.participation import participation
from access_register.service import place_line
from sharing.imports.problems import ImportRefused
from sharing.imports.registry import KINDS
from sharing.models import Enrolment, Establishment, Locality, LocalityMembership, Participation, StaffMember
from tests.access_register import breaches
from tests.people import as_batch, asker, person
from tests.sharing import census_returns as returns
from tests.sharing import workforce_returns
from tests.sharing.conversions import NEW
from tests.sharing.gias_files import gias_file, links_file, school
from tests.sharing.moves import BECKSIDE, RAVENSGILL, day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_from_gias")]


def comes(folder: Path, *, closed: date | bool | None, opens: date | None, is_open: bool = True) -> None:
    """The file of a day. `closed`: the last day of the old URN, None where the file has none, False: it is open."""
    old = school(BECKSIDE, "Beckside Primary School", EstablishmentNumber="2901")
    if closed is not False:
        old |= {"EstablishmentStatus (code)": "2", "EstablishmentStatus (name)": "Closed"}
        old["CloseDate"] = f"{closed:%d-%m-%Y}" if isinstance(closed, date) else ""
    status = {"EstablishmentStatus (code)": "4", "EstablishmentStatus (name)": "Proposed to open"}
    opened = f"{opens:%d-%m-%Y}" if opens else ""
    new = school(NEW, "Beckside Primary Academy", EstablishmentNumber="2901", OpenDate=opened)
    links = links_file(folder, (NEW, BECKSIDE, "x", "Predecessor", ""), (BECKSIDE, NEW, "x", "Successor", ""))
    rows = [old, new if is_open else new | status]
    call_command("import_gias", gias_file(folder, rows), links=links, as_of=timezone.localdate())


def register(urn: int) -> int:
    with as_batch():
        return RegisterLine.objects.live_on(timezone.localdate()).filter(establishment__urn=urn).count()


def test_a_register_without_children_goes_along_also_where_the_file_came_on_the_last_day(tmp_path: Path) -> None:
    """R36, R44: the old URN took part until then, and no child and no member of staff tells that it was in use."""
    with as_batch():
        Enrolment.objects.filter(establishment__urn=BECKSIDE).delete()
        StaffMember.objects.filter(establishment__urn=BECKSIDE).update(ends_on=day(-200))
    lines = register(BECKSIDE)
    comes(tmp_path, closed=day(0), opens=day(1), is_open=False)
    assert (register(BECKSIDE), register(NEW)) == (lines, 0)
    with as_batch():  # a night goes by
        Participation.objects.filter(establishment__urn=BECKSIDE).update(ends_on=day(-1))
    comes(tmp_path, closed=day(-1), opens=day(0))
    assert (register(BECKSIDE), register(NEW)) == (0, lines)


def test_who_excluded_itself_stays_out_under_its_third_urn_as_well(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    """R16, R17: the second never took part, so its conversion brought in by itself a school that had left."""
    with as_batch():
        Participation.objects.filter(establishment__urn=BECKSIDE).update(ends_on=day(-90), ended_because="Test")
    comes(tmp_path, closed=day(-60), opens=day(-59))
    third, closed = NEW + 10, {"EstablishmentStatus (code)": "2", "EstablishmentStatus (name)": "Closed"}
    rows = [
        school(NEW, "Beckside Primary Academy", **closed, CloseDate=f"{day(-2):%d-%m-%Y}"),
        school(third, "Beckside Academy", OpenDate=f"{day(-1):%d-%m-%Y}"),
    ]
    links = links_file(tmp_path, (third, NEW, "x", "Predecessor", ""), (NEW, third, "x", "Successor", ""))
    call_command("import_gias", gias_file(tmp_path, rows), links=links, as_of=timezone.localdate())
    assert f"{third} carries on for one that excluded itself" in capsys.readouterr().out
    assert not Establishment.objects.participating(timezone.localdate()).filter(urn__in=(NEW, third)).exists()


def test_nobody_goes_to_a_school_that_opens_a_year_later(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """R5: as a nursery that closes for a year. The children are on the roll of no school that does not stand yet."""
    lines = register(BECKSIDE)
    comes(tmp_path, closed=day(-1), opens=day(300), is_open=False)
    assert "To decide: 999002 is closed and in use. 150001 opens on" in capsys.readouterr().out
    assert (register(BECKSIDE), register(NEW)) == (lines, 0)
    with as_batch():
        assert not Establishment.objects.participating(timezone.localdate()).filter(urn=NEW).exists()


def test_nobody_goes_to_a_school_of_which_nobody_knows_when_it_opened(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    """R5, R17: GIAS knows the day of each new URN, and not of old schools that others close into. One that has excluded
    itself has no children here by which it could be told."""
    lines = register(BECKSIDE)
    comes(tmp_path, closed=day(-1), opens=None)
    assert "GIAS gives no opening date for 150001" in capsys.readouterr().out
    assert (register(BECKSIDE), register(NEW)) == (lines, 0)


def test_a_closing_without_a_day_is_told(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """It cannot be carried over, nor ended: whoever runs the service reads what to ask for."""
    lines = register(BECKSIDE)
    comes(tmp_path, closed=None, opens=day(0))
    assert "999002 is closed and in use. GIAS gives no closing date for it" in capsys.readouterr().out
    assert (register(BECKSIDE), register(NEW)) == (lines, 0)


def test_a_conversion_told_by_mistake_is_named_when_it_is_put_right(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    """R4, R36: the old URN is open again and empty. Nothing goes back by itself, and nothing is lost later."""
    lines = register(BECKSIDE)
    comes(tmp_path, closed=day(-1), opens=day(0))
    assert "To decide" not in capsys.readouterr().out
    comes(tmp_path, closed=False, opens=day(0) + timedelta(days=30), is_open=False)
    assert "To decide: 999002 is open again. Its register and its records are at 150001" in capsys.readouterr().out
    assert (register(BECKSIDE), register(NEW)) == (0, lines)
    with as_batch():
        before = Enrolment.objects.filter(establishment__urn=NEW, ends_on=None).count()
    comes(tmp_path, closed=day(-1), opens=day(0))
    with as_batch():
        assert Enrolment.objects.filter(establishment__urn=NEW, ends_on=None).count() == before > 0
    assert (register(BECKSIDE), register(NEW)) == (0, lines)
    with as_batch():
        assert CarriedRegister.objects.filter(establishment__urn=NEW).count() == 1


def test_a_successor_that_took_part_before_the_closing_was_known_goes_on(tmp_path: Path) -> None:
    """R4, A2, A11: GIAS told of the academy first, and of the closing of the old URN, some days before, only later."""
    comes(tmp_path, closed=False, opens=day(-10))
    with as_batch():
        other = Locality.objects.exclude(memberships__establishment__urn=BECKSIDE).first()
        new = Establishment.objects.get(urn=NEW)
        LocalityMembership.objects.create(establishment=new, locality=other, starts_on=day(-3))
    lines = register(BECKSIDE)
    comes(tmp_path, closed=day(-11), opens=day(-10))
    assert (register(BECKSIDE), register(NEW)) == (0, lines)
    with as_batch():
        for stretches, own in ((Participation, day(0)), (LocalityMembership, day(-3))):
            of_new = stretches.objects.filter(establishment=new).order_by("starts_on")
            days = list(of_new.values_list("starts_on", "ends_on"))
            assert days == [(day(-10), own - timedelta(days=1)), (own, None)]
        assert LocalityMembership.objects.get(establishment=new, ends_on=None).locality == other


def test_who_had_a_place_there_for_some_days_meanwhile_has_one_again(tmp_path: Path) -> None:
    """R32, R35, A2: it was over before the closing was known; the import failed."""
    comes(tmp_path, closed=False, opens=day(-10))
    somebody = person("teacher-beckside")
    with as_batch():
        given = RegisterLine(
            person=somebody, establishment=Establishment.objects.get(urn=NEW), level=3, role="teacher",
            starts_on=day(-5), ends_on=day(-2), level_since=day(-5), given_by_name="x",
        )  # fmt: skip
        place_line(given)
    comes(tmp_path, closed=day(-11), opens=day(-10))
    with as_batch():
        theirs = RegisterLine.objects.filter(establishment__urn=NEW, person=somebody).order_by("starts_on")
        assert list(theirs.values_list("starts_on", "ends_on")) == [(day(-5), day(-2)), (day(-1), None)]
    call_command("check_permissions")


def test_nor_does_it_get_round_a_suspension(tmp_path: Path) -> None:
    """R41: decided against the old URN after the new one had begun to take part. It shares again when that is over."""
    comes(tmp_path, closed=False, opens=day(0))
    breaches.decide(breaches.against_establishment(BECKSIDE), "suspend_establishment", 4)
    comes(tmp_path, closed=day(-1), opens=day(0))
    with as_batch():
        to_come = Participation.objects.filter(establishment__urn__in=(BECKSIDE, NEW), starts_on__gt=day(0))
        assert list(to_come.values_list("establishment__urn", "starts_on", "ends_on")) == [(NEW, day(28), None)]
        assert not Establishment.objects.participating(day(0)).filter(urn__in=(BECKSIDE, NEW)).exists()


@pytest.mark.parametrize("old_first", [True, False])
def test_nor_does_a_suspension_of_its_own_that_is_over_before(tmp_path: Path, old_first: bool) -> None:
    """R41: each of the two URNs was suspended, the old one for longer."""
    comes(tmp_path, closed=False, opens=day(0))
    with as_batch():
        new = Establishment.objects.get(urn=NEW)
        LocalityMembership.objects.create(establishment=new, locality=Locality.objects.first(), starts_on=day(0))
    cases = {BECKSIDE: 4, NEW: 1} if old_first else {NEW: 1, BECKSIDE: 4}
    for urn, weeks in cases.items():
        breaches.decide(breaches.against_establishment(urn), "suspend_establishment", weeks)
    comes(tmp_path, closed=day(-1), opens=day(0))
    with as_batch():
        to_come = Participation.objects.filter(establishment__urn__in=(BECKSIDE, NEW), starts_on__gt=day(0))
        assert list(to_come.values_list("establishment__urn", "starts_on", "ends_on")) == [(NEW, day(28), None)]


def test_a_case_against_both_urns_goes_on_as_one_against_the_new(tmp_path: Path) -> None:
    """R41: the import failed."""
    comes(tmp_path, closed=False, opens=day(0))
    with as_batch():
        both = [("establishment", Establishment.objects.get(urn=urn).pk) for urn in (BECKSIDE, NEW)]
    number = breaches.against(*both)
    comes(tmp_path, closed=day(-1), opens=day(0))
    assert "answer" in breaches.case(number, "head-beckside").may


@pytest.mark.parametrize("opens", [-10, 0])
def test_nor_is_who_has_left_the_protocol_brought_back(tmp_path: Path, opens: int) -> None:
    """R16: the head left under the old URN, when the new one took part already; under that one they can sign up."""
    comes(tmp_path, closed=False, opens=day(opens))
    with as_batch():
        Participation.objects.filter(establishment__urn=NEW).update(starts_on=day(opens))
    participation.leave_protocol(asker("head-beckside"), BECKSIDE)
    for _ in range(2):  # the file of the next night says the same
        comes(tmp_path, closed=day(-1), opens=day(opens))
        assert not Establishment.objects.participating(day(0)).filter(urn__in=(BECKSIDE, NEW)).exists()
    with as_batch():
        version = ProtocolVersion.objects.in_force_on(day(0))[0].pk
    participation.join_protocol(asker("head-beckside"), NEW, version_id=version)
    comes(tmp_path, closed=day(-1), opens=day(opens))
    assert Establishment.objects.participating(day(0)).filter(urn=NEW).exists()


def test_nor_under_its_third_urn(tmp_path: Path) -> None:
    """R16: the head left under the first, and decided nothing since."""
    participation.leave_protocol(asker("head-beckside"), BECKSIDE)
    comes(tmp_path, closed=day(-30), opens=day(-29))
    third, closed = NEW + 10, {"EstablishmentStatus (code)": "2", "EstablishmentStatus (name)": "Closed"}
    second = school(NEW, "Beckside Primary Academy", OpenDate=f"{day(-29):%d-%m-%Y}")
    after = school(third, "Beckside Academy", OpenDate=f"{day(-1):%d-%m-%Y}")
    gone = second | closed | {"CloseDate": f"{day(-2):%d-%m-%Y}"}
    call_command("import_gias", gias_file(tmp_path, [second, after]), as_of=timezone.localdate())
    assert Establishment.objects.participating(day(0)).filter(urn=third).exists()  # no link says yet what it is
    links = links_file(tmp_path, (third, NEW, "x", "Predecessor", ""), (NEW, third, "x", "Successor", ""))
    call_command("import_gias", gias_file(tmp_path, [gone, after]), links=links, as_of=timezone.localdate())
    assert not Establishment.objects.participating(day(0)).filter(urn__in=(NEW, third)).exists()


@pytest.mark.parametrize("kind", ["census", "workforce"])
def test_a_return_of_a_day_before_is_not_called_another_schools(tmp_path: Path, kind: str) -> None:
    """R23: the number is that of the new URN too. The head reads who brings it in."""
    comes(tmp_path, closed=day(-1), opens=day(0))
    if kind == "census":
        content = returns.document(returns.pupil(), Estab="2901").replace("999998", str(BECKSIDE))
    else:
        content = workforce_returns.document(workforce_returns.member())
    path = tmp_path / "return.xml"
    path.write_text(content)
    for urn, words in ((NEW, "when the school had another URN"), (RAVENSGILL, "Send your own return")):
        with as_batch(), pytest.raises(ImportRefused, match=words):
            KINDS[kind].bring_in(path, urn=urn, apply=False, progress=lambda per_cent: None)
