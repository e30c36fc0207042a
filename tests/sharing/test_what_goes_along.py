"""What is under way when a school becomes an academy under a new URN goes on there (A2)."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from access_register.breaches import steps
from access_register.casework import orders
from access_register.levels import Level
from access_register.models import Contract, ProtocolVersion, Sanction
from access_register.officers import officers
from access_register.participation import participation
from access_register.register.rules import CannotChange
from access_register.sign_in import invitations
from access_register.third_parties import third_parties
from access_register.third_parties.records import Terms
from access_register.third_parties.third_parties import record_contract
from sharing import door
from sharing.authorise import NotAtYourLevel
from sharing.days import day_in_words
from sharing.door import subject_access
from sharing.door.glass import Exactly
from sharing.door.own_groups import Wanted
from sharing.door.subject_access import NewSubjectRequest
from sharing.door.support import NewOffer
from sharing.models import (
    Download,
    DownloadPiece,
    Enrolment,
    Locality,
    LocalityMembership,
    OwnGroup,
    Participation,
    Pupil,
    RestrictedItem,
    StaffAbsence,
    Transfer,
)
from tests import factories
from tests.access_register import breaches, casework, duties
from tests.access_register import invitations as invited
from tests.confidential import items
from tests.downloads import reading
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person
from tests.sharing import moves
from tests.sharing import test_unusual as unusual
from tests.sharing.conversions import NEW, convert
from tests.sharing.moves import BECKSIDE, RAVENSGILL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_from_gias")]


def test_it_is_said_where_what_was_seen_before_is_recorded(tmp_path: Path) -> None:
    """R43: the ledger stays with the URN. “0 officers have looked” is not the whole truth at a new one."""
    convert(tmp_path, timezone.localdate())
    head, manager = client("head-beckside"), client("officer-information", EDUNET)
    yesterday = day_in_words(timezone.localdate() - timedelta(days=1))
    said = head.get(f"/establishments/{NEW}/ledger/").content.decode()
    assert f"Until {yesterday} this establishment was Beckside Primary School (URN {BECKSIDE})." in said
    assert "An information manager can look it up." in said
    ours = head.get(f"/establishments/{NEW}/our-data/").content.decode()
    assert f"Under the earlier URN {BECKSIDE}" in ours
    assert f"Not counted here: until {yesterday}" in ours
    assert "this establishment was" not in head.get(f"/establishments/{RAVENSGILL}/ledger/").content.decode()
    assert manager.get(f"/establishments/{BECKSIDE}/ledger/").status_code == 200


def test_children_on_the_way_leave_the_successor(tmp_path: Path) -> None:
    """R8: agreed or not; with the arrival the registration at the successor ends."""
    waits, goes = moves.asserted(moves.on_roll(surname="Waits")), moves.agreed(moves.on_roll(surname="Goes"))
    convert(tmp_path, timezone.localdate())
    with as_batch():
        for transfer in (waits, goes):
            now = Transfer.objects.get(pk=transfer.pk)
            assert (now.from_establishment.urn, now.leaving.establishment.urn) == (NEW, NEW)
        mine = Pupil.objects.get(pk=goes.pupil_id)
        stay = Enrolment.objects.filter(pupil__establishment__urn=NEW, pupil__child=mine.child)
        assert stay.get().ends_on is None
    factories.enrolment(mine, timezone.localdate() + timedelta(days=3))
    with as_batch():
        assert stay.get().ends_on == timezone.localdate() + timedelta(days=2)


def test_the_file_of_a_child_who_has_left_is_still_sent(tmp_path: Path) -> None:
    """R8: until the day before; then the record is closed to the successor as it would have been."""
    gone, head = moves.agreed(), asker("head-beckside")
    moves.shift(gone, 3)
    door.say_arrived(asker("head-ravensgill"), RAVENSGILL, gone.pk, on=moves.day(-1), kind="C")
    convert(tmp_path, timezone.localdate())
    assert door.make_transfer_file(head, NEW, gone.pk).content
    moved = moves.again(gone)
    assert (moved.from_establishment.urn, moved.file_sent_at is None) == (NEW, False)
    assert moves.sees("head-beckside", NEW, moved.leaving_id)
    with as_batch():
        Transfer.objects.filter(pk=gone.pk).update(sender_keeps_until=moves.day(-1))
    assert not moves.sees("head-beckside", NEW, moved.leaving_id)


def test_own_groups_go_along_with_their_children(tmp_path: Path) -> None:
    """R1, P5: by hand with who goes along, by criteria as they are; at the old URN all are put away."""
    here, left = moves.on_roll(surname="Stays"), moves.on_roll(surname="Left")
    head = asker("head-beckside")
    by_hand = door.make_own_group(head, BECKSIDE, Wanted("Readers", "hand"))
    door.change_members(head, BECKSIDE, by_hand, put_in={here.pk, left.pk}, take_out=set())
    with as_batch():
        Enrolment.objects.filter(pupil=left).update(ends_on=timezone.localdate() - timedelta(days=1))
    with as_batch():
        OwnGroup.objects.filter(pk=by_hand).update(made_at=timezone.now() - timedelta(days=400))
    made = {group.name: group.made_at for group in door.list_own_groups(head, BECKSIDE).groups}
    convert(tmp_path, timezone.localdate())
    found = {group.name: group for group in door.list_own_groups(head, NEW).groups}
    assert {name: group.made_at for name, group in found.items()} == made
    with as_batch():  # nobody could put them away there, and a name may name a child
        assert not OwnGroup.objects.filter(establishment__urn=BECKSIDE, archived_at=None).exists()
    members = door.show_members(head, NEW, found["Readers"].id, named="", year_group="").members
    assert [child.surname for child in members] == ["Stays"]


def test_what_is_said_to_be_wrong_goes_along(tmp_path: Path) -> None:
    """P9: about a child, a member of staff and the establishment; the successor's Level 1 answers it."""
    child, member = moves.on_roll(), factories.staff_member(BECKSIDE, starts_on=timezone.localdate())
    with as_batch():
        StaffAbsence.objects.create(
            member=member, establishment=member.establishment, category="SIC",
            first_day=date(2026, 1, 5), last_day=date(2026, 1, 6)
        )  # fmt: skip
    head = asker("head-beckside")
    for about, fact, record in (("pupil", "name", child), ("staff", "name", member), ("figure", "head", None)):
        door.raise_challenge(head, BECKSIDE, about, record.pk if record else None, fact_key=fact, statement="Not so")
    before = door.list_challenges(head, BECKSIDE).waiting
    convert(tmp_path, timezone.localdate())
    there = door.list_challenges(asker("head-beckside"), NEW)
    assert there.waiting == before >= 3
    for line in there.page:
        assert door.show_challenge(asker("head-beckside"), NEW, line.id).steps
    with as_batch():
        assert StaffAbsence.objects.filter(establishment__urn=NEW, first_day=date(2026, 1, 5)).exists()


