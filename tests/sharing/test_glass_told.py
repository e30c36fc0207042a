"""Who is told of a record that was opened, and who marks it (R9, R18, R43, R45)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from access_register.models import Person, RegisterLine
from sharing import door
from sharing.authorise import NoSuchRecord, NotAtYourLevel, NotYourEstablishment
from sharing.models import LedgerEntry, Opening
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person
from tests.post import posting
from tests.sharing.glass import BECKSIDE, FIONA, HEAD, MANAGER, RAVENSGILL, break_it, child, page

pytestmark = pytest.mark.django_db


class TestWhoIsTold:
    def told(self) -> dict[str, str]:
        return {letter.to[0]: letter.subject + str(letter.body) for letter in mail.outbox}

    def test_the_head_and_the_information_manager_at_once(self) -> None:
        made = child()
        with posting():
            break_it(made)
        assert set(self.told()) == {person(HEAD).email, person(MANAGER).email}
        assert not any("Glassford" in words or "Maren" in words for words in self.told().values())
        assert b"1 record opened for safeguarding" in client(HEAD, SCHOOLS_ONLINE).get("/").content
        page = client(MANAGER, EDUNET).get("/").content
        assert b"<strong>1</strong> record was opened without a duty" in page
        assert b"Beckside Primary School" in client(MANAGER, EDUNET).get("/break-glass/to-look-at/").content

    def test_not_the_head_where_that_is_barred(self) -> None:
        with posting():
            break_it(child(), head_barred=True)
        assert set(self.told()) == {person(MANAGER).email}
        assert door.list_openings(asker(HEAD), BECKSIDE).openings.rows == ()
        assert door.list_openings(asker(MANAGER, EDUNET), BECKSIDE).openings.total == 1

    @pytest.mark.parametrize("state", ["awaiting_since", "suspended_at"])
    def test_nor_a_head_who_cannot_read_it(self, state: str) -> None:
        """R18: a first head who has not accepted, whose address may be a slip, or one who is suspended."""
        with as_batch():
            RegisterLine.objects.filter(establishment__urn=BECKSIDE, seat=0).update(**{state: timezone.now()})
        with posting():
            break_it(child())
        assert set(self.told()) == {person(MANAGER).email}

    def test_nor_whose_account_is_closed(self) -> None:
        """R18: neither the head, nor the officer whom somebody asks about it."""
        opening = break_it(child())
        with as_batch():
            Person.objects.filter(pk__in=[person(HEAD).pk, person(FIONA).pk]).update(is_active=False)
        with posting():
            break_it(child(forename="Second"), MANAGER)
            door.mark_opening(asker(MANAGER, EDUNET), BECKSIDE, opening.pk, mark="asked")
        assert not self.told(), "nor the manager of what they have opened themselves"
        with as_batch():
            Person.objects.filter(pk=person(MANAGER).pk).update(is_active=False)
        with posting():
            break_it(child(forename="Third"))
        assert not self.told(), "nor the manager"

    def test_what_is_barred_is_in_nothing_that_the_head_reads(self) -> None:
        """R18, R43: not in the ledger's pages, not in a count; the information manager reads it."""
        barred, told = child(), child(forename="Told")
        for made, is_barred in ((barred, True), (told, False)):
            break_it(made, head_barred=is_barred)
            assert page(made) == 200
            door.show_pupil(asker(HEAD), BECKSIDE, made.pk)
        lines = door.read_ledger(asker(HEAD), BECKSIDE).lines
        assert [line.what for line in lines if line.site == "EduNet"] == ["Record of a child"]
        for made, names in ((barred, [HEAD]), (told, [HEAD, FIONA, FIONA])):
            openings = door.read_ledger_of_child(asker(HEAD), BECKSIDE, made.pk).openings
            assert [one.person for one in openings] == [person(slug).name for slug in names]
            assert door.show_pupil(asker(HEAD), BECKSIDE, made.pk).opened.people == len(set(names))
        seen = door.read_ledger(asker(MANAGER, EDUNET), BECKSIDE).lines
        assert sum(line.person == person(FIONA).name for line in seen) == 2

    def test_nor_what_the_information_manager_does_about_it(self) -> None:
        """R18, R43: looking at it and marking it are in the ledger, and not in what the head reads of it."""
        barred = break_it(child(), head_barred=True)
        door.list_openings(asker(MANAGER, EDUNET), BECKSIDE)
        door.mark_opening(asker(MANAGER, EDUNET), BECKSIDE, barred.pk, mark="asked")
        assert not [line for line in door.read_ledger(asker(HEAD), BECKSIDE).lines if line.site == "EduNet"]
        seen = door.read_ledger(asker(MANAGER, EDUNET), BECKSIDE).lines
        assert sum(line.person == person(MANAGER).name for line in seen) == 2

    def test_a_second_within_seven_days_says_so_to_the_information_manager(self) -> None:
        break_it(child())
        with as_batch():
            first = timezone.now() - timedelta(days=7) + timedelta(minutes=1)
            Opening.objects.update(starts_at=first, ends_at=first + timedelta(hours=24))
        with posting():
            assert break_it(child(forename="Second")).before == 1
        assert "had done this 1 time" in self.told()[person(MANAGER).email]
        assert "had done this" not in self.told()[person(HEAD).email]
        assert b"broke the glass 1 time" in self.page(MANAGER, EDUNET)

    def test_the_officer_of_whom_one_of_them_asks_until_it_is_explained(self) -> None:
        """R18: by email, once, and on the home page; who asks stands beside the record."""
        opening = break_it(child())
        with posting():
            for _ in range(2):
                door.mark_opening(asker(MANAGER, EDUNET), BECKSIDE, opening.pk, mark="asked")
        told = [letter for letter in mail.outbox if letter.to == [person(FIONA).email]]
        assert len(told) == 1
        assert [letter.to for letter in mail.outbox if letter.subject == told[0].subject] == [told[0].to]
        assert "Glassford" not in told[0].subject + str(told[0].body)
        waiting = b"<strong>1</strong> record that you opened needs to be explained"
        assert waiting in client(FIONA, EDUNET).get("/").content
        assert f"{person(MANAGER).name} asks why." in client(FIONA, EDUNET).get("/break-glass/yours/").content.decode()
        for other in ("officer-data", MANAGER):
            assert waiting not in client(other, EDUNET).get("/").content
        door.mark_opening(asker(HEAD), BECKSIDE, opening.pk, mark="asked")
        assert " ask why." in client(FIONA, EDUNET).get("/break-glass/yours/").content.decode()
        door.mark_opening(asker(MANAGER, EDUNET), BECKSIDE, opening.pk, mark="explained")
        door.mark_opening(asker(HEAD), BECKSIDE, opening.pk, mark="explained")
        assert waiting not in client(FIONA, EDUNET).get("/").content

    def page(self, slug: str, through: str) -> bytes:
        return client(slug, through).get(f"/establishments/{BECKSIDE}/opened-records/").content

    def test_the_head_sees_which_child_and_the_information_manager_does_not(self) -> None:
        break_it(child())
        assert "Maren" in self.page(HEAD, SCHOOLS_ONLINE).decode()
        assert "Maren" not in self.page(MANAGER, EDUNET).decode()

    @pytest.mark.parametrize(("slug", "through"), [(HEAD, SCHOOLS_ONLINE), (MANAGER, EDUNET)])
    def test_it_is_marked_as_explained_or_asked(self, slug: str, through: str) -> None:
        opening = break_it(child())
        for mark, words in (("asked", "Asked to explain"), ("explained", "Explained")):
            door.mark_opening(asker(slug, through), BECKSIDE, opening.pk, mark=mark)
            assert words in client(FIONA, EDUNET).get("/break-glass/yours/").content.decode()
        assert b"opened for safeguarding" not in client(slug, through).get("/").content

    @pytest.mark.parametrize(("slug", "through"), [(HEAD, SCHOOLS_ONLINE), (MANAGER, EDUNET)])
    def test_a_mark_is_in_the_ledger_once_and_at_its_establishment(self, slug: str, through: str) -> None:
        """R43: the same mark again changes nothing, also beside a mark of the other's; nor is it made elsewhere."""
        opening, by = break_it(child()), asker(slug, through)
        other = (MANAGER, EDUNET) if slug == HEAD else (HEAD, SCHOOLS_ONLINE)
        door.mark_opening(asker(*other), BECKSIDE, opening.pk, mark="explained")
        for _ in range(2):
            door.mark_opening(by, BECKSIDE, opening.pk, mark="explained")
        with pytest.raises((NoSuchRecord, NotYourEstablishment)):
            door.mark_opening(by, RAVENSGILL, opening.pk, mark="asked")
        with as_batch():
            rows = LedgerEntry.objects.filter(action="mark_opening", person_id=by.person_id).order_by("pk")
            assert [(row.outcome, row.about.get("opening")) for row in rows] == [
                ("changed", opening.pk), ("shown", opening.pk), ("refused", None),
            ]  # fmt: skip

    def test_nobody_marks_their_own_or_anothers(self) -> None:
        opening = break_it(child(), MANAGER)
        assert door.list_openings_to_mark(asker(MANAGER, EDUNET)).places == ()
        with pytest.raises(NoSuchRecord):
            door.mark_opening(asker(MANAGER, EDUNET), BECKSIDE, opening.pk, mark="explained")
        with pytest.raises(NoSuchRecord):
            door.mark_opening(asker("deputy-beckside"), BECKSIDE, opening.pk, mark="explained")
        with pytest.raises(NotAtYourLevel):
            door.mark_opening(asker(FIONA, EDUNET), BECKSIDE, opening.pk, mark="explained")


def test_a_head_who_is_an_officer_does_not_mark_their_own() -> None:
    """R18: what one has opened oneself another explains, at either site."""
    opening = break_it(child())
    with as_batch():
        Opening.objects.filter(pk=opening.pk).update(person_id=person(HEAD).pk)
    with pytest.raises(NoSuchRecord):
        door.mark_opening(asker(HEAD), BECKSIDE, opening.pk, mark="explained")
    with as_batch():
        assert Opening.objects.get(pk=opening.pk).head_mark == ""


@pytest.mark.parametrize("slug", [HEAD, MANAGER])
def test_nobody_is_told_whom_a_sanction_shuts_out(slug: str) -> None:
    """R18, R41: the page that the email leads to is closed to them."""
    with as_batch():
        Person.objects.filter(pk=person(slug).pk).update(suspended_until=timezone.localdate())
    with posting():
        break_it(child())
    assert {letter.to[0] for letter in mail.outbox} == {person(other).email for other in {HEAD, MANAGER} - {slug}}
