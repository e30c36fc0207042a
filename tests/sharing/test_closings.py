"""Closed children (R6, R18, R44, R45, P7): absent everywhere, for everybody but those named."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sharing import door
from sharing.authorise import NoSuchRecord, NotAtYourLevel, NotYourEstablishment, Permission, visit
from sharing.crypto import blind_index
from sharing.door import transferring
from sharing.measures import cells, live
from sharing.models import (
    Attendance,
    Closing,
    Enrolment,
    LedgerEntry,
    OwnGroup,
    Pupil,
    PupilNeeds,
    Transfer,
)
from sharing.statements import value_of
from sharing.upn import make_upn
from tests import factories
from tests.people import EDUNET, as_batch, asker, client, person
from tests.sharing.closings import (
    BECKSIDE,
    FIONA,
    HEAD,
    MANAGER,
    NAME,
    RAVENSGILL,
    TEACHER,
    TODAY,
    by_sql,
    child,
    close,
    found,
    listed,
    page,
    second_manager,
)

pytestmark = pytest.mark.django_db


class TestAClosedChild:
    def test_is_on_no_page_in_no_list_search_or_count(self) -> None:
        """R6, R18: 404 as for a child who was never there, and the total is one less."""
        made = child()
        before = listed()
        assert (page(made), found(), found(upn_key=made.upn_index), found(born_on=made.born_on)) == (200, 1, 1, 1)
        close(made)
        assert (page(made), listed()) == (404, before - 1)
        assert (found(), found(upn_key=made.upn_index), found(born_on=made.born_on)) == (0, 0, 0)
        assert door.list_pupils(asker(HEAD), BECKSIDE).page.total == before - 1

    def test_is_hidden_by_the_second_lock_alone_with_all_that_hangs_on_it(self) -> None:
        """R45."""
        made = child()
        with as_batch():
            Attendance.objects.create(pupil=made, establishment=made.establishment, academic_year=2025, term=1)
        place = factories.establishment(RAVENSGILL)
        with as_batch():
            moving = Transfer.objects.create(
                establishment=place, from_establishment=made.establishment, leaving=made, surname=NAME, forename="M",
                expected_on=TODAY, lapses_on=TODAY + timedelta(days=9), year_group="4",
            )  # fmt: skip
            stay = Enrolment.objects.get(pupil=made).pk
        assert made.pk in by_sql(Pupil)
        assert made.pk in by_sql(PupilNeeds)
        assert stay in by_sql(Enrolment)
        assert moving.pk in by_sql(Transfer) & by_sql(Transfer, "head-ravensgill")
        close(made)
        assert made.pk not in by_sql(Pupil) | by_sql(PupilNeeds)
        assert stay not in by_sql(Enrolment)
        assert moving.pk not in by_sql(Transfer) | by_sql(Transfer, "head-ravensgill")
        assert not by_sql(Attendance) & set(self.attendance(made))

    def attendance(self, made: Pupil) -> list[int]:
        with as_batch():
            return list(Attendance.objects.filter(pupil=made).values_list("pk", flat=True))

    def test_is_not_moved_nor_ended(self) -> None:
        made = child()
        close(made)
        head = client(HEAD)
        for path in ("transfer", "left"):
            assert head.get(f"/establishments/{BECKSIDE}/pupils/{made.pk}/{path}/").status_code == 404
        with transaction.atomic(), visit(asker(HEAD), Permission.VIEW_PUPILS, action="test") as here:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT sharing_assert_transfer((SELECT id FROM sharing_establishment WHERE urn = 999003),"
                    " %s::uuid, CURRENT_DATE, CURRENT_DATE + 9, 'x')",
                    [str(made.pk)],
                )
                assert cursor.fetchone() == ("not_yours",)
            here.showed()

    def test_is_not_found_by_telling_each_school_of_it(self) -> None:
        """R18: an officer who tells of a child from outside hears the same at every school, on roll there or not."""
        made = child()
        told = {
            "forename": "Maren", "surname": NAME, "born_on": made.born_on, "sex": "F", "year_group": "4",
            "from_name": "Elsewhere", "upn": str(made.upn),
        }  # fmt: skip

        def answer(urn: int) -> tuple[str, str | None]:
            with pytest.raises(door.CannotTransfer) as refused:
                door.tell_from_outside(asker("officer-admissions", EDUNET), to=urn, expected_on=TODAY, **told)
            return refused.value.message, refused.value.field

        assert answer(BECKSIDE)[1] == "to"
        closing = close(made)
        assert answer(BECKSIDE) == answer(RAVENSGILL) == (transferring.REFUSED["no_such"], "upn")
        door.end_closing(asker(MANAGER, EDUNET), closing.pk)
        assert answer(BECKSIDE)[1] == "to"

    def test_is_no_part_of_whole_numbers(self) -> None:
        """R12: counted now for the school, and counted by the worker for a release."""
        made = child()
        whose = live.Whose(made.establishment_id, frozenset(), TODAY)

        def counted() -> int:
            with transaction.atomic(), visit(asker(HEAD), Permission.VIEW_PUPILS, action="test") as here:
                number = len(live.children(whose, live.EVERYBODY, 2025))
                here.showed()
            return number

        def in_releases() -> bool:
            with as_batch(), connection.cursor() as cursor:
                cursor.execute("SELECT 1 WHERE %s::uuid <> ALL (ARRAY(SELECT portal_closed()))", [str(made.pk)])
                return cursor.fetchone() is not None

        before = counted()
        assert in_releases()
        close(made)
        assert (counted(), in_releases()) == (before - 1, False)
        assert "portal_closed()" in cells.MEASURED

    def test_is_found_by_no_broken_glass(self) -> None:
        made = child()
        close(made)
        assert door.count_exactly(asker(FIONA, EDUNET), child=door.Exactly(made.upn_index)) == 0

    def test_is_in_no_own_group_nor_its_numbers(self) -> None:
        made = child()
        with as_batch():
            group = OwnGroup.objects.create(
                establishment=made.establishment, kind=OwnGroup.Kind.BY_HAND, name="G", name_index="G", made_by_id=0,
                made_by_name="x",
            )  # fmt: skip
            group.members.create(pupil=made, establishment=made.establishment)

        def size() -> int:
            with transaction.atomic(), visit(asker(HEAD), Permission.VIEW_PUPILS, action="test") as here:
                here.showed()
                return value_of("SELECT portal_own_group_size(%s)", group.pk)

        assert size() == 1
        close(made)
        assert size() == 0

    def test_follows_the_child_to_every_record(self) -> None:
        """Another school's record, made later too, is as absent."""
        made = child()
        close(made)
        later = child(RAVENSGILL, child=made.child, upn=made.upn, upn_index=made.upn_index)
        assert page(later, "head-ravensgill") == 404

    def test_is_seen_by_those_named_as_far_as_their_access_goes(self) -> None:
        made = child()
        close(made, named=[person(TEACHER).email, person("governor-beckside").email])
        assert [page(made, slug) for slug in (TEACHER, HEAD, "governor-beckside")] == [200, 404, 403]
        assert (found(TEACHER), found(HEAD)) == (1, 0)

    def test_another_child_is_untouched(self) -> None:
        other = child(forename="Other")
        close(child())
        assert page(other) == 200


