"""Which establishment carries on as which, so that one has figures from before it had its URN (A2, formats page 13).

Only beyond doubt, as in `succession`: a plain link, one establishment before and one after, and hardly a gap between
them. Unlike there, both may have closed long ago.
"""

from datetime import date, timedelta

from sharing.imports.succession import HANDOVER, Links
from sharing.measures.preparing import cover_anew
from sharing.models import Enrolment, Establishment
from sharing.models.establishments import CLOSED


def keep_chains() -> None:
    """Set `goes_on_as` from the current links and days. If GIAS withdraws a link, it is cleared."""
    links = Links.stored()
    places = {place.urn: place for place in Establishment.objects.of_the_community()}
    changed = []
    for place in places.values():
        after = next((places[urn] for urn in links.followers[place.urn] if urn in places), None)
        goes_on_as = after.pk if after and _is_the_same(place, after, links) else None
        if place.goes_on_as_id != goes_on_as:
            place.goes_on_as_id = goes_on_as
            changed.append(place)
    Establishment.objects.bulk_update(changed, ["goes_on_as"], batch_size=500)
    if changed:
        cover_anew()


def _is_the_same(before: Establishment, after: Establishment, links: Links) -> bool:
    if before.status_code != CLOSED or not before.close_date or not links.say_the_same(before.urn, after.urn):
        return False
    first_day = before.close_date + timedelta(days=1)
    # Without an opening day in GIAS the school is an old one, so others have closed into it.
    if not after.open_date or abs(after.open_date - first_day) > HANDOVER:
        return False
    return before.goes_on_as_id == after.pk or not _had_pupils_before(after, first_day)


def _had_pupils_before(after: Establishment, first_day: date) -> bool:
    """Whether the later school had pupils before then: if so it is another school, whatever the link says."""
    return Enrolment.objects.filter(establishment=after, starts_on__lt=first_day, cancelled_at=None).exists()