def test_a_suspended_establishment_does_not_get_round_it_under_a_new_urn(tmp_path: Path) -> None:
    """R41: it shares again on the day after the sanction, and not before; its head reads the case and may appeal."""
    case = breaches.against_establishment(BECKSIDE)
    breaches.decide(case, "suspend_establishment", 4)
    convert(tmp_path, timezone.localdate())
    head = asker("head-beckside")
    with as_batch():
        text = ProtocolVersion.objects.in_force_on(timezone.localdate())[0]
        again_on = Participation.objects.get(establishment__urn=NEW).starts_on
        assert again_on == Sanction.objects.get(establishment__urn=NEW).ends_on + timedelta(days=1)
        assert not Participation.objects.filter(establishment__urn=BECKSIDE, starts_on__gt=timezone.localdate())
    with pytest.raises(CannotChange, match="suspended"):
        participation.join_protocol(head, NEW, version_id=text.pk)
    assert door.list_establishments(head).page.total == 1
    assert "appeal" in breaches.case(case, "head-beckside").may


def test_a_case_about_the_establishment_is_judged_in_its_locality(tmp_path: Path) -> None:
    """R41, A16: an officer's breach goes to the partnership of the establishment that it is about."""
    case, manager = breaches.report(asker("governor-beckside")), breaches.manager()
    steps.name_concerned(manager, case, sort="person", target=person("officer-no-duty").pk)
    convert(tmp_path, timezone.localdate())
    steps.refer_breach(manager, case, is_personal=True, severity="risk", refers=True, words="It is to be judged.")
    assert breaches.case(case, "officer-information").localities == (items.AIREHOLME,)


