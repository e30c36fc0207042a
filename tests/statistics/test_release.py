"""R10-R12: a whole release of an authority, what it says, and what it refuses to say."""

import csv
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from sharing.attacker import intervals
from sharing.attacker.bounds import Propagator
from sharing.attacker.released import read_release
from sharing.attacker.rule import Rule
from sharing.attacker.system import Structure
from sharing.attacker.system import build as system_of
from sharing.attacker.verdict import Attempt
from sharing.statistics import files
from sharing.statistics.catalogue import NAMED, Table, group_of
from sharing.statistics.dimensions import Member
from sharing.statistics.invented import invented, next_term
from sharing.statistics.population import Population, School
from sharing.statistics.reading import read, written_right
from sharing.statistics.records import Release
from sharing.statistics.registry import registered
from sharing.statistics.release import build
from sharing.statistics.rules import HOUSE, CannotPublish, Rules
from sharing.statistics.symbols import Symbol
from tests.statistics import small


def numbers(release: Release) -> dict[frozenset[tuple[str, str]], int]:
    return dict(release.numbers)


def test_what_protection_costs_stays_within_the_goals(release: Release) -> None:
    """I4: a number is normally within 4 of the truth and never more than 9; few groups read low."""
    assert release.loss.cells > 15_000
    assert release.loss.mean <= 1.5
    assert release.loss.far <= 0.025
    assert release.loss.largest <= HOUSE.farthest
    assert release.loss.low <= 0.12


def test_no_bare_nought_and_no_number_off_the_base(release: Release) -> None:
    """R11: every count is a multiple of 5 or a symbol."""
    for published in release.tables:
        for row in published.rows:
            for name, figure in row.figures.items():
                if name.endswith("pupils"):
                    assert isinstance(figure, Symbol) or (figure > 0 and figure % 5 == 0), (published.table.name, row)


def test_one_group_has_one_number_in_every_table(release: Release) -> None:
    """R11, I3: two tables cannot be told apart by the same pupils."""
    for published in release.tables:
        for row in published.rows:
            group = group_of(published.table, zip(published.table.dimensions, row.members, strict=True))
            assert row.figures["pupils"] == (release.numbers.get(group, "z") or Symbol.LOW)


def test_no_rate_is_0_or_100_and_none_stands_on_fewer_than_50(release: Release) -> None:
    """R11: not by a 0 % or 100 %."""
    seen = Counter()
    for published in release.tables:
        outcome = published.table.rate
        for row in published.rows if outcome else ():
            rate = row.figures[f"{outcome}_percent"]
            whole = row.figures.get(f"{outcome}_base_pupils", row.figures["pupils"])
            seen[str(rate) if isinstance(rate, Symbol) else "rate"] += 1
            if isinstance(rate, int):
                assert 1 <= rate <= 99
                assert isinstance(whole, int)
                assert whole >= 50
    assert set(seen) >= {"rate", "x"}


def test_exact_counts_do_not_leave_the_builder(release: Release, authority: Population, tmp_path: Path) -> None:
    """R11: the record and the files know published numbers only; whoever has them cannot tell an exact count."""
    exact = registered(release.catalogue, authority).exact
    assert len(exact) == len(release.numbers)
    assert not (set(vars(release)) | set(vars(release.loss))) & {"exact", "seed", "registry", "largest_school"}
    files.write(release, tmp_path)
    everything = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    assert "seed" not in everything
    assert f"{len(authority.pupils)}" not in everything


def test_the_same_pupils_again_move_nothing(release: Release, authority: Population) -> None:
    """R11, I12: a release published twice gives nothing to average."""
    turned = authority.with_pupils(reversed(authority.pupils))
    again = build(turned, before=release, version=2, coarsen=True)
    assert numbers(again) == numbers(release)
    assert again.loss.moved == 0
    assert again.id == "open-statistics-2025-2"


def test_the_next_term_moves_few_numbers_of_groups_that_did_not_change(release: Release, authority: Population) -> None:
    """R11, I12: the published change is never the true one of 1 to 4, and what is the same mostly stays."""
    then = next_term(authority)
    later = build(then, before=release, version=2, coarsen=True)
    old, new = registered(release.catalogue, authority), registered(later.catalogue, then)
    same = [group for group in old.ids if group in new.number]
    change = {group: int(new.exact[new.number[group]] - old.exact[old.number[group]]) for group in same}
    shown = {group: later.numbers[group] - release.numbers[group] for group in same}
    assert not [group for group in same if 1 <= abs(change[group]) <= 4 and shown[group] == change[group]]
    still = [group for group in same if change[group] == 0]
    assert sum(shown[group] != 0 for group in still) / len(still) <= 0.12


