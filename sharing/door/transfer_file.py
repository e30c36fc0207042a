"""The Common Transfer File of a child who leaves (R8): for those who keep the records of the child's old school."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from sharing.authorise import Asker, NoSuchRecord, Permission, Visit, the_one, visit
from sharing.ctf import file_name
from sharing.ctf.facts import told_of
from sharing.ctf.writer import School, write_ctf
from sharing.dates import A_MOMENT
from sharing.door.downloads import given_out
from sharing.door.transfers import for_the_ledger
from sharing.models import Download, Enrolment, Establishment, Pupil, Transfer
from sharing.models.plain import in_order_of
from sharing.records.transfer_files import Leaver, TransferFile, TransferFilePage
from sharing.school_year import academic_year
from sharing.statements import value_of

_SERIALS = 999
NOT_MADE = Q(file_sent_at=None)


def show_transfer_file(asker: Asker, urn: int, transfer_id: int) -> TransferFilePage:
    """Whose file would be made, and who else leaves for the same establishment.

    Raises NoSuchRecord (404) where no agreed transfer from here has that number, or its record may no longer be seen.
    """
    with visit(asker, Permission.KEEP_RECORDS, urn, action="show_transfer_file") as here:
        transfer, *others = _agreed(here, transfer_id)
        here.showed(**for_the_ledger((transfer, *others), here.establishment.pk))
        return TransferFilePage(
            here.here,
            _leaver(transfer),
            destination=transfer.establishment.name,
            expected_on=transfer.expected_on,
            others=tuple(_leaver(other) for other in others),
            is_kept=True,
            why=here.why,
        )


def make_transfer_file(asker: Asker, urn: int, transfer_id: int, *, also: Iterable[int] = ()) -> TransferFile:
    """Make the file of the child, and of those of `also` who leave for the same establishment.

    From then on the transfers say that the file was made. The same request within a minute is the same file (a double
    click).
    """
    wanted, lately = frozenset(also), timezone.now() - A_MOMENT
    with visit(asker, Permission.KEEP_RECORDS, urn, action="make_transfer_file") as here:
        transfer, *others = _agreed(here, transfer_id, NOT_MADE | Q(file_sent_at__gt=lately))
        chosen = [transfer, *[other for other in others if other.pk in wanted]]
        pupils = [one.leaving for one in chosen if one.leaving is not None]
        row, is_new = _recorded(here, pupils)
        is_first = is_new or any(one.file_sent_at is None for one in chosen)  # a moment ago it may have gone elsewhere
        value_of("SELECT sharing_transfer_files_made(%s)", [one.pk for one in chosen])
        say = here.changed if is_first else here.showed
        say(
            transfers=[one.pk for one in chosen],
            pupils=[pupil.pk for pupil in pupils],
            download=row.pk,
            dispose_by=row.dispose_by,
        )
        destination = _school(transfer.establishment)
        return _file(here, pupils, destination, serial=1 + (transfer.pk - 1) % _SERIALS)


def show_leaver_file(asker: Asker, urn: int, pupil_id: UUID) -> TransferFilePage:
    """Before the file is made: a child with a last day, who goes to no establishment of the community."""
    with visit(asker, Permission.KEEP_RECORDS, urn, action="show_leaver_file") as here:
        pupil, last_stay = _leaving(here, pupil_id)
        here.showed(pupils=[pupil.pk])
        return TransferFilePage(
            here.here,
            Leaver(None, f"{pupil.forename} {pupil.surname}", last_stay.file_made_on),
            destination=last_stay.destination or "a school that is not known here",
            expected_on=None,
            others=(),
            is_kept=last_stay.file_until is not None,
            why=here.why,
        )


def make_leaver_file(asker: Asker, urn: int, pupil_id: UUID) -> TransferFile:
    """Make the file for a school outside the community: its destination is XXX/XXXX. A child who has left is seen until
    the end of that day (R8)."""
    with visit(asker, Permission.KEEP_RECORDS, urn, action="make_leaver_file") as here:
        pupil, _ = _leaving(here, pupil_id)
        row, is_new = _recorded(here, [pupil])
        value_of("SELECT sharing_leaver_file_made(%s)", pupil.pk)
        say = here.changed if is_new else here.showed
        say(pupils=[pupil.pk], download=row.pk, dispose_by=row.dispose_by)
        return _file(here, [pupil], School(""), serial=1)


def _recorded(here: Visit, pupils: list[Pupil]) -> tuple[Download, bool]:
    """Record the file. It leaves unencrypted, since S2S takes no other (docs/adr/0023), and must be destroyed too."""
    kind, form, purpose = Download.Kind.TRANSFER_FILE, Download.Form.XML, Download.Purpose.TRANSFER
    asked = {"pupils": ",".join(str(pupil.pk) for pupil in pupils)}
    return given_out(here, kind, form, purpose, asked, rows=len(pupils))


def _agreed(here: Visit, transfer_id: int, of_others: Q = NOT_MADE) -> list[Transfer]:
    """The transfer, then the others from here to the same establishment that have no file yet."""
    found = (
        Transfer.objects.leaving_from([here.establishment.pk])
        .came_to_something(here.today)
        .filter(leaving__in=Pupil.objects.of(here.establishment.pk).visible_on(here.today))
        .select_related("establishment", "leaving")
        .order_by(*in_order_of("surname", "forename"), "pk")
    )
    transfer = the_one(found.filter(pk=transfer_id))
    others = found.filter(of_others, establishment=transfer.establishment).exclude(pk=transfer.pk)
    return [transfer, *others.exclude(leaving=transfer.leaving)]


def _leaving(here: Visit, pupil_id: UUID) -> tuple[Pupil, Enrolment]:
    """A child who can be seen here today and whose enrolments all have a last day, and the last of these."""
    pupil = Pupil.objects.of(here.establishment.pk).visible_on(here.today).filter(pk=pupil_id).first()
    stays = list(pupil.enrolments.filter(cancelled_at=None).order_by("starts_on")) if pupil else []
    if pupil is None or not stays or any(stay.ends_on is None for stay in stays):
        raise NoSuchRecord
    return pupil, stays[-1]


def _file(here: Visit, pupils: list[Pupil], destination: School, serial: int) -> TransferFile:
    source = _school(here.establishment)
    content = write_ctf(
        told_of(pupils, here.today),
        source=source,
        destination=destination,
        at=timezone.localtime(),
        year=academic_year(here.today),
    )
    return TransferFile(file_name(source.in_a_file_name, destination.in_a_file_name, serial), content)


def _school(establishment: Establishment) -> School:
    return School(establishment.dfe_number, establishment.name)


def _leaver(transfer: Transfer) -> Leaver:
    made = timezone.localdate(transfer.file_sent_at) if transfer.file_sent_at else None
    child = transfer.leaving or transfer
    return Leaver(transfer.pk, f"{child.forename} {child.surname}", made)
