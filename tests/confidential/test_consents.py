"""R27, R35, A10: the head alone consents, sees who would see it first, and takes it back; a new head confirms."""

from dataclasses import replace

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from access_register import service
from access_register.models import RegisterLine
from access_register.participation import participation
from sharing import door
from sharing.authorise import NeedsConfirmation, NoSuchRecord, NotAtYourLevel, Permission, visit
from sharing.door import CannotConsent, MovedOn, Wish
from sharing.door.restricted import recipients_in_words
from sharing.models import Consent, LedgerEntry, Locality, RestrictedItem
from sharing.records.restricted import ConsentPage
from tests.confidential.items import (
    BECKSIDE,
    CRAGSIDE,
    OXENBY,
    RAVENSGILL,
    consent,
    in_days,
    in_localities,
    item,
    sees,
    takes_part_until,
)
from tests.locks.switches import rows
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person

pytestmark = pytest.mark.django_db
HEAD, DEPUTY, OTHER = "head-beckside", "deputy-beckside", "governor-ravensgill"


def wish(recipients: str = "establishments", *named: str, locality: int | None = None, until: int = 30) -> Wish:
    return Wish(recipients, in_days(0), in_days(until), named, locality)


def ledger() -> tuple:
    with as_batch():
        return LedgerEntry.objects.order_by("-id").values_list("action", "outcome", "urn", "about")[0]


def to_confirm(slug: str) -> list[str]:
    page = client(slug).get(f"/establishments/{BECKSIDE}/confidential/").content.decode()
    return [words for words in ("for you to confirm",) if words in page]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"recipients": "community"}, "Everyone in the community"),
        ({"recipients": "establishments", "to_establishments": [1]}, "1 establishment that the head has named"),
        ({"recipients": "establishments", "to_establishments": [1, 2]}, "2 establishments that the head has named"),
    ],
)
def test_a_consent_says_to_whom_it_is_given(told: dict[str, object], words: str) -> None:
    """A10, R27: in words, to the head who takes it back or confirms it."""
    assert recipients_in_words(Consent(**told)) == words


def hand_over(day: int, old: str = HEAD, new: str = DEPUTY) -> None:
    """`new` is head from that many days from today on."""
    with as_batch():
        line = RegisterLine.objects.get(person=person(old), establishment__urn=BECKSIDE, withdrawn_at=None)
        successor = RegisterLine.objects.get(person=person(new), establishment__urn=BECKSIDE, withdrawn_at=None)
        service.end_line(line, last_day=in_days(day - 1))
        service.end_line(successor, last_day=in_days(day - 1))
        service.place_line(
            RegisterLine(
                establishment=line.establishment,
                person=person(new),
                level=1,
                seat=0,
                role="head",
                starts_on=in_days(day),
                level_since=in_days(day),
                given_by_name="Test",
            )
        )


def test_the_head_consents_and_takes_it_back() -> None:
    """R27, R43, R44: it acts on the next request, both ways, and both stand in the ledger."""
    found = item(BECKSIDE)
    assert not sees(OTHER, found)
    given = door.give_consent(asker(HEAD), found.pk, wish=wish("establishments", "ravensgill primary school"))
    action, outcome, urn, about = ledger()
    assert (action, outcome, urn) == ("give_consent", "changed", BECKSIDE)
    assert (about["consent"], about["recipients"]) == (str(given), "establishments")
    assert sees(OTHER, found)
    door.withdraw_consent(asker(HEAD), found.pk, given)
    assert ledger()[:3] == ("withdraw_consent", "changed", BECKSIDE)
    assert not sees(OTHER, found)
    with pytest.raises(MovedOn):
        door.withdraw_consent(asker(HEAD), found.pk, given)
    with pytest.raises(Error, match="stays so"), transaction.atomic(), as_batch():
        Consent.objects.filter(pk=given).update(withdrawn_at=None)
    again = door.give_consent(asker(HEAD), found.pk, wish=wish("establishments", "ravensgill primary school"))
    assert again != given
    assert sees(OTHER, found)


