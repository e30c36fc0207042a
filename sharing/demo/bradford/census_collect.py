"""The COLLECT export of all returns: a CSV for each table (formats page 4.2)."""

import csv
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from sharing.demo.bradford.returns import Return, Returned, address_elements

ON_ROLL, OFF_ROLL = "pupilonroll", "pupilnolongeronroll"
_PUPIL = (
    "upn formerupn surname forename middlenames preferredsurname uniquelearnernumber dob entrydate parttime "
    "termlysessionspossible ethnicity language boarder sex"
)
COLUMNS = {
    "schoolcensus": "term collection name year referencedate sourcelevel estab softwarecode serialno lea urn",
    "school": "schoolname phase",
    ON_ROLL: f"{_PUPIL} enrolstatus ncyearactual servicechild senprovision senunitindicator "
    "resourcedprovisionindicator youngcarer plaa",
    OFF_ROLL: f"{_PUPIL} leavingdate ncyearleaving",
    "addresses": "postcode saon paon street locality town addressline1 addressline2 addressline3 addressline4 "
    "addressline5",
    "fsmperiod": "fsmstartdate fsmenddate ukcountry",
    "senneeds": "sentyperank sentype",
    **{f"termlyexclusions{of}": "startdate sessions category reason1 reason2 reason3" for of in ("onroll", "offroll")},
    **{f"termlysessiondetails{of}": "attendancereason sessions" for of in ("onroll", "offroll")},
}
PARENT = {
    "schoolcensus": "", "school": "schoolcensus", ON_ROLL: "schoolcensus", OFF_ROLL: "schoolcensus",
    "termlyexclusionsoffroll": OFF_ROLL, "termlysessiondetailsoffroll": OFF_ROLL,
}  # fmt: skip


class Export:
    """The tables being written: `<year>_<term>_<table>.csv`."""

    def __init__(self, directory: Path, given: Return, files: ExitStack) -> None:
        self._keys = {table: count(1) for table in COLUMNS}
        self._writers: dict[str, csv.DictWriter[str]] = {}
        for table, columns in COLUMNS.items():
            path = directory / f"{given.census.day.year}_{given.census.name}_{table}.csv"
            file = files.enter_context(path.open("w", encoding="utf-8", newline=""))
            parent = PARENT.get(table, ON_ROLL)
            names = [f"{table}tableid", "NativeId", f"{table}orderseqcolumn", "sourceid"]
            names += [f"{parent}tableid"] if parent else []
            self._writers[table] = csv.DictWriter(file, [*names, *columns.split()])
            self._writers[table].writeheader()

    def add(self, table: str, parent: int, **cells: Any) -> int:
        """Add a row, and return its key."""
        key = next(self._keys[table])
        keys: dict[str, Any] = {f"{table}tableid": key, f"{table}orderseqcolumn": key}
        if of := PARENT.get(table, ON_ROLL):
            keys[f"{of}tableid"] = parent
        self._writers[table].writerow(keys | {name: _cell(value) for name, value in cells.items()})
        return key


def write_collect(given: Iterable[Return], directory: Path) -> int:
    """Write all tables of all returns, and return the number of establishments in them."""
    export, written = None, 0
    with ExitStack() as files:
        for one in given:
            export = export or Export(directory, one, files)
            _return(export, one)
            written += 1
    return written


def _return(export: Export, given: Return) -> None:
    establishment, census = given.establishment, given.census
    key = export.add(
        "schoolcensus", 0, term=census.code, collection="School Census", year=census.day.year,
        referencedate=census.day, sourcelevel="S", estab=f"{establishment.establishment_number:04}",
        softwarecode="SYNTHETIC", serialno=1, lea=establishment.la_code, urn=establishment.urn,
    )  # fmt: skip
    export.add("school", key, schoolname=establishment.name)
    for returned in given.pupils:
        _pupil(export, key, returned)


def _pupil(export: Export, census: int, returned: Returned) -> None:
    pupil, needs, counted = returned.pupil, returned.needs, returned.attendance
    facts = {
        "upn": pupil.upn, "formerupn": pupil.former_upn, "surname": pupil.surname, "forename": pupil.forename,
        "middlenames": pupil.middle_names, "preferredsurname": pupil.preferred_surname,
        "uniquelearnernumber": pupil.uln, "dob": pupil.born_on, "entrydate": returned.entry,
        "parttime": pupil.part_time, "termlysessionspossible": counted.sessions_possible if counted else None,
        "ethnicity": pupil.ethnicity, "language": pupil.language, "boarder": pupil.boarder, "sex": pupil.sex,
    }  # fmt: skip
    if returned.leaving:
        key = export.add(OFF_ROLL, census, leavingdate=returned.leaving, ncyearleaving=pupil.year_group, **facts)
    else:
        key = export.add(
            ON_ROLL, census, enrolstatus=returned.kind, ncyearactual=pupil.year_group,
            servicechild=pupil.service_child, youngcarer=pupil.young_carer, plaa=pupil.post_looked_after,
            senprovision=needs.sen_provision if needs else "", senunitindicator=needs.in_sen_unit if needs else None,
            resourcedprovisionindicator=needs.in_resourced_provision if needs else None, **facts,
        )  # fmt: skip
        _details_on_roll(export, key, returned)
    of = "offroll" if returned.leaving else "onroll"
    for one in returned.suspensions:
        reasons = {f"reason{place}": reason for place, reason in enumerate(one.reasons, start=1)}
        export.add(
            f"termlyexclusions{of}",
            key,
            startdate=one.starts_on,
            sessions=one.sessions,
            category=one.category,
            **reasons,
        )
    for code, sessions in counted.by_code.items() if counted else ():
        export.add(f"termlysessiondetails{of}", key, attendancereason=code, sessions=sessions)


def _details_on_roll(export: Export, key: int, returned: Returned) -> None:
    if home := returned.home:
        lines = {name.lower(): text for name, text in address_elements(home)}
        export.add("addresses", key, postcode=home.postcode, **lines)
    for period in returned.meals:
        export.add("fsmperiod", key, fsmstartdate=period.starts_on, fsmenddate=period.ends_on, ukcountry=period.country)
    for need in returned.types:
        export.add("senneeds", key, sentyperank=need.rank, sentype=need.need)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%Y-%b-%d} 00:00:00"
    return str(value)
