"""The words of advice that is not out, destroyed: one officer asks, another one decides (R37, R43; docs/adr/0044).

Who asked, who decided, when and why stay. The words themselves go for good, with all that could name whom they named.
"""

from sharing.authorise import Asker, NeedsConfirmation, NoSuchRecord
from sharing.door.advice import CannotAdvise, follow_what_is_written, step, stepping
from sharing.models import AdviceStep, AdviceVersion


def ask_to_destroy_advice(asker: Asker, page_id: int, number: int, *, edits: int, reason: str) -> None:
    """Another officer is asked to destroy the words of this version. Raises NoSuchRecord, CannotAdvise."""
    with stepping(asker, "ask_to_destroy_advice", page_id) as here:
        version = _been_out(page_id, number, edits)
        if version.state == AdviceVersion.State.PUBLISHED:
            raise CannotAdvise("is out")
        why = AdviceStep.Reason(reason).value
        step("SELECT portal_ask_to_destroy_advice(%s, %s, %s)", page_id, edits, why)
        here.changed(advice=page_id, version=number, reason=why)


def keep_advice(asker: Asker, page_id: int, number: int, *, edits: int) -> None:
    """The words stay: by a second officer, or by who asked. Raises NoSuchRecord, CannotAdvise."""
    with stepping(asker, "keep_advice", page_id) as here:
        _been_out(page_id, number, edits)
        step("SELECT portal_keep_advice(%s, %s)", page_id, edits)
        here.changed(advice=page_id, version=number)


def destroy_advice(asker: Asker, page_id: int, number: int, *, edits: int) -> None:
    """The words are gone for good. Never by who asked. Raises NoSuchRecord, CannotAdvise."""
    with stepping(asker, "destroy_advice", page_id) as here:
        if not asker.confirmed_lately:
            raise NeedsConfirmation
        version = _been_out(page_id, number, edits)
        if version.words == AdviceVersion.Words.ASKED and _who_asked(version) == asker.person_id:
            raise CannotAdvise("you asked")
        step("SELECT portal_destroy_advice(%s, %s)", page_id, edits)
        follow_what_is_written(page_id)
        here.changed(advice=page_id, version=number)


def _who_asked(version: AdviceVersion) -> int:
    """Of the steps, which stay: another officer may decide meanwhile."""
    return AdviceStep.objects.filter(version=version, kind=AdviceStep.Kind.WORDS_ASKED).latest("pk").by_id


def _been_out(page_id: int, number: int, edits: int) -> AdviceVersion:
    """The version that the page showed. Raises NoSuchRecord where none has been out, CannotAdvise where it is another
    since: its words were destroyed."""
    version = AdviceVersion.objects.filter(page=page_id, number=number, published_at__isnull=False).first()
    if version is None:
        raise NoSuchRecord
    if version.edits != edits:
        raise CannotAdvise("moved on")
    return version
