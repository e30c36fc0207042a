"""How many returns are missing from a release that the portal counts, for the officers who run it (R22, R23)."""

from typing import Final

from django.db.models import Q

from sharing.authorise import Permission, Visit
from sharing.door.returns import OF_WHOM, Known
from sharing.measures.release_records import ReturnsBehind
from sharing.models import Import
from sharing.models.releases import Release
from sharing.returns import BROUGHT_BY, CENSUS, Status

# Counted from the records as of one census day. Key stage results come in files of their own.
_BY_A_CENSUS: Final = ("roll", "attendance", "suspensions")
_NOT_COME: Final = (Status.AWAITED, Status.LATE, Status.OVERTAKEN)


def returns_behind(here: Visit, release: Release) -> ReturnsBehind | None:
    """How many returns of the release's census day are missing, and how many files have changed something since.

    "Since" is since it was prepared. None where it counts no census of the last twelve months.
    """
    if release.dataset.slug not in _BY_A_CENSUS:
        return None
    known = Known.of_all(here.today)
    of_that_day = (one for one in known.wanted if (one.kind, one.reference_day) == (CENSUS, release.as_of))
    if not (wanted := next(of_that_day, None)):
        return None
    places = here.establishments_with(Permission.KEEP_RECORDS).in_our_time().exclude(kind="").only(*OF_WHOM)
    files = Import.objects.filter(kind__in=[kind for kind, brings in BROUGHT_BY.items() if brings == CENSUS])
    since = files.filter(state=Import.State.APPLIED, as_of=release.as_of, finished_at__gt=release.prepared_at)
    says_something = Q(report__changes_nothing=False) | Q(report__changes_nothing__isnull=True)
    return ReturnsBehind(
        day=release.as_of,
        not_come=sum(known.status_at(place, wanted) in _NOT_COME for place in places),
        since=since.filter(says_something).count(),
    )
