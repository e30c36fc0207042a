"""The class or year group that a person works with each day: kept by them, and shown on their home page (R33)."""

from urllib.parse import urlencode

from sharing.authorise import Visit
from sharing.door import pupil_filter
from sharing.door.pupil_filter import PupilFilter
from sharing.models import OwnList
from sharing.records import KeptList


def keep(here: Visit, year_group: str, class_name: str) -> None:
    """Keep it in place of what the visitor kept for the establishment before. With neither, nothing is kept."""
    own = OwnList.objects.filter(person_id=here.asker.person_id)
    if year_group or class_name:
        wanted = {"year_group": year_group, "class_name": class_name}
        own.update_or_create(person_id=here.asker.person_id, establishment=here.establishment, defaults=wanted)
    else:
        own.filter(establishment=here.establishment).delete()


def kept_here(here: Visit) -> KeptList | None:
    """What the visitor keeps for the establishment."""
    return kept_lists(here).get(here.establishment.pk)


def kept_lists(here: Visit) -> dict[int, KeptList]:
    """Establishment -> what the visitor keeps for it."""
    return {row.establishment_id: _kept(row) for row in OwnList.objects.filter(person_id=here.asker.person_id)}


def _kept(row: OwnList) -> KeptList:
    chosen = {"year_group": row.year_group, "class_name": row.class_name}
    words = ", ".join(one.words for one in pupil_filter.active(PupilFilter(**chosen), ()))
    return KeptList(words, urlencode({name: value for name, value in chosen.items() if value}), **chosen)
