"""Taking part in the protocol: leaving at once, coming back by accepting again, who answers for it (P6, R4, R16)."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from access_register.models import ParticipationStep, Person, ProtocolVersion, RegisterLine, ResponsiblePerson
from access_register.participation import participation
from access_register.protocol import versions
from access_register.register import register
from access_register.register.register import Entry
from access_register.register.rules import CannotChange
from sharing import door
from sharing.authorise import NeedsConfirmation, NoSuchRecord, NotAtYourLevel
from sharing.authorise.holdings import Holdings
from sharing.dates import covers
from sharing.days import day_in_words
from sharing.door.support import NewOffer
from sharing.models import Establishment, LedgerEntry, Participation
from sharing.models.establishments import CLOSED
from tests.access_register.breaches import against_establishment, decide
from tests.confidential.items import consent, item
from tests.people import EDUNET, as_batch, asker, client, person
from tests.threads import at_once, in_turn, race, until_waiting

BECKSIDE, RAVENSGILL, LARKROYD = 999002, 999003, 999004
HEAD, DEPUTY, TEACHER, NEIGHBOUR, OFFICER = (
    "head-beckside", "deputy-beckside", "teacher-beckside", "head-ravensgill", "officer-no-duty",
)  # fmt: skip


def text() -> int:
    return ProtocolVersion.objects.in_force_on(timezone.localdate()).get().pk


def leave(slug: str = HEAD, urn: int = BECKSIDE) -> None:
    participation.leave_protocol(asker(slug), urn, because="A test")


def join(slug: str = HEAD, urn: int = BECKSIDE) -> None:
    participation.join_protocol(asker(slug), urn, version_id=text())


def stretches(urn: int = BECKSIDE) -> list[tuple[int, int | None]]:
    """(first day, last day) of each, counted from today."""
    today = timezone.localdate()
    rows = Participation.objects.filter(establishment__urn=urn).order_by("starts_on")
    return [((row.starts_on - today).days, row.ends_on and (row.ends_on - today).days) for row in rows]


def takes_part(urn: int = BECKSIDE) -> bool:
    return Establishment.objects.participating(timezone.localdate()).filter(urn=urn).exists()


@pytest.mark.django_db
class TestLeaving:
    def why(self, *who) -> str:
        """What the foot of the list says (R45)."""
        return door.list_establishments(asker(*who)).why.reason

    def test_acts_at_the_next_request_of_everybody_signed_in(self) -> None:
        """R16, R17, R44: shared data goes in both directions; what is one's own, transfers and guidance stay."""
        teacher, neighbour, officer = client(TEACHER), client(NEIGHBOUR), client(OFFICER, EDUNET)
        theirs, ours = f"/establishments/{RAVENSGILL}/", f"/establishments/{BECKSIDE}/"
        assert (teacher.get(theirs).status_code, neighbour.get(ours).status_code) == (200, 200)
        assert self.why(TEACHER).startswith("Participating establishments share")
        leave()
        for browser, gone in ((teacher, theirs), (neighbour, ours)):
            for page in ("", "key-data/", "statistics/", "reports/"):
                assert browser.get(f"{gone}{page}").status_code == 404, page
        for page in ("", "pupils/", "transfers/", "key-data/", "dashboard/"):
            assert teacher.get(f"{ours}{page}").status_code == 200, page
        assert teacher.get("/guidance/leaving-and-rejoining/").status_code == 200
        assert officer.get(ours).status_code == 200
        assert [line.urn for line in door.list_establishments(asker(TEACHER)).page] == [BECKSIDE]
        assert self.why(TEACHER).startswith("Level 2 here")
        assert self.why(OFFICER, EDUNET).startswith("Officer of the Education Department")
        with as_batch():
            row = LedgerEntry.objects.filter(action="leave_protocol").latest("pk")
        assert (row.outcome, row.urn, row.person_name) == ("changed", BECKSIDE, person(HEAD).name)

    @pytest.mark.parametrize("step", [leave, join])
    def test_is_the_heads_alone(self, step) -> None:
        """R16, R35: another Level 1, a teacher and another school's head are refused, by the database too."""
        with pytest.raises(NotAtYourLevel):
            step(DEPUTY)
        for slug in (DEPUTY, TEACHER, NEIGHBOUR, "head-larkroyd"):
            place = Establishment.objects.get(urn=BECKSIDE).pk
            with transaction.atomic(), connection.cursor() as cursor:
                Holdings.announced(asker(slug))
                cursor.execute("SELECT access_register_leave_protocol(%s, '', '')", [place])
                assert cursor.fetchone() == ("not_yours",)
                cursor.execute("SELECT access_register_join_protocol(%s, %s, '')", [place, text()])
                assert cursor.fetchone() == ("not_yours",)
        assert takes_part()

    @pytest.mark.parametrize("statement", [
        "INSERT INTO sharing_participation (establishment_id, starts_on, ended_because) SELECT id, '2000-01-01', '' "
        "FROM sharing_establishment LIMIT 1",
        "UPDATE sharing_participation SET ends_on = NULL",
        "DELETE FROM sharing_participation",
        "UPDATE access_register_responsibleperson SET name = 'Other'",
        "DELETE FROM access_register_responsibleperson",
    ])  # fmt: skip
    def test_the_application_writes_no_participation_itself(self, statement: str) -> None:
        """R16: the functions are the one way; who answered for the protocol stays on file."""
        with transaction.atomic(), connection.cursor() as cursor:
            Holdings.announced(asker(HEAD))
            with pytest.raises(Error), transaction.atomic():
                cursor.execute(statement)

    def test_asks_once_more_who_it_is(self) -> None:
        """R13."""
        with pytest.raises(NeedsConfirmation):
            participation.leave_protocol(replace(asker(HEAD), confirmed_lately=False), BECKSIDE)
        assert takes_part()

    def test_the_page_says_beforehand_what_happens(self) -> None:
        """R16: nothing happens without the tick."""
        head = client(HEAD)
        page = head.get(f"/establishments/{BECKSIDE}/participation/leave/").content.decode()
        assert all(words in page for words in ("What your people lose", "What the others lose", "What stays"))
        assert head.post(f"/establishments/{BECKSIDE}/participation/leave/", {"because": ""}).status_code == 422
        assert takes_part()
        said = head.post(f"/establishments/{BECKSIDE}/participation/leave/", {"because": "", "sure": "on"}, follow=True)
        assert "You have left the protocol." in said.text
        assert not takes_part()

    def test_the_page_counts_what_is_in_force_here_today(self) -> None:
        """R16, R27: not what has ended, is withdrawn or has yet to begin, nor what another establishment has."""
        before = participation.show_consequences(asker(HEAD), BECKSIDE)
        consent(item(RAVENSGILL))
        for facts in ({}, {"until": -1}, {"from_day": 1}, {"withdrawn_at": timezone.now()}):
            consent(item(BECKSIDE, **facts), **facts)
        after = participation.show_consequences(asker(HEAD), BECKSIDE)
        assert (after.items - before.items, after.consents - before.consents) == (1, 1)


