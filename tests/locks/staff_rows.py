"""Members of staff, their contracts and absences, at establishments where one may not see staff (R5, R6, R45)."""

from sharing.models import StaffAbsence, StaffContract, StaffMember
from tests.locks.switches import rows
from tests.locks.trying import Trying


def holes_in_staff(who: Trying) -> None:
    attempt = who.attempt
    attempt("foreign staff", StaffMember.objects.exclude(establishment_id__in=who.staff).exists)
    attempt("foreign contracts", StaffContract.objects.exclude(establishment_id__in=who.staff).exists)
    attempt("foreign absences", StaffAbsence.objects.exclude(establishment_id__in=who.staff).exists)
    attempt(
        "absences written",
        lambda: rows(
            "INSERT INTO sharing_staffabsence (member_id, establishment_id, first_day, category) "
            "SELECT id, establishment_id, '2001-01-01', 'SIC' FROM sharing_staffmember LIMIT 1 RETURNING 1"
        ),
    )
