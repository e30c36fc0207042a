"""Own groups in the demonstration: one by criteria, and one made by hand, which a child has since left (R1)."""

from datetime import date

from access_register.demo.cast import BY_SLUG
from access_register.models import Person
from sharing.authorise import Withheld
from sharing.crypto import blind_index
from sharing.demo.places import BECKSIDE
from sharing.models import Establishment, OwnGroup, OwnGroupMember, Pupil

MAKER = "deputy-beckside"
BY_CRITERIA, BY_HAND = "Free meals and often away", "Morning readers"
CRITERIA = {"fsm": ["Y"], "attendance": ["50-90", "under-50"]}
READERS, IN_YEAR = 8, "4"


def place_own_groups(today: date, places: dict[int, Establishment]) -> int:
    """Each is placed once, and visitors take it from there. Returns how many rows were written."""
    maker = Person.objects.get(email=BY_SLUG[MAKER].email)
    if OwnGroup.objects.filter(establishment=places[BECKSIDE], made_by_id=maker.pk).exists():
        return 0
    facts = {"establishment": places[BECKSIDE], "made_by_id": maker.pk, "made_by_name": maker.name}
    OwnGroup.objects.create(
        kind=OwnGroup.Kind.BY_CRITERIA, name=BY_CRITERIA, name_index=blind_index(BY_CRITERIA), criteria=CRITERIA,
        tells=[Withheld.ATTENDANCE], **facts,
    )  # fmt: skip
    readers = OwnGroup.objects.create(
        kind=OwnGroup.Kind.BY_HAND, name=BY_HAND, name_index=blind_index(BY_HAND), **facts
    )
    records = Pupil.objects.of(places[BECKSIDE].pk)
    here = list(records.visible_on(today).filter(year_group=IN_YEAR).order_by("pk")[:READERS])
    gone = list(records.exclude(visible__covers=today).order_by("pk")[:1])
    made = OwnGroupMember.objects.bulk_create(
        [OwnGroupMember(group=readers, pupil=pupil, establishment=places[BECKSIDE]) for pupil in (*here, *gone)]
    )
    return 2 + len(made)
