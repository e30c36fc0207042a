"""What may not stand in advice that anybody reads: row, what and cure (R37)."""

from datetime import timedelta
from html import unescape
from time import monotonic

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sharing.door.advice import Identifies
from sharing.models import AdvicePage, AdviceStep, AdviceVersion, Establishment
from tests.people import EDUNET, as_batch, client, person
from tests.sharing.advising import (
    SECOND,
    WRITER,
    address,
    asked,
    drafted,
    published,
    status,
    typed,
)

pytestmark = pytest.mark.django_db


class TestWhatMayNotStandThere:
    UPN = "A999200103004"

    def problems(self, **other: str) -> dict[str, list[str]]:
        with pytest.raises(Identifies) as refused:
            drafted(**other)
        with as_batch():
            assert not AdviceVersion.objects.exists()
        return refused.value.problems

    @pytest.mark.parametrize(
        ("words", "says"),
        [
            ("Child A999200103004 came.", "unique pupil number"),
            ("Child a999200103004.", "unique pupil number"),
            ("Learner 1234567890 came.", "unique learner number"),
            ("School 999002 says", "the URN of an establishment"),
            ("Ask Beckside Primary School", "the name of an establishment"),
            ("Ask *Beckside*  primary **School** today", "the name of an establishment"),
            ("[Ask](https://example.org/999002/)", "the URN of an establishment"),
            ("[Ask](https://example.org/Beckside%20Primary%20School.pdf)", "the name of an establishment"),
            ("[Ask](https://example.org/%41999200103004)", "unique pupil number"),
            ("[Ask](javascript:alert(1))", "leads neither to a secure web address"),
            ("[](https://www.gov.uk/)", "a link has no words"),
        ],
    )
    def test_row_what_and_cure(self, words: str, says: str) -> None:
        """R37: wherever it stands, also between signs of Markdown."""
        told = self.problems(text=f"First row.\n\n{words}")["text"]
        assert any(says in message for message in told), told
        if "*" not in words:
            assert all(message.startswith("Row 3: ") for message in told), told
        assert all(message.endswith(".") for message in told)

    def test_people_who_sign_in(self) -> None:
        """R37: the full name, and the address; in each field."""
        head = person("head-beckside")
        for field in ("title", "summary", "owner", "text"):
            given = {field: f"Ask {head.name.upper()} today"}
            assert "somebody who signs in" in self.problems(**given)[field][0]
        told = self.problems(text=f"Write to {head.email.upper()}.")["text"]
        assert any("the email address of somebody who signs in" in message for message in told)

    @pytest.mark.parametrize(
        "words",
        [
            "How will young carers be helped?",
            "Will young carers be helped?",
            "They will\nyoung and old.",
        ],
    )
    def test_words_of_everyday_are_nobodys_name(self, words: str) -> None:
        """An officer could not write of young carers, because somebody is called Will Young."""
        self.called("Will Young")
        assert drafted(text=words)

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("Will Young", "Ask Will Young."),
            ("Will Young", "Ask WILL YOUNG."),
            ("Will Young", "Ask Will YOUNG, who will young people help."),
            ("Will Young", "How will young carers be helped? Ask **Will** *Young*."),
            ("Will Young", "[Ask](https://example.org/will-young/)"),
            ("Will Young", "[Ask](https://example.org/will%20young.pdf)"),
            ("Will Young", "Look at example.org/will-young or will.young"),
            ("will young", "How will young carers be helped?"),
            ("Will van der Young", "Ask Will van der Young."),
            ("Will O’Young", "Ask Will O'Young."),
            ("李 小龙", "Ask 李 小龙."),
        ],
    )
    def test_a_name_as_names_are_written(self, name: str, words: str) -> None:
        """R37: with its capitals, in capitals alone, and in addresses in any letters."""
        self.called(name)
        told = self.problems(text=words)["text"]
        assert any("is the name of somebody who signs in here" in message for message in told), told

    def called(self, name: str) -> None:
        with as_batch():
            somebody = person("governor-beckside")
            type(somebody).objects.filter(pk=somebody.pk).update(name=name)

    @pytest.mark.parametrize(
        "words",
        [
            "Call 01274 432111, 0800 123456 or +44 1274 432111 or +44 (0)1274 432111.",
            "Write to attendance@bradford.example.",
            "From 2025 2026 27 on, 777777 of 12 345 678 rows.",
            "Prepare for Year 7, and see [the list](/guidance/privacy/).",
        ],
    )
    def test_what_may(self, words: str) -> None:
        assert drafted(text=words)

    @pytest.mark.parametrize("named", ["The Academy", "Academy"])
    def test_a_name_of_words_of_everyday(self, named: str) -> None:
        """As it is written, with its capitals: else nobody could write of an academy."""
        with as_batch():
            Establishment.objects.filter(urn=999002).update(name=named)
        told = self.problems(title=f"At {named}")["title"]
        assert drafted(text="Ask whether the academy has sent it.")
        assert told == [
            f"“{named}” is the name of an establishment. Write what is true for every school, and do not name one."
        ]

    def test_the_store_is_asked_once_for_all_fields(self) -> None:
        with CaptureQueriesContext(connection) as queries:
            drafted()
        assert len([query for query in queries if "portal_advice_identifies" in query["sql"]]) == 1

    def test_a_table_of_which_most_is_not_typed(self) -> None:
        """Anybody opens the page: 20,000 letters would be 65,536 cells, made anew each time."""
        wide = "|a" * 50 + "\n" + "|-" * 50 + "\n" + "|\n" * 40
        assert self.problems(text=wide)["text"][0].startswith("The tables have 2,050 cells.")
        assert drafted(text="|a|b|\n|-|-|\n|1|2|")

    def test_a_list_of_numbers_that_was_pasted(self) -> None:
        """It is answered at once: no row is read again for each of them."""
        began = monotonic()
        told = self.problems(text="\n".join(str(1234567890 + more) for more in range(1500)))["text"]
        assert len(told) == 1500
        assert told[-1].startswith("Row 1500: ")
        assert monotonic() - began < 10

    @pytest.mark.parametrize("step", ["hand-back", "take-down"])
    def test_nor_in_a_reason(self, step: str) -> None:
        """R37, R43: it stands in the history for good."""
        page = asked() if step == "hand-back" else published()
        given = {"version": 1, "because": "It named A999200103004 of Beckside Primary School"}
        answer = client(SECOND, EDUNET).post(f"/advice/{page}/{step}/", given)
        assert answer.status_code == 422
        assert unescape(answer.content.decode()).count("Take it out. No child’s number may be shown here.") >= 1
        with as_batch():
            assert not AdviceStep.objects.exclude(because="").exists()

    def test_the_store_is_asked_again_before_it_goes_out(self) -> None:
        """R37: somebody has come since it was saved."""
        page = asked(text="Ask Ferdinand Neuling about it.")
        with as_batch():
            somebody = person("governor-beckside")
            type(somebody).objects.filter(pk=somebody.pk).update(name="Ferdinand Neuling")
        answer = client(SECOND, EDUNET).post(f"/advice/{page}/agree/", {"version": 1, "identifies_nobody": "on"})
        assert answer.status_code == 422
        assert "is the name of somebody who signs in here" in answer.content.decode()
        assert status(address(page)) == {404}

    def test_the_form_keeps_what_was_typed(self) -> None:
        given = typed(text="Some words\nBeckside Primary School\n")
        for step in ("save", "preview"):
            answer = client(WRITER, EDUNET).post("/advice/write/", given | {"step": step})
            seen = unescape(answer.content.decode())
            assert answer.status_code == 422
            assert "Row 2: “Beckside Primary School” is the name of an establishment." in seen
            assert "Some words\nBeckside Primary School\n</textarea>" in seen
        with as_batch():
            assert Establishment.objects.filter(name="Beckside Primary School").exists()
            assert not AdvicePage.objects.exists()

    def test_a_day_to_look_again_lies_ahead(self) -> None:
        for days in (0, 2000):
            day = f"{timezone.localdate() + timedelta(days=days):%d/%m/%Y}"
            answer = client(WRITER, EDUNET).post("/advice/write/", typed(review_on=day))
            assert "at most three years ahead" in answer.content.decode()
