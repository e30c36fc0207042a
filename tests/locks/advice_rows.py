"""Advice of the council that is not out: drafts, earlier versions, and who wrote it (R37, R43, R45)."""

from datetime import date

from django.utils import timezone

from sharing.models import AdvicePage, AdviceStep, AdviceVersion
from tests.locks.switches import rows
from tests.locks.trying import OF_ADVICE, Trying
from tests.people import EDUNET, as_batch, person

WRITER = "officer-data"
WITH_A_DUTY = {WRITER, "officer-school-improvement"}  # among those who try on EduNet
OUT, DOOMED, WAITS = OF_ADVICE
_STATES = {
    OUT: ("replaced", "published"),
    "canary-down": ("taken_down",),
    DOOMED: ("taken_down",),
    WAITS: ("waiting",),
    "canary": ("draft",),
}


def plant_advice() -> None:
    """Pages of advice by one officer: one out, with an earlier version; one taken down; one whose text is to be
    destroyed; one waiting for agreement; and a draft.
    """
    now, writer = timezone.now(), person(WRITER)
    with as_batch():
        for slug, states in _STATES.items():
            page = AdvicePage.objects.create(slug=slug)
            for number, state in enumerate(states, start=1):
                version = AdviceVersion.objects.create(
                    page=page, number=number, edits=number, state=state,
                    title="Canary", summary="S", owner="O", text="T", review_on=date(2030, 1, 1),
                    published_at=None if state in ("draft", "waiting") else now,
                    words="asked" if slug == DOOMED else "kept",
                )  # fmt: skip
                AdviceStep.objects.create(version=version, kind="written", at=now, by_id=writer.pk, by_name="Canary")
            if slug == DOOMED:
                told = {"reason": "child", "at": now, "by_id": writer.pk, "by_name": "Canary"}
                AdviceStep.objects.create(version=version, kind="words_asked", **told)


def holes_in_advice(who: Trying) -> None:
    attempt, (out, doomed, waits) = who.attempt, who.there.advice
    may = who.through == EDUNET and who.slug in WITH_A_DUTY
    if not may:
        attempt("advice that is not out", AdviceVersion.objects.exclude(state="published").exists)
        attempt("addresses of advice that is not out", AdvicePage.objects.exclude(slug=OUT).exists)
        attempt("who wrote advice", AdviceStep.objects.exists)
        attempt("advice begun", lambda: rows("SELECT portal_begin_advice(gen_random_uuid(), 'x', '{}')")[0][0])
        attempt("advice taken down", lambda: _done("portal_hand_back_advice(%s, 1, 'x')", waits))
        attempt("who signs in", lambda: rows("SELECT * FROM portal_advice_identifies(ARRAY[''], '{999002}', '{}')"))
    if not may or who.slug == WRITER:
        attempt("advice agreed to", lambda: _done("portal_agree_advice(%s, 1)", waits))
        attempt("words of advice destroyed", lambda: _done("portal_destroy_advice(%s, 1)", doomed))
    attempt(
        "words of advice that is out to be destroyed",
        lambda: _done("portal_ask_to_destroy_advice(%s, 2, 'child')", out),
    )
    if not may:
        attempt("words of advice kept", lambda: _done("portal_keep_advice(%s, 1)", doomed))
    attempt("advice changed", lambda: AdviceVersion.objects.update(edits=9))
    attempt("steps of advice forgotten", lambda: AdviceStep.objects.all()._raw_delete("default"))


def _done(step: str, page: int) -> bool:
    return rows(f"SELECT {step}", page) == [("done",)]
