"""Advice and guidance of the Council (R37; docs/adr/0044): an officer writes, a second one agrees, anybody reads.

For officers with a recorded duty and a second factor. The web application writes none of the tables itself: each step
is a function of the database (sharing/sql/advice.sql). The ledger records each step, but nothing of what was written.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.text import slugify

from sharing.advice.identifying import problems_of
from sharing.authorise import (
    Asker,
    NeedsSecondFactor,
    NoSuchRecord,
    NotAtYourLevel,
    Permission,
    Through,
    Visit,
)
from sharing.cannot import CannotDo, ChangedMeanwhile
from sharing.door.advice_records import earlier, line, shown, shown_or_none, steps, title
from sharing.door.managing import as_officer
from sharing.guidance import BY_SLUG, GUIDES
from sharing.ledger import ledger
from sharing.models import AdvicePage, AdviceStep, AdviceVersion
from sharing.models.advice import AdviceVersionQuerySet
from sharing.records import Why
from sharing.records.advice import (
    AdviceDesk,
    AdviceFile,
    AdviceLine,
    AdvicePast,
    AdviceWriting,
)
from sharing.statements import value_of

BY_DUTY = (
    Permission.VIEW_PUPILS,
    Permission.VIEW_STAFF,
    Permission.KEEP_RECORDS,
    Permission.VIEW_RESTRICTED,
    Permission.MANAGE_DUTIES,
)
NEEDED = "Only officers with a recorded duty write advice of the Council, and agree to it. You have no such duty today."
A_YEAR = timedelta(days=365)
REFUSED = {
    "moved on": "Somebody has changed this page, or taken this step, in the meantime. Look at it again.",
    "no reason": "Say why. It stays in the history of the page.",
    "yours": "You have written this version, or asked for agreement to it. Another officer has to agree.",
    "waits": "This version is waiting for agreement, so its words cannot be changed. Hand it back first.",
    "is out": "This version is published, so its words stay. Take the page down first.",
    "you asked": "You have asked to destroy these words. Another officer has to decide.",
}
CHANGED = (
    "Somebody else saved this draft while you had it open. Open it in another tab and compare. "
    "If you save now, your words replace theirs."
)
DESTROYED = (
    "Words of this page were destroyed while you had it open. Look in its history, in another tab, to see why. "
    "Do not bring them back. If you save now, what you have typed is kept."
)


@dataclass(frozen=True)
class Wish:
    """What an officer typed in the form. `text` is simple Markdown."""

    title: str
    summary: str
    owner: str
    text: str
    review_on: date


class CannotAdvise(CannotDo):
    """The step cannot be taken. `answer` is PostgreSQL's answer, for the ledger."""

    def __init__(self, answer: str) -> None:
        super().__init__(REFUSED[answer], "because" if answer == "no reason" else None)
        self.answer = answer


class Identifies(CannotDo):
    """What is written identifies somebody, so it cannot go on an open page.

    `problems`: for each field the messages, each with the row, what was found and how to correct it.
    """

    def __init__(self, problems: dict[str, list[str]]) -> None:
        self.problems = problems
        super().__init__(" ".join(message for _, message in self.told))

    @property
    def told(self) -> list[tuple[str | None, str]]:
        return [(field, message) for field, messages in self.problems.items() for message in messages]


def list_advice(asker: Asker) -> AdviceDesk:
    """The advice that waits, is being written, is published, or was taken down."""
    with _writing(asker, "list_advice") as here:
        rows = list(AdviceVersion.objects.defer("text", "summary").exclude(state="discarded").order_by("title", "pk"))
        to_agree = AdviceVersion.objects.to_be_agreed_by(asker.person_id)
        to_destroy = AdviceVersion.objects.to_be_destroyed_by(asker.person_id)
        for_me = set(to_agree.values_list("pk", flat=True).union(to_destroy.values_list("pk", flat=True)))
        standing = {row.page_id for row in rows if row.state == AdviceVersion.State.PUBLISHED}
        down = {row.page_id: row for row in sorted(rows, key=_number) if row.state == AdviceVersion.State.TAKEN_DOWN}
        here.showed(pages=len({row.page_id for row in rows}))

        def lines(found: Iterable[AdviceVersion]) -> tuple[AdviceLine, ...]:
            return tuple(line(row, here.today, for_me) for row in found)

        return AdviceDesk(
            waiting=lines(row for row in rows if row.state == AdviceVersion.State.WAITING),
            drafts=lines(row for row in rows if row.state == AdviceVersion.State.DRAFT),
            to_destroy=lines(row for row in rows if row.words == AdviceVersion.Words.ASKED),
            published=lines(row for row in rows if row.state == AdviceVersion.State.PUBLISHED),
            taken_down=lines(row for page, row in down.items() if page not in standing),
            why=_why(here),
        )


