"""Two people click at once: the database decides (R32). Real threads, real commits."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from access_register import grants, service
from access_register.levels import Level
from access_register.models import LineEvent, Person, ProtocolVersion, RegisterLine
from access_register.protocol import protocol, versions
from access_register.register import bulk, forward, register
from access_register.register.register import Entry
from access_register.register.staff_file import read
from access_register.reviews import deadlines, reviews, terms
from access_register.sign_in import account_changes
from access_register.third_parties import third_parties
from sharing import door
from sharing.authorise import Asker
from sharing.imports.ending import end_establishment
from sharing.imports.succession import carry_over
from sharing.ledger import ledger
from sharing.models import Establishment, EstablishmentPermission
from sharing.models.establishments import CLOSED
from tests.access_register import reviews as waiting
from tests.access_register.under_contract import add, contract
from tests.people import as_batch, asker, person
from tests.threads import PATIENCE, at_once, in_turn, race, until_waiting

BECKSIDE, OXENBY = 999002, 999005
HEAD = "head-beckside"


def name_at_level_1(head: Asker, number: int) -> None:
    register.give_access(
        head,
        BECKSIDE,
        name=f"Racer {number}",
        email=f"racer{number}@beckside.example",
        entry=Entry(Level.ONE, confirmed=True),
    )


def seats() -> list[int]:
    with as_batch():
        lines = RegisterLine.objects.filter(establishment__urn=BECKSIDE, seat__isnull=False, withdrawn_at=None)
        return sorted(lines.values_list("seat", flat=True))


def free(slug: str) -> None:
    with as_batch():
        line = RegisterLine.objects.get(person=person(slug), establishment__urn=BECKSIDE, withdrawn_at=None)
    register.withdraw_access(asker(HEAD), BECKSIDE, line.pk, because="")


def test_two_heads_hands_race_for_the_last_seat(own_database: None) -> None:
    """One seat, two simultaneous requests: one is named, the other is told that both places are taken."""
    free("business-manager-beckside")
    head = asker(HEAD)
    outcomes = race(*[partial(name_at_level_1, head, number) for number in range(2)])
    assert outcomes == {"done": 1, register.SEATS_TAKEN: 1}
    assert seats() == [0, 1, 2]


def test_fifty_race_for_two_seats(own_database: None) -> None:
    """Never a third; and with two seats free, two get one."""
    free("deputy-beckside")
    free("business-manager-beckside")
    head = asker(HEAD)
    outcomes = race(*[partial(name_at_level_1, head, number) for number in range(50)])
    assert outcomes == {"done": 2, register.SEATS_TAKEN: 48}
    assert seats() == [0, 1, 2]


def test_the_same_person_added_twice_at_once(own_database: None) -> None:
    """One line, one account; the other request is told so, not broken."""
    head = asker(HEAD)

    def add() -> None:
        register.give_access(head, BECKSIDE, name="Twice", email="twice@beckside.example", entry=Entry())

    assert race(add, add) == {"done": 1, register.ALREADY_HERE: 1}
    with as_batch():
        assert RegisterLine.objects.filter(person__email="twice@beckside.example").count() == 1


def test_a_line_ended_by_the_service_while_it_is_withdrawn_is_withdrawn(own_database: None) -> None:
    """R35, R36: what the head said of it stays on the line."""
    with as_batch():
        line = RegisterLine.objects.get(person=person("teacher-beckside"), establishment__urn=BECKSIDE)
    both = threading.Barrier(2, timeout=PATIENCE)

    def withdraws() -> None:
        with transaction.atomic():
            register.withdraw_access(asker(HEAD), BECKSIDE, line.pk, because="Left us")
            both.wait()
            until_waiting()

    def ends() -> None:
        both.wait()
        with as_batch():
            service.end_line(line, last_day=timezone.localdate() - timedelta(days=1))

    at_once(withdraws, ends)
    with as_batch():
        assert RegisterLine.objects.get(pk=line.pk).withdrawn_because == "Left us"


def test_a_page_is_shown_while_the_readers_line_is_being_changed(own_database: None) -> None:
    """R36: marking the line as used waits for nobody; whoever changes a line holds it until the ledger is free."""
    teacher = asker("teacher-beckside")
    line = RegisterLine.objects.filter(person=person("teacher-beckside"), withdrawn_at=None)
    outcomes = []

    def read() -> None:
        try:
            outcomes.append(door.list_pupils(teacher, BECKSIDE).page.total)
        finally:
            connection.close()

    with as_batch():
        held = line.select_for_update().get()
        reader = threading.Thread(target=read)
        reader.start()
        reader.join(timeout=5)
        is_waiting = reader.is_alive()
    reader.join()
    assert not is_waiting
    assert outcomes[0] > 0
    with as_batch():
        assert line.get().last_used_on is held.last_used_on is None
    door.list_pupils(teacher, BECKSIDE)
    with as_batch():
        assert line.get().last_used_on == timezone.localdate()


def test_access_is_given_to_somebody_who_accepts_the_protocol_at_that_moment(own_database: None) -> None:
    """R19, R32: what is written points to the person, which PostgreSQL checks before the row in the ledger, and not
    after it: the person waits for the ledger."""
    teacher, head = asker("teacher-two-schools"), asker("head-oxenby")
    with as_batch():
        Person.objects.filter(pk=teacher.person_id).update(protocol_accepted_until=timezone.localdate())
        version = ProtocolVersion.objects.in_force_on(timezone.localdate())[0].pk
    email = person("teacher-two-schools").email
    ended: list[object] = []

    def accepts() -> None:
        ended.append(race(lambda: protocol.accept_protocol(teacher, version_id=version)))

    other = threading.Thread(target=accepts)
    with transaction.atomic():
        register.give_access(head, OXENBY, name=teacher.name, email=email, entry=Entry(confirmed=True))
        other.start()
        until_waiting()
    other.join()
    assert ended == [{"done": 1}]


def test_a_line_withdrawn_while_its_person_is_renamed_opens_nothing(own_database: None) -> None:
    """R44."""
    teacher = person("teacher-beckside")
    with as_batch():
        line = RegisterLine.objects.get(person=teacher, establishment__urn=BECKSIDE)

    def renames() -> None:
        with as_batch():
            account_changes.rename(teacher, "Nadia Newname")

    ended: list[object] = []
    other = threading.Thread(target=lambda: ended.append(race(renames)))
    with transaction.atomic():
        register.withdraw_access(asker(HEAD), BECKSIDE, line.pk, because="")
        other.start()
        until_waiting()
    other.join()
    assert ended == [{"done": 1}]
    with as_batch():
        assert not EstablishmentPermission.objects.filter(user=teacher).exists()


def test_a_line_changed_while_its_person_gets_another_address(own_database: None) -> None:
    """R32: neither stops the other half-way, as both lock the line before the person."""
    teacher, head = person("teacher-beckside"), asker(HEAD)
    with as_batch():
        line = RegisterLine.objects.get(person=teacher, establishment__urn=BECKSIDE)

    def moves() -> None:
        with as_batch():
            account_changes.move(teacher, "nadia.newname@beckside.example")

    entry = Entry(role=RegisterLine.Role.TEACHER)
    steps = [lambda: register.change_access(head, BECKSIDE, line.pk, entry=entry), moves]
    permissions = EstablishmentPermission.objects.filter(user=teacher).select_for_update()
    ended = in_turn(lambda: list(permissions), *steps)
    assert ended == [{"done": 1}] * 2


def one() -> Callable[[], object]:
    new = {"name": "Late", "email": "late@beckside.example", "entry": Entry()}
    return lambda: register.give_access(asker(HEAD), BECKSIDE, **new)


def a_list() -> Callable[[], object]:
    rows = read(b"name,email,role,level,basis,reason,last day\nLate,late@beckside.example,office,3,,,\n")
    seal = bulk.preview_staff(asker(HEAD), BECKSIDE, rows).seal
    confirmed = {"confirmed": True, "webmail_confirmed": True}
    return lambda: bulk.apply_staff(asker(HEAD), BECKSIDE, rows, seal=seal, **confirmed)


def last_years() -> Callable[[], object]:
    with as_batch():
        line = RegisterLine.objects.get(person=person("teacher-ended"), establishment__urn=BECKSIDE).pk
    return lambda: forward.copy_forward(asker(HEAD), BECKSIDE, line_ids=[line], last_day=None, confirmed=True)


def one_of_a_deadline() -> Callable[[], object]:
    """A third party, whose line was withdrawn because nobody confirmed it, and is put back."""
    waiting.due(waiting.THIRD_PARTY, on=waiting.today() - waiting.DAY)
    waiting.settle(waiting.today())
    with as_batch():
        event = LineEvent.objects.filter(undo_until__isnull=False).latest("pk").pk
    return lambda: reviews.undo(asker(HEAD), BECKSIDE, event)


def close_beckside() -> None:
    with as_batch():
        closed_on = timezone.localdate() - timedelta(days=1)
        Establishment.objects.filter(urn=BECKSIDE).update(status_code=CLOSED, close_date=closed_on)


def end_beckside() -> None:
    end_establishment(BECKSIDE, by="Test", today=timezone.localdate())


def has_lines() -> bool:
    with as_batch():
        return RegisterLine.objects.live_on(timezone.localdate()).filter(establishment__urn=BECKSIDE).exists()


@pytest.mark.parametrize("way", [one, a_list, last_years, one_of_a_deadline])
def test_who_is_added_as_the_register_ends_has_a_line_that_ends_too(
    own_database: None, way: Callable[[], Callable[[], object]]
) -> None:
    """R44: no line is left open, which the end would not have seen."""
    close_beckside()
    add = way()
    ended: list[object] = []
    other = threading.Thread(target=lambda: ended.append(race(end_beckside)))
    with transaction.atomic():
        add()
        other.start()
        until_waiting()
    other.join()
    assert ended == [{"done": 1}]
    assert not has_lines()


def test_nobody_is_added_once_the_register_ends(own_database: None) -> None:
    """R44: who adds somebody at that moment has no access there any more."""
    close_beckside()
    assert in_turn(end_beckside, one()) == [{"NotYourEstablishment()": 1}]
    assert not has_lines()


def test_two_lists_that_change_each_others_people_at_once(own_database: None) -> None:
    """R32: the head's list changes the deputy's line, whose own list waits for somebody else. Neither is broken."""
    office, senco = "Carol Lumb,carol.lumb@beckside.example", "Owen Priestley,owen.priestley@beckside.example"
    deputy = "Imran Sheikh,imran.sheikh@beckside.example"
    until = timezone.localdate() + timedelta(days=90)

    def applies(slug: str, *people: str) -> Callable[[], object]:
        lines = "".join(f"{one},,,,,{until:%d/%m/%Y}\n" for one in people)
        rows = read(f"name,email,role,level,basis,reason,last day\n{lines}".encode())
        seal = bulk.preview_staff(asker(slug), BECKSIDE, rows).seal
        confirmed = {"confirmed": True, "webmail_confirmed": True}
        return lambda: bulk.apply_staff(asker(slug), BECKSIDE, rows, seal=seal, **confirmed)

    held = RegisterLine.objects.filter(person=person("office-beckside"), establishment__urn=BECKSIDE)
    lists = applies("deputy-beckside", office, senco), applies(HEAD, senco, deputy)
    ended = in_turn(lambda: list(held.select_for_update()), *lists)
    assert ended[0] == {"done": 1}
    assert ended[1] in ({"done": 1}, {bulk.LOOK_AGAIN: 1})


def test_a_third_party_named_while_the_school_converts_is_not_there(own_database: None) -> None:
    """R25, A2: whoever names somebody at that moment has no access at the old URN any more."""
    number, today = contract(), timezone.localdate()
    add(number)
    new = {"name": "Late", "email": "late@heron.example", "level": Level.THREE}

    def converts() -> None:
        with ledger.written_last():
            before, after = (Establishment.objects.get(urn=urn) for urn in (BECKSIDE, OXENBY))
            carry_over(before, after, on=today, today=today)
            grants.rebuild(today)

    adds = partial(third_parties.add_third_party, asker(HEAD), BECKSIDE, number, **new)
    assert in_turn(converts, adds) == [{"NotYourEstablishment()": 1}]


def test_a_text_published_twice_at_once_is_published_once(own_database: None) -> None:
    """R42: the second is told so in words."""

    def publishes() -> None:
        text = ProtocolVersion.objects.order_by("-in_force_from")[0]
        text.pk, text.number = None, "race"
        text.in_force_from = timezone.localdate() + timedelta(days=400)
        with as_batch():
            versions.publish(text, today=timezone.localdate())

    ended = race(publishes, publishes, publishes)
    assert ended["done"] == 1
    assert sum(number for words, number in ended.items() if words.startswith("CannotPublishText(")) == 2


def test_a_text_published_while_somebody_locks_the_same_people(own_database: None) -> None:
    """R42: a panel, too, locks them by their number. Neither stops the other half-way."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    accepted = Person.objects.filter(protocol_accepted_until__gt=tomorrow).order_by("pk")
    first, second, *_, last = accepted.values_list("pk", flat=True)
    for number in (second, first):  # PostgreSQL finds those who were changed lately after the others
        with as_batch():
            Person.objects.filter(pk=number).update(name=F("name"))
    text = ProtocolVersion.objects.order_by("-in_force_from")[0]
    text.pk, text.number, text.in_force_from = None, "race", tomorrow

    def publishes() -> None:
        with as_batch():
            versions.publish(text, today=timezone.localdate())

    def judges() -> None:
        with as_batch():
            list(Person.objects.filter(pk__in=(first, last)).order_by("pk").select_for_update(no_key=True))

    held = Person.objects.filter(pk=second).select_for_update(no_key=True)
    assert in_turn(lambda: list(held), publishes, judges) == [{"done": 1}] * 2


