"""Pages of advice as officers write them, for several tests."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from sharing import door
from sharing.authorise import Asker
from sharing.door.advice import Wish
from sharing.models import AdvicePage, AdviceVersion
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, visitor

BOTH = (SCHOOLS_ONLINE, EDUNET)
WRITER, SECOND, THIRD = "officer-admissions", "officer-data", "officer-school-improvement"
TEXT = "## Which days\n\nCount *each* day once.\n\n- in the morning\n- after dinner\n\n[The law](https://www.gov.uk/)"


def officer(slug: str) -> Asker:
    return asker(slug, EDUNET)


def wish(title: str = "Counting days", **other: Any) -> Wish:
    again: date = timezone.localdate() + timedelta(days=200)
    told = {"summary": "Which days count, and how.", "owner": "Attendance team", "text": TEXT, "review_on": again}
    return Wish(title=title, **{**told, **other})


def drafted(title: str = "Counting days", *, by: str = WRITER, key: UUID | None = None, **other: Any) -> int:
    return door.write_advice(officer(by), form_key=key or uuid4(), wish=wish(title, **other))


def edits(page: int) -> int:
    """How often the page was saved."""
    with as_batch():
        return AdviceVersion.objects.filter(page=page).latest("edits").edits


def asked(title: str = "Counting days", *, by: str = WRITER, **other: Any) -> int:
    page = drafted(title, by=by, **other)
    door.ask_for_agreement(officer(by), page, edits=edits(page))
    return page


def published(title: str = "Counting days", *, by: str = WRITER, agreed: str = SECOND, **other: Any) -> int:
    page = asked(title, by=by, **other)
    door.agree_advice(officer(agreed), page, edits=edits(page))
    return page


def changed(page: int, title: str, *, by: str = WRITER, agreed: str = SECOND, **other: Any) -> None:
    """A later version is out."""
    door.change_advice(officer(by), page, edits=edits(page), wish=wish(title, **other))
    door.ask_for_agreement(officer(by), page, edits=edits(page))
    door.agree_advice(officer(agreed), page, edits=edits(page))


def address(page: int) -> str:
    with as_batch():
        return f"/guidance/{AdvicePage.objects.get(pk=page).slug}/"


def typed(**other: object) -> dict[str, object]:
    """What is typed into the form."""
    again = f"{timezone.localdate() + timedelta(days=100):%d/%m/%Y}"
    return {
        "form_key": str(uuid4()), "version": 0, "title": "Counting days", "summary": "Which days.",
        "owner": "Attendance team", "text": "Words.", "review_on": again, **other,
    }  # fmt: skip


def status(path: str) -> set[int]:
    """What a stranger is answered, at either site."""
    return {visitor(site).get(path).status_code for site in BOTH}


def of_number(page: int, number: int) -> int:
    """What a step that is taken on this version says it has seen."""
    with as_batch():
        return AdviceVersion.objects.get(page=page, number=number).edits


def ask_to_destroy(page: int, number: int = 1, *, by: str = WRITER) -> None:
    door.ask_to_destroy_advice(officer(by), page, number, edits=of_number(page, number), reason="child")


def destroy(page: int, number: int = 1, *, by: str = SECOND) -> None:
    door.destroy_advice(officer(by), page, number, edits=of_number(page, number))


def doomed(title: str = "Counting days", *, by: str = WRITER, because: str = "A name", **other: Any) -> int:
    """Taken down, and another officer is asked to destroy its words."""
    page = published(title, **other)
    door.take_down_advice(officer(by), page, because=because)
    ask_to_destroy(page, by=by)
    return page