def test_a_third_party_that_was_ended_is_not_brought_back_under_a_new_urn(tmp_path: Path) -> None:
    """R25, R41."""
    contract = breaches.contract_of("third-party-beckside")
    breaches.decide(breaches.against(("third_party", contract.pk)), "end_third_party", 8)
    convert(tmp_path, timezone.localdate())
    today = timezone.localdate()
    terms = Terms(contract.organisation.name, "NEW-1", "Clause 9", today, today + timedelta(days=90))
    with pytest.raises(CannotChange, match="ended for a breach"):
        record_contract(asker("head-beckside"), NEW, terms=terms)


@pytest.mark.parametrize("has_certified", [False, True])
def test_a_third_party_comes_back_under_the_new_urn_when_an_appeal_lifts_its_end(
    tmp_path: Path, has_certified: bool
) -> None:
    """R25, R41: at the new school, and not at the closed one; also where a certificate was recorded meanwhile."""
    head, adviser = asker("head-beckside"), "third-party-beckside"
    contract = breaches.contract_of(adviser)
    case = breaches.against(("third_party", contract.pk))
    breaches.decide(case, "end_third_party", 8)
    if has_certified:
        third_parties.record_certificate(head, BECKSIDE, contract.pk, on=timezone.localdate())
    convert(tmp_path, timezone.localdate())
    steps.appeal_breach(asker(adviser), case, words="It was not us.")
    breaches.decide(case, "none", panel=breaches.OTHERS)
    places = {place.urn for place in door.my_places(asker(adviser))}
    assert places == {NEW}
    assert [one.state for one in third_parties.show_third_parties(head, NEW).contracts if one.id == contract.pk] == [
        "In force"
    ]
    call_command("check_permissions")


def test_what_else_ended_with_it_comes_back_there_too(tmp_path: Path) -> None:
    """R25, R41: another contract of the organisation, for which its certificate had come."""
    head, contract = asker("head-beckside"), breaches.contract_of("third-party-beckside")
    today = timezone.localdate()
    terms = Terms(contract.organisation.name, "SECOND", "Clause 2", today, today + timedelta(days=90))
    second = record_contract(head, BECKSIDE, terms=terms)
    other = person("third-party-ended")
    third_parties.add_third_party(head, BECKSIDE, second, name=other.name, email=other.email, level=Level.THREE)
    case = breaches.against(("third_party", contract.pk))
    breaches.decide(case, "end_third_party", 8)
    third_parties.record_certificate(head, BECKSIDE, second, on=today)
    convert(tmp_path, today)
    steps.appeal_breach(asker("third-party-beckside"), case, words="It was not us.")
    breaches.decide(case, "none", panel=breaches.OTHERS)
    assert {place.urn for place in door.my_places(asker("third-party-ended"))} == {NEW}
    call_command("check_permissions")


def test_a_case_against_a_third_party_goes_on_against_its_contract_there(tmp_path: Path) -> None:
    """R41: what is decided ends the access that it has by then. It answers, and so does its sponsor."""
    adviser = "third-party-beckside"
    case = breaches.against(("third_party", breaches.contract_of(adviser).pk))
    convert(tmp_path, timezone.localdate())
    assert {place.urn for place in door.my_places(asker(adviser))} == {NEW}
    breaches.decide(case, "end_third_party", 8)
    assert not door.my_places(asker(adviser))
    assert breaches.case(case, adviser)
    call_command("check_permissions")