@pytest.mark.django_db
class TestComingBack:
    def test_restores_nothing_before_each_has_accepted_again(self) -> None:
        """R16, R19: live sessions are led to the protocol; the head has accepted by signing up."""
        teacher, head = client(TEACHER), client(HEAD)
        leave()
        assert not takes_part()
        join()
        assert takes_part()
        assert teacher.get(f"/establishments/{BECKSIDE}/")["location"].startswith("/protocol/accept/")
        assert head.get(f"/establishments/{RAVENSGILL}/").status_code == 200
        assert client(NEIGHBOUR).get(f"/establishments/{BECKSIDE}/").status_code == 200
        teacher.post("/protocol/accept/", {"version": text(), "accept": "on"})
        assert teacher.get(f"/establishments/{RAVENSGILL}/").status_code == 200
        page = participation.show_participation(asker(HEAD), BECKSIDE)
        assert [step.words for step in page.steps] == ["Signed up to the protocol", "Left the protocol"]
        assert page.steps[0].version
        (again,) = [
            line for of_kind in participation.list_participants(asker(HEAD)).kinds for line in of_kind.lines
            if line.urn == BECKSIDE
        ]  # fmt: skip
        assert (again.out_since, again.status) == (None, "")

    def test_opens_again_what_still_stands_as_the_pages_say(self) -> None:
        """R16, R17, R27: offers of support and consents; the head withdraws first what must not come back."""
        until = timezone.localdate() + timedelta(days=60)
        wish = NewOffer("eal", "We talk.", "Everybody", "Ask here.", until)
        offer = door.publish_offer(asker(HEAD), BECKSIDE, wish=wish)
        request = door.ask_for_support(asker(NEIGHBOUR), RAVENSGILL, offer, words="May we come?")
        told = client(HEAD).get(f"/establishments/{BECKSIDE}/participation/leave/").content.decode()
        guidance = client(HEAD).get("/guidance/leaving-and-rejoining/").content.decode()
        leave()
        with pytest.raises(NoSuchRecord):
            door.show_support_request(asker(NEIGHBOUR), RAVENSGILL, request)
        signing_up = client(HEAD).get(f"/establishments/{BECKSIDE}/participation/sign-up/").content.decode()
        join()
        assert door.show_support_request(asker(NEIGHBOUR), RAVENSGILL, request).words == "May we come?"
        assert offer in [one.id for one in door.show_support(asker(NEIGHBOUR), BECKSIDE).offers]
        for page in (told, guidance):
            assert "open again from that day" in page
            assert "what you and others have asked of each other" in page
        assert all("offers of support" in page for page in (told, guidance, signing_up))

    def test_needs_the_text_in_force(self) -> None:
        """R16, R42."""
        with pytest.raises(CannotChange, match="changed in the meantime"):
            participation.join_protocol(asker("head-larkroyd"), LARKROYD, version_id=text() + 99)
        assert not takes_part(LARKROYD)

    @pytest.mark.parametrize(("began", "steps", "left"), [
        (-90, [leave], [(-90, -1)]),
        (-90, [leave, join], [(-90, -1), (0, None)]),
        (-90, [leave, join, leave], [(-90, -1)]),
        (-90, [leave, join, leave, join], [(-90, -1), (0, None)]),
        (0, [leave], [(-1, -1)]),
        (0, [leave, join], [(-1, -1), (0, None)]),
    ])  # fmt: skip
    def test_any_number_of_times_on_one_day(self, began: int, steps: Sequence, left: list) -> None:
        """R16: no day is in two stretches; who has left once has a stretch to show for it, so that no import brings
        them back."""
        with as_batch():
            days = {"starts_on": timezone.localdate() + timedelta(days=began), "ends_on": None}
            Participation.objects.filter(establishment__urn=BECKSIDE).update(**days)
        for step in steps:
            step()
        assert stretches() == left
        assert takes_part() == (steps[-1] is join)
        with as_batch():
            assert ParticipationStep.objects.filter(establishment__urn=BECKSIDE).count() == len(steps)

    def test_twice_is_refused(self) -> None:
        with pytest.raises(CannotChange, match="already takes part"):
            join()
        leave()
        with pytest.raises(CannotChange, match="takes no part"):
            leave()