def test_a_line_raised_to_level_1_while_a_deputy_withdraws_it_is_the_heads_alone(own_database: None) -> None:
    """R35: the level that counts is the one that the line has once nobody else changes it."""
    free("business-manager-beckside")
    with as_batch():
        line = RegisterLine.objects.get(person=person("teacher-beckside"), establishment__urn=BECKSIDE)
    raises = partial(
        register.change_access, asker(HEAD), BECKSIDE, line.pk, entry=Entry(Level.ONE, line.role, confirmed=True)
    )
    withdraws = partial(register.withdraw_access, asker("deputy-beckside"), BECKSIDE, line.pk, because="")
    refused: list[object] = []
    other = threading.Thread(target=lambda: refused.append(race(withdraws)))
    with transaction.atomic():
        raises()
        other.start()
        until_waiting()
    other.join()
    assert refused == [{"Only the head may change a Level 1 line.": 1}]


def test_days_of_review_set_at_night_while_a_head_changes_many_lines(own_database: None) -> None:
    """R36: the night, too, locks the lines by their number, whichever get which day."""
    today = timezone.localdate()
    with as_batch():
        lines = RegisterLine.objects.filter(terms.reviewed(today), establishment__urn=BECKSIDE)
        lines.update(review_due_on=None, level_since=today - timedelta(days=365))
        first, second, third, *_ = lines.order_by("pk").values_list("pk", flat=True)
        RegisterLine.objects.filter(pk=third).update(level_since=today - timedelta(days=364))  # found after the others
        RegisterLine.objects.filter(pk=first).update(level_since=today)  # its day is another

    def sets() -> None:
        with as_batch():
            list(deadlines.set_days(waiting.beckside(), today))

    def changes() -> None:
        with as_batch():
            list(RegisterLine.objects.filter(pk__in=(first, second)).order_by("pk").select_for_update())

    held = RegisterLine.objects.filter(pk=third).select_for_update()
    assert in_turn(lambda: list(held), sets, changes) == [{"done": 1}] * 2
    with as_batch():
        grants.rebuild(today)
