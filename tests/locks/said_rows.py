"""What people say about data: challenges, confirmed returns, and reports of misuse (R5, R45)."""

from sharing.models import Challenge, ChallengeEvent, MisuseReport, ReturnConfirmation
from tests.locks.figure_rows import GOVERNOR, HEAD, NARROWED, TEACHER
from tests.locks.switches import rows
from tests.locks.trying import Trying
from tests.people import EDUNET, person

DATA_TEAM = "officer-data"
KEEPERS = {HEAD, "head-larkroyd", DATA_TEAM}  # among those who try
_A_CHALLENGE = """
    INSERT INTO sharing_challenge (establishment_id, about, fact, raised_by_id, raised_by_name, raised_at, due_on,
        assigned_to) SELECT id, 'figure', 'name', %s, 'x', now(), CURRENT_DATE, 'school' FROM sharing_establishment
    WHERE urn = 999999
"""
_A_RETURN = """
    INSERT INTO sharing_returnconfirmation (establishment_id, kind, reference_day, confirmed_by_id, confirmed_by_name,
        confirmed_at) SELECT id, 'census', CURRENT_DATE + 1, %s, 'x', now() FROM sharing_establishment
    WHERE urn = 999999
"""
_A_MISUSE = """
    INSERT INTO sharing_misusereport (page, form_key, reported_by_id, reported_by_name, reported_at)
    VALUES ('key-data', gen_random_uuid(), %s, 'x', now())
"""


def holes_in_what_is_said(who: Trying) -> None:
    attempt = who.attempt
    of_pupils = Challenge.objects.filter(about="pupil")
    attempt("foreign challenges", of_pupils.exclude(establishment_id__in=who.pupils).exists)
    attempt("challenges of another day", Challenge.objects.filter(pupil_id__in=who.there.gone).exists)
    unseen = ChallengeEvent.objects.exclude(challenge__in=Challenge.objects.all())
    attempt("steps of challenges unseen", unseen.exists)
    if who.slug in (TEACHER, NARROWED, GOVERNOR):
        said = Challenge.objects.filter(about="figure").exclude(raised_by_id=who.number)
        attempt("words about the establishment", said.exists)
    if who.is_narrowed:
        attempt("challenges withheld", Challenge.objects.filter(withheld_as="sen").exists)
    if who.through != EDUNET:
        attempt("challenge raised", lambda: rows(_A_CHALLENGE, who.number) is not None)
    if who.slug not in KEEPERS:
        attempt("returns confirmed", ReturnConfirmation.objects.exists)
    attempt("return confirmed elsewhere", lambda: rows(_A_RETURN, who.number) is not None)
    if who.slug != DATA_TEAM:
        of_others = MisuseReport.objects.exclude(reported_by_id=who.number)
        attempt("reports of misuse by others", of_others.exists)
    other = person("teacher-ended" if who.slug == TEACHER else TEACHER)
    attempt("misuse reported in another's name", lambda: rows(_A_MISUSE, other.pk) is not None)
