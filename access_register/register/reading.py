"""Reading the Access Register: who can see what at an establishment, on a page, on paper, as a file (R15, R36, R43)."""

from collections.abc import Mapping
from dataclasses import replace

from django.utils import timezone

from access_register.models import RegisterLine
from access_register.register.records import LineRecord, RegisterFilter, RegisterPage
from access_register.register.rules import free_seats, is_head
from access_register.register.to_confirm import questions
from sharing import codes
from sharing.authorise import Asker, Permission, Visit, the_one, visit
from sharing.door.downloads import count_still_kept, still_kept_by
from sharing.downloads.kinds import KINDS, Kind
from sharing.models import Consent, Download, Pupil
from sharing.models.plain import each_word, in_order_of
from sharing.narrowing import in_words
from sharing.records.downloads import Gathered, Sheet, Value

Choices = tuple[tuple[str, str], ...]
EVERYONE = RegisterFilter()
COLUMNS = (
    "Name", "Work email", "Level", "Role", "Basis", "Given by", "At this level since", "First day", "Last day",
    "Narrowed to", "State", "Last used", "Review due",
)  # fmt: skip


def show_register(asker: Asker, urn: int, *, only: RegisterFilter = EVERYONE) -> RegisterPage:
    """Who can see what at the establishment: lines in force and those to come, Level 1 first, and then past ones."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="show_register") as here:
        return _read(here, only)


def show_taken_over(asker: Asker, urn: int) -> RegisterPage:
    """The register for a head who took it over, with what else goes on from before: downloads, consents (A10, R14)."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="show_register") as here:
        page = _read(here, EVERYONE)
        if not page.to_confirm:
            return page
        consents = Consent.objects.filter(establishment=here.establishment)
        of_another = consents.for_a_head_to_confirm(asker.person_id, here.today)
        return replace(page, kept=sum(count_still_kept(here).values()), consents=of_another.count())


def print_register(asker: Asker, urn: int) -> RegisterPage:
    """The register, to be printed: the ledger tells this apart from looking at the page (R43)."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="print_register") as here:
        return _read(here, EVERYONE)


def gather_register(here: Visit, asked: Mapping[str, str]) -> Gathered:
    """The live register, for a file or a page to print."""
    page = _read(here, EVERYONE)
    rows = tuple(_row(line) for line in page.lines)
    return Gathered("Access Register", (Sheet("Access Register", COLUMNS, rows),), len(rows), {"lines": len(rows)})


KINDS[Download.Kind.REGISTER.value] = Kind(Permission.MANAGE_REGISTER, gather_register)


def show_line(asker: Asker, urn: int, line_id: int) -> tuple[RegisterPage, LineRecord]:
    """One line, and the register it is on. A withdrawn line is shown as such, so that a second click does no harm."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="show_line") as here:
        return _one(here, line_id)


def show_narrowing(asker: Asker, urn: int, line_id: int) -> tuple[RegisterPage, LineRecord, Choices]:
    """As `show_line`, with the year groups it may be narrowed to: those with pupils here, and those it already has."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="show_narrowing") as here:
        page, line = _one(here, line_id)
        return page, line, _year_groups(here, *line.year_groups)


def show_adding(asker: Asker, urn: int) -> tuple[RegisterPage, Choices]:
    """The register that somebody is being added to, and the year groups they may be narrowed to."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="show_register") as here:
        return _read(here, EVERYONE), _year_groups(here)


def _year_groups(here: Visit, *also: str) -> Choices:
    taught = Pupil.objects.of(here.establishment.pk).visible_on(here.today).values_list("year_group", flat=True)
    codes_here = sorted({*taught.distinct(), *also} & set(codes.NC_YEARS), key=codes.nc_year_order)
    return tuple((code, codes.NC_YEARS[code]) for code in codes_here)


def _one(here: Visit, line_id: int) -> tuple[RegisterPage, LineRecord]:
    lines = RegisterLine.objects.filter(establishment=here.establishment).select_related("person", "invitation")
    line = the_one(lines.filter(pk=line_id))
    here.showed(lines=1, line=line.pk)
    kept = still_kept_by(here, line.person_id)
    return replace(_page(here, [], []), downloads=kept), record_of(line, here)


def _read(here: Visit, only: RegisterFilter) -> RegisterPage:
    lines = RegisterLine.objects.filter(establishment=here.establishment).select_related("person", "invitation")
    lines = lines.filter(each_word(only.named, "person__name"))
    if only.role:
        lines = lines.filter(role=only.role)
    if only.level:
        lines = lines.filter(level=only.level)
    records = [record_of(line, here) for line in lines.order_by("level", "seat", *in_order_of("person__name"), "pk")]
    live = [record for record in records if not record.is_past]
    past = sorted(
        (record for record in records if record.is_past), key=lambda record: record.last_day or here.today, reverse=True
    )
    here.showed(lines=len(live), past=len(past))
    return _page(here, live, past)


def _page(here: Visit, lines: list[LineRecord], past: list[LineRecord]) -> RegisterPage:
    asker_is_head = is_head(here)
    return RegisterPage(
        here.here,
        tuple(lines),
        tuple(past),
        named_seats_free=len(free_seats(here)),
        can_name_level_1=asker_is_head,
        to_confirm=questions(here) if asker_is_head else (),
        roles=tuple(RegisterLine.Role.choices),
        made_at=timezone.now(),
        why=here.why,
    )


def record_of(line: RegisterLine, here: Visit) -> LineRecord:
    """The line as pages show it."""
    withdrawn_on = timezone.localdate(line.withdrawn_at) if line.withdrawn_at else None
    invitation = getattr(line, "invitation", None)
    return LineRecord(
        id=line.pk,
        name=line.person.name,
        email=line.person.email,
        level=line.level,
        role=line.role,
        role_words=line.get_role_display(),
        basis=line.basis,
        basis_words=line.basis_words,
        basis_shown=line.basis_in_words,
        is_head=line.is_head,
        is_asker=line.person_id == here.asker.person_id,
        given_by_name=line.given_by_name,
        level_since=line.level_since,
        starts_on=line.starts_on,
        ends_on=line.ends_on,
        last_used_on=line.last_used_on,
        review_due_on=line.confirm_by,
        year_groups=tuple(line.year_groups),
        withheld=tuple(line.withheld),
        narrowed=in_words(line.year_groups, line.withheld) if line.level == 2 else "",
        is_pending=line.awaiting_since is not None,
        link_until=invitation.expires_at if invitation and line.awaiting_since else None,
        is_suspended=line.suspended_at is not None,
        suspended_because=line.suspended_because,
        is_past=withdrawn_on is not None or (line.ends_on is not None and line.ends_on < here.today),
        is_withdrawn=withdrawn_on is not None,
        withdrawn_by_name=line.withdrawn_by_name,
        withdrawn_because=line.withdrawn_because,
        last_day=withdrawn_on or line.ends_on,
        version=line.version,
    )


def _row(line: LineRecord) -> tuple[Value, ...]:
    return (
        line.name, line.email, line.level, line.role_words, line.basis_shown, line.given_by_name, line.level_since,
        line.starts_on, line.ends_on, line.narrowed, line.state, line.last_used_on, line.review_due_on,
    )  # fmt: skip
