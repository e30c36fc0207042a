"""R19: who has accepted the protocol is read by those who keep the register, by officers, and by nobody else."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from access_register.models import OfficerAppointment, Person
from access_register.protocol import protocol
from sharing.authorise import NotAtYourLevel, NotYourEstablishment
from sharing.authorise.holdings import Holdings
from sharing.models import LedgerEntry
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person

BECKSIDE, OXENBY = 999002, 999005
TEACHER, OFFICER = "teacher-not-accepted", "officer-not-accepted"


@pytest.mark.django_db
class TestSignatories:
    @pytest.mark.parametrize("slug", ["head-beckside", "deputy-beckside"])
    def test_who_keeps_the_register_sees_its_people(self, slug: str) -> None:
        """R19: name, version and day of everybody on the register, and who is missing."""
        page = client(slug).get(f"/establishments/{BECKSIDE}/signatories/").content.decode()
        for signed in ("head-beckside", "teacher-beckside", "governor-beckside", "third-party-beckside"):
            assert person(signed).name in page
        assert "Accepted version 2012 on" in page
        assert "All have accepted it." in page
        assert "except those who have not accepted their invitation yet" in page
        assert person("head-ravensgill").name not in page
        assert person("teacher-ended").name not in page

    def test_they_are_in_the_order_of_their_names(self) -> None:
        """R19: as lists of children and staff are, whatever the accents and capitals."""
        names = {"teacher-beckside": "Łukasz Adam", "governor-beckside": "LYDIA ADAM", "deputy-beckside": "Zoe Adam"}
        with as_batch():
            for slug, name in names.items():
                Person.objects.filter(pk=person(slug).pk).update(name=name)
        found = protocol.show_signatories(asker("head-beckside"), BECKSIDE).signatories
        assert [who.name for who in found if who.name in names.values()] == [*names.values()]

    def test_who_has_not_accepted_is_named(self) -> None:
        found = protocol.show_signatories(asker("head-oxenby"), OXENBY)
        assert [who.name for who in found.signatories if who.holds_until is None] == [person(TEACHER).name]
        assert found.missing == 1
        assert [who.signatures for who in found.signatories if who.name == person(TEACHER).name] == [()]

    @pytest.mark.parametrize(("until", "missing"), [(-1, 2), (0, 1)])
    def test_whose_year_is_over_has_to_accept_again(self, until: int, missing: int) -> None:
        """R19: until then nothing holds, and they are counted among those who are missing. The last day counts."""
        with as_batch():
            Person.objects.filter(pk=person("head-oxenby").pk).update(
                protocol_accepted_until=timezone.localdate() + timedelta(days=until)
            )
        places = protocol.list_signatories(asker("officer-no-duty", EDUNET)).establishments
        assert {place.urn: place.people - place.accepted for place in places}[OXENBY] == missing

    @pytest.mark.parametrize("slug", ["teacher-beckside", "governor-beckside", "third-party-beckside"])
    def test_below_level_1_it_is_closed(self, slug: str) -> None:
        """R33."""
        with pytest.raises(NotAtYourLevel):
            protocol.show_signatories(asker(slug), BECKSIDE)
        assert protocol.list_signatories(asker(slug)).establishments == ()

    def test_a_stranger_finds_nothing(self) -> None:
        """R2, R6: not at another establishment, not from the other site, not as superuser."""
        for slug, through in (
            ("head-ravensgill", SCHOOLS_ONLINE), ("officer-data", SCHOOLS_ONLINE), ("superuser", SCHOOLS_ONLINE),
            ("head-beckside", EDUNET),
        ):  # fmt: skip
            with pytest.raises(NotYourEstablishment):
                protocol.show_signatories(asker(slug, through), BECKSIDE)

    def test_the_database_answers_no_stranger(self) -> None:
        """R6, the second lock: the function itself asks who asks."""
        for slug, through, places in (
            ("head-beckside", SCHOOLS_ONLINE, 1), ("head-ravensgill", SCHOOLS_ONLINE, 2),
            ("governor-beckside", SCHOOLS_ONLINE, 0), ("superuser", SCHOOLS_ONLINE, 0), (OFFICER, EDUNET, 0),
            ("officer-no-duty", SCHOOLS_ONLINE, 0),
        ):  # fmt: skip
            with transaction.atomic(), connection.cursor() as cursor:
                Holdings.announced(asker(slug, through))
                cursor.execute("SELECT count(DISTINCT establishment_id) FROM portal_signatories(NULL)")
                assert cursor.fetchone() == (places,), slug

    @pytest.mark.drifts
    def test_officers_see_the_community_and_themselves(self) -> None:
        """R19: governors, officers of today and third parties too; each look is in the ledger (R43)."""
        with as_batch():
            former = OfficerAppointment.objects.filter(person=person("officer-admissions"))
            former.update(ends_on=timezone.localdate() - timedelta(days=1))
        browser = client("officer-no-duty", EDUNET)
        page = browser.get("/protocol/signatories/").content.decode()
        assert "Beckside Primary School" in page
        assert person(OFFICER).name in page
        assert person("officer-admissions").name not in page
        assert person("teacher-beckside").name not in page
        assert (
            person("teacher-beckside").name in browser.get(f"/establishments/{BECKSIDE}/signatories/").content.decode()
        )
        with as_batch():
            actions = list(LedgerEntry.objects.order_by("-id").values_list("action", flat=True)[:2])
        assert actions == ["show_signatories", "list_signatories"]

    def test_a_head_sees_their_own_establishments_only(self) -> None:
        found = protocol.list_signatories(asker("head-ravensgill"))
        assert {place.urn for place in found.establishments} == {999001, 999003}
        assert found.officers == ()
