"""Who is head on each day of a handover: never headless, never two-headed, whatever fails midway (R32, A7)."""

from dataclasses import replace

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access_register import daily
from access_register.headships import handovers
from access_register.levels import Level
from access_register.models import Handover, RegisterLine
from access_register.register.register import (
    CannotChange,
    Entry,
    change_access,
    give_access,
    narrow_access,
    show_register,
    withdraw_access,
)
from sharing.days import day_in_words
from sharing.models import EstablishmentPermission
from tests.access_register.handovers import (
    BECKSIDE,
    DAY,
    DEPUTY,
    GOVERNOR,
    HEAD,
    OFFICER,
    OTHER_OFFICER,
    RAVENSGILL,
    TEACHER,
    accepted,
    heads_on,
    in_days,
    lines,
    name,
    today,
    verified,
)
from tests.people import EDUNET, as_batch, as_owner, asker, client, person
from tests.post import posting

pytestmark = pytest.mark.django_db


class TestTheDays:
    def test_the_old_line_ends_the_day_before_and_the_new_one_begins_on_the_day(self) -> None:
        """R32, R35: the day before, the day of, the day after."""
        accepted(on=in_days(10))
        old, new = [person(HEAD).email], [person(DEPUTY).email]
        assert [heads_on(in_days(count)) for count in (0, 9, 10, 11, 400)] == [old, old, new, new, new]
        call_command("check_permissions")

    def test_on_its_very_day_it_holds_at_once(self) -> None:
        """R44: the old head's next request is refused, the new one's is answered."""
        old, new = client(HEAD), client(DEPUTY)
        assert old.get(f"/establishments/{BECKSIDE}/register/").status_code == 200
        accepted(on=today())
        assert old.get(f"/establishments/{BECKSIDE}/register/").status_code == 404
        assert "You have been head since" in new.get(f"/establishments/{BECKSIDE}/register/").content.decode()
        call_command("check_permissions")

    def test_a_deputy_who_becomes_head_frees_their_seat(self) -> None:
        """R32: from the first day on, the seat is nobody's."""
        accepted(on=today())
        assert show_register(asker(DEPUTY), BECKSIDE).named_seats_free == 1

    def test_an_acting_head_has_days_and_the_head_comes_back_by_itself(self) -> None:
        """A7: before, first, last, and the day after; the deputy is deputy again too."""
        before = {row[:4] for row in lines() if len(row) == 6 and row[5] is None and row[2] is not None}
        accepted(on=in_days(3), until=in_days(5))
        old, acting = [person(HEAD).email], [person(DEPUTY).email]
        assert [heads_on(in_days(count)) for count in range(8)] == [old] * 3 + [acting] * 3 + [old] * 2
        with as_batch():
            back = RegisterLine.objects.filter(establishment__urn=BECKSIDE, starts_on=in_days(6), withdrawn_at=None)
            again = set(back.values_list("person", "level", "seat", "role"))
        assert again <= before
        assert {person_id for person_id, *_ in again} == {person(HEAD).pk, person(DEPUTY).pk}
        call_command("check_permissions")

    def test_one_person_may_head_several(self) -> None:
        """A7: the head of another school takes this one over, and keeps both."""
        accepted("head-ravensgill", on=today())
        assert heads_on(today()) == heads_on(today(), RAVENSGILL) == [person("head-ravensgill").email]

    def test_a_governor_who_becomes_head_has_one_line_on_each_day(self) -> None:
        accepted(GOVERNOR, on=in_days(2))
        with as_batch():
            held = RegisterLine.objects.filter(person=person(GOVERNOR), withdrawn_at=None).order_by("starts_on")
            assert [(line.level, line.ends_on) for line in held] == [(3, in_days(1)), (1, None)]