def swept(folder: Path) -> Attempt:
    """What the attacker finds by bounds alone: no programmes, which take their time."""
    released = read_release(folder)
    system = system_of(released, Rule(), Structure(released))
    return intervals.sweep(system, *Propagator(system.lines).tighten(system.least, system.most))


def test_public_figures_are_known_to_the_rounding_and_stand_beside_the_release(tmp_path: Path) -> None:
    """R11, I5, I14: where headcounts are public nothing is pinned; of a release that was made without them it is."""
    small_schools = invented(size=0.2)
    heads = Counter(pupil.school for pupil in small_schools.pupils)
    public = {frozenset({("place", f"urn:{urn}")}): count for urn, count in heads.items()}
    found = build(small_schools, public=public, coarsen=True)
    assert found.public.items() >= public.items()
    files.write(found, tmp_path / "known")
    assert read(tmp_path / "known").public == found.public
    assert not swept(tmp_path / "known").found

    with small.rounded_by(seed=1):  # of 25 drawn by chance, bounds alone found nothing in one
        blind = build(small_schools, coarsen=True)
    assert found.loss.mean <= blind.loss.mean + 0.05
    files.write(replace(blind, public=found.public), tmp_path / "blind")
    assert swept(tmp_path / "blind").found


def test_a_public_figure_of_another_day_is_refused(authority: Population) -> None:
    with pytest.raises(CannotPublish, match="is for other pupils or another day") as refused:
        build(authority, public={frozenset(): 12}, coarsen=True)
    assert str(len(authority.pupils)) not in str(refused.value)


def test_the_files_are_read_back_as_they_were(release: Release, tmp_path: Path) -> None:
    files.write(release, tmp_path)
    written_right(release, tmp_path)
    found = read(tmp_path)
    assert found.catalogue == release.catalogue
    assert (found.numbers, found.tables, found.held) == (release.numbers, release.tables, release.held)
    about = json.loads((tmp_path / "release.json").read_text(encoding="utf-8"))
    assert about["format"] == 1
    assert {table["name"] for table in about["tables"] if table["audience"] == NAMED} >= {"establishments_year_6_rates"}
    for table in about["tables"]:
        with (tmp_path / f"{table['name']}.csv").open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        assert header[len(files.FIXED_COLUMNS) :] == [*table["dimensions"], *table["indicators"]]
        with (tmp_path / f"{table['name']}.meta.csv").open(encoding="utf-8", newline="") as file:
            rows = {row["col_name"]: row["filter_hint"] for row in csv.DictReader(file)}
        assert [*rows] == [*table["dimensions"], *table["indicators"]]
        for name, hint in rows.items():
            assert "urn:" not in hint
            members = about["dimensions"][name]["members"] if name in table["dimensions"] else []
            named = [one for one in members if not one["code"].startswith("urn:")]
            assert hint == "; ".join(f"{one['code']}: {one['label']}" for one in named)


@pytest.mark.parametrize("wrong", ["count", "second number"])
def test_a_changed_file_is_found(release: Release, tmp_path: Path, wrong: str) -> None:
    """R11: one number changed on one page."""
    files.write(release, tmp_path)
    path = tmp_path / ("pupils_place_phase_sex.csv" if wrong == "count" else "reception_sen_rates.csv")
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = lines[1].split(",")
    at = lines[0].split(",").index("pupils")
    cells[at] = str(int(cells[at]) + 5)
    path.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]) + "\n", encoding="utf-8")
    with pytest.raises(CannotPublish, match="another number"):
        written_right(release, tmp_path)


def test_a_table_without_its_margin_cannot_be_published() -> None:
    with pytest.raises(CannotPublish, match="a margin is missing: it shows Girls without All"):
        small.catalogue(Table("lame", "Pupils by sex", ("sex",), {}, {"sex": ("F", "M")}))


def test_nobody_cannot_be_published() -> None:
    with pytest.raises(CannotPublish, match="the population is empty"):
        build(small.population([]), catalogue=small.catalogue(small.table("sex")))


def test_two_pupils_cannot_be_published() -> None:
    with pytest.raises(CannotPublish, match="fewer than 50 pupils"):
        build(small.population([small.pupil()] * 2), catalogue=small.catalogue(small.table("sex")))


def everybody(schools: str = "123456") -> list:
    return [small.pupil(school, year=year) for school in schools for year in "12" for _ in range(20)]


def test_one_establishment_in_a_place_cannot_be_published_there() -> None:
    """R11, I11: too few contributing establishments."""
    tables = small.catalogue(small.table("place", "year"))
    pupils = everybody("1456")
    with pytest.raises(CannotPublish, match="shows North, which has fewer than 3 schools"):
        build(small.population(pupils), catalogue=tables)
    held = build(small.population(pupils), catalogue=tables, coarsen=True)
    assert held.held == ("place_year",)
    assert {code for group in held.numbers for name, code in group if name == "place"} == set()


