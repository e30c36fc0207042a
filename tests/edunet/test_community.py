"""What makes the community, kept on EduNet: listed types and children's centres (R4, A2)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from access_register import daily, grants
from access_register.models import RegisterLine
from sharing import door
from sharing.authorise import NoSuchRecord, NotAtYourLevel, Permission, visit
from sharing.demo.places import AMBERSTONE, BECKSIDE
from sharing.imports import ending, gias, listed_types
from sharing.imports.gias_reader import GiasEstablishment
from sharing.models import Enrolment, Establishment, LedgerEntry, ListedType, Locality, Participation
from tests import factories
from tests.locks.attempts import Holes
from tests.locks.switches import rows, run_as_owner
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client

pytestmark = pytest.mark.django_db
MANAGER = "officer-information"
OTHERS = ["officer-admissions", "officer-data", "officer-school-improvement", "officer-no-duty"]
CENTRE = {
    "name": "Millrace Children’s Centre", "street": "1 Mill Race", "town": "Skelbrook", "postcode": "BD0 2DE",
    "telephone": "", "manager": "Centre manager",
}  # fmt: skip
UTC = 40


def a_utc(urn: int = 960001, **facts: object) -> Establishment:
    today = timezone.localdate()
    with as_batch():
        return Establishment.objects.create(
            **{"urn": urn, "la_code": 380, "name": f"Invented College {urn}", "kind": "", "type_code": UTC,
               "status_code": 1, "source": "a test", "as_of": today} | facts
        )  # fmt: skip


def listed(**changed: object) -> None:
    facts = {"type_code": UTC, "kind": "secondary", "reason": "Agreed in June", "decided_on": timezone.localdate()}
    door.list_type(asker(MANAGER, EDUNET), **(facts | changed))


def takes_part(place: Establishment) -> bool:
    return Establishment.objects.participating(timezone.localdate()).filter(pk=place.pk).exists()


class TestTypes:
    def test_a_type_counts_once_it_is_on_record_and_not_before(self) -> None:
        """A2, R4: open ones of the authority take part; the closed, the excluded and those elsewhere do not."""
        here, closed, elsewhere, excluded = (
            a_utc(), a_utc(960002, status_code=2), a_utc(960003, la_code=381), a_utc(960004),
        )  # fmt: skip
        today = timezone.localdate()
        with as_batch():
            Participation.objects.create(
                establishment=excluded, starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1)
            )
        assert not takes_part(here)
        listed()
        assert takes_part(here)
        assert not any(takes_part(place) for place in (closed, elsewhere, excluded))
        here.refresh_from_db()
        assert here.kind == "secondary"
        page = door.show_community(asker(MANAGER, EDUNET))
        (on_record,) = page.types
        assert (on_record.name, on_record.kind, on_record.reason) == (
            "University technical college", "Secondary school", "Agreed in June",
        )  # fmt: skip
        assert UTC not in dict(page.may_be_listed)
        with as_batch():
            entry = LedgerEntry.objects.filter(action="list_type").latest("id")
        assert (entry.outcome, entry.about["type"]) == ("changed", UTC)

    def test_how_many_there_are_of_a_kind_leaves_out_those_that_have_closed(self) -> None:
        """R4: the number for a kind grew with every school that became an academy."""
        manager, today = asker(MANAGER, EDUNET), timezone.localdate()

        def primaries() -> int:
            kinds = {kind.name: kind.establishments for kind in door.show_community(manager).kinds}
            return kinds["Primary school"]

        before = primaries()
        closing = Establishment.objects.filter(urn=BECKSIDE)
        with as_batch():
            closing.update(close_date=today)
        assert primaries() == before
        with as_batch():
            closing.update(close_date=today - timedelta(days=1), status_code=2)
        assert primaries() == before - 1

    def test_the_import_of_the_national_register_keeps_to_it(self) -> None:
        """A2."""
        listed()
        added = dict(ListedType.objects.values_list("type_code", "kind"))
        row = GiasEstablishment.__new__(GiasEstablishment)
        for name in (*GiasEstablishment.__dataclass_fields__,):
            object.__setattr__(row, name, None)
        for code, kind in ((UTC, "secondary"), (18, ""), (14, "pru"), (11, "")):
            object.__setattr__(row, "type_code", code)
            assert gias._facts(row, added)["kind"] == kind

    def test_what_does_not_fit_is_refused(self) -> None:
        for wrong in ({"type_code": 11}, {"kind": "childrens_centre"}, {"kind": ""}):
            with pytest.raises(door.CannotKeep, match="may be listed"):
                listed(**wrong)
        with pytest.raises(door.CannotKeep, match="must not be in the future"):
            listed(decided_on=timezone.localdate() + timedelta(days=1))
        listed()
        with pytest.raises(door.CannotKeep, match="already"):
            listed()

    def test_it_comes_off_the_list_from_a_day(self) -> None:
        """A2, R16: its establishments are shown first, take part to the last day, and are of no kind after it."""
        place, today = a_utc(), timezone.localdate()
        listed()
        manager, last = asker(MANAGER, EDUNET), today + timedelta(days=9)
        (shown,) = door.show_ending_type(manager, UTC).places
        assert (shown.urn, shown.takes_part) == (place.urn, True)
        for wrong in (today - timedelta(days=1), today + timedelta(days=367)):
            with pytest.raises(door.CannotKeep, match="last day"):
                door.end_type(manager, UTC, last_day=wrong, reason="x")
        door.end_type(manager, UTC, last_day=last, reason="Agreed in July")
        with pytest.raises(door.CannotKeep, match="already"):
            listed()
        for day, takes in ((last, True), (last + timedelta(days=1), False)):
            assert Establishment.objects.participating(day).filter(pk=place.pk).exists() is takes
            with as_batch():
                assert bool(list(listed_types.let_go(day))) is not takes
        with as_batch():
            assert not list(listed_types.let_go(last + timedelta(days=1)))
            assert grants.drift(today) == (set(), set())
        place.refresh_from_db()
        assert place.kind == ""

    @pytest.mark.parametrize("then", [3, 30])
    def test_another_last_day_until_it_is_over(self, then: int) -> None:
        """A2: sooner or later, for all that took part until the day before it; who has left stays away (R16)."""
        place, left, today = a_utc(), a_utc(960002), timezone.localdate()
        listed()
        with as_batch():
            Participation.objects.filter(establishment=left).update(ends_on=today, ended_because="Excluded itself")
        manager = asker(MANAGER, EDUNET)
        for last in (today + timedelta(days=9), today + timedelta(days=then)):
            door.end_type(manager, UTC, last_day=last, reason="x")
            assert door.show_ending_type(manager, UTC).type.ends_on == last
            (part,) = Participation.objects.filter(establishment=place)
            assert part.ends_on == last
            assert Participation.objects.get(establishment=left).ends_on == today
        with as_batch():
            before = LedgerEntry.objects.filter(action="end_type").order_by("-pk")[0].about["before"]
            assert before == str(today + timedelta(days=9))
            ListedType.objects.update(ends_on=today - timedelta(days=1))
        with pytest.raises(NoSuchRecord):
            door.show_ending_type(manager, UTC)
        with pytest.raises(door.CannotKeep, match="is over"):
            door.end_type(manager, UTC, last_day=today, reason="x")

    def test_it_can_be_listed_again(self) -> None:
        """What the type ended comes back; who excluded themselves does not (R16)."""
        place, excluded, today = a_utc(), a_utc(960002), timezone.localdate()
        listed()
        with as_batch():
            Participation.objects.filter(establishment=excluded).update(ends_on=today, ended_because="Excluded itself")
        door.end_type(asker(MANAGER, EDUNET), UTC, last_day=today, reason="x")
        yesterday = today - timedelta(days=1)
        with as_batch():
            ListedType.objects.update(ends_on=yesterday)
            Participation.objects.filter(establishment__in=[place, excluded]).update(
                starts_on=yesterday, ends_on=yesterday
            )
            list(listed_types.let_go(today))
        listed()
        assert (takes_part(place), takes_part(excluded)) == (True, False)

    def test_the_national_register_brings_in_no_more_of_a_type_that_ends(self) -> None:
        listed()
        door.end_type(asker(MANAGER, EDUNET), UTC, last_day=timezone.localdate(), reason="x")
        late, report = a_utc(960005, kind="secondary"), gias.GiasReport()
        with as_batch():
            gias._follow_status({late.urn: late}, timezone.localdate(), report)
        assert not takes_part(late)
        assert report.joined == []


class TestCentres:
    def test_a_centre_is_entered_with_its_locality_and_takes_part(self) -> None:
        """R4, A11: its number is none of the national register's."""
        locality = Locality.objects.first()
        today = timezone.localdate()
        urn = door.add_centre(asker(MANAGER, EDUNET), **CENTRE, locality=locality.pk, starts_on=today)
        assert urn >= 900000
        page = door.show_establishment(asker("officer-no-duty", EDUNET), urn).establishment
        assert (page.name, page.kind, page.locality) == (CENTRE["name"], "Children's centre", locality.name)
        assert page.participation == "Takes part"
        assert urn in {centre.urn for centre in door.show_community(asker(MANAGER, EDUNET)).centres}
        assert urn in {place.urn for place in door.show_locality(asker(MANAGER, EDUNET), locality.pk).establishments}
        next_one = CENTRE | {"name": "Another Children’s Centre"}
        later = today + timedelta(days=1)
        assert door.add_centre(asker(MANAGER, EDUNET), **next_one, locality=None, starts_on=later) == urn + 1
        assert not takes_part(Establishment.objects.get(urn=urn + 1))
        with pytest.raises(door.CannotKeep, match="this name"):
            door.add_centre(asker(MANAGER, EDUNET), **CENTRE, locality=None, starts_on=today)

    def test_a_first_day_far_ahead_is_refused_while_it_can_be_corrected(self) -> None:
        """R4: such a centre could not be closed for years, nor entered again under its name."""
        browser, today = client(MANAGER, EDUNET), timezone.localdate()
        far = CENTRE | {"locality": "", "starts_on": f"1/9/{today.year + 36}"}
        refused = browser.post("/community/centres/add/", far)
        assert refused.status_code == 422
        assert "The first day must not be more than a year ahead." in refused.content.decode()
        entered = browser.post(
            "/community/centres/add/", far | {"starts_on": f"{today + timedelta(days=366):%d/%m/%Y}"}
        )
        assert entered.status_code == 302

    def test_a_centre_closes_and_all_that_follows(self) -> None:
        """R5, R44, A2: open and taking part to the last day; the night after it, as an establishment that is ended."""
        manager, today = asker(MANAGER, EDUNET), timezone.localdate()
        last, night = today + timedelta(days=9), today + timedelta(days=10)
        child = factories.pupil(AMBERSTONE, surname="Zzyxcentre")
        factories.enrolment(child, today - timedelta(days=50))
        place = child.establishment
        door.close_centre(manager, AMBERSTONE, last_day=today)
        door.close_centre(manager, AMBERSTONE, last_day=last)
        assert door.show_closing_centre(manager, AMBERSTONE).last_day == last
        (line,) = [centre for centre in door.show_community(manager).centres if centre.urn == AMBERSTONE]
        assert (line.last_day, line.may_be_closed) == (last, True)
        with as_batch():
            assert not list(ending.end_closed_centres(last))
            assert Establishment.objects.participating(last).filter(pk=place.pk).exists()
            (said,) = ending.end_closed_centres(night)
            assert not list(ending.end_closed_centres(night))
            assert not Establishment.objects.participating(night).filter(pk=place.pk).exists()
            assert not RegisterLine.objects.live_on(night).filter(establishment=place).exists()
            assert Enrolment.objects.get(pupil=child).ends_on == last
            entry = LedgerEntry.objects.filter(action="end_establishment").latest("id")
        assert (entry.urn, "Amberstone Children's Centre" in said) == (AMBERSTONE, True)
        place.refresh_from_db()
        assert (place.status_code, place.close_date) == (2, last)

    def test_it_does_not_take_part_again_after_a_suspension_that_it_did_not_see_the_end_of(self) -> None:
        """R16, R41, A2."""
        last = timezone.localdate()
        night, later = last + timedelta(days=1), last + timedelta(days=14)
        place = Establishment.objects.get(urn=AMBERSTONE)
        with as_batch():
            Establishment.objects.filter(pk=place.pk).update(close_date=last)
            Participation.objects.filter(establishment=place).update(ends_on=last - timedelta(days=1))
            Participation.objects.create(establishment=place, starts_on=later)
            assert list(ending.end_closed_centres(night))
            assert not Establishment.objects.participating(later).filter(pk=place.pk).exists()

    def test_the_night_closes_it_and_its_name_is_free_again(self) -> None:
        manager, today = asker(MANAGER, EDUNET), timezone.localdate()
        urn = door.add_centre(manager, **CENTRE, locality=None, starts_on=today - timedelta(days=9))
        with as_batch():
            Establishment.objects.filter(urn=urn).update(close_date=today - timedelta(days=1))
        assert any("Millrace" in said for said in daily.run(today).done)
        told = {"last_day": f"{today - timedelta(days=1)}", "took_part": True}
        with as_batch():  # R43: also of a centre with nobody on its roll or its register
            assert LedgerEntry.objects.get(action="shut_centre", urn=urn).about == told
        with pytest.raises(NoSuchRecord):
            door.show_closing_centre(manager, urn)
        assert door.add_centre(manager, **CENTRE, locality=None, starts_on=today) == urn + 1

    def test_what_is_no_open_centre_is_not_closed(self) -> None:
        manager, today = asker(MANAGER, EDUNET), timezone.localdate()
        later = door.add_centre(manager, **CENTRE, locality=None, starts_on=today + timedelta(days=9))
        for urn, day, words in (
            (BECKSIDE, today, "must not be closed"),
            (later, today, "must have opened by then"),
            (later, today - timedelta(days=1), "more than a year ahead"),
            (later, today + timedelta(days=367), "more than a year ahead"),
        ):
            with pytest.raises(door.CannotKeep, match=words):
                door.close_centre(manager, urn, last_day=day)
        for urn in (BECKSIDE, 100001):
            with pytest.raises(NoSuchRecord):
                door.show_closing_centre(manager, urn)


