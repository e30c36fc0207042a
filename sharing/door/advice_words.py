"""Destroying the words of advice that is no longer out: one officer asks, another decides (R37, R43; docs/adr/0044).

Who asked, who decided, when and why are kept. The words themselves are gone for good, and whoever they named with them.
"""

from sharing.authorise import Asker, the_one
from sharing.door.advice import CannotAdvise, follow_what_is_written, step, stepping
from sharing.models import AdviceStep, AdviceVersion


def ask_to_destroy_advice(asker: Asker, page_id: int, number: int, *, edits: int, reason: str) -> None:
    """Ask another officer to destroy the words of this version. Raises NoSuchRecord, CannotAdvise."""
    with stepping(asker, "ask_to_destroy_advice", page_id) as here:
        version = _been_out(page_id, number, edits)
        if version.state == AdviceVersion.State.PUBLISHED:
            raise CannotAdvise("is out")
        why = AdviceStep.Reason(reason).value
        step("SELECT portal_ask_to_destroy_advice(%s, %s, %s)", page_id, edits, why)
        here.changed(advice=page_id, version=number, reason=why)


def keep_advice(asker: Asker, page_id: int, number: int, *, edits: int) -> None:
    """Keep the words after all: by a second officer, or by whoever asked. Raises NoSuchRecord, CannotAdvise."""
    with stepping(asker, "keep_advice", page_id) as here:
        _been_out(page_id, number, edits)
        step("SELECT portal_keep_advice(%s, %s)", page_id, edits)
        here.changed(advice=page_id, version=number)


def destroy_advice(asker: Asker, page_id: int, number: int, *, edits: int) -> None:
    """Destroy the words for good; never by whoever asked. Raises NoSuchRecord, CannotAdvise, NeedsConfirmation."""
    with stepping(asker, "destroy_advice", page_id) as here:
        asker.prove()
        version = _been_out(page_id, number, edits)
        if version.words == AdviceVersion.Words.ASKED and _who_asked(version) == asker.person_id:
            raise CannotAdvise("you asked")
        step("SELECT portal_destroy_advice(%s, %s)", page_id, edits)
        follow_what_is_written(page_id)
        here.changed(advice=page_id, version=number)


def _who_asked(version: AdviceVersion) -> int:
    """Who asked last, according to the steps: these stay, even if another officer decides meanwhile."""
    return AdviceStep.objects.filter(version=version, kind=AdviceStep.Kind.WORDS_ASKED).latest("pk").by_id


def _been_out(page_id: int, number: int, edits: int) -> AdviceVersion:
    """The version that the page showed.

    Raises NoSuchRecord where none with that number has been out, and CannotAdvise where it has changed since: its words
    were destroyed.
    """
    version = the_one(AdviceVersion.objects.filter(page=page_id, number=number, published_at__isnull=False))
    if version.edits != edits:
        raise CannotAdvise("moved on")
    return version
