"""Sentences of emails that stand there only where they hold, in both forms alike (R18, R36)."""

import re
from datetime import datetime
from html import unescape
from typing import Any

import pytest

from access_register.notices import mail

LINK = "https://edunet.example/there/"
UNTIL = datetime(2026, 11, 3, 9, 30)


def forms(kind: str, **about: Any) -> tuple[str, str]:
    """What an email says as text and as HTML, without what it greets and ends with."""
    written = mail.letter(kind, "someone@beckside.example", name="Someone", link=LINK, **about)
    ((html, _),) = written.alternatives
    bare = unescape(re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(title|style)>.*?</\1>", "", str(html))))
    return " ".join(str(written.body).split()), re.sub(r" ([.,:])", r"\1", " ".join(bare.split()))


@pytest.mark.parametrize("place", ["Beckside Primary School", ""], ids=["for a head", "for a manager"])
@pytest.mark.parametrize("is_asker", [True, False])
@pytest.mark.parametrize(("lapsed", "is_renewal"), [(False, False), (False, True), (True, False), (True, True)])
def test_a_closing_that_lapses(lapsed: bool, is_renewal: bool, is_asker: bool, place: str) -> None:
    """R18: before it and after it, the first time and the second, and to whom it is written and why."""
    about = {"place": place, "is_asker": is_asker, "lapsed": lapsed, "is_renewal": is_renewal, "until": UNTIL}
    said = {
        "unless a second person agrees.": not lapsed,
        "because no second person agreed": lapsed,
        "They close again as soon as somebody does": lapsed and not is_renewal,
        "the second time either. The closing has ended": lapsed and is_renewal,
        "See the closing, and agree": not (lapsed and is_renewal),
        "You asked for the closing, so somebody else has to agree.": is_asker,
        "The closed records of one child at Beckside Primary School open": bool(place),
        "The closed records of a child open": not place,
        "you are head of this establishment.": bool(place),
        "you keep the records of officers and their duties.": not place,
    }
    for form in forms("closing_lapses", **about):
        assert {words: words in form for words in said} == said


@pytest.mark.parametrize("only", ["lowered", "ended", "suspended", "missed"])
def test_what_a_deadline_did_is_counted_where_it_did_something(only: str) -> None:
    """R35, R36: no line says that there were none."""
    begins = {
        "lowered": "Lowered to Level 3:",
        "ended": "Third parties whose access has ended:",
        "suspended": "Level 3, missed twice and suspended:",
        "missed": "Level 3, missed for the first time and left as it is:",
    }
    counts = dict.fromkeys(begins, 0) | {only: 7}
    about = {"place": "Beckside", "due_on": "1 May 2026", "undo_until": "15 May 2026"}
    for form in forms("review_result", **about, **counts):
        assert [name for name, words in begins.items() if words in form] == [only]
        assert f"{begins[only]} 7" in form


@pytest.mark.parametrize("children", [1, 2])
def test_of_several_children_the_days_are_those_of_the_first(children: int) -> None:
    """R7, R8."""
    about = {"place": "Beckside", "children": children, "expected_on": UNTIL.date(), "lapses_on": UNTIL.date()}
    for form in forms("transfer_overdue_leaving", **about):
        assert (form.count(", the first on 3 November"), form.count(", the first after 3 November")) == (
            (1, 1) if children > 1 else (0, 0)
        )
        assert ("1 child of Beckside was" in form) == (children == 1)
        assert ("2 children of Beckside were" in form) == (children == 2)


@pytest.mark.parametrize("link", [LINK, ""])
def test_who_cannot_cancel_a_handover_is_not_told_to(link: str) -> None:
    """R36: the outgoing head can; who would be head on that day tells the Education Department."""
    written = mail.letter(
        "headship_verified", "someone@beckside.example", name="Someone", link=link, establishment="Beckside",
        on=UNTIL.date(),
    )  # fmt: skip
    ((html, _),) = written.alternatives
    for form in (str(written.body), str(html)):
        assert ("cancel the handover, or" in form) == bool(link)
        assert "tell the Education Department at once." in form
    assert ("Look at the headship" in str(html)) == bool(link)
