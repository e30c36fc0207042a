"""The officer who is asked why a record was opened writes it beside the record (R13, R18, R43, R45)."""

import pytest
from django.core import mail
from django.db import connection

from sharing import door
from sharing.authorise import NoSuchRecord, NotAtYourLevel, Permission, visit
from sharing.models import Explanation, LedgerEntry, Opening
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person
from tests.post import posting
from tests.sharing.glass import BECKSIDE, FIONA, HEAD, MANAGER, break_it, child

pytestmark = pytest.mark.django_db
MINE = "/break-glass/yours/"
HERE = f"/establishments/{BECKSIDE}/opened-records/"
TEXT = "The unmistakable ward asked for the GP."


def asked(*, by: str = MANAGER, **why: object) -> Opening:
    opening = break_it(child(), **why)
    ask(opening, by)
    return opening


def ask(opening: Opening, by: str = MANAGER, mark: str = "asked") -> None:
    through = EDUNET if by == MANAGER else SCHOOLS_ONLINE
    door.mark_opening(asker(by, through), BECKSIDE, opening.pk, mark=mark)


def explain(opening: Opening, text: str = TEXT, slug: str = FIONA) -> None:
    door.explain_opening(asker(slug, EDUNET), opening.pk, text=text)


def kept(opening: Opening) -> list[str]:
    with as_batch():
        return [str(one.text) for one in Explanation.objects.filter(opening=opening)]


def page(slug: str, through: str = EDUNET, path: str = HERE) -> str:
    return client(slug, through).get(path).content.decode()


class TestWhoReadsIt:
    def test_those_who_asked_read_it_and_mark_it(self) -> None:
        """R18: the question, the words, and the mark stand beside the record, for the officer too."""
        opening = asked()
        ask(opening, HEAD)
        explain(opening)
        for slug, through in ((MANAGER, EDUNET), (HEAD, SCHOOLS_ONLINE)):
            assert TEXT in page(slug, through)
            assert "Asked and answered" in page(slug, through)
            ask(opening, slug, "explained")
        told = page(FIONA, path=MINE)
        assert TEXT in told
        assert "Asked and answered" not in told
        assert "Explained, " in told

    def test_it_waits_for_who_asked_and_no_more_for_the_officer(self) -> None:
        """R18: on the home pages; a head who has not been asked to look again is not told anew."""
        opening = asked()
        ask(opening, HEAD, "explained")
        to_explain, to_mark = "record that you opened needs to be explained", "record was opened without a duty"
        assert to_explain in page(FIONA, path="/")
        assert to_mark not in page(MANAGER, path="/")
        explain(opening)
        assert to_explain not in page(FIONA, path="/")
        assert to_mark in page(MANAGER, path="/")
        assert [place.number for place in door.list_openings_to_mark(asker(MANAGER, EDUNET)).places] == [1]
        assert "opened for safeguarding" not in page(HEAD, SCHOOLS_ONLINE, "/")
        ask(opening, mark="explained")
        assert to_mark not in page(MANAGER, path="/")

    @pytest.mark.parametrize("by", [MANAGER, HEAD])
    def test_who_asked_is_told_and_of_the_words_nothing(self, by: str) -> None:
        """R18: by email, to those who asked alone; no word of it and no child."""
        opening = asked(by=by)
        with posting():
            explain(opening)
        (letter,) = mail.outbox
        assert letter.to == [person(by).email]
        told = letter.subject + str(letter.body) + str(letter.alternatives)
        assert person(FIONA).name in told
        for words in ("unmistakable", "Glassford", "Maren"):
            assert words not in told

    def test_a_head_who_may_not_know_learns_nothing(self) -> None:
        """R18, R43: not on a page, not by email, not on the home page, not in the ledger."""
        opening = asked(head_barred=True)
        with posting():
            explain(opening)
        assert {letter.to[0] for letter in mail.outbox} == {person(MANAGER).email}
        assert TEXT in page(MANAGER)
        assert TEXT not in page(HEAD, SCHOOLS_ONLINE)
        assert door.list_openings(asker(HEAD), BECKSIDE).openings.rows == ()
        assert "opened for safeguarding" not in page(HEAD, SCHOOLS_ONLINE, "/")
        assert not [line for line in door.read_ledger(asker(HEAD), BECKSIDE).lines if line.site == "EduNet"]
        with as_batch():
            assert LedgerEntry.objects.get(action="explain_opening").about["not_for_the_head"] is True

    def test_it_is_encrypted_and_in_no_row_of_the_ledger(self) -> None:
        """R13, R43."""
        opening = asked()
        explain(opening)
        with as_batch(), connection.cursor() as cursor:
            cursor.execute("SELECT one::text FROM sharing_explanation AS one")
            (row,) = cursor.fetchone()
            told = LedgerEntry.objects.get(action="explain_opening")
        assert "nmistakable" not in row
        assert b"nmistakable".hex() not in row
        assert (told.outcome, told.about) == ("changed", {"opening": opening.pk})


