"""What is under way when the plug is pulled. To add a scenario, write its steps and a line in SCENARIOS."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone

from access_register.headships import handovers
from access_register.models import Handover, RegisterLine, Sanction
from access_register.notices import outbox
from sharing import door
from sharing.door import downloads as taking
from sharing.door import retention
from sharing.downloads import making
from sharing.imports import running
from sharing.imports.uploads import received
from sharing.models import (
    Disposal,
    Download,
    DownloadPiece,
    Figure,
    Import,
    ImportPiece,
    Participation,
    Pupil,
    Release,
)
from sharing.retention import disposing, working
from sharing.retention.replaying import refuse_until_replayed
from sharing.upn import make_upn
from tests import figures
from tests.access_register import breaches
from tests.people import EDUNET, as_batch, asker, person
from tests.retention import worlds
from tests.sharing import census_returns as census

WEB, WORKER = "web", "worker"
BECKSIDE, SYNTHETIC, CHILDREN = 999002, 999999, 25
Facts = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One thing that a person or the worker does, in one transaction unless it is `in_parts`. `by`: whose process."""

    by: str
    do: Callable[[Facts], object]
    in_parts: bool = False


@dataclass(frozen=True)
class Scenario:
    """`prepare` runs before, and returns facts for the steps. `whole` asserts that nothing is half done, and may be
    called at any time. Each step finds for itself what the steps before it have left.
    """

    name: str
    steps: tuple[Step, ...]
    whole: Callable[[Facts], None]
    prepare: Callable[[], Facts] = dict


def newest(model: Any) -> Any:
    with as_batch():
        return model.objects.order_by("-pk")[0]


# --- a return is brought in ----------------------------------------------------------------------------------------
HEAD_SYNTHETIC = "head-synthetic"


def _return() -> str:
    children = [
        census.pupil(UPN=make_upn(380, 2999, 2023, 700 + one), Surname="Zzfault", Forename=f"N{one}")
        for one in range(CHILDREN)
    ]
    return census.document(*children).replace("999998", str(SYNTHETIC))


def _import_is_whole(facts: Facts) -> None:
    """R22: either all children are there, and the import says so, or none is. Until then the file is kept."""
    with as_batch():
        rows = list(Import.objects.filter(kind="census", establishment__urn=SYNTHETIC, pk__gt=facts["before"]))
        applied = [row for row in rows if row.state == Import.State.APPLIED]
        assert len(rows) <= 1, [row.state for row in rows]
        assert Pupil.objects.filter(surname="Zzfault").count() == CHILDREN * len(applied)
        assert ImportPiece.objects.filter(of__in=rows).count() == len(rows) - len(applied)


def _before_the_import() -> Facts:
    kinds = door.list_imports(asker(HEAD_SYNTHETIC), SYNTHETIC).kinds
    with as_batch():
        before = max([0, *Import.objects.values_list("pk", flat=True)])
    return {"before": before, "kind": next(kind for kind in kinds if kind.slug == "census")}


def _upload(facts: Facts) -> None:
    with received([SimpleUploadedFile("return.xml", _return().encode())], facts["kind"]) as upload:
        door.upload_import(asker(HEAD_SYNTHETIC), SYNTHETIC, kind="census", upload=upload)


IMPORT = Scenario(
    "import",
    (
        Step(WEB, _upload),
        Step(WORKER, lambda facts: running.do_next()),
        Step(
            WEB,
            lambda facts: door.settle_import(asker(HEAD_SYNTHETIC), SYNTHETIC, newest(Import).pk, apply=True),
        ),
        Step(WORKER, lambda facts: running.do_next()),
    ),
    _import_is_whole,
    _before_the_import,
)

# --- figures go out ------------------------------------------------------------------------------------------------
YEAR, SCHOOLS = 1999, (999002, 999003, 999004, 999005, "england")


def _prepare_figures(facts: Facts) -> None:
    with as_batch():
        cells = {(where, "ks2_rwm_expected"): 60 + number for number, where in enumerate(SCHOOLS)}
        figures.release("ks2", YEAR, cells, by_id=person("officer-admissions").pk)


def _release_is_whole(facts: Facts) -> None:
    """R22: a release has all its figures or does not exist; one that is out was checked by another officer."""
    with as_batch():
        for release in Release.objects.filter(dataset__slug="ks2", academic_year=YEAR):
            assert Figure.objects.filter(release=release).count() == len(SCHOOLS)
            assert (release.state == Release.State.PREPARED) == (release.checked_by_id is None)
            assert (release.state == Release.State.SCHEDULED) == (release.goes_out_at is not None)


PUBLICATION = Scenario(
    "publication",
    (
        Step(WORKER, _prepare_figures),
        Step(WEB, lambda facts: door.check_release(asker("officer-data", EDUNET), newest(Release).pk)),
        Step(
            WEB,
            lambda facts: door.schedule_release(
                asker("officer-data", EDUNET), newest(Release).pk, at=timezone.now() + timedelta(days=1)
            ),
        ),
    ),
    _release_is_whole,
)

# --- a headship is handed over -------------------------------------------------------------------------------------
OLD, NEW = "head-beckside", "deputy-beckside"


def _name_successor(facts: Facts) -> None:
    known = person(NEW)
    handovers.name_successor(
        asker(OLD), BECKSIDE, name=known.name, email=known.email, on=timezone.localdate() + timedelta(days=3)
    )


