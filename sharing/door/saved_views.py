"""Lists that an officer keeps under a name, for their home page (sharing.door.keepable). Only they see them."""

from collections.abc import Mapping
from functools import partial
from urllib.parse import parse_qsl

from sharing.authorise import Asker, NoSuchRecord, Permission, Visit
from sharing.cannot import CannotDo
from sharing.door import keepable
from sharing.door.managing import as_officer
from sharing.models import SavedView
from sharing.records.visits import SavedViewRecord, SavingView
from sharing.statements import one_at_a_time

NEEDED = "Views are kept by officers of the Education Department, on EduNet."
_keeping = partial(as_officer, permission=Permission.VIEW_ESTABLISHMENT, needed=NEEDED)


class TooManyViews(CannotDo):
    """The officer already keeps SavedView.MOST views."""


def show_saving(asker: Asker, page: str, typed: Mapping[str, str]) -> SavingView:
    """What would be kept of this list. Raises NoSuchRecord for a page of which no view can be kept."""
    with _keeping(asker, "show_saving") as here:
        _known(page)
        here.showed(page=page)
        return SavingView(
            page, keepable.VIEWS[page][0], keepable.in_words(page, typed), keepable.as_query(page, typed),
            here.why_the_list,
        )  # fmt: skip


def save_view(asker: Asker, page: str, typed: Mapping[str, str], *, name: str) -> None:
    """Keep the view. The very same list kept again only gets the new name. Raises TooManyViews."""
    with _keeping(asker, "save_view") as here:
        _known(page)
        one_at_a_time("save_view")
        mine, query = SavedView.objects.filter(person_id=asker.person_id), keepable.as_query(page, typed)
        known = mine.filter(page=page, query=query).first()
        if known is None and mine.count() >= SavedView.MOST:
            raise TooManyViews("You already keep as many views as you can. Remove one on your home page first.")
        view = known or SavedView(person_id=asker.person_id, page=page, query=query)
        view.name = name
        view.save()
        here.changed(view=view.pk, page=page)


def forget_view(asker: Asker, view_id: int) -> None:
    """Remove one's own view. Removing it twice is the same as once.

    Another person's view stays, and nothing gives away that it exists.
    """
    with _keeping(asker, "forget_view") as here:
        gone, _ = SavedView.objects.filter(person_id=asker.person_id, pk=view_id).delete()
        say = here.changed if gone else here.showed
        say(view=view_id)


def views_of(here: Visit) -> tuple[SavedViewRecord, ...]:
    """The asker's own views, by name. A view whose page no longer exists is left out."""
    rows = SavedView.objects.filter(person_id=here.asker.person_id, page__in=keepable.VIEWS)
    return tuple(sorted((_record(row) for row in rows), key=lambda view: (view.name.casefold(), view.id)))


def _record(row: SavedView) -> SavedViewRecord:
    said = keepable.as_kept(row.page, dict(parse_qsl(row.query)))
    return SavedViewRecord(row.pk, str(row.name), row.page, row.query, said)


def _known(page: str) -> None:
    if page not in keepable.VIEWS:
        raise NoSuchRecord
