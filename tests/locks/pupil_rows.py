"""Pupils, their enrolments, needs and attendance: those of another place or day, and of other year groups (R5, R35)."""

from sharing.models import Attendance, Enrolment, Pupil, PupilNeeds
from tests.locks.switches import rows
from tests.locks.trying import YOUNG, Trying


def holes_in_pupils(who: Trying) -> None:
    gone, attempt = who.there.gone, who.attempt
    attempt("foreign pupils", Pupil.objects.exclude(establishment_id__in=who.pupils).exists)
    attempt("pupils of another day", Pupil.objects.filter(surname__startswith="Gone").exists)
    attempt("pupils written", lambda: Pupil.objects.update(surname="Changed"))
    attempt("identities", lambda: rows("SELECT 1 FROM sharing_child LIMIT 1"))
    attempt("foreign enrolments", Enrolment.objects.exclude(establishment_id__in=who.pupils).exists)
    attempt(
        "enrolments written",
        lambda: rows(
            "INSERT INTO sharing_enrolment (pupil_id, establishment_id, kind, starts_on) "
            "SELECT id, establishment_id, 'C', '2001-01-01' FROM sharing_pupil LIMIT 1 RETURNING 1"
        ),
    )
    attempt("foreign needs", PupilNeeds.objects.exclude(establishment_id__in=who.pupils).exists)
    attempt("needs of another day", PupilNeeds.objects.filter(pupil_id__in=gone).exists)
    attempt(
        "needs written",
        lambda: rows(
            "INSERT INTO sharing_pupilneeds (pupil_id, establishment_id, sen_provision) "
            "SELECT id, establishment_id, 'E' FROM sharing_pupil LIMIT 1 RETURNING 1"
        ),
    )
    attempt("attendance of another day", Attendance.objects.filter(pupil_id__in=gone).exists)
    attempt(
        "children elsewhere",
        lambda: rows(
            "SELECT sharing_registered_elsewhere(id) FROM sharing_establishment WHERE id <> ALL (%s)", list(who.pupils)
        ),
    )
    if who.is_narrowed:
        attempt("other year groups", Pupil.objects.exclude(year_group__in=YOUNG).exists)
        attempt("enrolments of others", Enrolment.objects.filter(pupil_id__in=who.there.older).exists)
        attempt("needs withheld", PupilNeeds.objects.exists)
        attempt("attendance withheld", Attendance.objects.exists)