def test_a_place_in_which_one_school_has_most_pupils_cannot_be_published() -> None:
    """R11, I11: nor an establishment can be derived."""
    pupils = [*everybody(), *[small.pupil("1")] * 90]
    with pytest.raises(CannotPublish, match="where one school has most of the pupils"):
        build(small.population(pupils), catalogue=small.catalogue(small.table("place", "year")))


def test_a_new_category_waits_for_the_next_year() -> None:
    """R11: the difference to the release before would be the new category's pupils."""
    tables = small.catalogue(small.table("sex"))
    before = build(small.population(everybody()), catalogue=tables)
    stranger = [*everybody(), small.pupil(sex="X")]
    with pytest.raises(CannotPublish, match="sex has the new code X"):
        build(small.population(stranger), catalogue=tables, before=before)
    sex = tables.dimensions["sex"]
    wider = replace(sex, members=(*sex.members, Member("X", "Not known", "Total")))
    later = replace(tables, dimensions={**tables.dimensions, "sex": wider})
    with pytest.raises(CannotPublish, match="sex has a category that the release before did not have"):
        build(small.population(stranger), catalogue=later, before=before)
    next_year = replace(small.population(stranger), academic_year=2026)
    assert build(next_year, catalogue=later, before=before).academic_year == 2026


def test_a_pupil_in_a_group_that_cannot_exist_is_said_in_words() -> None:
    population = small.population(everybody())
    there = replace(population, schools=(*population.schools, School("7", "Seven", "special", ("1",))))
    tables = small.catalogue(small.table("place", "year"))
    place = tables.dimensions["place"]
    wider = replace(place, members=(*place.members, Member("urn:7", "Seven", "special")))
    tables = replace(tables, dimensions={**tables.dimensions, "place": wider})
    with pytest.raises(CannotPublish, match="a group that cannot exist"):
        build(there.with_pupils([*there.pupils, small.pupil("7")]), catalogue=tables)


def test_a_pupil_of_a_school_that_is_not_listed_is_refused() -> None:
    with pytest.raises(CannotPublish, match="a school that is not listed"):
        build(small.population([*everybody(), small.pupil("99")]), catalogue=small.catalogue(small.table("sex")))


def test_a_pupil_without_a_result_where_all_have_one_is_refused(authority: Population) -> None:
    """Who is counted among Year 6 but neither as attained nor as not would be found by subtraction."""
    pupils = list(authority.pupils)
    at = next(place for place, pupil in enumerate(pupils) if pupil.attained)
    pupils[at] = replace(pupils[at], attained="")
    with pytest.raises(CannotPublish, match="some pupils have no result"):
        build(authority.with_pupils(pupils), coarsen=True)


def test_attendance_without_persistent_absence_is_refused(authority: Population) -> None:
    """A mean would be of other pupils than its count."""
    first = replace(authority.pupils[0], attendance=95.0, persistently_absent="U")
    with pytest.raises(CannotPublish, match="are not for the same pupils"):
        build(authority.with_pupils([first, *authority.pupils[1:]]), coarsen=True)


def test_a_result_of_mostly_one_school_shows_no_places(authority: Population) -> None:
    """R11: an outcome that one school alone has would be that school's."""
    head = next(school.urn for school in authority.schools if school.place == "shipley" and "6" in school.years)
    place = {school.urn: school.place for school in authority.schools}
    pupils = [
        replace(pupil, attained="Y" if pupil.school == head else "N")
        if pupil.year == "6" and place[pupil.school] == "shipley" and pupil.eal == "O"
        else pupil
        for pupil in authority.pupils
    ]
    pupils += [
        replace(pupil, eal="O", attained="Y") for pupil in pupils if pupil.school == head and pupil.year == "6"
    ] * 2
    found = build(authority.with_pupils(pupils), coarsen=True)
    assert "year_6_eal" in found.held
    shown = next(published for published in found.tables if published.table.name == "year_6_eal_rates")
    assert {row.members[0] for row in shown.rows} == {"Total"}


def test_rates_by_first_language_are_of_those_whose_language_is_known(release: Release) -> None:
    """R10: the others are counted; a handful in each place, of whom no rate could ever be told."""
    codes = {
        published.table.name: {row.members[published.table.dimensions.index("eal")] for row in published.rows}
        for published in release.tables
        if "eal" in published.table.dimensions
    }
    assert codes["year_6_eal"] == {"Total", "E", "O", "U"}
    assert codes["year_6_eal_rates"] == codes["absence_eal_rates"] == {"Total", "E", "O"}


def test_stricter_rules_make_larger_steps() -> None:
    found = build(small.population(everybody()), catalogue=small.catalogue(small.table("sex")), rules=Rules(base=10))
    assert all(number % 10 == 0 for number in found.numbers.values())
