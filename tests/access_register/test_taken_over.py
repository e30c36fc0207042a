"""A head looks through what they took over. A handover that is under way when the school converts (A2, A10, R35)."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command
from django.db.models import F
from django.utils import timezone

from access_register.headships import first_heads, handovers
from access_register.models import CarriedRegister, Handover, RegisterLine
from access_register.register.reading import show_taken_over
from access_register.register.register import (
    CannotChange,
    show_register,
)
from sharing.authorise import NotYourEstablishment, Permission, visit
from sharing.days import day_in_words
from sharing.door import show_establishment
from sharing.models import Download
from sharing.signals import establishment_succeeded
from sharing.statements import value_of
from tests.access_register.handovers import (
    BECKSIDE,
    DEPUTY,
    HAZELTHWAITE,
    HEAD,
    OFFICER,
    OTHER_OFFICER,
    TEACHER,
    accepted,
    heads_on,
    in_days,
    name,
    today,
    verified,
)
from tests.confidential.items import OXENBY, consent, item
from tests.factories import establishment
from tests.people import EDUNET, as_batch, asker, client, person
from tests.post import posting
from tests.sharing.conversions import NEW, convert
from tests.sharing.test_conversions_in_doubt import comes

pytestmark = pytest.mark.django_db


def test_the_new_head_looks_through_what_they_took_over() -> None:
    """A10: asked until it is confirmed, and only the head."""
    accepted(on=today())
    browser, page = client(DEPUTY), f"/establishments/{BECKSIDE}/register/"
    assert person(TEACHER).name in browser.get(f"{page}confirm/").content.decode()
    browser.post(f"{page}confirm/", {"sure": "on"})
    assert show_register(asker(DEPUTY), BECKSIDE).to_confirm == ()
    assert "To confirm" not in browser.get(page).content.decode()


def test_what_was_taken_away_and_consented_to_before_is_on_the_page() -> None:
    """A10, R14, R27: a new head also reads which downloads are not destroyed, and that consents go on."""
    taken = {"kind": "pupils", "form": "xlsx", "purpose": "review", "through": "schools_online", "state": "collected"}
    with as_batch():
        Download.objects.all().delete()
        for number, somebody in enumerate((HEAD, TEACHER, TEACHER, "teacher-ended", "teacher-oxenby")):
            Download.objects.create(
                **taken, establishment=establishment(OXENBY if number == 4 else BECKSIDE), dispose_by=today(),
                by_person_id=person(somebody).pk, by_name=person(somebody).name, collected_at=timezone.now(),
            )  # fmt: skip
    accepted(on=today())
    page = f"/establishments/{BECKSIDE}/register/confirm/"
    before = client(DEPUTY).get(page).content.decode()
    assert "4 downloads from here are not destroyed yet." in before
    assert f'href="/establishments/{BECKSIDE}/downloads/"' in before
    assert "consent" not in before
    consent(item(BECKSIDE), starts_on=today() + timedelta(days=1))
    consent(item(BECKSIDE), withdrawn_at=timezone.now())
    after = client(DEPUTY).get(page).content.decode()
    assert "1 consent of an earlier head for others to read confidential items continues unless withdrawn." in after
    assert f'href="/establishments/{BECKSIDE}/confidential/"' in after
    of_named_staff = show_taken_over(asker("business-manager-beckside"), BECKSIDE)
    assert (of_named_staff.kept, of_named_staff.consents) == (0, 0)


def test_after_a_conversion_the_head_is_asked() -> None:
    """A2, R35: a banner on the register until confirmed; named staff cannot confirm."""
    with as_batch():
        CarriedRegister.objects.create(establishment=establishment(BECKSIDE), from_name="Beckside Infants", on=today())
    page = f"/establishments/{BECKSIDE}/register/"
    assert "came over from Beckside Infants" in client(HEAD).get(page).content.decode()
    assert "Beckside Infants" not in client(DEPUTY).get(page).content.decode()
    with pytest.raises(CannotChange, match="Only the head"):
        handovers.confirm_register(asker(DEPUTY), BECKSIDE)
    handovers.confirm_register(asker(HEAD), BECKSIDE)
    assert "Beckside Infants" not in client(HEAD).get(page).content.decode()


def test_the_home_page_asks_the_head_until_then() -> None:
    """A10, R35: once, of a register taken over and of one that came over. The register's own banner is missed."""
    asked = f'href="/establishments/{BECKSIDE}/register/confirm/"'
    assert asked not in client(HEAD).get("/").content.decode()
    accepted(DEPUTY, on=today())
    with as_batch():
        CarriedRegister.objects.create(establishment=establishment(BECKSIDE), from_name="Beckside Infants", on=today())
    home = client(DEPUTY).get("/").content.decode()
    assert home.count(asked) == 1
    assert home.count("Look through the Access Register") == 1
    assert asked not in client("business-manager-beckside").get("/").content.decode()
    handovers.confirm_register(asker(DEPUTY), BECKSIDE)
    assert asked not in client(DEPUTY).get("/").content.decode()


