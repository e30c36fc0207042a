"""The dashboard: one establishment on one screen, as far as the asker's line opens it (P1, R12, R30, R31, R33, R35).

Somebody who sees the pupils gets their records, without what the head withholds. Anybody else gets the published
figures, without those of few children. Nothing is worked out here that another page would say differently.
"""

from collections.abc import Iterable, Mapping

from django.db.models import Count, F, Max, Q, Sum

from sharing.authorise import Asker, NeedsSecondFactor, Permission, Visit, Withheld, visit
from sharing.charts import sparkline_of
from sharing.dates import covers
from sharing.door.attendance import PERSISTENT, in_terms
from sharing.door.due import due_at
from sharing.door.key_data import cells_here
from sharing.door.moves import count_moves
from sharing.door.pupil_columns import attended, attended_in_words
from sharing.door.pupils import pupils_here
from sharing.door.quality import OF_ALL, WITH_ANY, look_at_pupils
from sharing.hashed import hashed
from sharing.key_data import AUTHORITY, NO_COMPARISON, OWN, Cell, area_in_words, named_areas_of, published_first
from sharing.measures.catalogue import MEASURE, STANDS_IN_FOR
from sharing.measures.shape import MeasureKind, phases_of
from sharing.measures.stopped import stopped_of
from sharing.models import Attendance, Enrolment
from sharing.narrowing import in_words as narrowed_to
from sharing.records.dashboard import Dashboard, Reading, Tile
from sharing.records.figures import Shown
from sharing.school_year import in_words, term_in_words

ATTENDANCE = ("attendance_absence", "attendance_persistent", "absence_overall", "absence_persistent")
ATTAINMENT = (
    "eyfsp_gld", "phonics_met", "ks2_counts_rwm_expected", "ks2_rwm_expected", "ks4_counts_attainment8",
    "ks4_attainment8", "ks4_english_maths_5",
)  # fmt: skip
ON_ROLL = ("roll_pupils", "census_pupils")
ON_TILES = (*ATTENDANCE, *ATTAINMENT, *ON_ROLL)
MOST_READINGS, FINDINGS_SHOWN = 3, 3
Cells = Mapping[Cell, Shown]


def show_dashboard(asker: Asker, urn: int) -> Dashboard:
    """One's own establishment at a glance. Raises NeedsSecondFactor where the line opens pupils and none was given."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, urn, action="show_dashboard", everywhere=True) as here:
        place, pages = here.establishment, here.here
        if pages.can_view_pupils and not asker.second_factor:
            raise NeedsSecondFactor
        narrowing, tiles = here.narrowing, tiles_of(here)
        due = due_at(here, [place])[place.pk]
        here.showed(establishments=1, tiles=[tile.key for tile in tiles], due=len(due))
        return Dashboard(
            pages,
            kind=place.get_kind_display(),
            due=due,
            tiles=tiles,
            narrowed=narrowed_to(narrowing.year_groups, narrowing.withheld) if pages.can_view_pupils else "",
            stopped=stopped_of(ON_TILES),
            why=here.why,
        )


def tiles_of(here: Visit) -> tuple[Tile, ...]:
    """What is known about the establishment, subject by subject, as far as the asker's permissions there open it."""
    sees_pupils = here.here.can_view_pupils
    areas = [area for area in named_areas_of(here.establishment) if area.startswith(AUTHORITY)]
    cells = published_first(cells_here(here, here.establishment, ON_TILES, areas))
    terms = sees_pupils and Withheld.ATTENDANCE not in here.narrowing.withheld
    return (
        *([_quality(here)] if sees_pupils else []),
        _attendance(here) if terms else _of_figures("attendance", "Attendance", ATTENDANCE, cells),
        _roll(here, cells) if sees_pupils else _of_figures("roll", "Pupils on roll", ON_ROLL, cells),
        _attainment(here, cells),
    )


def _attendance(here: Visit) -> Tile:
    """Attendance of the children on roll whom the asker sees: the newest term counted here, and the terms before it."""
    place = here.establishment.pk
    on_roll = Enrolment.objects.filter(covers(here.today), establishment=place, cancelled_at=None)
    counted = Attendance.objects.filter(
        establishment=place, dfe_number="", sessions_possible__gt=0, sessions_absent__isnull=False,
        pupil__in=pupils_here(here).filter(pk__in=on_roll.values("pupil")),
    )  # fmt: skip
    by_term = (
        counted.values_list("academic_year", "term")
        .annotate(
            possible=Sum("sessions_possible"),
            absent=Sum("sessions_absent"),
            children=Count("pk"),
            persistent=Count("pk", filter=Q(sessions_possible__lte=F("sessions_absent") * PERSISTENT)),
            newest=Max("as_of"),
            from_=Max("source"),
        )
        .order_by("academic_year", "term")
    )
    with hashed():
        terms = in_terms(by_term)
    if not terms:
        return Tile("attendance", "Attendance", (), "key_data", empty="No term has been counted yet.")
    shares = [
        (term_in_words(row[0], row[1]), percent) for row in terms if (percent := attended(row[2], row[3])) is not None
    ]
    year, term, _, _, children, persistent, as_of, source = terms[-1]
    newest = term_in_words(year, term)
    readings = (
        Reading(
            f"Attended, {newest}",
            attended_in_words(shares[-1][1]),
            trend=sparkline_of([(when, float(share), attended_in_words(share)) for when, share in shares]),
        ),
        Reading(
            f"Missed a tenth or more, {newest}",
            f"{persistent:,} of {children:,} child{'' if children == 1 else 'ren'}",
            page="pupils",
            query="attendance=persistent&status=here",
        ),
    )  # fmt: skip
    whom = "Children on roll whom you may see" if here.narrowing.year_groups else "All children on roll"
    of_whom = f"{whom}, of every age. {source}"  # Key Data counts only those aged 5 to 15
    listed = "attendance=counted&status=here"
    return Tile("attendance", "Attendance", readings, "pupils", query=listed, source=of_whom, as_of=as_of)


