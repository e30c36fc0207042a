"""What the register keeps besides its lines goes along when a school carries on under a new URN (A2)."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access_register import daily, service
from access_register.levels import Level
from access_register.models import CarriedRegister, Contract, RegisterLine, ResponsiblePerson
from access_register.participation import participation
from access_register.register import forward, stories
from access_register.register.register import ChangeRefused, Entry, give_access, withdraw_access
from access_register.third_parties import third_parties
from access_register.third_parties.records import Terms
from sharing.authorise import Permission, visit
from sharing.days import day_in_words
from sharing.door import retention
from sharing.models import Establishment, LegalHold
from tests import post
from tests.access_register.breaches import against, case, contract_of, decide
from tests.people import EDUNET, as_batch, asker, person
from tests.sharing.conversions import NEW, convert
from tests.sharing.gias_files import gias_file, school
from tests.sharing.moves import BECKSIDE, day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_from_gias")]
HEAD = "head-beckside"


def contract(reference: str, last: int) -> int:
    terms = Terms("Quarry Lane Tutors", reference, "Clause 4", day(-40), day(last))
    return third_parties.record_contract(asker(HEAD), BECKSIDE, terms=terms)


def test_who_answers_for_the_protocol_answers_there(tmp_path: Path) -> None:
    """R4: the newest of each part; nobody is told that they are to be recorded."""
    with as_batch():
        ResponsiblePerson.objects.filter(establishment__urn=BECKSIDE).delete()
    for name in ("Before Now", "Maggie Manager"):
        participation.record_responsible(
            asker(HEAD), BECKSIDE, part="manager", name=name, role="Business manager", since=date(2024, 9, 1)
        )
    convert(tmp_path, timezone.localdate())
    manager, signatory = participation.show_participation(asker(HEAD), NEW).parts
    assert manager.now is not None
    assert (manager.now.name, manager.now.since, manager.before) == ("Maggie Manager", date(2024, 9, 1), ())
    assert signatory.now is None


def test_the_history_of_a_line_says_that_it_came_over(tmp_path: Path) -> None:
    """R36: whoever gave it did so years ago, at the school that was, and is not said to have done it on that day."""
    convert(tmp_path, timezone.localdate())
    with as_batch():
        line = RegisterLine.objects.get(establishment__urn=NEW, person=person("teacher-beckside"))
    (came,) = stories.show_story(asker(HEAD), NEW, line.pk).happenings
    day_of_it = day_in_words(timezone.localdate())
    assert came.words == (
        f"On {day_of_it} the service carried this line over at Level 2: the register of Beckside Primary School goes "
        "on here"
    )
    (then,) = (
        one for one in stories.show_register_on(asker(HEAD), NEW, day=timezone.localdate()).lines if one.id == line.pk
    )
    assert then.given_by_name == person(HEAD).name


def test_last_years_register_is_copied_forward_there(tmp_path: Path) -> None:
    """R35, A2: access for a school year ends on 31 August, and most academies open on 1 September. What was taken from
    somebody, or went along, is not offered, and nobody else reads the earlier register."""
    with as_batch():
        lines = RegisterLine.objects.filter(establishment__urn=BECKSIDE, withdrawn_at=None)
        ended = [lines.get(person=person(f"{role}-beckside")) for role in ("teacher", "governor", "office")]
        for line in ended:
            service.end_line(line, last_day=day(-1))
        lines.filter(pk=ended[2].pk).update(withdrawn_at=timezone.now())
        suspended = lines.get(person=person("teacher-ended"))
        suspended.suspended_at, suspended.ends_on = timezone.now(), day(-1)
        suspended.save()
    convert(tmp_path, timezone.localdate())
    offered = forward.list_ended(asker(HEAD), NEW).lines
    assert {line.name for line in offered} == {person(f"{role}-beckside").name for role in ("teacher", "governor")}
    assert forward.copy_forward(
        asker(HEAD), NEW, line_ids=[line.id for line in offered], last_day=None, confirmed=True
    )[0] == 2  # fmt: skip
    assert forward.list_ended(asker(HEAD), NEW).lines == ()
    with as_batch():
        assert RegisterLine.objects.get(establishment__urn=NEW, person=person("teacher-beckside")).level == Level.TWO
    with visit(asker("head-ravensgill"), Permission.MANAGE_REGISTER, action="test") as here:
        here.showed()
        assert not RegisterLine.objects.filter(establishment__urn__in=[BECKSIDE, NEW]).exists()


def test_a_contract_under_which_nobody_is_named_yet_is_on_record_there(tmp_path: Path) -> None:
    """R25: also one that begins later. One that is over and let nobody in is of the past."""
    waits, over = contract("WAITS", 60), contract("OVER", 60)
    with as_batch():
        Contract.objects.filter(pk=over).update(ends_on=day(-3))
    convert(tmp_path, timezone.localdate())
    there = {one.id for one in third_parties.show_third_parties(asker(HEAD), NEW).contracts}
    assert waits in there
    assert over not in there


def test_what_an_organisation_still_owes_is_asked_for_there(tmp_path: Path) -> None:
    """R14, R25: the head sees that it has certified nothing, and records the certificate when it comes."""
    used = contract_of("third-party-beckside")
    with as_batch():
        Contract.objects.filter(pk=used.pk).update(ended_at=timezone.now() - timedelta(days=3))
        used.lines.update(withdrawn_at=timezone.now() - timedelta(days=3))
    convert(tmp_path, timezone.localdate())
    page = third_parties.show_third_parties(asker(HEAD), NEW)
    (owing,) = (one for one in page.owing if one.id == used.pk)
    assert [somebody.name for somebody in owing.people] == [person("third-party-beckside").name]
    third_parties.record_certificate(asker(HEAD), NEW, used.pk, on=timezone.localdate())
    assert used.pk not in {one.id for one in third_parties.show_third_parties(asker(HEAD), NEW).owing}
    call_command("check_permissions")


def test_so_is_what_it_owes_of_a_contract_that_was_renewed_under_its_reference(tmp_path: Path) -> None:
    """R14, R25: the contract that lets its people in now is another one, and the old debt is not left behind."""
    used, party = contract_of("third-party-beckside"), person("third-party-beckside")
    with as_batch():
        Contract.objects.filter(pk=used.pk).update(ends_on=day(-3))
        used.lines.update(ends_on=day(-3))
    terms = Terms(used.organisation.name, used.reference, "Clause 7", day(-1), day(90))
    renewed = third_parties.record_contract(asker(HEAD), BECKSIDE, terms=terms)
    third_parties.add_third_party(
        asker(HEAD), BECKSIDE, renewed, name=party.name, email=party.email, level=Level.THREE
    )  # fmt: skip
    convert(tmp_path, timezone.localdate())
    page = third_parties.show_third_parties(asker(HEAD), NEW)
    of_theirs = [(one.starts_on, one.state) for one in page.contracts if one.reference == used.reference]
    assert of_theirs == [(day(-1), "In force"), (used.starts_on, "Over")]
    assert used.pk in {one.id for one in page.owing}


def test_a_contract_with_people_is_there_once(tmp_path: Path) -> None:
    """R25: as its copy, however often the file comes; the head is asked about the register once."""
    used = contract_of("third-party-beckside")
    for _ in range(2):
        convert(tmp_path, timezone.localdate())
    with as_batch():
        assert Contract.objects.get(pk=used.pk).establishment.urn == BECKSIDE
        assert Contract.objects.filter(establishment__urn=NEW, reference=used.reference).count() == 1
        assert CarriedRegister.objects.filter(establishment__urn=NEW).count() == 1


def test_who_had_left_a_contract_goes_along_with_its_copy(tmp_path: Path) -> None:
    """R24, R25, R41: they answer for what was done, are asked for the certificate, and become no staff."""
    used, gone = contract_of("third-party-beckside"), person("teacher-ravensgill")
    typed = {"name": gone.name, "email": gone.email, "level": Level.THREE}
    line = third_parties.add_third_party(asker(HEAD), BECKSIDE, used.pk, **typed).line_id
    number = against(("third_party", used.pk))
    withdraw_access(asker(HEAD), BECKSIDE, line, because="Works elsewhere")
    assert "answer" in case(number, "teacher-ravensgill").may
    convert(tmp_path, timezone.localdate())
    assert "answer" in case(number, "teacher-ravensgill").may
    with pytest.raises(ChangeRefused, match="stays a third party"):
        give_access(asker(HEAD), NEW, name=gone.name, email=gone.email, entry=Entry())
    with as_batch():
        copied = Contract.objects.get(establishment__urn=NEW, reference=used.reference).pk
    with post.posting():
        third_parties.end_contract(asker(HEAD), NEW, copied)
    assert {person("third-party-beckside").email, gone.email} <= {to for letter in mail.outbox for to in letter.to}
    call_command("check_permissions")


def test_who_was_under_a_contract_that_is_over_and_certified_becomes_no_staff(tmp_path: Path) -> None:
    """R24: a new URN changes nothing about it."""
    used, gone = contract_of("third-party-beckside"), person("third-party-beckside")
    third_parties.end_contract(asker(HEAD), BECKSIDE, used.pk)
    third_parties.record_certificate(asker(HEAD), BECKSIDE, used.pk, on=timezone.localdate())
    convert(tmp_path, timezone.localdate())
    with pytest.raises(ChangeRefused, match="stays a third party"):
        give_access(asker(HEAD), NEW, name=gone.name, email=gone.email, entry=Entry())
    assert used.pk in {found.id for found in third_parties.show_third_parties(asker(HEAD), NEW).contracts}
    call_command("check_permissions")


def test_a_certificate_that_has_come_is_on_record_there_where_gias_tells_late(tmp_path: Path) -> None:
    """R25: the contract was in use on the first day of the new URN, and had ended before that was known."""
    used = contract_of("third-party-beckside")
    third_parties.end_contract(asker(HEAD), BECKSIDE, used.pk)
    third_parties.record_certificate(asker(HEAD), BECKSIDE, used.pk, on=timezone.localdate())
    with as_batch():  # the line had a last day, as the contract
        used.lines.update(withdrawn_at=None, ends_on=day(-3))
        Contract.objects.filter(pk=used.pk).update(ends_on=day(-3), ended_at=None)
    convert(tmp_path, day(-20))
    page = third_parties.show_third_parties(asker(HEAD), NEW)
    (there,) = (one for one in page.contracts if one.reference == used.reference)
    assert there.destruction_certified_on == timezone.localdate()
    assert there.id not in {one.id for one in page.owing}
    asked = third_parties.ask_for_certificates(timezone.localdate())
    assert not [said for said in asked if used.organisation.name in said]


def test_a_contract_with_a_third_party_that_is_barred_there_ends(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """R25, R41: the new school had a case of its own before GIAS told that it carries on. The import stopped."""
    used = contract_of("third-party-beckside")
    decide(against(("third_party", used.pk)), "end_third_party", 8)
    opened = {"TypeOfEstablishment (code)": "34", "OpenDate": f"{day(-10):%d-%m-%Y}"}
    there = gias_file(tmp_path, [school(NEW, "Beckside Primary Academy", **opened)])
    call_command("import_gias", there, as_of=timezone.localdate())
    with as_batch():
        academy = Establishment.objects.get(urn=NEW)
        Contract.objects.filter(pk=used.pk).update(establishment=academy)
        used.lines.update(establishment=academy)
    terms = Terms(used.organisation.name, "AGAIN-1", "Clause 9", day(-1), day(90))
    again, other = third_parties.record_contract(asker(HEAD), BECKSIDE, terms=terms), person("third-party-ended")
    third_parties.add_third_party(
        asker(HEAD), BECKSIDE, again, name=other.name, email=other.email, level=Level.THREE
    )  # fmt: skip
    convert(tmp_path, timezone.localdate())
    assert f"{used.organisation.name} is barred at {NEW}" in capsys.readouterr().out
    (over,) = (one for one in third_parties.show_third_parties(asker(HEAD), NEW).contracts if one.id == again)
    assert over.is_over
    with as_batch():
        assert not RegisterLine.objects.live_on(timezone.localdate()).filter(contract=again).exists()
    call_command("check_permissions")


def test_which_contracts_are_barred_there_is_asked_once(tmp_path: Path) -> None:
    """R41: however many there are, while the import holds the locks of the whole authority."""
    for number in range(3):
        contract(f"QL-{number}", 30)
    with CaptureQueriesContext(connection) as queries:
        convert(tmp_path, timezone.localdate())
    assert ["access_register_barred_until" in query["sql"] for query in queries.captured_queries].count(True) == 1


def test_a_contract_to_come_under_the_same_reference_keeps_its_days(tmp_path: Path) -> None:
    """R25: two that follow each other, each with its own person, are two there."""
    used = contract_of("third-party-beckside")
    later = Terms(used.organisation.name, used.reference, "Clause 7", used.ends_on, day(800))
    renewed = third_parties.record_contract(asker(HEAD), BECKSIDE, terms=later)
    other = person("third-party-ended")
    third_parties.add_third_party(
        asker(HEAD), BECKSIDE, renewed, name=other.name, email=other.email, level=Level.THREE
    )  # fmt: skip
    convert(tmp_path, timezone.localdate())
    page = third_parties.show_third_parties(asker(HEAD), NEW)
    there = {(one.starts_on, one.ends_on) for one in page.contracts if one.reference == used.reference}
    assert there == {(used.starts_on, used.ends_on), (used.ends_on, day(800))}
    call_command("check_permissions")


def test_whoever_was_recorded_there_before_it_was_known_keeps_the_line_of_then(tmp_path: Path) -> None:
    """R25, R36: the academy was open ten days before its predecessor closed. The contract goes along all the same."""
    used = contract_of("third-party-beckside")
    opened = {"TypeOfEstablishment (code)": "34", "OpenDate": f"{day(-10):%d-%m-%Y}"}
    there = gias_file(tmp_path, [school(NEW, "Beckside Primary Academy", **opened)])
    call_command("import_gias", there, as_of=timezone.localdate())
    with as_batch():
        academy, line = Establishment.objects.get(urn=NEW), used.lines.get()
        own = Contract.objects.create(
            establishment=academy, organisation=used.organisation, reference=used.reference, clause="Clause 4",
            starts_on=day(-10), ends_on=day(90), recorded_by_name="Test",
        )  # fmt: skip
        given = RegisterLine(
            establishment=academy, person=line.person, role=RegisterLine.Role.THIRD_PARTY, contract=own,
            starts_on=day(-9), level_since=day(-9), given_by_name="Test",
        )  # fmt: skip
        service.place_line(given)
    convert(tmp_path, timezone.localdate())
    with as_batch():
        lines = RegisterLine.objects.filter(person=line.person).order_by("starts_on")
        assert [(one.establishment.urn, one.ends_on) for one in lines] == [(BECKSIDE, day(-1)), (NEW, None)]
        assert Contract.objects.get(pk=used.pk).establishment.urn == NEW
    call_command("check_permissions")


def test_a_legal_hold_keeps_what_has_gone_along(tmp_path: Path) -> None:
    """P5: for as long as it was to stand, and once. One that was lifted stays behind."""
    officer, until = asker("officer-information", EDUNET), day(400)
    lifted, stands = (
        retention.place_hold(officer, upn_key="", urn=BECKSIDE, reason=reason, until=last)
        for reason, last in (("A claim", None), ("An inquiry", until))
    )
    retention.lift_hold(officer, lifted)
    for _ in range(2):
        convert(tmp_path, timezone.localdate())
    with as_batch():
        (hold,) = LegalHold.objects.filter(establishment__urn=NEW)
        assert (hold.reason, hold.until, hold.lifted_at) == ("An inquiry", until, None)
        assert LegalHold.objects.get(pk=stands).establishment.urn == BECKSIDE


def test_nobody_is_reminded_twice_of_one_review(tmp_path: Path) -> None:
    """R36: the night before, and the night after."""
    today = timezone.localdate()
    with as_batch():
        RegisterLine.objects.filter(establishment__urn=BECKSIDE, review_due_on__isnull=False).update(
            review_due_on=today + timedelta(days=6)
        )
    with post.posting():
        daily.run(today)
    assert person(HEAD).email in {to for letter in mail.outbox for to in letter.to}
    mail.outbox.clear()
    convert(tmp_path, today)
    with post.posting():
        daily.run(today)
    assert not [letter.subject for letter in mail.outbox if "to confirm" in letter.subject]