def test_a_conversion_carries_the_handover_over() -> None:
    """A2: an accepted handover happens at the successor; one not accepted is named anew."""
    accepted(on=in_days(10))
    with as_batch():
        new = establishment(HAZELTHWAITE)
        RegisterLine.objects.filter(establishment=new).update(withdrawn_at=timezone.now())
        questions = establishment_succeeded.send(
            None, predecessor=establishment(BECKSIDE), successor=new, on=today(), today=today()
        )
        call_command("check_permissions", "--repair")
    assert all(not answer for _, answer in questions)
    assert heads_on(in_days(9), HAZELTHWAITE) == [person(HEAD).email]
    assert heads_on(in_days(10), HAZELTHWAITE) == [person(DEPUTY).email]
    third_party = asker("third-party-beckside")
    assert show_establishment(third_party, HAZELTHWAITE).here.is_own  # the contract went along (R25)
    with pytest.raises(NotYourEstablishment):
        handovers.show_headship(third_party, BECKSIDE)
    assert "came over" in show_register(asker(HEAD), HAZELTHWAITE).to_confirm[0]


def test_who_is_head_again_after_an_acting_head_is_asked() -> None:
    """A10, R35: others were let in or raised meanwhile. The acting head's own confirmation was of before."""
    accepted(on=today(), until=in_days(5))
    handovers.confirm_register(asker(DEPUTY), BECKSIDE)
    _days_later(6)
    asked = f'href="/establishments/{BECKSIDE}/register/confirm/"'
    assert asked in client(HEAD).get("/").content.decode()
    said = f"{person(DEPUTY).name} was acting head until {day_in_words(in_days(-1))}."
    assert show_register(asker(HEAD), BECKSIDE).to_confirm == (said,)
    with pytest.raises(CannotChange, match="Only the head"):
        handovers.confirm_register(asker("business-manager-beckside"), BECKSIDE)
    handovers.confirm_register(asker(HEAD), BECKSIDE)
    assert show_register(asker(HEAD), BECKSIDE).to_confirm == ()
    assert asked not in client(HEAD).get("/").content.decode()


def test_who_was_away_twice_is_asked_of_the_last_time_alone() -> None:
    """A10, R35: whoever did not look through the register the first time is not asked for ever."""
    for _ in range(2):
        accepted(on=in_days(1), until=in_days(5))
        _days_later(6)
        handovers.carry_out(today())
    said = f"{person(DEPUTY).name} was acting head until {day_in_words(in_days(-1))}."
    assert show_register(asker(HEAD), BECKSIDE).to_confirm == (said,)
    handovers.confirm_register(asker(HEAD), BECKSIDE)
    assert show_register(asker(HEAD), BECKSIDE).to_confirm == ()


def test_who_acts_as_head_again_is_asked_of_these_days_alone() -> None:
    """A10, R35: and what they did not look through as acting head is for the head who was back, not for them."""
    accepted(on=in_days(1), until=in_days(5))
    _days_later(7)
    handovers.carry_out(today())
    with visit(asker(DEPUTY), Permission.MANAGE_REGISTER, BECKSIDE, action="test") as here:
        value_of("SELECT access_register_confirm_headship(%s)", here.establishment.pk)
        here.showed()
    assert len(show_register(asker(HEAD), BECKSIDE).to_confirm) == 1
    accepted(on=today(), until=in_days(5))
    said = f"You have been head since {day_in_words(today())}."
    assert show_register(asker(DEPUTY), BECKSIDE).to_confirm == (said,)


def _days_later(days: int, urn: int = BECKSIDE) -> None:
    """As if so many days had passed since the headship was accepted and confirmed."""
    ago = timedelta(days=days)
    with as_batch():
        for line in RegisterLine.objects.filter(establishment__urn=urn, withdrawn_at=None).order_by("starts_on"):
            last = line.ends_on and line.ends_on - ago
            RegisterLine.objects.filter(pk=line.pk).update(starts_on=line.starts_on - ago, ends_on=last)
        was = {name: F(name) - ago for name in ("on", "until", "confirmed_at")}
        Handover.objects.filter(establishment__urn=urn, cancelled_at=None).update(**was)
        call_command("check_permissions", "--repair")