def test_of_two_at_once_one_is_second(own_database: None) -> None:
    """R16: two windows of one head; one stretch, one step."""
    outcomes = at_once(*[lambda: join("head-larkroyd", LARKROYD)] * 3)
    assert sorted(getattr(ended, "message", "done") for ended in outcomes) == [
        "This establishment already takes part.",
        "This establishment already takes part.",
        "done",
    ]
    with as_batch():
        assert Participation.objects.filter(covers(timezone.localdate()), establishment__urn=LARKROYD).count() == 1
        assert ParticipationStep.objects.filter(establishment__urn=LARKROYD).count() == 1


@pytest.mark.django_db
class TestTheList:
    def test_by_type_with_days_and_who_left(self) -> None:
        """R4, R29: by name, for those who share and for officers."""
        for who in (asker("governor-beckside"), asker(OFFICER, EDUNET)):
            page = participation.list_participants(who)
            lines = [line for of_kind in page.kinds for line in of_kind.lines]
            assert page.number == len(lines) == Establishment.objects.participating(timezone.localdate()).count()
            for of_kind in page.kinds:
                names = [line.name for line in of_kind.lines]
                assert names == sorted(names), of_kind.kind
            assert all(line.since for line in lines)
            (left,) = [line for line in page.former if line.urn == LARKROYD]
            assert (left.since, left.status) == (None, "Left the protocol")
            assert left.out_since

    @pytest.mark.parametrize("slug", [HEAD, NEIGHBOUR])
    def test_who_left_today_took_part_until_today(self, slug: str) -> None:
        """R4, R16: from the hour at which its head left, and not since the day before."""
        leave()
        today = timezone.localdate()
        (line,) = [line for line in participation.list_participants(asker(slug)).former if line.urn == BECKSIDE]
        assert line.out_since == today
        words = f"Has taken no part since {day_in_words(today)}."
        assert words in client(HEAD).get(f"/establishments/{BECKSIDE}/participation/").content.decode()

    @pytest.mark.parametrize("slug", ["head-larkroyd", "superuser", "teacher-ended"])
    def test_who_shares_with_nobody_reads_their_own(self, slug: str) -> None:
        """R2, R16."""
        page = participation.list_participants(asker(slug))
        assert not page.shares
        assert not page.kinds
        assert [line.urn for line in page.former] == ([LARKROYD] if slug == "head-larkroyd" else [])