def test_a_third_party_whose_access_an_appeal_brought_back_goes_on(tmp_path: Path) -> None:
    """R25, R41: under its contract at the new URN, and nobody asks it to destroy what it uses there."""
    contract, today = breaches.contract_of("third-party-beckside"), timezone.localdate()
    case = breaches.against(("third_party", contract.pk))
    with as_batch():
        Sanction.objects.create(
            breach_id=case, measure="end_third_party", contract=contract, starts_on=today,
            ends_on=today + timedelta(days=9), lifted_at=timezone.now(),
        )  # fmt: skip
    convert(tmp_path, today)
    with as_batch():
        carried = Contract.objects.get(lines__person=person("third-party-beckside"), establishment__urn=NEW)
    assert (carried.ended_at, carried.destruction_asked_at) == (None, None)


def test_confidential_items_stay_with_the_establishment_and_those_who_could_read_them(tmp_path: Path) -> None:
    """R26, R27, R28: the establishment concerned, its Locality, whom the head consented to, and officers by duty."""
    mine = items.item(BECKSIDE)
    items.consent(mine, RAVENSGILL)
    gone = items.item(BECKSIDE, withdrawn_at=timezone.now(), withdrawn_by_name="Test")
    readers = (
        ("head-beckside", SCHOOLS_ONLINE), ("head-oxenby", SCHOOLS_ONLINE), ("head-ravensgill", SCHOOLS_ONLINE),
        ("officer-school-improvement", EDUNET),
    )  # fmt: skip
    convert(tmp_path, timezone.localdate())
    assert [items.sees(slug, mine, through) for slug, through in readers] == [True] * 4
    assert not items.sees("head-beckside", gone)
    with as_batch():
        assert not RestrictedItem.objects.filter(establishment__urn=BECKSIDE)


def test_the_head_sees_what_is_overdue_and_what_waits_to_be_answered(tmp_path: Path) -> None:
    """R14, R18: downloads that are to be destroyed, and requests for a child's own records with their day."""
    download = reading.asked_for("teacher-beckside")
    reading.collected("teacher-beckside", download)
    with as_batch():
        Download.objects.filter(pk=download).update(dispose_by=timezone.localdate() - timedelta(days=1))
    child, head = moves.on_roll(), asker("head-beckside")
    request = NewSubjectRequest(Exactly(child.upn_index), "parent", "Parent", "photo", timezone.localdate())
    number = subject_access.record_subject_request(head, BECKSIDE, request=request)
    convert(tmp_path, timezone.localdate())
    assert door.list_downloads_here(head, NEW).overdue == 1
    assert [one.id for one in subject_access.list_subject_requests(head, NEW).requests] == [number]
    assert subject_access.prepare_answer(head, NEW, number)


def test_a_file_that_nobody_has_collected_yet_is_to_be_asked_for_again(tmp_path: Path) -> None:
    """R13: its page says that it is deleted, and no longer leads to an address that is not there."""
    number, teacher = reading.asked_for("teacher-beckside"), client("teacher-beckside")
    page = f"/my-downloads/{number}/"
    assert "Collect the file" in teacher.get(page).content.decode()
    convert(tmp_path, timezone.localdate())
    said = teacher.get(page).content.decode()
    assert "Collect the file" not in said
    assert "or because your access or the records in it changed" in said
    assert "The file has been deleted" in said
    with as_batch():
        assert not DownloadPiece.objects.filter(of=number).exists()


def test_what_others_let_it_read_is_read_by_its_people_and_by_nobody_else(tmp_path: Path) -> None:
    """R27: a consent that names the old URN; one that is withdrawn stays so."""
    of_another, taken_back = items.item(RAVENSGILL), items.item(RAVENSGILL)
    items.consent(of_another, BECKSIDE, items.LARKROYD)
    items.consent(taken_back, BECKSIDE, withdrawn_at=timezone.now(), withdrawn_by_name="Test")
    assert items.sees("head-beckside", of_another)
    convert(tmp_path, timezone.localdate())
    assert items.sees("head-beckside", of_another)
    assert not items.sees("head-beckside", taken_back)
    assert not items.sees("head-oxenby", of_another)


