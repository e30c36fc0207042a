"""Stopping published figures at once, and showing them again, by another person (R11, R22, R43, R44; docs/adr/0042).

The web application writes no release: both steps are functions of the database (sharing/sql/stopped_releases.sql).
"""

from sharing.authorise import Asker, NoSuchRecord
from sharing.cannot import CannotDo, version_of
from sharing.door.managing import managing
from sharing.ledger import ledger
from sharing.models import Release
from sharing.statements import value_of

NEEDED = "Only the information manager can stop figures that are out, or show them again. Ask them at once."
REFUSED = {
    "moved on": "Somebody has stopped these figures, or shown them again, in the meantime. Look at the page again.",
    "no reason": "Say why the figures are stopped.",
    "stopped by you": "You have stopped these figures. Another information manager has to show them again.",
    "a later one is stopped": "A later version of these figures is stopped. Show that one again first, or neither.",
}


class CannotStop(CannotDo):
    """The step cannot be taken now. `answer` is PostgreSQL's answer, for the ledger."""

    def __init__(self, answer: str) -> None:
        super().__init__(REFUSED[answer], "because" if answer == "no reason" else None)
        self.answer = answer


def stop_release(asker: Asker, release_id: int, *, because: str) -> None:
    """Stop these figures: from the next request on nobody reads any version of that dataset and year.

    Everybody can read `because`. One information manager does this alone, because waiting would prolong the harm.
    Raises CannotStop.
    """
    _step(asker, "stop_release", "SELECT portal_stop_release(%s, %s)", release_id, because=because)


def show_release_again(asker: Asker, release_id: int, *, version: str | None = None) -> None:
    """Show the figures again where they were; never by whoever stopped them. `version`: of the stop, with its reason,
    that the page told of. Raises CannotStop."""
    _step(asker, "show_release_again", "SELECT portal_show_release_again(%s)", release_id, version)


def _step(asker: Asker, action: str, sql: str, release_id: int, version: str | None = None, **given: str) -> None:
    try:
        with managing(asker, action, needed=NEEDED) as here:
            stop = Release.objects.filter(pk=release_id).values_list("stopped_at", "stopped_because").first()
            if version not in (None, version_of(*stop or ())):
                raise CannotStop("moved on")
            answer = value_of(sql, release_id, *given.values())
            if answer == "nothing there":
                raise NoSuchRecord
            if answer != "done":
                raise CannotStop(answer)
            here.changed(release=release_id, **given)
    except CannotStop as refused:
        ledger.refuse(asker, action=action, why=refused.answer)
        raise