def show_advice(asker: Asker, page_id: int) -> AdviceFile:
    """One page, with its history. Raises NoSuchRecord."""
    with _writing(asker, "show_advice") as here:
        page, versions = _page(page_id)
        by_state = {row.state: row for row in versions}
        out = by_state.get(AdviceVersion.State.PUBLISHED)
        draft, waiting = by_state.get(AdviceVersion.State.DRAFT), by_state.get(AdviceVersion.State.WAITING)
        newest = draft or waiting or out or versions[-1]
        here.showed(advice=page.pk)
        return AdviceFile(
            page_id=page.pk,
            slug=page.slug,
            title=title(newest),
            draft=shown_or_none(draft),
            waiting=shown_or_none(waiting),
            out=shown_or_none(out),
            is_due=bool(out and out.review_on <= here.today),
            taken_down=not out and any(row.published_at and row.words != AdviceVersion.Words.GONE for row in versions),
            may_agree=waiting is not None and _may_agree(waiting, asker),
            past=tuple(earlier(row) for row in reversed(versions) if row.published_at and row != out),
            steps=steps(AdviceStep.objects.filter(version__page=page)),
            why=_why(here),
        )


def show_advice_version(asker: Asker, page_id: int, number: int) -> AdvicePast:
    """What a page said at a time: a version that is or was published. Raises NoSuchRecord."""
    with _writing(asker, "show_advice_version") as here:
        page, versions = _page(page_id)
        version = next((row for row in versions if row.number == number and row.published_at), None)
        if version is None:
            raise NoSuchRecord
        here.showed(advice=page.pk, version=number)
        taken = steps(AdviceStep.objects.filter(version=version))
        asked = [one for one in taken if one.kind == AdviceStep.Kind.WORDS_ASKED]
        with_words = [row for row in versions if row != version and row.title]
        return AdvicePast(
            page_id=page.pk,
            slug=page.slug,
            version=shown(version),
            is_out=version.state == AdviceVersion.State.PUBLISHED,
            words=version.words,
            asked=asked[0] if asked else None,
            may_destroy=_may_destroy(version, asker),
            with_words=tuple(earlier(row) for row in with_words if row.published_at),
            has_draft=any(not row.published_at for row in with_words),
            steps=taken,
            why=_why(here),
        )


def show_writing_advice(asker: Asker, page_id: int | None = None) -> AdviceWriting:
    """What the form starts with: the draft, else what was last on the page. Raises NoSuchRecord, CannotAdvise."""
    with _writing(asker, "show_writing_advice") as here:
        owners = {guide.owner for guide in GUIDES} | set(AdviceVersion.objects.out().values_list("owner", flat=True))
        told: dict[str, Any] = {"owners": tuple(sorted(owners)), "why": _why(here)}
        again = here.today + A_YEAR
        here.showed(advice=page_id)
        if page_id is None:
            return AdviceWriting(None, "", "", "", "", again, 0, False, **told)
        _, versions = _page(page_id)
        if any(row.state == AdviceVersion.State.WAITING for row in versions):
            raise CannotAdvise("waits")
        is_out = any(row.state == AdviceVersion.State.PUBLISHED for row in versions)
        draft = next((row for row in versions if row.state == AdviceVersion.State.DRAFT), None)
        last = draft or [row for row in versions if row.title or row == versions[0]][-1]
        return AdviceWriting(
            page_id, last.title, last.summary, last.owner, last.text, last.review_on if draft else again,
            max(row.edits for row in versions), is_out, **told,
        )  # fmt: skip