class TestItsDays:
    @pytest.mark.parametrize(
        ("from_hours", "to_hours", "agreed", "status"),
        [
            (-1, 1, False, 404),
            (-71.9, 100, False, 404),
            (-72.1, 100, False, 200),
            (-72.1, 100, True, 404),
            (-100, 0.01, True, 404),
            (-100, -0.01, True, 200),
            (0.5, 100, True, 200),
        ],
    )
    def test_closes_from_instant_to_instant(
        self, from_hours: float, to_hours: float, agreed: bool, status: int
    ) -> None:
        made = child()
        closing = close(made)
        now = timezone.now()
        with as_batch():
            Closing.objects.filter(pk=closing.pk).update(
                starts_at=now + timedelta(hours=from_hours), ends_at=now + timedelta(hours=to_hours),
                agreed_by_id=1 if agreed else None, agreed_at=now if agreed else None,
            )  # fmt: skip
        assert page(made) == status

    def test_ended_it_is_there_on_the_next_request(self) -> None:
        """R44."""
        made = child()
        closing = close(made)
        door.end_closing(asker(MANAGER, EDUNET), closing.pk)
        assert (page(made), found()) == (200, 1)

    @pytest.mark.parametrize("days", [-1, 366])
    def test_last_day_is_within_a_year(self, days: int) -> None:
        with pytest.raises(door.CannotClose) as refused:
            close(child(), last_day=TODAY + timedelta(days=days))
        assert refused.value.field == "last_day"

    @given(st.lists(st.tuples(st.integers(-3, 3), st.integers(1, 3), st.booleans()), min_size=1, max_size=4))
    @settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_of_several_any_one_closes(self, several: list[tuple[int, int, bool]]) -> None:
        """R18: whatever the closings of one child, it is absent if and only if one of them runs."""
        made = child()
        now = timezone.now()
        for number, (starts, length, agreed) in enumerate(several):
            closing = close(made)
            first = now + timedelta(days=starts, hours=1)
            with as_batch():
                Closing.objects.filter(pk=closing.pk).update(
                    starts_at=first, ends_at=first + timedelta(days=length), asked_by_id=10**6 + number,
                    agreed_by_id=1 if agreed else None, agreed_at=now if agreed else None,
                )  # fmt: skip
        runs = any(
            starts < 0 and starts + length >= 0 and (agreed or starts >= -3) for starts, length, agreed in several
        )
        assert (page(made) == 404) is runs