class TestWhoWritesIt:
    def test_once_for_each_question_and_none_is_changed(self) -> None:
        """R18, R43: a second one stands beside the first."""
        opening = asked()
        explain(opening, "First")
        with pytest.raises(door.NobodyAsks):
            explain(opening, "Second")
        ask(opening)
        with posting():
            explain(opening, "Second")
        assert kept(opening) == ["First", "Second"]
        assert {letter.to[0] for letter in mail.outbox} == {person(MANAGER).email}
        told = page(MANAGER)
        assert told.index("First") < told.index("Second")

    @pytest.mark.parametrize("mark", ["", "explained"])
    def test_nobody_who_is_not_asked(self, mark: str) -> None:
        opening = break_it(child())
        if mark:
            ask(opening, mark=mark)
        with pytest.raises(door.NobodyAsks):
            explain(opening)
        assert kept(opening) == []

    def test_nobody_but_the_officer(self) -> None:
        opening = asked()
        with pytest.raises(NoSuchRecord):
            explain(opening, slug="officer-data")
        with pytest.raises(NoSuchRecord):
            explain(opening, slug=MANAGER)
        with pytest.raises(NotAtYourLevel):
            door.explain_opening(asker(HEAD), opening.pk, text=TEXT)
        assert client("officer-data", EDUNET).post(f"{MINE}{opening.pk}/explain/", {}).status_code == 404
        assert kept(opening) == []

    def test_the_function_asks_by_itself(self) -> None:
        """R45: with the door forgotten, PostgreSQL takes it of nobody else."""
        opening = asked()
        for slug, through, is_taken in (
            ("officer-data", EDUNET, False),
            (MANAGER, EDUNET, False),
            (FIONA, SCHOOLS_ONLINE, False),
            (FIONA, EDUNET, True),
            (FIONA, EDUNET, False),
        ):
            with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
                here.showed()
                with connection.cursor() as cursor:
                    cursor.execute("SELECT sharing_explain_opening(%s, %s)", [opening.pk, b"sealed"])
                    assert cursor.fetchone() == (is_taken,), slug

    def test_sent_twice_it_is_kept_once(self) -> None:
        """R18: a double click does no harm, and says that it is recorded."""
        opening, browser = asked(), client(FIONA, EDUNET)
        for _ in range(2):
            sent = browser.post(f"{MINE}{opening.pk}/explain/", {"explanation": TEXT}, follow=True)
            assert "Your explanation is recorded." in sent.content.decode()
        assert kept(opening) == [TEXT]


class TestTheForm:
    def test_is_there_while_somebody_asks(self) -> None:
        opening = break_it(child())
        form = f'action="{MINE}{opening.pk}/explain/"'
        assert form not in page(FIONA, path=MINE)
        ask(opening)
        assert form in page(FIONA, path=MINE)
        explain(opening)
        assert form not in page(FIONA, path=MINE)

    @pytest.mark.parametrize(
        ("typed", "says"), [("", "Write why you opened this record."), ("x" * 2001, "2000 characters at most")]
    )
    def test_keeps_what_is_wrong(self, typed: str, says: str) -> None:
        """The error leads to the field of this opening, of several that are asked about."""
        opening, _ = asked(), asked()
        wrong = client(FIONA, EDUNET).post(f"{MINE}{opening.pk}/explain/", {"explanation": typed})
        told = wrong.content.decode()
        assert wrong.status_code == 422
        assert says in told
        assert f'href="#id_explanation_{opening.pk}"' in told
        assert f'id="id_explanation_{opening.pk}"' in told
        assert typed in told
        assert kept(opening) == []

    def test_keeps_what_nobody_asks_for_any_more(self) -> None:
        opening = asked()
        ask(opening, mark="explained")
        late = client(FIONA, EDUNET).post(f"{MINE}{opening.pk}/explain/", {"explanation": TEXT})
        assert late.status_code == 422
        assert "nobody is asking about this record any more" in late.content.decode()
        assert TEXT in late.content.decode()
        assert kept(opening) == []