def test_a_duty_that_names_it_names_the_successor_and_no_more(tmp_path: Path) -> None:
    """R9: the officer goes on, for as many establishments as are recorded; a duty that has ended stays as it was."""
    duty, ended = duties.give(urns=[BECKSIDE, RAVENSGILL]), duties.give(urns=[BECKSIDE], data=["view_staff"])
    officers.end_duty(duties.asker(duties.MANAGER, EDUNET), duties.appointment(duties.FIONA).pk, ended.pk)
    convert(tmp_path, timezone.localdate())
    assert [duties.pupils(urn=urn) for urn in (NEW, RAVENSGILL, BECKSIDE, items.OXENBY)] == [200, 200, 403, 403]
    with as_batch():
        named = [sorted(one.establishments.values_list("urn", flat=True)) for one in (duty, ended)]
    assert named == [sorted([NEW, RAVENSGILL]), [BECKSIDE]]
    call_command("check_permissions")


def test_a_legal_override_opens_the_successor_when_it_is_authorised(tmp_path: Path) -> None:
    """R18: whether it was authorised before or after."""
    before, after = casework.order(data="view_staff"), casework.order()
    orders.authorise_order(asker(casework.AUTHORISER, EDUNET), before)
    convert(tmp_path, timezone.localdate())
    officer = client(casework.FIONA, EDUNET)
    pages = [f"/establishments/{NEW}/{kind}/" for kind in ("staff", "pupils")]
    assert [officer.get(page).status_code for page in pages] == [200, 403]
    orders.authorise_order(asker(casework.AUTHORISER, EDUNET), after)
    assert [officer.get(page).status_code for page in pages] == [200, 200]
    call_command("check_permissions")


def test_notes_for_a_visit_are_read_where_the_visit_is_now(tmp_path: Path) -> None:
    """R9, R18: by officers with a duty there, and by the head where the note says so."""
    door.write_note(asker("officer-admissions", EDUNET), BECKSIDE, text="Ask about reading", for_head=True)
    convert(tmp_path, timezone.localdate())
    assert [one.text for one in door.show_visit(asker("officer-data", EDUNET), NEW).notes] == ["Ask about reading"]
    assert [one.text for one in door.list_notes_to_head(asker("head-beckside"), NEW).notes] == ["Ask about reading"]


def test_support_offered_and_asked_for_goes_on(tmp_path: Path) -> None:
    """P8: with what is answered and what waits, at both ends; a withdrawn offer stays behind."""
    head, other, until = asker("head-beckside"), asker("head-ravensgill"), timezone.localdate() + timedelta(days=60)
    maths, gone = (
        door.publish_offer(head, BECKSIDE, wish=NewOffer(about, "Sums", "All", "Ask here", until))
        for about in ("maths", "governance")
    )
    theirs = door.publish_offer(other, RAVENSGILL, wish=NewOffer("wellbeing", "Words", "All", "Ask here", until))
    answered = door.ask_for_support(other, RAVENSGILL, maths, words="May we come?")
    door.answer_support_request(head, BECKSIDE, answered, accepts=True, answer="Yes")
    waits = door.ask_for_support(head, BECKSIDE, theirs, words="May we come too?")
    door.withdraw_offer(head, BECKSIDE, gone)
    convert(tmp_path, timezone.localdate())
    there = door.show_support(asker("head-beckside"), NEW)
    assert [offer.id for offer in (*there.offers, *there.past)] == [maths]
    assert {one.id for one in there.requests} == {answered, waits}
    door.answer_support_request(asker("head-ravensgill"), RAVENSGILL, waits, accepts=True, answer="Yes")
    assert not any(one.waits for one in door.show_support(asker("head-beckside"), NEW).requests)


