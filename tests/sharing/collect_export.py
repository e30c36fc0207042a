"""COLLECT exports for tests: tables of a few invented pupils, to be spoilt one cell at a time."""

import csv
import itertools
import random
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sharing.upn import make_upn

SPRING = {"term": "SPR", "year": "2026", "referencedate": "2026-Jan-15 00:00:00"}
_keys = itertools.count(1)

Row = dict[str, str]


def key() -> str:
    return f"{next(_keys):08x}-{random.Random(next(_keys)).randrange(16**3):03x}"  # as COLLECT's, cut short


@dataclass
class Export:
    """Tables by name. `period` names the files; a table that is popped is not written."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    period: str = "2026_spring_"

    def school(self, number: int, la: int = 380, **cells: str) -> str:
        row = {"schoolcensustableid": key(), "NativeId": f"SCH{number}", "lea": str(la), "estab": f"{number:04}"}
        return self.add("schoolcensus", row | {"urn": ""} | SPRING | cells)["schoolcensustableid"]

    def pupil(self, school: str, serial: int, **cells: str) -> str:
        row = {
            "pupilonrolltableid": key(),
            "schoolcensustableid": school,
            "upn": make_upn(381, 2901, 2021, serial),
            "formerupn": "",
            "surname": f"Onroll{serial}",
            "forename": "Ann",
            "middlenames": "",
            "preferredsurname": "",
            "uniquelearnernumber": "",
            "dob": "2016-Jul-19 00:00:00",
            "sex": "F",
            "entrydate": "2023-Sep-05 00:00:00",
            "parttime": "False",
            "ethnicity": "APKN",
            "language": "URD",
            "enrolstatus": "C",
            "boarder": "N",
            "ncyearactual": "4",
            "senprovision": "N",
            "senunitindicator": "0",
            "resourcedprovisionindicator": "False",
            "servicechild": "N",
            "youngcarer": "N",
            "plaa": "N",
            "termlysessionspossible": "132.0",
        }
        return self.add("pupilonroll", row | cells)["pupilonrolltableid"]

    def leaver(self, school: str, serial: int, **cells: str) -> str:
        row = {
            "pupilnolongeronrolltableid": key(),
            "schoolcensustableid": school,
            "upn": make_upn(381, 2901, 2020, serial),
            "formerupn": "",
            "surname": f"Gone{serial}",
            "forename": "Bob",
            "middlenames": "",
            "dob": "2014-Feb-01 00:00:00",
            "sex": "M",
            "entrydate": "2019-Sep-03 00:00:00",
            "leavingdate": "2025-Nov-28 00:00:00",
            "termlysessionspossible": "110",
            "ethnicity": "WBRI",
            "language": "ENG",
        }
        return self.add("pupilnolongeronroll", row | cells)["pupilnolongeronrolltableid"]

    def about(self, table: str, pupil: str, **cells: str) -> Row:
        of = "pupilnolongeronroll" if table.endswith("offroll") else "pupilonroll"
        return self.add(table, {f"{of}tableid": pupil} | cells)

    def add(self, table: str, row: Row) -> Row:
        rows = self.tables.setdefault(table, [])
        rows.append({f"{table}tableid": key(), f"{table}orderseqcolumn": str(len(rows) + 1)} | row)
        return rows[-1]

    def write(self, place: Path, **how: Any) -> Path:
        """As a directory of files. See `write_table` for `how`."""
        place.mkdir(exist_ok=True)
        for table, rows in self.tables.items():
            write_table(place / f"{self.period}{table}.csv", rows, **how)
        return place

    def zip(self, path: Path, inside: str = "", **how: Any) -> Path:
        place = self.write(path.with_suffix(".d"), **how)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(place.iterdir()):
                archive.write(file, f"{inside}{file.name}")
        return path


def write_table(
    path: Path, rows: list[Row], *, capitals: bool = False, shuffled: bool = False, encoding: str = "utf-8-sig"
) -> None:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    order = list(columns)
    if shuffled:
        random.Random(7).shuffle(order)
        rows = random.Random(8).sample(rows, len(rows))
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow([name.upper() if capitals else name for name in order])
        writer.writerows([row.get(name, "") for name in order] for row in rows)


def sound(numbers: Mapping[str, int] | None = None) -> Export:
    """Two schools, three pupils on roll and one gone, with a row in every table that is read."""
    first, second = (numbers or {"first": 2901, "second": 4901}).values()
    export = Export()
    a, b = export.school(first), export.school(second)
    ann, ben, cat = export.pupil(a, 1), export.pupil(a, 2, senprovision="K"), export.pupil(b, 3, sex="M")
    gone = export.leaver(b, 4)
    export.about("addresses", ann, postcode="bd1  1hy", paon="1", street="Fictional Street", town="Bradford")
    export.about("addresses", cat, postcode="BD2 2CC", addressline1="2 Invented Road", addressline2="Bradford")
    export.about("fsmperiod", ann, fsmstartdate="2024-Apr-15 00:00:00", fsmenddate="", ukcountry="ENG")
    export.about("fsmperiod", ben, fsmstartdate="2023-Apr-15", fsmenddate="2025-Mar-31", ukcountry="ENG")
    export.about("senneeds", ben, sentyperank="2.0", sentype="SLCN")
    export.about("senneeds", ben, sentyperank="1", sentype="ASD")
    for code, sessions in (("I", "4.0"), ("O", "2"), ("K", "7")):
        export.about("termlysessiondetailsonroll", ann, attendancereason=code, sessions=sessions)
    export.about("termlysessiondetailsoffroll", gone, attendancereason="G", sessions="10")
    export.about("termlyexclusionsonroll", cat, startdate="2025-Nov-03", category="FIXD", sessions="4", reason1="PP")
    export.about("termlyexclusionsoffroll", gone, startdate="2025-Nov-20", category="PERM", sessions="", reason1="DB")
    export.about("summerhalfterm2sessiondetailsonroll", ann, attendancereason="I", sessions="60")
    return export
