"""A School Census return is looked at before it is applied: what its page says of it (R5, R22, R23)."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from sharing.imports import census
from sharing.imports.kinds import Outcome
from sharing.imports.outcomes import as_report, is_the_same
from sharing.imports.problems import ImportRefused
from sharing.models import Establishment, Pupil
from sharing.roles import BATCH, acting_as
from sharing.upn import make_upn
from tests.people import as_batch, as_owner
from tests.sharing.census_returns import pupil
from tests.sharing.test_import_census import OTHER, ROBIN, SCHOOL, document, state

pytestmark = pytest.mark.django_db


class TestBringIn:
    """What the page calls: read and compare, and change the store only when told to."""

    def bring(self, path: Path, *, urn: int | None, apply: bool) -> tuple[Outcome, list[int]]:
        told: list[int] = []
        with acting_as(BATCH):
            return census.KIND.bring_in(path, urn=urn, apply=apply, progress=told.append), told

    def test_a_look_at_what_would_change_changes_nothing(self, send) -> None:
        before = state()
        outcome, told = self.bring(send(document(pupil(**ROBIN))), urn=SCHOOL, apply=False)
        assert state() == before
        assert outcome.changes[0] == ("Pupils added", 1)
        assert list(outcome.by_establishment) == [SCHOOL]
        assert outcome.as_of == date(2026, 1, 15)
        assert told == sorted(told)
        applied, _ = self.bring(send(document(pupil(**ROBIN))), urn=SCHOOL, apply=True)
        assert applied.changes == outcome.changes
        again, _ = self.bring(send(document(pupil(**ROBIN))), urn=SCHOOL, apply=True)
        assert again.changes_nothing

    def test_it_says_which_facts_would_change(self, send) -> None:
        self.bring(send(document(pupil(**ROBIN))), urn=SCHOOL, apply=True)
        outcome, _ = self.bring(send(document(pupil(**ROBIN | {"Surname": "Married"}))), urn=SCHOOL, apply=False)
        assert "What changes in the records, and in how many: surname (1)." in outcome.notes

    def test_a_return_of_a_day_without_a_census_is_asked_about(self, send) -> None:
        """R22, R23: an export made to try, of the day on which it was made. Applied, it shut the right one out."""
        (note, *_) = self.bring(send(document(pupil(), ReferenceDate="2026-02-12")), urn=SCHOOL, apply=False)[0].notes
        assert note.startswith("There is no School Census of 12 February 2026. The nearest is of 15 January 2026.")
        right = self.bring(send(document(pupil())), urn=SCHOOL, apply=False)[0].notes
        assert not [note for note in right if "There is no School Census" in note]

    def test_a_second_return_of_one_day_says_that_it_is_one(self, send) -> None:
        """R22: the corrected file after the first; and the first once more, by mistake, after the corrected one."""
        first = send(document(pupil(**ROBIN)), "a.xml")
        corrected = send(document(pupil(**ROBIN, Language="ENG")), "b.xml")

        def said(path: Path) -> list[str]:
            notes = self.bring(path, urn=SCHOOL, apply=False)[0].notes
            return [note.partition(" on ")[0] for note in notes if "applied on" in note]

        assert said(first) == []
        call_command("import_census", first)
        assert (said(first), said(corrected)) == (
            ["This same file was applied"],
            ["Another return of this day was applied"],
        )
        call_command("import_census", corrected)
        assert said(first) == ["Another return of this day was applied"]

    def test_a_correction_that_came_since_it_was_looked_at(self, send) -> None:
        """R22: the first return changes one language before the corrected one and after, and nobody saw that it undoes
        that."""
        call_command("import_census", send(document(pupil(**ROBIN, Language="BEN")), "a.xml"))
        first = send(document(pupil(**ROBIN, Language="URD")), "b.xml")
        looked_at, _ = self.bring(first, urn=SCHOOL, apply=False)
        call_command("import_census", send(document(pupil(**ROBIN, Language="ENG")), "c.xml"))
        now, _ = self.bring(first, urn=SCHOOL, apply=False)
        assert now.changes == looked_at.changes
        assert not is_the_same(as_report(now), as_report(looked_at))

    def test_a_return_of_half_the_school_says_so(self, send) -> None:
        """R22, R23: a filter left on in the MIS. It is said before anybody applies it, and with both numbers."""
        with as_batch():
            here = Pupil.objects.filter(establishment__urn=SCHOOL).visible_on(date(2026, 1, 15)).count()
        on_roll = [pupil(UPN=make_upn(380, 2999, 2023, 800 + serial)) for serial in range(here)]
        half, _ = self.bring(send(document(*on_roll[: here // 2])), urn=SCHOOL, apply=False)
        whole, _ = self.bring(send(document(*on_roll)), urn=SCHOOL, apply=False)
        assert half.notes[0].startswith("This file has far fewer pupils on roll")
        assert f"Synthetic Primary School ({here // 2} in the file, {here} here)" in half.notes[0]
        assert not [note for note in whole.notes if "far fewer" in note]

    def test_a_schools_file_of_guesses_learns_nothing(self, send) -> None:
        """R5: what it says of a UPN that is known elsewhere is what it says of one that is nobody's."""
        with as_batch():
            elsewhere = Pupil.objects.filter(establishment__urn=999002).first()
        path = send(document(pupil(**ROBIN, FormerUPN=str(elsewhere.upn))))
        guessed, _ = self.bring(path, urn=SCHOOL, apply=False)
        nobodys, _ = self.bring(send(document(pupil(**ROBIN, FormerUPN=OTHER))), urn=SCHOOL, apply=False)
        assert (guessed.changes, guessed.notes, guessed.queries) == (nobodys.changes, nobodys.notes, nobodys.queries)

    def test_the_return_of_a_school_that_had_closed_is_refused(self, send) -> None:
        with as_owner():
            Establishment.objects.filter(urn=SCHOOL).update(close_date=date(2026, 1, 15))
        self.bring(send(document(pupil(**ROBIN))), urn=None, apply=False)  # on its last day
        with as_owner():
            Establishment.objects.filter(urn=SCHOOL).update(close_date=date(2026, 1, 14))
        with pytest.raises(ImportRefused, match="No establishment of the community open"):
            self.bring(send(document(pupil(**ROBIN))), urn=None, apply=False)

    def test_a_school_cannot_send_the_file_of_another(self, send) -> None:
        """R5: the sender speaks for one establishment."""
        with pytest.raises(ImportRefused, match="another establishment"):
            self.bring(send(document(pupil(**ROBIN))), urn=999002, apply=True)