@pytest.mark.django_db
class TestWhoAnswersForIt:
    def recorded(self, slug: str = DEPUTY) -> None:
        for part in ResponsiblePerson.Part:
            participation.record_responsible(
                asker(slug), BECKSIDE, part=part, name=f"Ada {part.label}", role="Bursar", since=timezone.localdate()
            )

    def test_is_asked_for_until_it_is_on_file(self) -> None:
        """R4, R19: on the home page of Level 1, and seen by officers; whoever was before stays on file."""
        asked = "Say who answers for the protocol here"
        assert asked in client(HEAD).get("/").content.decode()
        self.recorded()
        self.recorded(HEAD)
        assert asked not in client(HEAD).get("/").content.decode()
        seen = participation.show_participation(asker(OFFICER, EDUNET), BECKSIDE)
        assert seen.missing == ()
        assert [(part.now.name, len(part.before)) for part in seen.parts if part.now] == [
            ("Ada Responsible manager", 1), ("Ada Signatory", 1),
        ]  # fmt: skip
        listed = participation.list_participants(asker(OFFICER, EDUNET))
        missing = {line.urn: line.is_missing for of_kind in listed.kinds for line in of_kind.lines}
        assert (missing[BECKSIDE], missing[RAVENSGILL]) == (False, True)

    def test_not_before_they_began_and_not_by_a_teacher(self) -> None:
        """R33."""
        facts = {"part": "manager", "name": "Ada", "role": "Bursar"}
        with pytest.raises(CannotChange):
            participation.record_responsible(
                asker(HEAD), BECKSIDE, **facts, since=timezone.localdate() + timedelta(days=1)
            )
        with pytest.raises(NotAtYourLevel):
            participation.record_responsible(asker(TEACHER), BECKSIDE, **facts, since=timezone.localdate())