class TestTwoPeople:
    def test_the_head_agrees_where_told(self) -> None:
        closing = close(child())
        assert b"1 closed record to agree to" in client(HEAD).get("/").content
        assert NAME not in client(HEAD).get(f"/establishments/{BECKSIDE}/closed-records/").content.decode()
        assert [one.reason for one in door.list_closings_here(asker(HEAD), BECKSIDE).closings] == [""]
        door.agree_closing_here(asker(HEAD), BECKSIDE, closing.pk)
        with as_batch():
            closing.refresh_from_db()
        assert closing.agreed_by_name == person(HEAD).name

    @pytest.mark.parametrize("over", ["ends_at", "ended_at"])
    def test_nobody_is_asked_any_more_once_it_is_over(self, over: str) -> None:
        closing, other = close(child()), client(second_manager(), EDUNET)
        assert b"closed child to agree to" in other.get("/").content
        with as_batch():
            now, hour = timezone.now(), timedelta(hours=1)
            Closing.objects.filter(pk=closing.pk).update(starts_at=now - 2 * hour, **{over: now - hour})
        assert b"closed record to agree to" not in client(HEAD).get("/").content
        assert b"closed child to agree to" not in other.get("/").content

    def test_nothing_shows_where_the_head_must_not_learn(self) -> None:
        """R18: not even a gap in the numbers."""
        shown = client(HEAD).get("/").content
        closing = close(child(), head_barred=True)
        assert b"closed record" not in shown + client(HEAD).get("/").content
        page_of = client(HEAD).get(f"/establishments/{BECKSIDE}/closed-records/").content
        assert b"There is no closed record" in page_of
        with pytest.raises(NoSuchRecord):
            door.agree_closing_here(asker(HEAD), BECKSIDE, closing.pk)

    def test_nobody_agrees_to_their_own(self) -> None:
        closing = close(child())
        for slug, may_agree in ((MANAGER, False), (second_manager(), True)):
            assert door.list_closings(asker(slug, EDUNET)).closings.rows[0].may_agree == may_agree
        with pytest.raises(NoSuchRecord):
            door.agree_closing(asker(MANAGER, EDUNET), closing.pk)

    def test_whoever_comes_after_the_second_person_agrees_to_nothing(self) -> None:
        closing = close(child())
        door.agree_closing(asker(second_manager(), EDUNET), closing.pk)
        with pytest.raises(NoSuchRecord):
            door.agree_closing_here(asker(HEAD), BECKSIDE, closing.pk)

    @pytest.mark.parametrize("slug", ["deputy-beckside", "head-ravensgill"])
    def test_no_other_at_a_school_is_told(self, slug: str) -> None:
        closing = close(child())
        assert b"closed record" not in client(slug).get("/").content
        with pytest.raises(NoSuchRecord if slug.startswith("deputy") else NotYourEstablishment):
            door.agree_closing_here(asker(slug), BECKSIDE, closing.pk)

    def test_below_level_1_nobody_agrees(self) -> None:
        with pytest.raises(NotAtYourLevel):
            door.agree_closing_here(asker(TEACHER), BECKSIDE, close(child()).pk)

    @pytest.mark.parametrize("slug", ["officer-data", FIONA])
    def test_other_officers_close_nothing(self, slug: str) -> None:
        with pytest.raises(NotAtYourLevel):
            door.list_closings(asker(slug, EDUNET))
        with transaction.atomic(), visit(asker(slug, EDUNET), Permission.VIEW_PUPILS, action="test") as here:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT sharing_close_child(%s, '{}', 'x', 'court', 'x', false, now() + '1 day', 'x', '{}')",
                    [child().upn_index],
                )
                assert cursor.fetchone() == (None,)
            here.showed()

    def test_the_ledger_tells_and_names_no_child(self) -> None:
        """R43."""
        made = child()
        close(made)
        with as_batch():
            row = LedgerEntry.objects.filter(action="close_child").latest("pk")
        assert (row.outcome, row.about["basis"], row.about["named"]) == ("changed", "court", 0)
        assert str(made.pk) not in str(row.about)

    def test_a_child_who_is_not_known_is_in_the_ledger_without_the_upn(self) -> None:
        """R43: whoever tries out UPNs here leaves a trace each time, which does not say whose."""
        upn_key = blind_index("X111111111111")
        typed = {"upn_key": upn_key, "named": [], "authoriser": "x", "basis": "court", "reason": "x"}
        for last_day in (TODAY, TODAY + timedelta(days=1)):
            with pytest.raises(door.CannotClose, match="No child is known"):
                door.close_child(asker(MANAGER, EDUNET), **typed, head_barred=False, last_day=last_day)
        with as_batch():
            rows = LedgerEntry.objects.filter(action="close_child", person_id=person(MANAGER).pk)
            assert [(row.outcome, row.about) for row in rows] == [("refused", {"why": "NotClosed"})] * 2


