"""Transfers: those of other establishments, those no longer of any use, those that wait for Level 1, and those of year
groups that a narrowed line does not have (R5, R8, R35)."""

from sharing.models import Transfer
from tests.locks.figure_rows import GOVERNOR, HEAD, NARROWED, TEACHER
from tests.locks.switches import rows
from tests.locks.trying import LARKROYD, Trying, place

MAY_START = {HEAD, "officer-data"}
_START = """
    SELECT 1 FROM sharing_assert_transfer(%s, %s::uuid, CURRENT_DATE, CURRENT_DATE + 9, '') AS refused
    WHERE refused = ''
"""


def holes_in_transfers(who: Trying) -> None:
    attempt = who.attempt
    of_others = Transfer.objects.exclude(establishment_id__in=who.pupils)
    attempt("foreign transfers", of_others.exclude(from_establishment_id__in=who.pupils).exists)
    ended = Transfer.objects.filter(surname__in=["Declined", "Lapsed", "Cancelled"])
    attempt("transfers of no use any more", ended.exists)
    attempt("transfers of children gone", Transfer.objects.filter(leaving_id__in=who.there.gone).exists)
    attempt("transfers written", lambda: Transfer.objects.update(surname="Changed"))
    if who.slug not in MAY_START:
        receiver = place(LARKROYD)
        attempt("transfers started", lambda: rows(_START, receiver, str(who.there.on_roll)))
    if who.slug in (TEACHER, NARROWED, GOVERNOR):
        attempt("transfers that wait for Level 1", Transfer.objects.filter(surname="Waiting").exists)
    if who.is_narrowed:
        attempt("transfers of others", Transfer.objects.filter(pupil_id__in=who.there.older).exists)
        attempt("transfers of another year group", Transfer.objects.filter(surname="Of another year").exists)