class TestTheHeadsLine:
    def test_it_takes_nothing_over_that_was_the_old_heads_own(self) -> None:
        """R36: last use, confirmation, count of changes."""
        with as_batch():
            RegisterLine.objects.filter(person=person(HEAD), seat=0).update(
                last_used_on=today(), confirmed_on=today(), reviews_missed=1, review_due_on=in_days(3), version=7
            )
        accepted(on=in_days(5))
        with as_batch():
            line = RegisterLine.objects.get(person=person(DEPUTY), seat=0)
        assert (line.last_used_on, line.confirmed_on, line.reviews_missed, line.review_due_on, line.version) == (
            None, None, 0, None, 1,
        )  # fmt: skip
        assert (line.year_groups, line.withheld, line.basis, line.awaiting_since) == ([], [], "", None)

    def test_a_narrowed_line_comes_back_narrowed(self) -> None:
        """R35: after the days of an acting head, as it was."""
        with as_batch():
            line = RegisterLine.objects.get(person=person(TEACHER), establishment__urn=BECKSIDE)
        narrow_access(asker(HEAD), BECKSIDE, line.pk, year_groups=["1"], withheld=["sen"])
        accepted(TEACHER, on=in_days(2), until=in_days(4))
        call_command("check_permissions")
        with as_batch():
            back = RegisterLine.objects.get(person=person(TEACHER), starts_on=in_days(5), withdrawn_at=None)
            held = EstablishmentPermission.objects.get(source=f"line:{back.pk}", permission__codename="view_pupils")
        assert (held.year_groups, held.withheld) == (["1"], ["sen"]) == (back.year_groups, back.withheld)


class TestWhateverFails:
    def test_at_each_step_of_the_writing_all_or_nothing(self) -> None:
        """R32: the n-th row written fails, for every n: the lines and permissions are as before, and one head."""
        number = verified(on=in_days(3), until=in_days(5))
        before = lines()
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("""
                CREATE TABLE countdown (left_over int); GRANT SELECT, UPDATE ON countdown TO PUBLIC;
                INSERT INTO countdown VALUES (0);
                CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
                    UPDATE countdown SET left_over = left_over - 1;
                    IF (SELECT left_over FROM countdown) = 0 THEN RAISE EXCEPTION 'pulled the plug'; END IF;
                    RETURN coalesce(NEW, OLD);
                END $$;
                CREATE TRIGGER a_fails BEFORE INSERT OR UPDATE OR DELETE ON access_register_registerline
                    FOR EACH ROW EXECUTE FUNCTION fails();
                CREATE TRIGGER a_fails BEFORE INSERT OR UPDATE OR DELETE ON sharing_establishmentpermission
                    FOR EACH ROW EXECUTE FUNCTION fails();
                CREATE TRIGGER a_fails BEFORE UPDATE ON access_register_handover
                    FOR EACH ROW EXECUTE FUNCTION fails();
            """)
        failed = 0
        for step in range(1, 100):
            with as_owner(), connection.cursor() as cursor:
                cursor.execute("UPDATE countdown SET left_over = %s", [step])
            try:
                with transaction.atomic():
                    handovers.accept_headship(asker(DEPUTY), number)
                break
            except DatabaseError:
                failed += 1
                assert lines() == before
        assert failed > 10
        assert [len(heads_on(in_days(count))) for count in range(9)] == [1] * 9
        call_command("check_permissions")

    def test_when_the_ledger_fails_nothing_is_handed_over(self, monkeypatch) -> None:
        """R43: no change without its record."""
        number = verified()
        before = lines()

        def broken(*args: object, **kwargs: object) -> None:
            raise RuntimeError("no ledger")

        monkeypatch.setattr("sharing.ledger.ledger.write", broken)
        with pytest.raises(RuntimeError), transaction.atomic():
            handovers.accept_headship(asker(DEPUTY), number)
        assert lines() == before


class TestEachNight:
    @pytest.mark.parametrize("ready", ["named", "verified"])
    def test_a_day_that_passes_unready_changes_nothing_and_both_are_told(self, ready: str) -> None:
        """R35: the old head stays."""
        number = name() if ready == "named" else verified()
        before = lines()
        with posting():
            done = handovers.carry_out(in_days(11))
        assert len(done) == 1
        assert "did not happen" in done[0]
        assert lines() == before
        assert {letter.to[0] for letter in mail.outbox} == {person(HEAD).email, person(DEPUTY).email}
        assert all(letter.alternatives for letter in mail.outbox)
        with pytest.raises(CannotChange, match="its day passed"):
            handovers.accept_headship(asker(DEPUTY), number)
        assert handovers.carry_out(in_days(11)) == []

    def test_on_the_day_itself_there_is_still_time(self) -> None:
        number = verified(on=in_days(1))
        assert handovers.carry_out(in_days(1)) == []
        handovers.accept_headship(asker(DEPUTY), number)

    def test_what_came_to_its_day_is_noted_and_the_next_may_be_named(self) -> None:
        accepted(on=today())
        assert len(handovers.carry_out(today())) == 1
        assert handovers.carry_out(today()) == []
        name(GOVERNOR, by=asker(DEPUTY))

    def test_the_next_may_be_named_before_the_night(self) -> None:
        accepted(on=today())
        name(GOVERNOR, by=asker(DEPUTY))

    def test_the_daily_run_does_it(self) -> None:
        """R35, R25: with the certificates that are owed."""
        accepted(on=today())
        report = daily.run(today())
        assert not report.failed
        assert any("has a new head" in done for done in report.done)
        assert any("certificate of destruction" in done for done in report.done)