def test_unusual_patterns_wait_for_the_head_under_the_new_urn(tmp_path: Path) -> None:
    """R43: those raised before, once; and what is found later of the days before."""
    day, day_after = unusual.DAY, unusual.DAY + timedelta(days=1)
    unusual.write(unusual.looked(unusual.TEACHER, day, 22, 6) + unusual.looked(unusual.DEPUTY, day_after, 22, 6))
    assert unusual.raised() == {(unusual.called(unusual.TEACHER), "night", 6)}
    convert(tmp_path, timezone.localdate())
    unusual.raised(day_after)
    with as_batch():
        found = sorted(unusual.new_ones().values_list("person_name", "establishment__urn"))
    assert found == sorted((unusual.called(slug), NEW) for slug in (unusual.TEACHER, unusual.DEPUTY))
    waiting = door.list_patterns(asker("head-beckside"), NEW).page
    assert {unusual.called(slug) for slug in (unusual.TEACHER, unusual.DEPUTY)} <= {one.person for one in waiting}


def test_a_record_that_was_opened_stays_open_and_is_looked_at_there(tmp_path: Path) -> None:
    """P7: to who broke the glass, until its end; what the head asked and the officer said stays with the record."""
    officer, head, child = asker("officer-no-duty", EDUNET), asker("head-beckside"), moves.on_roll()
    broken = door.break_glass(officer, child=Exactly(child.upn_index), because="harm", reason="Why", head_barred=False)
    assert broken.records == ((BECKSIDE, child.pk),)
    (opening,) = door.list_openings(head, BECKSIDE).openings
    door.mark_opening(head, BECKSIDE, opening.id, mark="asked")
    door.explain_opening(officer, opening.id, text="The reason is this")
    convert(tmp_path, timezone.localdate())
    with as_batch():
        there = Pupil.objects.get(establishment__urn=NEW, child_id=child.child_id)
    assert door.show_pupil(officer, NEW, there.pk).pupil.surname == child.surname
    (opening,) = door.list_openings(head, NEW).openings
    assert [said.text for said in opening.explanations] == ["The reason is this"]
    door.mark_opening(head, NEW, opening.id, mark="explained")
    with as_batch():
        other = Pupil.objects.visible_on(timezone.localdate()).filter(establishment__urn=NEW).exclude(pk=there.pk)[0]
    with pytest.raises(NotAtYourLevel):
        door.show_pupil(officer, NEW, other.pk)


def test_an_invitation_leads_to_the_successor(tmp_path: Path) -> None:
    """A9: the link in the email works as before."""
    token = invited.invite()
    convert(tmp_path, timezone.localdate())
    offered = invitations.look_at(token)
    assert offered
    assert (offered.urn, offered.state) == (NEW, "open")
    assert invitations.accept(token, password=invited.PASSWORD)
    assert invited.line_of(urn=NEW).awaiting_since is None


def test_a_move_to_another_locality_that_is_planned_happens(tmp_path: Path) -> None:
    """R28, A11: on its day; and it can be taken back until then."""
    manager, on = asker("officer-information", EDUNET), timezone.localdate() + timedelta(days=20)
    with as_batch():
        there = Locality.objects.get(name=items.CRAGSIDE)
    door.move_establishment(manager, BECKSIDE, locality=there.pk, on=on, reason="Agreed")
    convert(tmp_path, timezone.localdate())
    with as_batch():
        stretches = LocalityMembership.objects.filter(establishment__urn=NEW).order_by("starts_on")
        assert [(one.locality.name, one.ends_on) for one in stretches] == [
            (items.AIREHOLME, on - timedelta(days=1)), (items.CRAGSIDE, None)
        ]  # fmt: skip
    (move,) = door.show_moving(manager, NEW).moves
    door.take_back_move(manager, NEW, move.id)
    with as_batch():
        assert [one.locality.name for one in stretches.all()] == [items.AIREHOLME]


def test_the_protected_numbers_of_before_stand_until_there_are_newer_ones(tmp_path: Path) -> None:
    """R3, R10: as everybody has read them, with the URN of then."""
    before = door.show_statistics_of(asker("governor-beckside"), BECKSIDE)
    assert before.tables
    assert not before.earlier
    convert(tmp_path, timezone.localdate())
    after = door.show_statistics_of(asker("governor-beckside"), NEW)
    assert after.tables == before.tables
    assert [one.urn for one in after.earlier] == [BECKSIDE]