def _one_head_each_day(facts: Facts) -> None:
    """R32, R35: never without a head, never with two; the days belong to an accepted handover and to no other."""
    with as_batch():
        lines = RegisterLine.objects.filter(establishment__urn=BECKSIDE, seat=0, withdrawn_at=None)
        accepted = Handover.objects.filter(establishment__urn=BECKSIDE, accepted_at__isnull=False).exists()
        for later in (0, 2, 3, 4, 300):
            on = timezone.localdate() + timedelta(days=later)
            heads = lines.filter(starts_on__lte=on).exclude(ends_on__lt=on)
            found = [line.person_id for line in heads]
            assert found == [person(NEW if accepted and later >= 3 else OLD).pk], f"heads in {later} days: {found}"


HANDOVER = Scenario(
    "handover",
    (
        Step(WEB, _name_successor),
        Step(WEB, lambda facts: handovers.verify_successor(asker("officer-no-duty", EDUNET), newest(Handover).pk)),
        Step(WORKER, lambda facts: outbox.post_next()),
        Step(WEB, lambda facts: handovers.accept_headship(asker(NEW), newest(Handover).pk)),
    ),
    _one_head_each_day,
)


# --- a file is taken away ------------------------------------------------------------------------------------------
def _ask(facts: Facts) -> None:
    at_once, taking.MOST_AT_ONCE = taking.MOST_AT_ONCE, 0  # a large one, which the worker makes
    try:
        door.ask_for_download(asker(OLD), BECKSIDE, "pupils", {}, purpose="review", form="xlsx")
    finally:
        taking.MOST_AT_ONCE = at_once


def _download_is_whole(facts: Facts) -> None:
    """R14: the file exists while it is ready, and at no other time."""
    with as_batch():
        for row in Download.objects.all():
            is_here = DownloadPiece.objects.filter(of=row).exists()
            assert is_here == (row.state == Download.State.READY), row.state


DOWNLOAD = Scenario(
    "download",
    (
        Step(WEB, _ask),
        Step(WORKER, lambda facts: making.do_next()),
        Step(WEB, lambda facts: door.show_passphrase(asker(OLD), BECKSIDE, "pupils", newest(Download).pk)),
        Step(WEB, lambda facts: door.collect_download(asker(OLD), BECKSIDE, "pupils", newest(Download).pk)),
        Step(WEB, lambda facts: door.confirm_disposal(asker(OLD), newest(Download).pk, how="deleted")),
    ),
    _download_is_whole,
)


# --- a panel decides, and it is enacted ----------------------------------------------------------------------------
def _seated() -> Facts:
    case = breaches.against_establishment(BECKSIDE)
    breaches.seat(case)
    return {"case": case}


def _vote(member: int) -> Step:
    return Step(WEB, lambda facts: breaches.vote(facts["case"], breaches.PANEL[member], "suspend_establishment", 2))


def _sanction_is_whole(facts: Facts) -> None:
    """R41: the sanction exists together with the deciding vote, and is in force from the same instant."""
    with as_batch():
        decided = Sanction.objects.filter(breach=facts["case"]).count()
        stretches = Participation.objects.filter(establishment__urn=BECKSIDE).count()
    assert (decided, stretches) in ((0, 1), (1, 2)), (decided, stretches)


SANCTION = Scenario("sanction", tuple(_vote(member) for member in range(3)), _sanction_is_whole, _seated)


# --- records are disposed of ---------------------------------------------------------------------------------------
def _grown_up() -> Facts:
    second = person(worlds.FIONA)
    call_command(
        "record_officer", second.email, name=second.name, team="Data", information_manager=True, stdout=StringIO()
    )
    return {"children": [worlds.grown_up(BECKSIDE) for _ in range(6)]}


def _dispose(facts: Facts) -> None:
    at_once, disposing.AT_ONCE = disposing.AT_ONCE, 2  # so that there are three batches
    try:
        working.do_next()
    finally:
        disposing.AT_ONCE = at_once


def _each_child_is_whole_or_gone(facts: Facts) -> None:
    """R13: with its key; the store of the keys and the certificate give the same numbers."""
    left = Counter(tuple(sorted(worlds.traces(child))) for child in facts["children"])
    whole = ("portal_keys.key", "sharing_child", "sharing_enrolment", "sharing_pupil")
    gone = ("portal_keys.gone",)
    assert left.keys() <= {whole, gone}, left
    refuse_until_replayed()
    with as_batch():
        assert sum(Disposal.objects.values_list("gone", flat=True)) == left[gone]


DISPOSAL = Scenario(
    "disposal",
    (
        Step(WEB, lambda facts: retention.ask_for_disposal(asker(worlds.MANAGER, EDUNET))),
        Step(WORKER, lambda facts: working.do_next()),
        Step(
            WEB,
            lambda facts: retention.decide_disposal(asker(worlds.FIONA, EDUNET), newest(Disposal).pk, approves=True),
        ),
        Step(WORKER, _dispose, in_parts=True),
    ),
    _each_child_is_whole_or_gone,
    _grown_up,
)

SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        IMPORT,
        PUBLICATION,
        HANDOVER,
        DOWNLOAD,
        SANCTION,
        DISPOSAL,
    )
}
