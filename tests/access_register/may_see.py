"""The page "Who may see this record", and what everybody really gets of the record."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from hypothesis import strategies as st

from access_register import service
from access_register.casework import orders
from access_register.casework.casework import NewCasework, give_casework, name_child
from access_register.grants import permission_rows
from access_register.levels import Level
from access_register.may_see.may_see import show_who_may_see
from access_register.may_see.records import WhoMaySee
from access_register.models import OfficerAppointment, Person
from access_register.officers import officers
from sharing import door
from sharing.authorise import Asker, NotAtYourLevel, Permission, Through
from sharing.models import Child, Closing, EstablishmentPermission, NamedChild, Opening, Pupil
from tests import factories
from tests.access_register import duties, under_contract
from tests.access_register.casework import AUTHORISER, FIONA, HEAD, MANAGER, RAVENSGILL, TODAY, order
from tests.attack.differences import CHANGING
from tests.people import EDUNET, SCHOOLS_ONLINE, accepts, as_batch, as_owner, asker, client, person, signed_in

DEPUTY, TEACHER, OFFICER = "deputy-beckside", "teacher-beckside", "officer-admissions"
SANCTIONED = "teacher-two-schools"
Seen = set[tuple[str, str]]


def told(made: Pupil, slug: str, through: Through = SCHOOLS_ONLINE) -> WhoMaySee:
    return show_who_may_see(asker(slug, through), made.establishment.urn, made.pk)


def text_of(made: Pupil, slug: str, through: Through = SCHOOLS_ONLINE) -> str:
    """The page as a browser gets it, without what differs by itself."""
    browser = client(slug, through)
    answer = browser.get(f"/establishments/{made.establishment.urn}/pupils/{made.pk}/who-may-see/")
    assert answer.status_code == 200
    return CHANGING.sub("", answer.content.decode())


def listed(page: WhoMaySee) -> Seen:
    """(name, site) of everybody on the page who sees the record."""
    return {(seer.name, seer.site) for group in page.groups for seer in group.seers}


def get_the_page(made: Pupil) -> Seen:
    """Everybody who gets the record's page, each in a browser; of a third party's sponsors for this one."""
    seen = set()
    for somebody in Person.objects.all():
        for through in Through:
            browser = signed_in(somebody, through)
            browser.post("/acting-for/", {"urn": made.establishment.urn})
            if browser.get(f"/establishments/{made.establishment.urn}/pupils/{made.pk}/").status_code == 200:
                seen.add((somebody.name, through.value))
    return seen


def are_shown_it(made: Pupil, slugs: Collection[str] = ()) -> Seen:
    """Everybody to whom the door shows the record, or of these: the same without a browser, which asks for an account
    that is in use."""
    people = [person(slug) for slug in slugs] or list(Person.objects.all())
    each = ((one, through) for one in people if one.is_active for through in Through)
    return {(one.name, through.value) for one, through in each if _is_shown(one, through, made)}


def _is_shown(somebody: Person, through: Through, made: Pupil) -> bool:
    urn = made.establishment.urn
    who = Asker(somebody.pk, somebody.name, through, str(urn), second_factor=True, confirmed_lately=True)
    try:
        door.show_pupil(who, urn, made.pk)
    except (NotAtYourLevel, Http404):
        return False
    return True


# What a reader may not be told, as rows: without them the world is the one that they may know of.
NOT_FOR_THE_HEAD = {model: {"head_barred": True} for model in (NamedChild, Opening, Closing)}
NOT_FOR_NAMED_STAFF = NOT_FOR_THE_HEAD | {Opening: {}, Closing: {}}
OF_REGISTERS = {"through": SCHOOLS_ONLINE, "permission__codename": Permission.VIEW_PUPILS}
READERS = (
    (HEAD, SCHOOLS_ONLINE, NOT_FOR_THE_HEAD),
    (DEPUTY, SCHOOLS_ONLINE, NOT_FOR_NAMED_STAFF),
    (MANAGER, EDUNET, {EstablishmentPermission: OF_REGISTERS, Opening: {}}),
)


@contextmanager
def a_world_without(rows: dict) -> Iterator[None]:
    with transaction.atomic():
        with as_owner():
            for model, which in rows.items():
                model.objects.filter(**which).delete()
        yield
        transaction.set_rollback(True)


def gets_a_duty(slug: str) -> None:
    """For the pupils of Beckside, recorded by another information manager."""
    other = duties.second_manager("officer-data")
    officers.give_duty(asker(other, EDUNET), duties.appointment(slug).pk, duty=duties.new_duty())


def authorised(made: Pupil | None, **facts: object) -> int:
    number = order(made, **facts)
    orders.authorise_order(asker(AUTHORISER, EDUNET), number)
    return number


ON_SCHOOLS_ONLINE = (
    HEAD, DEPUTY, "business-manager-beckside", TEACHER, "third-party-two-sponsors", "governor-beckside",
    "head-ravensgill", "third-party-beckside",
)  # fmt: skip
ON_EDUNET = (MANAGER, OFFICER, "officer-data", "officer-school-improvement")


# Appointed for the test, one for each way: none of them has a duty of another kind.
ANEW = (
    "Cass Work",
    "Cass Barred",
    "Ord Whole",
    "Ord Lapsed",
    "Glen Glass",
    "Glen Barred",
    "Glen Ended",
    "Una Accepted",
)
NOT_TOLD = {("Cass Barred", EDUNET), ("Glen Barred", EDUNET), ("Carol Lumb", SCHOOLS_ONLINE)}


def plant(made: Pupil) -> None:
    """Every way to see this child, told and barred, and ways that open nothing."""
    new = {name: appoint(name) for name in ANEW}
    gets_a_duty(MANAGER)
    for name, barred in (("Cass Work", False), ("Cass Barred", True), ("Una Accepted", False)):
        casework(made, new[name], barred=barred)
    authorised(made, to="governor-beckside", through=SCHOOLS_ONLINE)
    authorised(made, to="head-ravensgill", through=SCHOOLS_ONLINE)
    authorised(made, to="office-beckside", through=SCHOOLS_ONLINE, head_barred=True, barred_because="It would warn.")
    authorised(made, to="teacher-ended", through=SCHOOLS_ONLINE)  # who has no place anywhere any more
    order(made, to="head-larkroyd", through=SCHOOLS_ONLINE)  # nobody has authorised it
    authorised(None, person=new["Ord Whole"].person.email, withheld=("sen",))
    orders.end_order(asker(MANAGER, EDUNET), authorised(None, person=new["Ord Lapsed"].person.email))
    former = factories.pupil(RAVENSGILL).child
    third = person("third-party-beckside")
    with as_batch():
        glass(made, new["Glen Glass"].person)
        glass(made, new["Glen Barred"].person, barred=True)
        glass(made, new["Glen Ended"].person, ended_at=timezone.now())
        glass(made, person("other-department"))  # who is no officer
        Child.objects.filter(pk=former.pk).update(same_as=made.child)
        NamedChild.objects.create(
            child=former, person_id=third.pk, person_name=third.name, through=SCHOOLS_ONLINE, source="order:0",
            reason="Legal override", starts_on=TODAY, ends_on=TODAY, named_by_name="Test",
        )  # fmt: skip
        Person.objects.filter(pk=new["Una Accepted"].person_id).update(protocol_accepted_until=None)
        Person.objects.filter(pk=person("senco-beckside").pk).update(is_active=False)
        Person.objects.filter(pk=person(SANCTIONED).pk).update(suspended_until=TODAY)
    contract = under_contract.contract(dbs=True)
    under_contract.add(contract, level=Level.TWO, basis_words="Reads with Year 4")


def appoint(name: str) -> OfficerAppointment:
    with as_batch():
        email = f"{name.lower().replace(' ', '.')}@council.example"
        somebody = accepts(Person.objects.create_user(email, name, "a password of their own"))
        return service.appoint_officer(
            OfficerAppointment(person=somebody, team="Tests", starts_on=TODAY, recorded_by_name="Test")
        )


def casework(made: Pupil, of: OfficerAppointment, *, barred: bool) -> None:
    """A duty of casework of this officer, and the child named for it."""
    by = asker(MANAGER, EDUNET)
    new = NewCasework(("sen",), "looked-after", "Education of children in care", TODAY, TODAY + timedelta(days=90))
    duty = give_casework(by, of.pk, duty=new)
    name_child(by, of.pk, duty, child=door.Exactly(made.upn_index), head_barred=barred)


def glass(made: Pupil, somebody: Person, *, barred: bool = False, **facts: object) -> None:
    now = timezone.now()
    Opening.objects.create(
        **{"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(hours=5), "reason": "R"} | facts,
        pupil=made, establishment=made.establishment, person_id=somebody.pk, person_name=somebody.name,
        because="harm", head_barred=barred,
    )  # fmt: skip


# Of whom any world is made: no place today, a narrowed line, Level 2 and 3, a place elsewhere, and two officers.
PEOPLE = ("teacher-ended", "assistant-beckside", TEACHER, "governor-beckside", "head-ravensgill", FIONA, OFFICER)


def of_these(seen: Seen) -> Seen:
    names = {person(slug).name for slug in PEOPLE}
    return {(name, site) for name, site in seen if name in names}


@dataclass(frozen=True)
class Way:
    """One way to see the child, or to see the child no more: for whom, at which site, from and until which day."""

    kind: str
    who: int
    at_edunet: bool
    first: int
    last: int
    ended: bool
    barred: bool
    years: tuple[str, ...]

    def plant(self, made: Pupil, number: int) -> None:
        somebody = person(PEOPLE[self.who])
        through = EDUNET if self.at_edunet else SCHOOLS_ONLINE
        ended = timezone.now() if self.ended else None
        days = {"starts_on": TODAY + timedelta(days=self.first), "ends_on": TODAY + timedelta(days=self.last)}
        starts = timezone.now() + timedelta(hours=3 * self.first - 1)
        instants = {"starts_at": starts, "ends_at": max(starts, timezone.now()) + timedelta(hours=self.last + 0.5)}
        if self.kind == "held":
            EstablishmentPermission.objects.create(
                user=somebody, content_object=made.establishment, through=through, source=f"test:{number}", reason="R",
                permission_id=permission_rows()[Permission.VIEW_PUPILS],
                year_groups=list(self.years), **days,
            )  # fmt: skip
        elif self.kind == "named":
            NamedChild.objects.create(
                child=made.child, person_id=somebody.pk, person_name=somebody.name, through=through, reason="R",
                source=f"duty:{900 + number}", head_barred=self.barred, ended_at=ended, named_by_name="X", **days,
            )  # fmt: skip
        elif self.kind == "opened" and self.last >= 0:
            glass(made, somebody, barred=self.barred, ended_at=ended, **instants)
        elif self.kind == "closed" and self.last >= 0:
            named = [somebody.pk, *(person(slug).pk for slug, *_ in READERS)]
            Closing.objects.create(
                child=made.child, named=named, authoriser="X", basis="court", reason="R", head_barred=self.barred,
                asked_by_id=0, asked_by_name="X", ended_at=ended, **instants,
            )  # fmt: skip


_days = st.integers(-2, 2)
ways = st.builds(
    Way,
    st.sampled_from(("held", "named", "opened", "closed")),
    st.integers(0, len(PEOPLE) - 1),
    st.booleans(), _days, _days, st.booleans(), st.booleans(),
    st.sampled_from(((), ("4", "5"), ("5", "6"))),
)  # fmt: skip