def look_over_advice(asker: Asker, *, wish: Wish) -> None:
    """Check what would be saved, for the preview, and save nothing. Raises Identifies where it could not be saved."""
    with _writing(asker, "look_over_advice") as here:
        problems = _problems(wish)
        here.showed(problems=len(problems))
    if problems:
        raise Identifies(problems)


def write_advice(asker: Asker, *, form_key: UUID, wish: Wish, edits: int = 0) -> int:
    """Begin a page, as a draft. Returns its number, which is the same for a form that is sent twice.

    Raises Identifies, and ChangedMeanwhile where the form has already begun a page that says something else now.
    """
    with _writing(asker, "write_advice") as here:
        _check(wish)
        page_id: int = value_of("SELECT portal_begin_advice(%s, %s, %s)", form_key, _address(wish.title), [*BY_SLUG])
        _save(page_id, edits, wish)
        here.changed(advice=page_id)
        return page_id


def change_advice(asker: Asker, page_id: int, *, edits: int, wish: Wish) -> None:
    """Save the draft, or begin one for a page that is published or was taken down.

    Raises Identifies, CannotAdvise, and ChangedMeanwhile where the page has been saved more often than `edits` times.
    """
    with _writing(asker, "change_advice") as here:
        _page(page_id)
        _check(wish)
        _save(page_id, edits, wish)
        _follow(page_id, wish.title)
        here.changed(advice=page_id)


def ask_for_agreement(asker: Asker, page_id: int, *, edits: int) -> None:
    """Have the draft wait for a second officer.

    Raises CannotAdvise, and Identifies where it names somebody who has been added to the store since it was saved.
    """
    with stepping(asker, "ask_for_agreement", page_id) as here:
        _check_in_hand(page_id)
        step("SELECT portal_ask_advice(%s, %s)", page_id, edits)
        here.changed(advice=page_id)


def agree_advice(asker: Asker, page_id: int, *, edits: int) -> None:
    """Publish it: anybody reads it from the next request on, on both sites.

    Never by the officer who wrote it or asked for agreement. Raises CannotAdvise, NeedsConfirmation, and Identifies.
    """
    with stepping(asker, "agree_advice", page_id) as here:
        asker.prove()
        _check_in_hand(page_id)
        step("SELECT portal_agree_advice(%s, %s)", page_id, edits)
        here.changed(advice=page_id)


def hand_back_advice(asker: Asker, page_id: int, *, edits: int, because: str) -> None:
    """Make it a draft again, by a second officer or by whoever wrote it. The reason is kept. Raises CannotAdvise."""
    with stepping(asker, "hand_back_advice", page_id) as here:
        _check_reason(because)
        step("SELECT portal_hand_back_advice(%s, %s, %s)", page_id, edits, because)
        here.changed(advice=page_id)


def discard_advice(asker: Asker, page_id: int, *, edits: int) -> None:
    """Discard the draft and its words. The fact that there was one is kept. Raises CannotAdvise."""
    with stepping(asker, "discard_advice", page_id) as here:
        step("SELECT portal_discard_advice(%s, %s)", page_id, edits)
        here.changed(advice=page_id)


def take_down_advice(asker: Asker, page_id: int, *, because: str, edits: int | None = None) -> None:
    """Take it down: nobody reads it from the next request on. `edits`: of the version that the officer saw. Raises
    CannotAdvise, and ChangedMeanwhile where another one is out.

    One officer does this alone, because waiting for a second would prolong the harm.
    """
    with stepping(asker, "take_down_advice", page_id) as here:
        _check_reason(because)
        standing = AdviceVersion.objects.filter(page=page_id, state=AdviceVersion.State.PUBLISHED).first()
        if standing and edits not in (None, standing.edits):
            raise ChangedMeanwhile(REFUSED["moved on"], standing.edits)
        step("SELECT portal_take_down_advice(%s, %s, %s)", page_id, edits, because)
        here.changed(advice=page_id)


def writes_advice(here: Visit) -> bool:
    """Whether the asker has a recorded duty today, of whatever kind, on EduNet."""
    held = any(here.holdings.at(permission) for permission in BY_DUTY)
    return here.asker.through == Through.EDUNET and held


