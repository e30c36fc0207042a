"""The certificate of destruction: asked for when a contract is over, owed until it is recorded (R25)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from access_register.levels import Level
from access_register.models import Contract
from access_register.our_data import our_data
from access_register.register.register import CannotChange
from access_register.third_parties import third_parties
from sharing import door
from sharing.days import day_in_words
from sharing.models import LedgerEntry
from tests.access_register.under_contract import BECKSIDE, HEAD, NAMED, PAGE, add, contract, today
from tests.people import as_batch, asker, client, person
from tests.post import posting

pytestmark = pytest.mark.django_db


def told_at_home(slug: str) -> list[str]:
    waiting = [to_do for place in door.my_places(asker(slug)) for to_do in place.to_do]
    return [to_do.words for to_do in waiting if to_do.page == "third_parties"]


def test_it_is_asked_for_once_and_owed_until_it_is_recorded() -> None:
    """R25: by email, and on the page. Not on the last day of a contract."""
    with as_batch():
        Contract.objects.filter(pk=contract()).update(ends_on=today())
    with posting():
        asked = third_parties.ask_for_certificates(today())
    assert asked == ["Larchwood Music was asked for a certificate of destruction."]
    assert [letter.to for letter in mail.outbox] == [[person("third-party-ended").email]]
    assert third_parties.ask_for_certificates(today()) == []
    (owing,) = third_parties.show_third_parties(asker(HEAD), BECKSIDE).owing
    assert owing.organisation == "Larchwood Music"
    assert told_at_home(HEAD) == told_at_home(NAMED) == ["1 certificate of destruction still owed"]
    assert "still owed" in client(HEAD).get(PAGE).content.decode()
    refused = client(HEAD).post(f"{PAGE}{owing.id}/certificate/", {"on": "1/1/2001"}).content.decode()
    assert "the certificate cannot be older" in refused
    typed = {"on": today().strftime("%d/%m/%Y")}
    client(HEAD).post(f"{PAGE}{owing.id}/certificate/", typed)
    assert third_parties.show_third_parties(asker(HEAD), BECKSIDE).owing == ()
    assert told_at_home(HEAD) == []


def test_our_data_counts_what_the_page_lists() -> None:
    """R25: from the first day after the contract, before anybody was asked; and none where nobody came."""

    def owed() -> tuple[object, int]:
        sections = our_data.show_our_data(asker(HEAD), BECKSIDE).sections
        (facts,) = [section.facts for section in sections if section.page == "third_parties"]
        counted = {fact.words: fact.value for fact in facts}.get("Certificates of destruction owed", 0)
        return counted, len(third_parties.show_third_parties(asker(HEAD), BECKSIDE).owing)

    assert owed() == (1, 1)
    number = contract()
    hal = {"name": "Hal Heron", "email": "hal@heron.example", "level": Level.THREE}
    third_parties.add_third_party(asker(HEAD), BECKSIDE, number, **hal)
    third_parties.end_contract(asker(HEAD), BECKSIDE, number)
    third_parties.ask_for_certificates(today())
    assert owed() == (1, 1)


def test_it_is_not_asked_of_who_was_invited_and_never_came() -> None:
    """R25, P5: a letter about the contract went to whoever had the mistyped address, and the certificate was owed."""
    number = contract()
    typed = {"name": "Hal Heron", "email": "mistyped@heron.example", "level": Level.THREE}
    third_parties.add_third_party(asker(HEAD), BECKSIDE, number, **typed)
    mail.outbox.clear()
    with posting():
        third_parties.end_contract(asker(HEAD), BECKSIDE, number)
    assert mail.outbox == []
    assert number not in {one.id for one in third_parties.show_third_parties(asker(HEAD), BECKSIDE).owing}


def test_is_asked_for_by_night_where_a_decision_has_ended_the_contract() -> None:
    """R25, R41: before its last day, and with no head who ended it. Where nobody was named, none is owed."""
    third_parties.ask_for_certificates(today())
    with as_batch():
        Contract.objects.filter(pk=contract()).update(ended_at=timezone.now())
    assert third_parties.ask_for_certificates(today()) == [
        "Heron Psychology was asked for a certificate of destruction."
    ]
    owing = third_parties.show_third_parties(asker(HEAD), BECKSIDE).owing
    assert [one.organisation for one in owing] == ["Larchwood Music"]


def test_none_is_older_than_the_end_of_the_contract() -> None:
    number = contract()
    add(number)
    third_parties.end_contract(asker(HEAD), BECKSIDE, number)
    with pytest.raises(CannotChange, match="the certificate cannot be older"):
        third_parties.record_certificate(asker(HEAD), BECKSIDE, number, on=today() - timedelta(days=1))
    third_parties.record_certificate(asker(HEAD), BECKSIDE, number, on=today())


def test_a_mistyped_day_is_put_right_by_who_has_seen_it() -> None:
    """R25, R43: two have the form open; the second is told what the first wrote, and may put it right."""
    number = contract()
    add(number)
    third_parties.end_contract(asker(HEAD), BECKSIDE, number)
    with as_batch():
        Contract.objects.filter(pk=number).update(ended_at=timezone.now() - timedelta(days=3))
    browser, page = client(NAMED), f"{PAGE}{number}/certificate/"
    opened = browser.get(page).context["form"]["version"].value()
    for _ in range(2):
        third_parties.record_certificate(asker(HEAD), BECKSIDE, number, on=today())
    right = today() - timedelta(days=1)
    typed = {"on": right.isoformat(), "version": opened}
    told = browser.post(page, typed)
    assert f"It is {day_in_words(today())} now" in told.content.decode()
    assert (
        f'{number}/certificate/">Correct the day of the certificate' in browser.get(f"{PAGE}{number}/").content.decode()
    )
    browser.post(page, typed | {"version": browser.get(page).context["form"]["version"].value()})
    with as_batch():
        assert Contract.objects.get(pk=number).destruction_certified_on == right
        rows = list(LedgerEntry.objects.filter(action="record_certificate").order_by("pk"))
    assert [row.outcome for row in rows] == ["changed", "shown", "changed"]
    assert rows[-1].about["before"] == today().isoformat()


def test_not_while_the_contract_is_in_force() -> None:
    with pytest.raises(CannotChange, match="still in force"):
        third_parties.record_certificate(asker(HEAD), BECKSIDE, contract(), on=today())