def test_a_consent_to_a_locality_names_it() -> None:
    """R27, A11: whoever is in it on the day sees the item, and nobody beyond."""
    found = item(BECKSIDE)
    with as_batch():
        chosen = Locality.objects.earliest("pk").pk
    given = door.give_consent(asker(HEAD), found.pk, wish=wish("locality", locality=chosen))
    with as_batch():
        stored = Consent.objects.get(pk=given)
    assert (stored.to_locality_id, stored.to_establishments) == (chosen, [])


@pytest.mark.parametrize(
    ("slug", "through", "refusal"),
    [
        (DEPUTY, SCHOOLS_ONLINE, NotAtYourLevel),
        ("governor-beckside", SCHOOLS_ONLINE, NotAtYourLevel),
        ("head-oxenby", SCHOOLS_ONLINE, NotAtYourLevel),  # sees it, as of the same Locality
        ("head-fallowdale", SCHOOLS_ONLINE, NoSuchRecord),
        ("officer-school-improvement", EDUNET, NotAtYourLevel),
    ],
)
def test_nobody_else_consents(slug: str, through, refusal: type[Exception]) -> None:
    """R27: not another Level 1, not another head, no officer; by the database neither."""
    found = item(BECKSIDE)
    given = consent(found, OXENBY)
    for act in (
        lambda who: door.show_consents(who, found.pk),
        lambda who: door.give_consent(who, found.pk, wish=wish("community")),
        lambda who: door.withdraw_consent(who, found.pk, given.pk),
        lambda who: door.narrow_item(who, found.pk, level_1_only=True),
    ):
        with pytest.raises(refusal):
            act(asker(slug, through))
    with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
        here.showed()
        with transaction.atomic():
            assert Consent.objects.filter(pk=given.pk).update(withdrawn_at=timezone.now()) == 0
        with pytest.raises(Error, match="row-level security"), transaction.atomic():
            Consent(
                item_id=found.pk, establishment_id=found.establishment_id, recipients="community",
                starts_on=in_days(0), ends_on=in_days(1), given_by_id=1, given_by_name="x",
                stands_for_id=person(slug).pk,
            ).save(force_insert=True)  # fmt: skip
        try:
            with transaction.atomic():
                assert RestrictedItem.objects.filter(pk=found.pk).update(level_1_only=True) == 0
        except Error as refused:
            assert "the head narrows items" in str(refused)  # noqa: PT017 - an officer may write the row, not this


def test_a_consent_needs_proof_of_who_gives_it() -> None:
    """R13."""
    found = item(BECKSIDE)
    long_ago = replace(asker(HEAD), confirmed_lately=False)
    for act in (
        lambda: door.give_consent(long_ago, found.pk, wish=wish("community")),
        lambda: door.withdraw_consent(long_ago, found.pk, consent(found).pk),
        lambda: door.narrow_item(long_ago, found.pk, level_1_only=True),
    ):
        with pytest.raises(NeedsConfirmation):
            act()
    assert not RestrictedItem.objects.filter(level_1_only=True).exists()


