"""The Council's advice as its pages need it: rows made into records (R37)."""

from datetime import date
from typing import Any

from sharing.advice.markdown import page_of
from sharing.models import AdviceVersion
from sharing.records.advice import AdviceEarlier, AdviceLine, AdviceShown, AdviceStepRecord

ERASED = "A page that was discarded"
WITHOUT_WORDS = "Page {}, whose words were destroyed"


def title(row: AdviceVersion) -> str:
    """The title of a version, even of one whose words are gone."""
    return row.title or (WITHOUT_WORDS.format(row.page_id) if row.words == AdviceVersion.Words.GONE else ERASED)


def earlier(row: AdviceVersion) -> AdviceEarlier:
    return AdviceEarlier(row.number, "" if row.words == AdviceVersion.Words.KEPT else row.get_words_display())


def line(row: AdviceVersion, today: date, for_me: set[int]) -> AdviceLine:
    return AdviceLine(
        row.page_id, row.number, title(row), row.owner, row.get_state_display(), row.published_at, row.review_on,
        is_due=row.state == AdviceVersion.State.PUBLISHED and row.review_on <= today,
        waits_for_you=row.pk in for_me,
    )  # fmt: skip


def shown_or_none(row: AdviceVersion | None) -> AdviceShown | None:
    return shown(row) if row else None


def shown(row: AdviceVersion) -> AdviceShown:
    return AdviceShown(
        row.number, row.get_state_display(), title(row), row.summary, row.owner, page_of(row.text, top=3),
        row.review_on, row.published_at, row.edits,
    )  # fmt: skip


def steps(rows: Any) -> tuple[AdviceStepRecord, ...]:
    found = rows.select_related("version").order_by("-at", "-pk")
    return tuple(
        AdviceStepRecord(
            row.version.number,
            row.kind,
            row.get_kind_display(),
            row.at,
            row.by_name,
            row.because or row.get_reason_display(),
        )
        for row in found
    )
