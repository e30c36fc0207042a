"""What others have taken away, with its passphrase; the columns they chose; the lists they keep (R5, R14, R33)."""

from datetime import date

from sharing.models import Download, DownloadPiece, DownloadSecret, OwnList, PupilListColumns
from tests.locks.figure_rows import TEACHER
from tests.locks.switches import rows
from tests.locks.trying import LARKROYD, Trying, place
from tests.people import EDUNET, as_batch, person

_A_DOWNLOAD = """
    INSERT INTO sharing_download (by_person_id, establishment_id, kind, form, purpose, by_name, through, asked_at,
        dispose_by, state) VALUES (%s, %s, 'pupils', 'xlsx', 'review', 'Test', 'schools_online', now(), current_date,
        'ready') RETURNING 1
"""
_LONGER = "UPDATE sharing_download SET dispose_by = dispose_by + 1 RETURNING 1"
_LIST = """
    INSERT INTO sharing_ownlist (person_id, establishment_id, year_group, class_name)
    VALUES (%s, %s, '1', '') RETURNING 1
"""
_COLUMNS = "INSERT INTO sharing_pupillistcolumns (person_id, columns) VALUES (%s, '{}') RETURNING 1"
ON_BOTH_SITES = "officer-admissions"  # tries on Schools Online


def plant_a_file_of_edunet(today: date) -> None:
    """A file that waits for an officer on EduNet, who asks on Schools Online."""
    with as_batch():
        file = Download.objects.create(
            kind="pupils", form="xlsx", purpose="review", establishment_id=place(LARKROYD), by_name="Test",
            by_person_id=person(ON_BOTH_SITES).pk, through=EDUNET, dispose_by=today, state="ready",
        )  # fmt: skip
        DownloadSecret.objects.create(of=file, asked="{}", passphrase="of EduNet")
        DownloadPiece.objects.create(of=file, number=0, sealed=b"y")


def holes_in_what_is_taken(who: Trying) -> None:
    attempt, somewhere = who.attempt, place(LARKROYD)
    watched = set() if who.through == EDUNET else who.staff
    of_others = Download.objects.exclude(by_person_id=who.number)
    attempt("downloads of others", of_others.exclude(establishment_id__in=watched).exists)
    attempt("passphrases of others", DownloadSecret.objects.exclude(of__by_person_id=who.number).exists)
    attempt("files of others", DownloadPiece.objects.filter(sealed=b"x").exists)
    attempt("passphrases of the other site", DownloadSecret.objects.exclude(of__through=who.through).exists)
    attempt("files of the other site", DownloadPiece.objects.exclude(of__through=who.through).exists)
    attempt("downloads in another's name", lambda: rows(_A_DOWNLOAD, 0, somewhere))
    attempt("downloads kept longer", lambda: rows(_A_DOWNLOAD, who.number, somewhere) and rows(_LONGER))
    attempt("columns of others", PupilListColumns.objects.exclude(person=person(who.slug)).exists)
    other = person("teacher-ended" if who.slug == TEACHER else TEACHER)
    attempt("columns for others", lambda: rows(_COLUMNS, other.pk))
    attempt("lists that others keep", OwnList.objects.exclude(person=person(who.slug)).exists)
    attempt("a list kept for others", lambda: rows(_LIST, other.pk, somewhere))
    if somewhere not in who.pupils:
        attempt("a list of an establishment whose pupils one does not see", lambda: rows(_LIST, who.number, somewhere))
