"""Establishments from the GIAS bulk extract: compare, apply all or nothing, report (formats page 2)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from sharing import codes
from sharing.dates import covers
from sharing.imports.files import file_hash
from sharing.imports.gias_reader import (
    COLUMNS,
    LINK_COLUMNS,
    GiasEstablishment,
    GiasLink,
    lacking,
    load_establishments,
    load_links,
)
from sharing.imports.lengths import too_long
from sharing.imports.problems import ImportRefused, Problem, ProblemLog
from sharing.imports.succession import GONE_ON, Links, carry_over_all, excluded_forerunners, gone_on_as
from sharing.imports.urn_chains import keep_chains
from sharing.ledger import ledger
from sharing.models import Establishment, EstablishmentLink, Import, ListedType, Participation
from sharing.models.establishments import CLOSED, CLOSED_SAYS_GIAS
from sharing.roles import BATCH, acting_as
from sharing.signals import community_changed

OF_A_LEAVER = "{} takes part: a merger or a split of one that excluded itself is another school. Tell its head."
NO_SUCH_COLUMN = "The file has no such column. What is known of it here stays as it is."
SOURCE = "Get Information about Schools (GIAS), Department for Education"
# The columns of Establishment that come from GIAS. `kind` is derived from type and phase (A2).
FIELDS = [
    "la_code",
    "establishment_number",
    "name",
    "type_code",
    "type_name",
    "phase_code",
    "phase_name",
    "status_code",
    "status_name",
    "open_date",
    "close_date",
    "reason_opened_code",
    "reason_closed_code",
    "low_age",
    "high_age",
    "gender_name",
    "capacity",
    "number_of_pupils",
    "street",
    "address3",
    "locality_line",
    "town",
    "postcode",
    "telephone",
    "website",
    "head_title",
    "head_job_title",
    "lsoa_code",
    "ward_code",
    "ukprn",
    "trust_name",
    "religious_character",
]


@dataclass
class GiasReport:
    """What an import did. The lists contain URNs."""

    added: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    unchanged: int = 0
    closed: list[int] = field(default_factory=list)
    joined: list[int] = field(default_factory=list)
    outside: int = 0
    carried_over: list[tuple[int, int]] = field(default_factory=list)
    to_decide: list[str] = field(default_factory=list)
    links_added: int = 0
    links_of_others: int = 0
    queries: list[Problem] = field(default_factory=list)

    def as_lines(self) -> list[str]:
        return [
            f"Added: {len(self.added)}. Changed: {len(self.changed)}. Unchanged: {self.unchanged}. Refused: 0.",
            f"Newly closed: {_some(self.closed)}.",
            f"Now taking part in the protocol: {len(self.joined)}. Outside the community: {self.outside}.",
            f"Links added: {self.links_added:,}. "
            f"Passed over: {self.links_of_others:,}, of establishments that are not here.",
            f"Carried over to a successor: {_some(self.carried_over)}.",
            *[f"To decide: {question}" for question in self.to_decide],
        ]


def _some(items: list) -> str:
    shown = ", ".join(f"{item[0]} to {item[1]}" if isinstance(item, tuple) else str(item) for item in items[:10])
    return f"{len(items)} ({shown}{', ...' if len(items) > 10 else ''})" if items else "0"


def import_gias(
    path: Path, *, by: str, today: date, as_of: date, links: Path | None = None, la: int | None = None
) -> GiasReport:
    """Bring the store in line with the file. Raises ImportRefused, in which case nothing has changed.

    `la` limits the import to one authority (DfE code). Importing the same file twice changes nothing.
    """
    log = ProblemLog()
    rows = load_establishments(path, la, log)
    link_rows = load_links(links) if links else []
    left_alone = [name for name in lacking(path) if name in FIELDS]
    for name in left_alone:
        log.add(Problem(1, COLUMNS[name].header, "", NO_SUCH_COLUMN, fatal=False))
    for row in rows:
        too_long(Establishment, _facts(row, {}), row.row, COLUMNS, log)
    for link in link_rows:
        too_long(EstablishmentLink, vars(link), link.row, LINK_COLUMNS, log)
    log.refuse_if_fatal()
    report = GiasReport(queries=log.queries())
    with acting_as(BATCH), ledger.written_last():
        stored = _store(rows, left_alone, as_of, today, report)
        _store_links(link_rows, report)
        carry_over_all(stored, today, report)
        keep_chains()
        _follow_status(stored, today, report)
        community_changed.send(sender=Establishment, today=today)
        Import.objects.create(
            kind="gias",
            file_name=path.name,
            file_hash=file_hash(path),
            by=by,
            as_of=as_of,
            report={"lines": report.as_lines()},
        )
        about = {"by": by, "file": file_hash(path), "report": report.as_lines()}
        ledger.changed(action="import_gias", about=about)
    return report


def _facts(row: GiasEstablishment, added: Mapping[int, str]) -> dict[str, object]:
    """The columns of Establishment for a row. `added` are the types that an officer has listed (A2)."""
    kind = codes.community_kind(row.type_code, row.phase_code) or added.get(row.type_code, "")
    return {name: getattr(row, name) for name in FIELDS} | {"kind": kind}


def _store(
    rows: list[GiasEstablishment], left_alone: Collection[str], as_of: date, today: date, report: GiasReport
) -> dict[int, Establishment]:
    """Write new and changed rows, but for the columns `left_alone`. Returns every establishment of the file, by URN.

    Those that are known are locked, by their number. A head who leaves, a panel and a move do the same, so that what is
    read from here on stays as it is.
    """
    known_ones = Establishment.objects.filter(urn__in=[row.urn for row in rows])
    stored = {e.urn: e for e in known_ones.select_for_update(no_key=True).order_by("pk")}
    added = dict(ListedType.objects.counting_on(today).values_list("type_code", "kind"))
    new, changed, confirmed = [], [], []
    for row in rows:
        facts = _facts(row, added)
        report.outside += not facts["kind"] or row.la_code != settings.AUTHORITY_CODE
        known = stored.get(row.urn)
        if known is None:
            known = stored[row.urn] = Establishment(urn=row.urn, source=SOURCE, as_of=as_of, **facts)
            new.append(known)
            continue
        if known.source != SOURCE:
            cure = f"This URN is here from another source ({known.source}). Take the row out, or that establishment."
            raise ImportRefused([Problem(row.row, "URN", str(row.urn), cure)])
        if row.status_code == CLOSED and known.status_code != CLOSED:
            report.closed.append(row.urn)
        differs = [name for name, value in facts.items() if name not in left_alone and getattr(known, name) != value]
        if known.as_of > as_of and differs:
            report.to_decide.append(f"{row.urn} is known from a newer file than this one; it was left as it is.")
        elif differs:
            for name in differs:
                setattr(known, name, facts[name])
            known.source, known.as_of = SOURCE, as_of
            changed.append(known)
        else:
            report.unchanged += 1
            if known.as_of < as_of:
                known.as_of = as_of
                confirmed.append(known)
    Establishment.objects.bulk_create(new, batch_size=1000)
    Establishment.objects.bulk_update(changed, [*FIELDS, "kind", "source", "as_of"], batch_size=500)
    Establishment.objects.bulk_update(confirmed, ["as_of"], batch_size=1000)
    report.added = [establishment.urn for establishment in new]
    report.changed = [establishment.urn for establishment in changed]
    return stored


def _store_links(links: list[GiasLink], report: GiasReport) -> None:
    """Keep the links that have a stored establishment at one end or both."""
    ours = set(Establishment.objects.values_list("urn", flat=True))
    known = set(EstablishmentLink.objects.values_list("urn", "link_urn", "link_type"))
    of_ours = [link for link in links if link.urn in ours or link.link_urn in ours]
    new = [
        EstablishmentLink(
            urn=link.urn,
            link_urn=link.link_urn,
            link_name=link.link_name,
            link_type=link.link_type,
            established_on=link.established,
        )
        for link in of_ours
        if (link.urn, link.link_urn, link.link_type) not in known
    ]
    EstablishmentLink.objects.bulk_create(new, batch_size=1000)
    report.links_added, report.links_of_others = len(new), len(links) - len(of_ours)


def _follow_status(stored: dict[int, Establishment], today: date, report: GiasReport) -> None:
    """Make open establishments of a listed type in our authority take part (the protocol's list); end closed ones."""
    have_been, links = _have_taken_part(stored, today), Links.stored()
    after_leavers = excluded_forerunners(stored, today)
    leavers = {urn for urn, is_the_same in after_leavers.items() if is_the_same}
    for urn in sorted(urn for urn in leavers if stored[urn].pk not in have_been):
        report.to_decide.append(
            f"{urn} carries on for one that excluded itself; it joins when it accepts the protocol."
        )
    for establishment in _that_count(stored, today):
        urn = establishment.urn
        if establishment.pk in have_been or urn in leavers:
            continue
        if not _joins(establishment, today):
            report.to_decide.append(
                f"{urn} opens again and is suspended; the first file after the suspension brings it back."
            )
            continue
        report.joined.append(urn)
        if urn in after_leavers:
            report.to_decide.append(OF_A_LEAVER.format(urn))
        if went_on := gone_on_as(establishment, links, today):
            report.to_decide.append(GONE_ON.format(urn, went_on))
    _end_with_closing(stored, today)


def _have_taken_part(stored: dict[int, Establishment], today: date) -> set[int]:
    """The keys of those that take part or have done so: one that excluded itself is not brought back (R16).

    One that had closed counts as new: it takes part again when it reopens.
    """
    stretches = Participation.objects.filter(establishment__in=[place.pk for place in stored.values()])
    newest = stretches.order_by("establishment", "-starts_on").distinct("establishment")
    had_closed = stretches.filter(pk__in=newest.values("pk"), ended_because=CLOSED_SAYS_GIAS, ends_on__lt=today)
    have_been = stretches.exclude(establishment__in=had_closed.values("establishment"))
    return set(have_been.values_list("establishment_id", flat=True))


def _that_count(stored: dict[int, Establishment], today: date) -> list[Establishment]:
    """Those that are open, in our authority, and of a type of the community that is not about to leave it."""
    ending = set(ListedType.objects.counting_on(today).exclude(ends_on=None).values_list("type_code", flat=True))
    return [
        place
        for place in stored.values()
        if place.kind
        and place.status_code != CLOSED
        and place.la_code == settings.AUTHORITY_CODE
        and place.type_code not in ending
        and (place.open_date or today) <= today
    ]


def _joins(establishment: Establishment, today: date) -> bool:
    """Make the establishment take part from today, and answer whether it does: not while it is suspended (R41)."""
    try:
        with transaction.atomic():
            Participation.objects.create(establishment=establishment, starts_on=today)
    except IntegrityError:
        return False
    return True


def _end_with_closing(stored: dict[int, Establishment], today: date) -> None:
    """End the participation of closed establishments on their last day; undo it if a closing is taken back before."""
    by_pk = {establishment.pk: establishment for establishment in stored.values()}
    for participation in Participation.objects.filter(covers(today), establishment__in=by_pk):
        establishment = by_pk[participation.establishment_id]
        if establishment.status_code == CLOSED:
            participation.ends_on = max(establishment.close_date or today, participation.starts_on)
            participation.ended_because = CLOSED_SAYS_GIAS
            participation.save()
        elif participation.ended_because == CLOSED_SAYS_GIAS:
            participation.ends_on, participation.ended_because = None, ""
            participation.save()