@pytest.mark.usefixtures("known_from_gias")
@pytest.mark.parametrize("converts", [False, True])
def test_the_headship_says_who_is_head_next(tmp_path: Path, converts: bool) -> None:
    """A2, R35: the absent head after an acting one; and whoever accepted before the school got a new URN."""
    if converts:
        accepted(on=in_days(10))
        convert(tmp_path, today())
        said = f"{person(DEPUTY).name} is head from {day_in_words(in_days(10))}."
    else:
        accepted(on=today(), until=in_days(9))
        handovers.carry_out(today())
        said = f"{person(HEAD).name} is head from {day_in_words(in_days(10))}."
    urn, slug = (NEW, HEAD) if converts else (BECKSIDE, DEPUTY)
    there = f"/establishments/{urn}/register/headship/"
    assert said in client(slug).get(there).content.decode()
    assert "is head from" not in client("head-oxenby").get("/establishments/999005/register/headship/").content.decode()


@pytest.mark.usefixtures("known_from_gias")
@pytest.mark.parametrize("is_acting", [True, False])
def test_who_becomes_head_after_a_conversion_is_asked(tmp_path: Path, is_acting: bool) -> None:
    """A2, A10, R35: also where whoever was head before them has looked through the register that came over."""
    if is_acting:
        accepted(on=today(), until=in_days(4))
        before, after = DEPUTY, HEAD
    else:
        accepted(on=in_days(5))
        before, after = HEAD, DEPUTY
    convert(tmp_path, today())
    handovers.confirm_register(asker(before), NEW)
    assert show_register(asker(before), NEW).to_confirm == ()
    _days_later(5, NEW)
    assert len(show_register(asker(after), NEW).to_confirm) == 1
    handovers.confirm_register(asker(after), NEW)
    assert show_register(asker(after), NEW).to_confirm == ()


def test_both_are_told_of_a_handover_that_a_conversion_ended(known_from_gias: None, tmp_path: Path) -> None:
    """A2, R35: the offer is gone from the successor's pages, and the head has to name them again, in time."""
    verified(on=in_days(10))
    with posting():
        convert(tmp_path, today())
    letters = [letter for letter in mail.outbox if "handover" in letter.subject]
    told = {to for letter in letters for to in letter.to}
    assert told == {person(HEAD).email, person(DEPUTY).email}
    letter = next(letter for letter in mail.outbox if "handover" in letter.subject)
    assert "carries on as Beckside Primary Academy" in letter.body
    assert "name the successor again" in letter.body


def test_a_headship_accepted_before_a_conversion_can_still_be_called_off(known_from_gias: None, tmp_path: Path) -> None:
    """A2, R35: there is no handover left to cancel. Whoever stays head is named from its day, by an officer."""
    accepted(on=in_days(10))
    convert(tmp_path, today())
    page = client(HEAD).get(f"/establishments/{NEW}/register/headship/").content.decode()
    assert "If this has changed, name who is to be head from that day. An officer can name you." in page
    number = name(HEAD, on=in_days(10), by=asker(OFFICER, EDUNET), urn=NEW)
    handovers.verify_successor(asker(OTHER_OFFICER, EDUNET), number)
    handovers.accept_headship(asker(HEAD), number)
    assert heads_on(in_days(9), NEW) == heads_on(in_days(10), NEW) == [person(HEAD).email]
    call_command("check_permissions")


@pytest.mark.parametrize("until", [None, 30])
def test_a_headship_to_come_ends_where_the_new_school_has_a_head(
    known_from_gias: None, tmp_path: Path, until: int | None
) -> None:
    """A2, A7, R35: as where the academy's first head was recorded before it opened. The successor stays what they were,
    both are told, and the first head can still be taken back."""
    comes(tmp_path, closed=False, opens=today())
    accepted(on=in_days(10), until=in_days(until) if until else None)
    head = person("head-ravensgill")
    information = asker("officer-information", EDUNET)
    first_heads.record_first_head(information, NEW, name=head.name, email=head.email, on=today())
    with posting():
        comes(tmp_path, closed=in_days(-1), opens=today())
    letters = [letter for letter in mail.outbox if "handover" in letter.subject]
    told = {to for letter in letters for to in letter.to}
    assert told == {person(HEAD).email, person(DEPUTY).email}
    assert not any("The head has not changed" in letter.body for letter in letters)  # the academy has another
    with as_batch():
        of_deputy = RegisterLine.objects.filter(establishment__urn=NEW, person=person(DEPUTY), withdrawn_at=None)
        assert list(of_deputy.values_list("level", "seat", "starts_on", "ends_on")) == [(1, 1, today(), None)]
    assert heads_on(in_days(10), NEW) == heads_on(in_days(31), NEW) == [head.email]
    call_command("check_permissions")
    first_heads.take_back_first_head(information, NEW)
    assert heads_on(in_days(10), NEW) == []