class TestWho:
    @pytest.mark.parametrize("slug", OTHERS)
    def test_other_officers_do_not(self, slug: str) -> None:
        with pytest.raises(NotAtYourLevel):
            door.show_community(asker(slug, EDUNET))
        with pytest.raises(NotAtYourLevel):
            door.add_centre(asker(slug, EDUNET), **CENTRE, locality=None, starts_on=timezone.localdate())
        with pytest.raises(NotAtYourLevel):
            door.show_closing_centre(asker(slug, EDUNET), AMBERSTONE)
        with pytest.raises(NotAtYourLevel):
            door.close_centre(asker(slug, EDUNET), AMBERSTONE, last_day=timezone.localdate())
        with pytest.raises(NotAtYourLevel):
            door.show_reopening_centre(asker(slug, EDUNET), AMBERSTONE)
        with pytest.raises(NotAtYourLevel):
            door.reopen_centre(asker(slug, EDUNET), AMBERSTONE, because="")
        for path in ("", "types/add/", "centres/add/", f"centres/{AMBERSTONE}/close/", f"centres/{AMBERSTONE}/open/"):
            assert client(slug, EDUNET).get(f"/community/{path}").status_code == 403

    def test_the_database_asks_by_itself(self) -> None:
        """With the door forgotten."""
        assert _holes() == set()

    @pytest.mark.parametrize(
        "weakened",
        [
            "sharing_list_type",
            "sharing_end_type",
            "sharing_add_centre",
            "sharing_close_centre",
            "sharing_reopen_centre",
            "sharing_listedtype",
        ],
    )
    def test_a_weaker_database_is_noticed(self, weakened: str) -> None:
        found = rows("SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = %s", weakened)
        if found:
            ((source,),) = found
            asks = "NOT sharing_manages_duties()"
            assert asks in source
            run_as_owner(source.replace(asks, "false"))
        else:
            run_as_owner(f"GRANT INSERT, UPDATE, DELETE ON {weakened} TO portal_app")
        assert _holes()

    def test_in_the_browser(self) -> None:
        browser, today = client(MANAGER, EDUNET), f"{timezone.localdate():%d/%m/%Y}"
        assert browser.get("/community/?sort=ks2").status_code == 422
        assert browser.post("/community/types/add/", {"reason": ""}).status_code == 422
        asked = {"type_code": UTC, "kind": "secondary", "reason": "Agreed", "decided_on": today}
        assert b"University technical college, as" in browser.post("/community/types/add/", asked, follow=True).content
        assert browser.post("/community/types/add/", asked).status_code == 422
        ending = f"/community/types/{UTC}/end/"
        assert b"What happens" in browser.get(ending).content
        assert browser.post(ending, {"last_day": today, "reason": "Agreed", "sure": ""}).status_code == 422
        done = browser.post(ending, {"last_day": today, "reason": "Agreed", "sure": "on"}, follow=True)
        assert b"Counts until" in done.content
        assert b"Change the last day of a type" in browser.get(ending).content
        entered = browser.post("/community/centres/add/", CENTRE | {"locality": "", "starts_on": today}, follow=True)
        assert CENTRE["name"] in entered.content.decode()
        assert browser.post("/community/centres/add/", {"name": ""}).status_code == 422
        closing = f"/community/centres/{AMBERSTONE}/close/"
        assert closing in browser.get("/community/").content.decode()
        assert b"What happens" in browser.get(closing).content
        assert browser.post(closing, {"last_day": today}).status_code == 422
        assert browser.post(closing, {"last_day": "1/1/2001", "sure": "on"}).status_code == 422
        for _ in range(2):
            done = browser.post(closing, {"last_day": today, "sure": "on"}, follow=True)
            assert "Centre is recorded." in done.content.decode()
        assert browser.get(f"/community/centres/{BECKSIDE}/close/").status_code == 404
        opening = f"/community/centres/{AMBERSTONE}/open/"
        assert opening in browser.get("/community/").text
        assert browser.post(opening, {"reason": ""}).status_code == 422
        assert "is open, without a last day" in browser.post(opening, {"reason": "A mistake"}, follow=True).text
        assert browser.get(opening).status_code == 404