class TestInTheBrowser:
    def test_a_child_is_closed_and_opened_again(self) -> None:
        made = child()
        browser = client(MANAGER, EDUNET)
        typed = {
            "upn": made.upn, "named": person(TEACHER).email, "authoriser": "Director", "basis": "witness",
            "reason": "x", "last_day": (TODAY + timedelta(days=9)).strftime("%d/%m/%Y"), "sure": "on",
        }  # fmt: skip
        assert browser.post("/closed-children/close/", typed | {"named": "no@body.example"}).status_code == 422
        unclear = browser.post("/closed-children/close/", typed | {"named": "fine@body.example, oops"})
        assert "“fine@body.example,” is not an email address." in unclear.content.decode()
        done = browser.post("/closed-children/close/", typed, follow=True).content.decode()
        assert "The child is closed" in done
        assert NAME not in done
        assert (page(made), page(made, TEACHER)) == (404, 200)
        with as_batch():
            number = Closing.objects.latest("pk").pk
        assert browser.post(f"/closed-children/{number}/agree/").status_code == 404
        assert "Do this only when Director has said so." in browser.get("/closed-children/").content.decode()
        browser.post(f"/closed-children/{number}/end/")
        assert page(made) == 200
        assert "No child is known" in self.unknown(browser, typed)

    def unknown(self, browser: object, typed: dict[str, str]) -> str:
        return browser.post("/closed-children/close/", typed | {"upn": make_upn(382, 2999, 2019, 1)}).content.decode()  # type: ignore[attr-defined]
