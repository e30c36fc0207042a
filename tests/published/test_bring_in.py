"""Published figures into prepared releases: places, chains of URNs, versions, nothing twice (R12, R22, R29)."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from sharing.door import stop_release
from sharing.imports.files import file_hash
from sharing.imports.kinds import Outcome
from sharing.imports.problems import ImportRefused
from sharing.measures import preparing
from sharing.models import Dataset, Establishment, EstablishmentLink, Figure, Import, Release
from sharing.published import PUBLISHED_KINDS
from sharing.school_year import academic_year
from tests.people import EDUNET, as_batch, asker
from tests.published import files
from tests.published.files import BECKSIDE, KIRKHOLME, LARKROYD, OXENBY, RAVENSGILL, ks2_file, ks2_school, lait_row

pytestmark = pytest.mark.django_db
KINDS = {kind.slug: kind for kind in PUBLISHED_KINDS}
PRIMARIES = {BECKSIDE, RAVENSGILL, LARKROYD, 999009, 999012, 999999, 999007}


def bring_in(kind: str, path: Path, *, apply: bool = True) -> Outcome:
    told: list[int] = []
    with as_batch():
        outcome = KINDS[kind].bring_in(path, urn=None, apply=apply, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 100
    return outcome


def of_old() -> QuerySet[Release]:
    """The releases that these tests make: of years that the demonstration has none of."""
    return Release.objects.filter(academic_year__lt=2020).order_by("dataset__slug", "academic_year", "version")


def releases() -> list[tuple[str, int, int, str, str]]:
    with as_batch():
        rows = of_old()
        return list(rows.values_list("dataset__slug", "academic_year", "version", "status", "state"))


def stored(dataset: str, year: int, version: int = 1) -> dict[tuple[int | str, str, str], object]:
    """(URN or area, measure, group) -> value or symbol"""
    with as_batch():
        figures = Figure.objects.filter(
            release__dataset__slug=dataset, release__academic_year=year, release__version=version
        ).select_related("establishment", "measure")
        return {
            (f.establishment.urn if f.establishment else f.area, f.measure.code, f.group): f.symbol or f.value
            for f in figures
        }  # fmt: skip


def missing(outcome: Outcome) -> set[int]:
    """The establishments of which the file should have had figures."""
    return {int(query.value) for query in outcome.queries if "has no figures in this file" in query.cure}


def test_the_kinds_are_for_the_data_team_alone(tmp_path: Path) -> None:
    assert len(KINDS) == len(PUBLISHED_KINDS)
    for kind in PUBLISHED_KINDS:
        assert not kind.for_schools
        assert len(kind.slug) <= Import._meta.get_field("kind").max_length
    path = ks2_file(tmp_path, [ks2_school(BECKSIDE)])
    with pytest.raises(ImportRefused, match="for the whole authority"), as_batch():
        KINDS["published-ks2"].bring_in(path, urn=BECKSIDE, apply=True, progress=lambda _: None)


class TestPreparing:
    def test_a_file_becomes_a_prepared_release(self, tmp_path: Path) -> None:
        """R22: prepared, and seen by nobody before another officer has checked and scheduled it."""
        rows = [
            ks2_school(BECKSIDE, PTRWM_EXP_G="SUPP", GELIG=4),
            ks2_school(RAVENSGILL, PTRWM_EXP="0%"),
            {"RECTYPE": 3, "LEA": 380, "PTRWM_EXP": "59%", "TELIG": 7000},
        ]
        outcome = bring_in("published-ks2", ks2_file(tmp_path, rows))
        assert releases() == [("ks2", 2018, 1, "validated", "prepared")]
        assert stored("ks2", 2018) == {
            (BECKSIDE, "ks2_rwm_expected", "total"): Decimal(63),
            (BECKSIDE, "ks2_rwm_expected", "sex:F"): "SUPP",
            (RAVENSGILL, "ks2_rwm_expected", "total"): Decimal(0),
            ("authority", "ks2_rwm_expected", "total"): Decimal(59),
        }
        assert outcome.title == "Key Stage 2 results, 2018/19, validated"
        assert outcome.changes == [
            ("2018/19, version 1: figures added", 4), ("2018/19, version 1: figures in all", 4),
        ]  # fmt: skip
        assert "Kept as symbols, without a number: SUPP 1." in outcome.notes
        assert outcome.as_of == date(2019, 8, 31)
        assert not Figure.objects.filter(release__academic_year=2018).exists()  # as portal_app

    def test_a_look_changes_nothing(self, tmp_path: Path) -> None:
        path = ks2_file(tmp_path, [ks2_school(BECKSIDE)])
        looked = bring_in("published-ks2", path, apply=False)
        assert releases() == []
        applied = bring_in("published-ks2", path)
        assert (looked.title, looked.changes) == (applied.title, applied.changes)

    def test_the_same_file_twice_changes_nothing(self, tmp_path: Path) -> None:
        path = ks2_file(tmp_path, [ks2_school(BECKSIDE, PTRWM_EXP_G="SUPP")])
        bring_in("published-ks2", path)
        assert bring_in("published-ks2", path).changes_nothing
        assert len(releases()) == 1

    def test_other_figures_are_a_new_version_with_its_reason(self, tmp_path: Path) -> None:
        """R22: a new version supersedes and never overwrites."""
        bring_in("published-ks2", ks2_file(tmp_path, [ks2_school(BECKSIDE), ks2_school(RAVENSGILL)]))
        second = [ks2_school(BECKSIDE, PTRWM_EXP="64%", PTRWM_HIGH="7%")]
        bring_in("published-ks2", ks2_file(tmp_path, second))
        assert stored("ks2", 2018)[RAVENSGILL, "ks2_rwm_expected", "total"] == Decimal(63)
        assert stored("ks2", 2018, 2) == {
            (BECKSIDE, "ks2_rwm_expected", "total"): Decimal(64),
            (BECKSIDE, "ks2_rwm_higher", "total"): Decimal(7),
        }
        with as_batch():
            because = of_old().get(version=2).because
        assert because == "Another file of the source (figures added: 1, figures changed: 1, figures gone: 1)."

    def test_provisional_then_validated_is_a_new_version(self, tmp_path: Path) -> None:
        rows = [ks2_school(BECKSIDE)]
        bring_in("published-ks2", ks2_file(tmp_path, rows, "380_ks2provisional.csv"))
        bring_in("published-ks2", ks2_file(tmp_path, rows))
        assert [(version, status) for _, _, version, status, _ in releases()] == [(1, "provisional"), (2, "validated")]

    def test_a_withdrawn_version_does_not_count(self, tmp_path: Path) -> None:
        path = ks2_file(tmp_path, [ks2_school(BECKSIDE)])
        bring_in("published-ks2", path)
        with as_batch():
            of_old().update(state="withdrawn")
        assert bring_in("published-ks2", path).changes[0] == ("2018/19, version 2: figures added", 1)
        assert [version for _, _, version, _, _ in releases()] == [1, 2]

    def test_what_was_stopped_is_not_prepared_again_by_the_same_file(self, tmp_path: Path) -> None:
        path = ks2_file(tmp_path, [ks2_school(BECKSIDE)])
        bring_in("published-ks2", path)
        with as_batch():
            wrong = of_old().get()
            preparing.bring_out(wrong, by="Another officer")
        stop_release(asker("officer-information", EDUNET), wrong.pk, because="A slip of the keys")
        assert bring_in("published-ks2", path).changes_nothing

    def test_who_brought_it_in_is_on_the_release(self, tmp_path: Path) -> None:
        """R22: that person may not check it."""
        path = ks2_file(tmp_path, [ks2_school(BECKSIDE)])
        with as_batch():
            _, row = (
                Import.objects.create(
                    kind="published-ks2", state=state, file_name=path.name, file_hash=file_hash(path), by=by,
                    by_person_id=number,
                )
                for state, by, number in (("applied", "Another officer", 8), ("applying", "Ada Officer", 7))
            )  # fmt: skip
        bring_in("published-ks2", path)
        with as_batch():
            release = of_old().get()
        assert (release.prepared_by, release.prepared_by_id, release.came_from_id) == ("Ada Officer", 7, row.pk)

    def test_without_the_catalogue_it_says_so(self, tmp_path: Path) -> None:
        with as_batch():
            Dataset.objects.filter(slug="ks2").update(slug="renamed")
        with pytest.raises(ImportRefused, match="does not know ks2 yet"):
            bring_in("published-ks2", ks2_file(tmp_path, [ks2_school(BECKSIDE)]))


class TestWhoseTheyAre:
    def test_a_urn_not_ours_is_told_in_a_file_of_ours(self, tmp_path: Path) -> None:
        """Bad input named in the issue. Elsewhere it is counted, and so are those outside the community."""
        with as_batch():  # it has gone to another authority
            Establishment.objects.filter(urn=RAVENSGILL).update(la_code=381)
        rows = [
            ks2_school(BECKSIDE), ks2_school(123456), ks2_school(123457, LEA=""), ks2_school(140810, LEA=936),
            ks2_school(KIRKHOLME), ks2_school(RAVENSGILL),
        ]  # fmt: skip
        outcome = bring_in("published-ks2", ks2_file(tmp_path, rows))
        told = [query for query in outcome.queries if "It is not here, so bring in GIAS first" in query.cure]
        assert [(query.row, query.field, query.value) for query in told] == [(3, "URN", "123456")]
        assert "Passed over: 2 establishments that are not here." in outcome.notes
        assert "Passed over: 2 establishments outside the community." in outcome.notes
        assert "Passed over: 1 rows of other authorities and their schools." in outcome.notes
        assert {place for place, _, _ in stored("ks2", 2018)} == {BECKSIDE}

    def test_a_file_of_nobody_here_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ImportRefused, match="for no establishment that is here"):
            bring_in("published-ks2", ks2_file(tmp_path, [ks2_school(123456)]))

    def test_an_establishment_missing_from_the_file_is_a_query(self, tmp_path: Path) -> None:
        """Of the ages that the results are of, and open from the middle of January to the end of May."""
        with as_batch():
            for urn, days in (
                (999007, {"open_date": date(2019, 1, 15)}), (999012, {"open_date": date(2019, 1, 16)}),
                (999009, {"close_date": date(2019, 5, 31)}), (999999, {"close_date": date(2019, 5, 30)}),
            ):  # fmt: skip
                Establishment.objects.filter(urn=urn).update(**days)
        outcome = bring_in("published-ks2", ks2_file(tmp_path, [ks2_school(BECKSIDE)]))
        assert missing(outcome) == PRIMARIES - {BECKSIDE, 999012, 999999}
        assert not any(query.fatal for query in outcome.queries)

    def test_an_establishment_of_any_age_missing_from_absence_is_a_query(self, tmp_path: Path) -> None:
        rows = [{"LA": 380, "URN": BECKSIDE, "PERCTOT": "5.2"}]
        outcome = bring_in("published-absence", files.write(tmp_path / "2018-19_abs.csv", files.ABSENCE, rows))
        with as_batch():
            centres = set(Establishment.objects.filter(kind="childrens_centre").values_list("urn", flat=True))
        assert {RAVENSGILL, OXENBY} <= missing(outcome)
        assert not centres & missing(outcome)
        england = bring_in("published-ks2", ks2_file(tmp_path, [{"RECTYPE": 5, "PTRWM_EXP": "64%"}]))
        assert not missing(england)

    def test_figures_of_a_closed_urn_stay_with_it_while_it_is_here(self, tmp_path: Path) -> None:
        with as_batch():
            Establishment.objects.filter(urn=RAVENSGILL).update(close_date=date(2020, 8, 31), status_code=2)
            EstablishmentLink.objects.create(urn=RAVENSGILL, link_urn=LARKROYD, link_type="Successor", link_name="x")
        outcome = bring_in("published-ks2", ks2_file(tmp_path, [ks2_school(RAVENSGILL)]))
        assert {place for place, _, _ in stored("ks2", 2018)} == {RAVENSGILL}
        assert str(LARKROYD) not in {query.value for query in outcome.queries}  # of the same chain

    @pytest.mark.parametrize("from_which_end", ["predecessor", "successor"])
    def test_figures_of_a_closed_urn_go_along_the_chain(self, tmp_path: Path, from_which_end: str) -> None:
        with as_batch():
            if from_which_end == "predecessor":
                EstablishmentLink.objects.create(urn=107200, link_urn=140001, link_type="Successor", link_name="x")
            else:
                EstablishmentLink.objects.create(urn=140001, link_urn=107200, link_type="Predecessor", link_name="x")
            EstablishmentLink.objects.create(urn=140001, link_urn=BECKSIDE, link_type="Successor", link_name="x")
        outcome = bring_in("published-ks2", ks2_file(tmp_path, [ks2_school(107200)]))
        assert {place for place, _, _ in stored("ks2", 2018)} == {BECKSIDE}
        assert f"The figures of the closed URN 107200 go to {BECKSIDE}, which carries on." in outcome.notes

    def test_not_where_the_successor_has_figures_of_its_own(self, tmp_path: Path) -> None:
        with as_batch():
            EstablishmentLink.objects.create(urn=107200, link_urn=BECKSIDE, link_type="Successor", link_name="x")
        rows = [ks2_school(107200, PTRWM_EXP="10%", PTRWM_HIGH="1%"), ks2_school(BECKSIDE)]
        outcome = bring_in("published-ks2", ks2_file(tmp_path, rows))
        assert stored("ks2", 2018) == {(BECKSIDE, "ks2_rwm_expected", "total"): Decimal(63)}
        assert any("successor has a row of its own" in note for note in outcome.notes)

    @pytest.mark.parametrize(
        "links",
        [
            [(107200, BECKSIDE, "Successor - merged"), (107201, BECKSIDE, "Successor - merged")],
            [(107200, BECKSIDE, "Successor - merged")],
            [(107200, BECKSIDE, "Successor"), (107201, BECKSIDE, "Successor")],
            [(107200, BECKSIDE, "Successor"), (107200, RAVENSGILL, "Successor")],
            [(107200, 107201, "Successor"), (107201, 107200, "Successor")],
        ],
        ids=["merged", "merged with one not told of", "two predecessors", "two successors", "in a circle"],
    )
    def test_a_merger_a_split_and_a_circle_are_left_out(
        self, tmp_path: Path, links: list[tuple[int, int, str]]
    ) -> None:
        with as_batch():
            for urn, link_urn, link_type in links:
                EstablishmentLink.objects.create(urn=urn, link_urn=link_urn, link_type=link_type, link_name="x")
        bring_in("published-ks2", ks2_file(tmp_path, [ks2_school(107200, PTRWM_EXP="10%"), ks2_school(LARKROYD)]))
        assert {place for place, _, _ in stored("ks2", 2018)} == {LARKROYD}

    def test_an_establishment_that_is_not_here_is_one_in_however_many_years(self, tmp_path: Path) -> None:
        """The report counts establishments, as its words say, and not their rows."""
        rows = [
            files.YEAR | files.LOCAL | {"geographic_level": "School", "laestab": number, "fixed_excl_rate": "1.5",
                                        "time_period": year, "school_type": "State-funded primary"}
            for year in ("201920", "202021")
            for number in (3802901, 3809998)
        ]  # fmt: skip
        outcome = bring_in("published-exclusions", files.write(tmp_path / "exclusions.csv", files.EXCLUSIONS, rows))
        assert "Passed over: 1 establishments that are not here." in outcome.notes

    @pytest.mark.parametrize(
        ("first", "second", "whose"),
        [
            ((2000, date(2020, 8, 31)), (2020, None), {2019: BECKSIDE, 2020: 999009}),
            ((2000, date(2020, 9, 1)), (2005, date(2019, 8, 31)), {2018: 999009, 2020: BECKSIDE}),
            ((2005, date(2020, 9, 1)), (2000, date(2019, 8, 31)), {2018: BECKSIDE, 2020: BECKSIDE}),
            ((2020, None), (2021, None), {2019: BECKSIDE, 2020: BECKSIDE, 2021: 999009}),
        ],
        ids=["one after the other", "one within the time of the other", "on the first day alone", "neither was open"],
    )
    def test_a_number_belongs_to_the_urn_that_was_open_then(
        self,
        tmp_path: Path,
        first: tuple[int, date | None],
        second: tuple[int, date | None],
        whose: dict[int, int],
    ) -> None:
        """The later one if both were, the earliest if none was."""
        with as_batch():
            for urn, (opened, closed) in ((BECKSIDE, first), (999009, second)):
                Establishment.objects.filter(urn=urn).update(
                    open_date=date(opened, 9, 1), close_date=closed, establishment_number=2901
                )
        school = {"geographic_level": "School", "laestab": 3802901, "fixed_excl_rate": "1.5"}
        rows = [
            files.YEAR | files.LOCAL | school | {"time_period": f"{year}{year % 100 + 1}", "school_type": "Total"}
            for year in whose
        ]
        bring_in("published-exclusions", files.write(tmp_path / "exclusions.csv", files.EXCLUSIONS, rows))
        assert {year: place for year in whose for place, _, _ in stored("exclusions", year)} == whose

    def test_deprivation_by_the_neighbourhood_of_the_establishment(self, tmp_path: Path) -> None:
        with as_batch():
            Establishment.objects.filter(urn__in=[BECKSIDE, OXENBY]).update(lsoa_code="E01010568")
            Establishment.objects.filter(urn=RAVENSGILL).update(lsoa_code="E01099999")
            Establishment.objects.filter(kind="childrens_centre").update(lsoa_code="E01010568")
            Establishment.objects.filter(urn=999009).update(close_date=date(2025, 8, 31))
        path = tmp_path / "File_7.csv"
        path.write_text("LSOA11CD,IMD_2019_score\nE01010568,47.595\nE01000001,1.5\n")
        outcome = bring_in("published-deprivation", path)
        assert stored("deprivation", 2019) == {
            (BECKSIDE, "imd_score", "total"): Decimal("47.595"),
            (OXENBY, "imd_score", "total"): Decimal("47.595"),
        }
        assert outcome.as_of == date(2019, 9, 26)
        cures = {query.value: query.cure for query in outcome.queries}
        assert cures[str(RAVENSGILL)].endswith("is not in this file: it may be a code of the other vintage.")
        assert cures[str(LARKROYD)].startswith("GIAS gives no LSOA for Larkroyd")
        assert not {str(BECKSIDE), "999009"} & cures.keys()
        assert "Indices of 2019, by the LSOA codes of 2011." in outcome.notes


class TestComparators:
    def test_files_of_several_sources_live_in_one_stream(self, tmp_path: Path) -> None:
        """What a file does not tell stays in the next version; the earlier ones are left as they are."""
        first = files.write(tmp_path / "a.csv", files.LAIT, [lait_row("TotAbs", "2012", "9.04")])
        bring_in("published-lait", first)
        total = {"characteristic": "Total", "characteristic_type": "Total", "gender": "Total"}
        row = files.YEAR | files.LOCAL | total | {"gld_percentage": "62.3"}
        second = files.write(tmp_path / "b.csv", files.EYFSP, [row])
        bring_in("published-eyfsp", second)
        assert stored("comparators", 2011) == {("authority", "absence_overall", "total"): Decimal("9.04")}
        assert stored("comparators", 2011, 2) == {
            ("authority", "absence_overall", "total"): Decimal("9.04"),
            ("authority", "eyfsp_gld", "total"): Decimal("62.3"),
        }
        assert bring_in("published-lait", first).changes_nothing

    def test_a_figure_with_its_pupils_is_not_replaced_by_one_without(self, tmp_path: Path) -> None:
        """Two sources of the same figure do not take turns for ever."""
        total = {"characteristic": "Total", "characteristic_type": "Total", "gender": "Total"}
        row = files.YEAR | files.LOCAL | total | {"gld_percentage": "62.3", "children_number": 7341, "gld_number": 4571}
        profile = files.write(tmp_path / "b.csv", files.EYFSP, [row])
        tool = files.write(tmp_path / "a.csv", files.LAIT, [lait_row("FSP_NEW_GOODDEV", "2012", "62.2")])
        bring_in("published-lait", tool)
        bring_in("published-eyfsp", profile)
        assert stored("comparators", 2011, 2) == {("authority", "eyfsp_gld", "total"): Decimal("62.3")}
        assert bring_in("published-lait", tool).changes_nothing
        assert bring_in("published-eyfsp", profile).changes_nothing
        corrected = row | {"gld_percentage": "62.4", "gld_number": 4578}
        bring_in("published-eyfsp", files.write(tmp_path / "c.csv", files.EYFSP, [corrected]))
        assert stored("comparators", 2011, 3) == {("authority", "eyfsp_gld", "total"): Decimal("62.4")}

    def test_another_status_alone_is_no_new_version(self, tmp_path: Path) -> None:
        """Each source has its own, and the stream has figures of several."""
        for years in ("2012 (prov)", "2012"):
            path = files.write(tmp_path / "a.csv", files.LAIT, [lait_row("TotAbs", years, "9.04")])
            outcome = bring_in("published-lait", path)
        assert outcome.changes_nothing

    def test_figures_that_were_stopped_do_not_come_out_by_another_file(self, tmp_path: Path) -> None:
        """R11, R22: a version is made of the one before it, but of none whose figures were stopped since."""
        absence = files.write(tmp_path / "a.csv", files.LAIT, [lait_row("TotAbs", "2012", "9.04")])
        bring_in("published-lait", absence)
        with as_batch():
            wrong = of_old().get()
            preparing.bring_out(wrong, by="Another officer")
        stop_release(asker("officer-information", EDUNET), wrong.pk, because="A slip of the keys")
        bring_in(
            "published-lait", files.write(tmp_path / "b.csv", files.LAIT, [lait_row("FSP_NEW_GOODDEV", "2012", "62")])
        )
        assert stored("comparators", 2011, 2) == {("authority", "eyfsp_gld", "total"): Decimal("62")}

    def test_nor_by_a_version_that_was_made_of_them_before(self, tmp_path: Path) -> None:
        """R11, R22: it was prepared while they were out, and the next file would be added to it."""
        bring_in("published-lait", files.write(tmp_path / "a.csv", files.LAIT, [lait_row("TotAbs", "2012", "9.04")]))
        with as_batch():
            wrong = of_old().get()
            preparing.bring_out(wrong, by="Another officer")
        early_years = [lait_row("FSP_NEW_GOODDEV", "2012", "62")]
        bring_in("published-lait", files.write(tmp_path / "b.csv", files.LAIT, early_years))
        with as_batch():
            of_old().filter(version=2).update(prepared_at=timezone.now() - timedelta(days=1))
        stop_release(asker("officer-information", EDUNET), wrong.pk, because="A slip of the keys")
        early_years[0] = lait_row("FSP_NEW_GOODDEV", "2012", "63")
        bring_in("published-lait", files.write(tmp_path / "c.csv", files.LAIT, early_years))
        assert stored("comparators", 2011, 3) == {("authority", "eyfsp_gld", "total"): Decimal("63")}

    def test_a_release_for_each_year(self, tmp_path: Path) -> None:
        rows = [lait_row("TotAbs", "2013 (prov)", "8"), lait_row("TotAbs", "2012", "9.04")]
        outcome = bring_in("published-lait", files.write(tmp_path / "a.csv", files.LAIT, rows))
        assert outcome.title.endswith(", 2011/12 to 2012/13, provisional and validated")
        assert releases() == [
            ("comparators", 2011, 1, "validated", "prepared"),
            ("comparators", 2012, 1, "provisional", "prepared"),
        ]

    def test_figures_of_a_year_that_goes_on_are_as_of_today(self, tmp_path: Path) -> None:
        year = academic_year(timezone.localdate())
        row = files.YEAR | files.LOCAL | {"education_phase": "Total", "overall_absence_perc": "8"}
        row["time_period"] = f"{year}{(year + 1) % 100:02}"
        path = files.write(tmp_path / "ytd.csv", files.YEAR_TO_DATE, [row])
        assert bring_in("published-attendance", path).as_of == timezone.localdate()