def _holes() -> set[str]:
    """What the database lets people add to the community that they must not."""
    tries = {
        "type": "SELECT sharing_list_type(40, 'secondary', 380, 2, '', CURRENT_DATE, '') = ''",
        "centre": "SELECT sharing_add_centre('x', 380, '', '', '', '', '', NULL, CURRENT_DATE, '') IS NOT NULL",
        "close": f"SELECT sharing_close_centre({AMBERSTONE}, CURRENT_DATE) = ''",
        "reopen": f"SELECT sharing_reopen_centre({AMBERSTONE}) = ''",
        "end": "SELECT sharing_end_type(41, CURRENT_DATE, '', '') = ''",
        "row": "INSERT INTO sharing_listedtype (type_code, kind, reason, decided_on, recorded_by_name, recorded_at) "
        "VALUES (40, 'secondary', '', CURRENT_DATE, '', now()) RETURNING true",
    }
    holes, later = Holes(), timezone.localdate() + timedelta(days=1)
    with as_batch():
        Establishment.objects.filter(urn=AMBERSTONE).update(close_date=later)
        ListedType.objects.get_or_create(
            type_code=41, defaults={"kind": "secondary", "decided_on": timezone.localdate(), "reason": "x"}
        )
    everyone = [*((slug, EDUNET) for slug in OTHERS), ("head-beckside", SCHOOLS_ONLINE), (MANAGER, SCHOOLS_ONLINE)]
    for slug, through in everyone:
        with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
            here.showed()
            for name, statement in tries.items():
                holes.attempt(f"{name} by {slug}", lambda statement=statement: rows(statement) == [(True,)])
    return holes.found


def test_schools_that_closed_before_they_could_take_part_are_in_no_list() -> None:
    """R4: the national register keeps them for decades. Who took part and has closed stays; nobody places it."""
    officer, manager = client("officer-data", EDUNET), client(MANAGER, EDUNET)
    outside = manager.get("/localities/").context["found"].outside
    gone, former = (a_utc(960000 + n, kind="secondary", status_code=2, name=f"Millgate School {n}") for n in (1, 2))
    with as_batch():
        year = timedelta(days=365)
        today = timezone.localdate()
        Participation.objects.create(establishment=former, starts_on=today - 2 * year, ends_on=today - year)
        grants.rebuild(today)
    for page in ("/?find=Millgate", "/establishments/?named=Millgate", "/returns/?page=1"):
        assert gone.name not in officer.get(page).content.decode()
    assert former.name in officer.get("/establishments/?named=Millgate").content.decode()
    assert manager.get("/localities/").context["found"].outside == outside
    across = door.show_returns_across(asker("officer-data", EDUNET))
    assert gone.urn not in {line.urn for line in across.page}