def test_where_the_type_is_not_listed_the_head_is_sent_to_who_lists_types(db: None) -> None:
    """R4, A2: the officers who bring in data cannot open the page of the community."""
    leave()
    with as_batch():
        Establishment.objects.filter(urn=BECKSIDE).update(kind="")
    with pytest.raises(CannotChange, match="Ask the Council’s information manager"):
        join()
    opens = {slug: client(slug, EDUNET).get("/community/") for slug in ("officer-information", "officer-data")}
    assert {slug: page.status_code for slug, page in opens.items()} == {"officer-information": 200, "officer-data": 403}


def test_an_establishment_that_has_closed_does_not_sign_up_again(db: None) -> None:
    """P6."""
    leave()
    with as_batch():
        Establishment.objects.filter(urn=BECKSIDE).update(status_code=CLOSED)
    with pytest.raises(CannotChange, match="is closed"):
        join()


@pytest.mark.drifts
def test_everybody_else_on_the_register_accepts_again(db: None) -> None:
    """R16: nobody of another register does, nor who is on this one no more."""
    with as_batch():
        RegisterLine.objects.filter(person=person(TEACHER)).update(withdrawn_at=timezone.now())
    leave()
    join()
    today = timezone.localdate()
    people = (HEAD, DEPUTY, NEIGHBOUR, TEACHER)
    with as_batch():
        holds = [person(slug).protocol_accepted_until >= today for slug in people]
    assert holds == [True, False, True, True]


class TestSuspended:
    """R16, R41: the head of an establishment that a sanction suspends."""

    @pytest.fixture(autouse=True)
    def suspended(self, db: None) -> None:
        decide(against_establishment(BECKSIDE), "suspend_establishment", 2)

    def test_signs_up_again_by_itself_and_not_before(self) -> None:
        with pytest.raises(CannotChange, match="suspended"):
            join()
        assert not takes_part()

    def test_is_not_said_to_have_left(self) -> None:
        """R4, R41: nor asked to sign up, which they cannot; officers read why it takes no part."""
        home = client(HEAD).get("/").content.decode()
        again = timezone.localdate() + timedelta(days=14)
        assert f"It takes part automatically from {day_in_words(again)}." in home
        assert "Sign up to the protocol" not in home
        listed = {"paused": "Takes no part for a time", "left": "Has excluded itself", "shut": "Closed"}
        for state, status in listed.items():
            if state == "left":
                leave()
                assert "Sign up to the protocol" in client(HEAD).get("/").content.decode()
            if state == "shut":
                with as_batch():
                    Establishment.objects.filter(urn=BECKSIDE).update(status_code=CLOSED)
            found = door.list_establishments(asker(OFFICER, EDUNET), named="Beckside").page.rows
            assert [line.status for line in found if line.urn == BECKSIDE] == [status]
        for address in ("/", f"/establishments/{BECKSIDE}/participation/"):
            page = client(HEAD).get(address).content.decode()
            assert "This establishment has closed" in page
            assert "Sign up to the protocol" not in page

    def test_may_leave_meanwhile_and_does_not_come_back_by_itself(self) -> None:
        browser = client(HEAD)
        page = browser.get(f"/establishments/{BECKSIDE}/participation/").content.decode()
        assert "Takes part again automatically from" in page
        assert "Leave the protocol" in page
        assert browser.get(f"/establishments/{BECKSIDE}/participation/leave/").status_code == 200
        leave()
        assert not Participation.objects.filter(establishment__urn=BECKSIDE, ends_on=None).exists()
        with pytest.raises(CannotChange):
            leave()
        with pytest.raises(CannotChange, match="If it has left the protocol in the meantime, sign up again then"):
            join()
        page = browser.get(f"/establishments/{BECKSIDE}/suspension/").content.decode()
        assert "If it has left the protocol in the meantime, the head has to sign up again then." in page

    def test_may_leave_also_where_it_has_closed_meanwhile(self) -> None:
        """R16: until its part has ended the page leads there, as it does of any other."""
        with as_batch():
            Establishment.objects.filter(urn=BECKSIDE).update(status_code=CLOSED)
        page = client(HEAD).get(f"/establishments/{BECKSIDE}/participation/").content.decode()
        assert "Leave the protocol" in page
        assert "can no longer sign up" not in page
        leave()

    def test_has_not_left_says_the_list(self) -> None:
        page = participation.list_participants(asker(NEIGHBOUR))
        (line,) = [line for line in page.former if line.urn == BECKSIDE]
        assert line.status == "Takes no part for a time"
        leave()
        page = participation.list_participants(asker(NEIGHBOUR))
        assert "Left the protocol" in [line.status for line in page.former if line.urn == BECKSIDE]


