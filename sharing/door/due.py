"""What is due from the asker at an establishment, for the home page and the dashboard."""

from collections.abc import Collection

from sharing.authorise import Visit
from sharing.door.returns import waiting_returns
from sharing.models import Establishment
from sharing.records import ToDo
from sharing.to_do.here import waiting_for


def due_at(here: Visit, places: Collection[Establishment]) -> dict[int, tuple[ToDo, ...]]:
    """Establishment -> what waits for the asker there, with its returns (R23): late ones first, then by day."""
    waiting = waiting_for(here)
    returns = waiting_returns(here, places) if here.asker.second_factor else {}
    due = {place.pk: (*returns.get(place.pk, ()), *waiting.get(place.pk, ())) for place in places}
    return {place: tuple(sorted(found, key=lambda one: (not one.late, one.by))) for place, found in due.items()}
