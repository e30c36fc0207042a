"""Imports and the pieces of their files: those of others, and steps that only the worker takes (R5, R45)."""

from sharing.models import Import, ImportPerson
from tests.locks.switches import rows
from tests.locks.trying import Trying

DATA_TEAM = "officer-data"
_AN_IMPORT = """
    INSERT INTO sharing_import (kind, state, file_hash, at, by, by_person_id, report, establishment_id)
    SELECT 'census', 'uploaded', '', now(), '', %s, '{}', id FROM sharing_establishment WHERE urn = 999999
"""
_A_PIECE = "INSERT INTO sharing_importpiece (of_id, number, sealed) VALUES (%s, 9, '')"


def holes_in_imports(who: Trying) -> None:
    attempt = who.attempt
    if who.slug != DATA_TEAM:
        attempt("foreign imports", Import.objects.exclude(establishment_id__in=who.staff).exists)
        attempt("imports elsewhere", lambda: rows(_AN_IMPORT, who.number) is not None)
    attempt("names in the files of others", ImportPerson.objects.exclude(of__by_person_id=who.number).exists)
    uploaded = Import.objects.filter(state=Import.State.UPLOADED)
    attempt("imports applied unchecked", lambda: uploaded.update(state="to_apply"))
    attempt("imports called applied", lambda: Import.objects.update(state="applied"))
    attempt("pieces read", lambda: rows("SELECT 1 FROM sharing_importpiece"))
    attempt("pieces added", lambda: rows(_A_PIECE, who.there.uploads[0]) is not None)