@contextmanager
def _writing(asker: Asker, action: str) -> Iterator[Visit]:
    with as_officer(asker, action, permission=Permission.VIEW_ESTABLISHMENT, needed=NEEDED) as here:
        if not writes_advice(here):
            raise NotAtYourLevel(NEEDED)
        if not asker.second_factor:
            raise NeedsSecondFactor
        yield here


@contextmanager
def stepping(asker: Asker, action: str, page_id: int) -> Iterator[Visit]:
    """A visit for one step. A refused step is recorded in the ledger too."""
    try:
        with _writing(asker, action) as here:
            _page(page_id)
            yield here
    except CannotAdvise as refused:
        ledger.refuse(asker, action=action, why=refused.answer)
        raise


def step(statement: str, *given: Any) -> None:
    answer = value_of(statement, *given)
    if answer != "done":
        raise CannotAdvise(answer)


def _save(page_id: int, edits: int, wish: Wish) -> None:
    given = page_id, edits, wish.title, wish.summary, wish.owner, wish.text, wish.review_on
    answer = value_of("SELECT portal_write_advice(%s, %s, %s, %s, %s, %s, %s)", *given)
    if answer == "changed meanwhile":
        versions = AdviceVersion.objects.filter(page=page_id)
        lost_words = versions.filter(words=AdviceVersion.Words.GONE, edits__gt=edits).exists()
        last = versions.order_by("edits").last()
        raise ChangedMeanwhile(DESTROYED if lost_words else CHANGED, last.edits if last else 0)
    if answer != "done":
        raise CannotAdvise(answer)


def follow_what_is_written(page_id: int) -> None:
    """After its words are destroyed, give the page the address of what an officer is writing there, if anything."""
    if row := AdviceVersion.objects.in_hand().filter(page=page_id).first():
        _follow(page_id, row.title)


def _follow(page_id: int, called: str) -> None:
    """Make the page's address from the title, until the page has been published."""
    value_of("SELECT portal_address_advice(%s, %s, %s)", page_id, _address(called), [*BY_SLUG])


def _address(called: str) -> str:
    return slugify(called)[:50].strip("-") or "advice"


def _problems(wish: Wish) -> dict[str, list[str]]:
    return problems_of({"title": wish.title, "summary": wish.summary, "owner": wish.owner}, wish.text)


def _check(wish: Wish) -> None:
    if problems := _problems(wish):
        raise Identifies(problems)


def _check_reason(because: str) -> None:
    """Raise Identifies where the reason names somebody: it is kept for good."""
    if problems := problems_of({"because": because}, ""):
        raise Identifies(problems)


def _check_in_hand(page_id: int) -> None:
    """Raise Identifies where what is in hand names somebody, who may be new in the store since it was saved."""
    row = AdviceVersion.objects.in_hand().filter(page=page_id).first()
    if row:
        _check(Wish(row.title, row.summary, row.owner, row.text, row.review_on))


def _page(page_id: int) -> tuple[AdvicePage, list[AdviceVersion]]:
    """The page and its versions, in order. Raises NoSuchRecord."""
    versions = list(AdviceVersion.objects.filter(page=page_id).select_related("page").order_by("number"))
    if not versions:
        raise NoSuchRecord
    return versions[0].page, versions


def _may_agree(version: AdviceVersion, asker: Asker) -> bool:
    found: AdviceVersionQuerySet = AdviceVersion.objects.to_be_agreed_by(asker.person_id)
    return found.filter(pk=version.pk).exists()


def _may_destroy(version: AdviceVersion, asker: Asker) -> bool:
    """Whether another officer has asked for its words to be destroyed."""
    if version.words != AdviceVersion.Words.ASKED:
        return False
    return AdviceVersion.objects.to_be_destroyed_by(asker.person_id).filter(pk=version.pk).exists()


def _why(here: Visit) -> Why:
    """The duty under which the asker writes."""
    own = next(here.holdings.best(permission) for permission in BY_DUTY if here.holdings.at(permission))
    return Why(next(iter(own.values())), here.permission)


def _number(row: AdviceVersion) -> int:
    return row.number