def _attainment(here: Visit, cells: Cells) -> Tile:
    stages = set(phases_of(here.establishment.low_age, here.establishment.high_age))
    codes = [code for code in ATTAINMENT if stages & set(MEASURE[code].phases) and not _is_outdated(code, cells)]
    empty = "No results are out yet." if codes else "No results are published for children of this age."
    return _of_figures("attainment", "Attainment", codes, cells, empty=empty)


def _roll(here: Visit, cells: Cells) -> Tile:
    on_roll, joined, left, since = count_moves(here)
    of_all = not here.narrowing.year_groups  # as the releases count
    trend = next((reading.trend for code in ON_ROLL if of_all and (reading := _reading(MEASURE[code], cells))), None)
    begun = f"since {since.day} {since:%B}"
    readings = [Reading("On roll today", f"{on_roll:,}", trend=trend), Reading(f"Joined {begun}", f"{joined:,}")]
    if left is not None:
        readings.append(Reading(f"Left {begun}", f"{left:,}"))
    return Tile(
        "roll", "Changes on roll", tuple(readings), "joiners_and_leavers",
        source="Enrolments recorded here, with dual registrations and guests", as_of=here.today,
    )  # fmt: skip


def _quality(here: Visit) -> Tile:
    """What may be wrong in the children's records: how many of them, and the most frequent findings."""
    checks, counted, (as_of, source, _) = look_at_pupils(here)
    if not counted[OF_ALL]:
        whom = " that you may see" if here.narrowing.year_groups else ""
        return Tile("quality", "Data quality", (), "data_quality", empty=f"No children{whom} are recorded here today.")
    most = sorted((check for check in checks if counted[check.key]), key=lambda check: -counted[check.key])
    readings = [Reading("Children with something to look at", f"{counted[WITH_ANY]:,} of {counted[OF_ALL]:,}")]
    readings += [
        Reading(check.what, f"{counted[check.key]:,}", page="finding", finding=check.key)
        for check in most[:FINDINGS_SHOWN]
    ]
    return Tile("quality", "Data quality", tuple(readings), "data_quality", source=source, as_of=as_of)


def _of_figures(
    key: str, title: str, codes: Iterable[str], cells: Cells, *, empty: str = "No figure is out yet."
) -> Tile:
    """The newest published figures, for the first of the measures that have any."""
    found = [(code, reading) for code in codes if (reading := _reading(MEASURE[code], cells))][:MOST_READINGS]
    origins = dict.fromkeys(origin for code, _ in found for origin in [_newest(code, cells)[1].origin] if origin)
    readings = tuple(reading for _, reading in found)
    anchor = f"measure-{found[0][0]}" if found else ""
    return Tile(
        key, title, readings, "key_data", anchor=anchor, origins=tuple(origins), empty="" if readings else empty
    )


def _is_outdated(code: str, cells: Cells) -> bool:
    """Whether it is a count of our own that is older than the published figure."""
    own = [year for measure, year, whom in cells if (measure, whom) == (code, OWN)]
    published = [year for measure, year, whom in cells if (measure, whom) == (STANDS_IN_FOR.get(code), OWN)]
    return bool(own and published) and max(own) < max(published)


def _newest(code: str, cells: Cells) -> tuple[int, Shown]:
    year = max(year for measure, year, whom in cells if (measure, whom) == (code, OWN))
    return year, cells[code, year, OWN]


def _reading(kind: MeasureKind, cells: Cells) -> Reading | None:
    years = sorted(year for code, year, whom in cells if (code, whom) == (kind.code, OWN))
    if not years:
        return None
    year, shown = _newest(kind.code, cells)
    past = [(in_words(when), cells[kind.code, when, OWN]) for when in years]
    beside, beside_protected = ("", False) if kind.unit in NO_COMPARISON else _beside(kind.code, year, cells)
    return Reading(
        f"{kind.name}, {in_words(year)}",
        shown.text,
        beside=beside,
        trend=sparkline_of([(when, float(figure.number), figure.text) for when, figure in past if figure.number]),
        is_protected=bool(shown.counts),
        beside_protected=beside_protected,
    )


def _beside(code: str, year: int, cells: Cells) -> tuple[str, bool]:
    """Bradford's figure, and whether it is protected: for schools of the same phase, where that is out."""
    there = [area for measure, at, area in cells if (measure, at) == (code, year) and area.startswith(AUTHORITY)]
    area = max((area for area in there if cells[code, year, area].number), key=len, default="")
    if not area:
        return "", False
    whole = cells[code, year, area]
    of_whom = f", protected: {whole.counts}" if whole.counts else ""
    return f"{area_in_words(area)} {whole.text}{of_whom}", bool(whole.counts)
