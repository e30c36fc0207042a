"""What may not stand in advice that anybody reads: row, what and cure (R37)."""

from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from sharing.door.advice import Identifies
from sharing.models import AdvicePage, AdviceVersion, Establishment
from tests.people import EDUNET, as_batch, client, person
from tests.sharing.advising import (
    SECOND,
    WRITER,
    address,
    asked,
    drafted,
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
        assert any("the e-mail address of somebody who signs in" in message for message in told)

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