def test_a_consent_is_for_its_own_item() -> None:
    """R6: under another item's address it is not there, and cannot be hung on another establishment's item."""
    found, other = item(BECKSIDE), item(BECKSIDE)
    given = consent(found)
    with pytest.raises(NoSuchRecord):
        door.withdraw_consent(asker(HEAD), other.pk, given.pk)
    elsewhere = item(RAVENSGILL)
    rows("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(Error, match="foreign key"), transaction.atomic(), as_batch():
        Consent.objects.filter(pk=given.pk).update(item_id=elsewhere.pk)


# --- who sees it now, and who would ---------------------------------------------------------------------------------


def _places(found: ConsentPage) -> dict[str, list[str]]:
    return {group.words: [one.establishment for one in group.readers] for group in found.now}


def test_who_sees_it_now() -> None:
    """R27: one's own people, the Locality of today and the consents that hold, with numbers of people and no names."""
    found = item(BECKSIDE)
    now = door.show_consents(asker(HEAD), found.pk)
    assert _places(now) == {
        "Everybody on your Access Register": ["Beckside Primary School"],
        "Establishments of the Aireholme Locality": [
            "Amberstone Children's Centre",
            "Hazelthwaite Nursery School",
            "Holmeroyd Studio School",
            "Oxenby High School",
        ],
    }
    assert now.officers == 1
    people = {one.establishment: one.people for group in now.now for one in group.readers}
    assert (people["Oxenby High School"], people["Hazelthwaite Nursery School"]) == (3, 1)
    consent(found, RAVENSGILL, from_day=0, until=3)
    consent(found, RAVENSGILL, until=9, withdrawn_at=timezone.now(), withdrawn_by_name="Test")
    in_localities(OXENBY, "Aireholme", 0, CRAGSIDE)
    takes_part_until(999013, -1)
    now = door.show_consents(asker(HEAD), found.pk)
    assert sorted(name for names in _places(now).values() for name in names) == [
        "Amberstone Children's Centre",
        "Beckside Primary School",
        "Hazelthwaite Nursery School",
        "Ravensgill Primary School",
    ]
    door.narrow_item(asker(HEAD), found.pk, level_1_only=True)
    now = door.show_consents(asker(HEAD), found.pk)
    assert (now.now[0].words, now.now[0].people) == ("Level 1 of your establishment", 3)
    # nobody else is told how many people there are
    with visit(asker(DEPUTY), Permission.VIEW_ESTABLISHMENT, action="test") as here, connection.cursor() as cursor:
        here.showed()
        cursor.execute("SELECT * FROM portal_count_readers(%s)", [[found.establishment_id]])
        assert cursor.fetchall() == []


def test_who_would_see_it() -> None:
    """R27: before it is given; those who see it already are not counted again; the excluded are none of them."""
    found = item(BECKSIDE)
    cragside = Locality.objects.get(name=CRAGSIDE).pk

    def would(**typed: object) -> list[str]:
        page = door.show_consents(asker(HEAD), found.pk, wish=wish(**typed))
        return [one.establishment for one in page.would.readers]

    everyone = would(recipients="community")
    assert "Ravensgill Primary School" in everyone
    assert not {"Oxenby High School", "Larkroyd Church of England Primary School"} & set(everyone)
    assert len(would(recipients="locality", locality=cragside)) == 5
    page = door.show_consents(asker(HEAD), found.pk, wish=wish("establishments", "999003"))
    assert [one.people > 0 for one in page.would.readers] == [True]
    named = Wish("establishments", in_days(0), in_days(1), ("999003", "Oxenby High School"))
    page = door.show_consents(asker(HEAD), found.pk, wish=named)
    assert [one.establishment for one in page.would.readers] == ["Ravensgill Primary School"]
    assert not sees(OTHER, found)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"recipients": "establishments"}, "named"),
        ({"recipients": "establishments", "named": ("Nowhere School",)}, "named"),
        ({"recipients": "establishments", "named": ("Nowhere",)}, "named"),  # as short as a URN
        ({"recipients": "establishments", "named": ("999004",)}, "named"),  # has excluded itself
        ({"recipients": "establishments", "named": ("999002",)}, "named"),  # its own
        ({"recipients": "locality"}, "locality"),
        ({"recipients": "locality", "locality": 987654}, "locality"),
        ({"recipients": "community", "until": -1}, "ends_on"),
    ],
)
def test_what_cannot_be_consented_to(typed: dict, field: str) -> None:
    found = item(BECKSIDE)
    asked = Wish(
        typed["recipients"], in_days(-3), in_days(typed.get("until", 9)), typed.get("named", ()), typed.get("locality")
    )
    for act in (door.show_consents, door.give_consent):
        with pytest.raises(CannotConsent) as refused:
            act(asker(HEAD), found.pk, wish=asked)
        assert refused.value.field == field