HANDED = st.tuples(
    st.sampled_from([DEPUTY, GOVERNOR, TEACHER, "head-ravensgill", HEAD]),
    st.integers(0, 40),
    st.none() | st.integers(0, 20),
    st.sampled_from(["accept", "accept", "accept and cancel", "verify", "name"]),
)


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(st.lists(HANDED, min_size=1, max_size=5))
def test_whatever_is_handed_over_there_is_exactly_one_head_on_every_day(handed: list) -> None:
    """R32, R35, A7: random handovers, acting and for good, overlapping, cancelled, left half-way."""
    with transaction.atomic():
        for slug, first, length, far in handed:
            on = in_days(first)
            until = None if length is None else on + length * DAY
            officer = asker(OTHER_OFFICER, EDUNET)
            before = lines()
            try:
                number = name(slug, on, until, by=officer)
            except CannotChange:
                continue
            if far != "name":
                handovers.verify_successor(asker(OFFICER, EDUNET), number)
            if far.startswith("accept"):
                handovers.accept_headship(asker(slug), number)
            if far == "accept and cancel" and first > 0:
                handovers.cancel_handover(officer, number)
                assert lines() == before
            with as_batch():  # its day has come, or it was left half-way
                Handover.objects.filter(pk=number, cancelled_at=None).update(done_at=timezone.now())
        assert [len(heads_on(in_days(count))) for count in range(-1, 70)] == [1] * 71
        call_command("check_permissions")
        transaction.set_rollback(True)


def test_a_head_who_is_back_early_lets_the_deputy_in_again() -> None:
    """R35, R30: the deputy's own line waits for the day first agreed, and could not be changed, as the page said to."""
    accepted(DEPUTY, on=today(), until=in_days(60))
    known = person(HEAD)
    handovers.name_successor(asker(OFFICER, EDUNET), BECKSIDE, name=known.name, email=known.email, on=today())
    with as_batch():
        number = Handover.objects.get(establishment__urn=BECKSIDE, accepted_at=None, cancelled_at=None).pk
    handovers.verify_successor(asker(OTHER_OFFICER, EDUNET), number)
    handovers.accept_headship(asker(HEAD), number)
    typed = {"name": person(DEPUTY).name, "email": person(DEPUTY).email}
    entry = Entry(Level.ONE, "teacher", confirmed=True)
    with pytest.raises(CannotChange, match=f"begins on {day_in_words(in_days(61))}.*withdraw that line"):
        give_access(asker(HEAD), BECKSIDE, **typed, entry=entry)
    with as_batch():
        waits = RegisterLine.objects.get(person=person(DEPUTY), starts_on=in_days(61), withdrawn_at=None)
    withdraw_access(asker(HEAD), BECKSIDE, waits.pk, because="Back early")
    assert give_access(asker(HEAD), BECKSIDE, **typed, entry=entry).awaits is False
    assert show_register(asker(DEPUTY), BECKSIDE).lines


def test_a_line_that_gives_way_cannot_go_on_beside_the_headship() -> None:
    """R32: what is wrong is said at the last day, of whoever it is, and not as of somebody added twice."""
    accepted(DEPUTY, on=in_days(10))
    with as_batch():
        before = RegisterLine.objects.get(person=person(DEPUTY), establishment__urn=BECKSIDE, seat=1)
    entry = Entry(Level.ONE, "teacher", confirmed=True)
    with pytest.raises(CannotChange, match=f"{person(DEPUTY).name} has another line here") as refused:
        change_access(asker(HEAD), BECKSIDE, before.pk, entry=entry)
    assert refused.value.field == "ends_on"
    assert refused.value.message.endswith(" Choose a last day before that one begins.")
    change_access(asker(HEAD), BECKSIDE, before.pk, entry=replace(entry, ends_on=in_days(9)))