def test_of_one_that_takes_no_part_it_is_not_said_that_the_head_has_not_left() -> None:
    """R16: what ended its part may be older than what is on record of the head."""
    page = client("head-larkroyd").get(f"/establishments/{LARKROYD}/participation/").content.decode()
    assert "Has taken no part since" in page
    assert "There is no decision by the head on record here." in page
    assert "has not left" not in page
    assert "has not left" in client(HEAD).get(f"/establishments/{BECKSIDE}/participation/").content.decode()


def test_two_heads_who_are_on_each_others_register_come_back_at_once(own_database: None) -> None:
    """R16: each ends the other's acceptance, and neither stops the other half-way."""
    heads = {HEAD: BECKSIDE, NEIGHBOUR: RAVENSGILL}
    today = timezone.localdate()
    for head, other in ((HEAD, NEIGHBOUR), (NEIGHBOUR, HEAD)):
        email = person(other).email
        register.give_access(asker(head), heads[head], name=person(other).name, email=email, entry=Entry())
        leave(head, heads[head])
    with as_batch():
        for urn in heads.values():
            Participation.objects.create(
                establishment=Establishment.objects.get(urn=urn), starts_on=today + timedelta(9)
            )
    to_come = Participation.objects.filter(starts_on__gt=today)
    ended = in_turn(lambda: list(to_come.select_for_update()), *[partial(join, *pair) for pair in heads.items()])
    assert {"done": 1} in ended
    assert not [words for one in ended for words in one if "deadlock" in words]


def test_who_is_added_elsewhere_while_the_head_comes_back(own_database: None) -> None:
    """R16, R32: the rows of another register point to people of this one, and neither head is stopped."""
    leave(HEAD, BECKSIDE)
    known = sorted([person(TEACHER), person("office-beckside")], key=lambda one: one.pk)
    ended: list[object] = []

    def adds(number: int) -> None:
        new = {"name": known[number].name, "email": known[number].email, "entry": Entry(confirmed=True)}
        register.give_access(asker("head-oxenby"), 999005, **new)

    other = threading.Thread(target=lambda: ended.append(race(partial(join, HEAD, BECKSIDE))))
    with transaction.atomic():
        adds(1)
        other.start()
        until_waiting()
        adds(0)
    other.join()
    assert ended == [{"done": 1}]


def test_a_text_published_while_a_school_signs_up_again(own_database: None) -> None:
    """R16, R42: neither stops the other half-way: both lock the texts before the people, and these by their number."""
    leave()
    with as_batch():
        lines = RegisterLine.objects.live_on(timezone.localdate()).filter(establishment__urn=BECKSIDE)
        people = sorted(lines.values_list("person", flat=True))
        newer = ProtocolVersion.objects.get(pk=text())
    newer.pk, newer.number, newer.in_force_from = None, "newer", timezone.localdate() + timedelta(days=1)

    def publishes() -> None:
        with as_batch():
            versions.publish(newer, today=timezone.localdate())

    held = Person.objects.filter(pk=people[-1]).select_for_update(no_key=True)
    assert in_turn(lambda: list(held), join, publishes) == [{"done": 1}] * 2
    with as_batch():
        assert not Person.objects.filter(protocol_accepted_until__gte=newer.in_force_from).exists()