def test_the_page_asks_twice() -> None:
    """R27: first who would see it, then the consent; what is changed in between is shown anew."""
    found = item(BECKSIDE)
    browser, path = client(HEAD), f"/confidential/{found.pk}/consent/"
    typed = {"recipients": "establishments", "named": "999003", "starts_on": "1/9/2025", "ends_on": "1/9/2099"}
    page = browser.post(path, typed).content.decode()
    assert "Who would see it" in page
    looked = page.partition('name="looked" value="')[2].partition('"')[0]
    assert not sees(OTHER, found)
    again = browser.post(path, typed | {"looked": looked, "recipients": "community"}).content.decode()
    assert "Give my consent" in again
    assert not sees(OTHER, found)
    assert browser.post(path, typed | {"looked": looked}).status_code == 302
    assert sees(OTHER, found)
    page = browser.get(path).content.decode()
    assert "Given by Ruth Oldroyd" in page
    with as_batch():
        given = Consent.objects.get(item=found)
    assert browser.post(f"{path}{given.pk}/withdraw/").status_code == 302
    assert not sees(OTHER, found)
    assert "Withdrawn by Ruth Oldroyd" in browser.get(path).content.decode()
    assert (
        "already been withdrawn, or is over"
        in browser.post(f"{path}{given.pk}/withdraw/", follow=True).content.decode()
    )
    assert browser.post(f"/confidential/{found.pk}/level/", {"level": "1"}).status_code == 302
    assert not sees("teacher-beckside", found)
    assert browser.post(f"/confidential/{found.pk}/level/", {"level": "3"}).status_code == 302
    assert sees("teacher-beckside", found)


# --- another head ---------------------------------------------------------------------------------------------------


def home(slug: str) -> str:
    return client(slug).get("/").content.decode()


@pytest.mark.parametrize(("day", "is_new"), [(-1, True), (0, True), (1, False)])
def test_the_day_of_a_handover(day: int, is_new: bool) -> None:
    """A10, A7: up to the day before the one consents, from the day on the other; the consents go on all the while."""
    found = item(BECKSIDE)
    given = consent(found, RAVENSGILL)
    hand_over(day)
    now, not_now = (DEPUTY, HEAD) if is_new else (HEAD, DEPUTY)
    assert sees(OTHER, found)
    door.show_consents(asker(now), found.pk)
    with pytest.raises((NotAtYourLevel, NoSuchRecord)):
        door.withdraw_consent(asker(not_now), found.pk, given.pk)
    assert ("1 consent of an earlier head to confirm" in home(now)) is is_new
    assert "earlier head" not in home(not_now)


def test_a_new_head_confirms_or_withdraws() -> None:
    """A10: each consent is shown to the new head alone to confirm, and is gone from the list when that is done."""
    found = item(BECKSIDE)
    first, second = consent(found, RAVENSGILL), consent(found, 999007)
    consent(found, 999009, until=-1)  # over: nothing to confirm
    hand_over(0)
    assert "2 consents of an earlier head to confirm" in home(DEPUTY)
    assert to_confirm(DEPUTY)
    for slug, through in (("officer-school-improvement", EDUNET), ("teacher-beckside", SCHOOLS_ONLINE)):
        assert door.list_restricted(asker(slug, through), BECKSIDE).to_confirm == ()
    browser, path = client(DEPUTY), f"/confidential/{found.pk}/consent/"
    assert browser.post(f"{path}{first.pk}/confirm/").status_code == 302
    assert ledger()[:3] == ("confirm_consent", "changed", BECKSIDE)
    assert "1 consent of an earlier head to confirm" in home(DEPUTY)
    browser.post(f"{path}{second.pk}/withdraw/")
    assert "earlier head" not in home(DEPUTY)
    assert not to_confirm(DEPUTY)
    assert sees(OTHER, found)
    assert not sees("head-fallowdale", found)


def test_who_has_left_the_protocol_reads_no_names_of_others_by_a_wish() -> None:
    """R2, R16: neither before a consent nor by one, which would open something on the day of coming back."""
    found = item(BECKSIDE)
    typed = {"starts_on": in_days(0), "ends_on": in_days(30), "named": "Ravensgill Primary School", "locality": ""}
    head, address = client(HEAD), f"/confidential/{found.pk}/consent/"
    assert "Oxenby" in head.post(address, typed | {"recipients": "community"}).content.decode()
    participation.leave_protocol(asker(HEAD), BECKSIDE)
    for recipients in ("community", "establishments"):
        answer = head.post(address, typed | {"recipients": recipients})
        shown = answer.content.decode()
        assert answer.status_code == 422
        assert "does not take part in the protocol today" in shown
        assert "Oxenby" not in shown
