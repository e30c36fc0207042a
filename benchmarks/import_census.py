"""What a census import costs beside reading and storing the same file raw: `uv run python -m benchmarks.import_census`.

Arguments: pupils (100000) and establishments (227; 1 makes one huge return). `raw` parses the same files with lxml's
iterparse and COPYs the texts of each pupil into plain tables with no keys, checks or encryption. Import and raw take
turns, file by file, so that a busy machine slows both: read the ratio. Then all the files are imported again, which
changes nothing.
"""

import io
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.db import connection, transaction
from lxml import etree

from sharing.imports.census import bring_in
from sharing.models import Establishment, Pupil
from sharing.roles import BATCH, acting_as
from sharing.upn import make_upn
from tests import databases
from tests.people import as_batch, as_owner

HEADER = """<Message><Header><CollectionDetails><Collection>School Census</Collection><Term>SPR</Term><Year>2026</Year>
<ReferenceDate>2026-01-15</ReferenceDate></CollectionDetails><Source><SourceLevel>S</SourceLevel><LEA>380</LEA>
<Estab>{number}</Estab><SerialNo>1</SerialNo></Source></Header><School><SchoolName>Bench</SchoolName></School>
<Pupils><PupilsOnRoll>
"""
PUPIL = """<PupilOnRoll><PupilIdentifiers><UPN>{upn}</UPN><Surname>Surname{n}</Surname><Forename>Forename{n}</Forename>
<DOB>2016-03-{day:02}</DOB><Sex>F</Sex></PupilIdentifiers><PupilCharacteristics><Ethnicity>APKN</Ethnicity>
<FSMeligibility>{meals}</FSMeligibility><Language>URD</Language><ServiceChild>N</ServiceChild></PupilCharacteristics>
<PupilStatus><EnrolStatus>C</EnrolStatus><EntryDate>2021-09-03</EntryDate><NCyearActual>5</NCyearActual>
<ClassType>O</ClassType><Boarder>N</Boarder><PartTime>false</PartTime></PupilStatus><SpecialEducationalNeeds>
<SENprovision>{sen}</SENprovision><SENunitIndicator>false</SENunitIndicator>
<ResourcedProvisionIndicator>false</ResourcedProvisionIndicator>{needs}</SpecialEducationalNeeds><HomeInformation>
<Address><BS7666Address><PAON>{n}</PAON><Street>Fictional Street</Street><Town>Bradford</Town></BS7666Address>
<PostCode>BD1 1HY</PostCode></Address></HomeInformation><Attendance><TermlyAttendance>
<SessionsPossible>140</SessionsPossible><SessionDetails><SessionDetail><AttendanceReason>I</AttendanceReason>
<AbsenceSessions>4</AbsenceSessions></SessionDetail><SessionDetail><AttendanceReason>O</AttendanceReason>
<AbsenceSessions>2</AbsenceSessions></SessionDetail></SessionDetails></TermlyAttendance></Attendance></PupilOnRoll>
"""
MEALS = "<FSMperiod><FSMstartDate>2024-04-15</FSMstartDate><UKcountry>ENG</UKcountry></FSMperiod>"
NEEDS = "<SENneeds><SENneed><SENtypeRank>1</SENtypeRank><SENtype>MLD</SENtype></SENneed></SENneeds>"
END = "</PupilsOnRoll></Pupils></Message>\n"
FIRST_NUMBER = 8000

ESTABLISHMENTS = """
INSERT INTO sharing_establishment (urn, la_code, establishment_number, name, kind, type_name, phase_name, status_name,
    gender_name, street, address3, locality_line, town, postcode, telephone, website, head_title, head_job_title,
    lsoa_code, ward_code, ukprn, trust_name, religious_character, source, as_of)
SELECT 800000 + n, 380, %(first)s + n, 'School ' || n, 'primary', '', '', '', '', '', '', '', '', '', '', '', '', '',
    '', '', '', '', '', 'Benchmark', CURRENT_DATE FROM generate_series(0, %(number)s - 1) AS n
"""
RAW = {
    "pupil": "upn surname forename dob sex ethnicity language servicechild enrolstatus entrydate ncyearactual boarder "
    "parttime senprovision senunitindicator resourcedprovisionindicator",
    "address": "upn paon street town postcode",
    "fsmperiod": "upn fsmstartdate ukcountry",
    "senneed": "upn sentyperank sentype",
    "termlyattendance": "upn sessionspossible",
    "sessiondetail": "upn attendancereason absencesessions",
}


def write(directory: Path, pupils: int, establishments: int) -> Iterator[Path]:
    """Write returns of invented pupils, about a quarter with free meals and a sixth with special needs."""
    for place in range(establishments):
        path = directory / f"{place:03}.xml"
        with path.open("w") as file:
            file.write(HEADER.format(number=FIRST_NUMBER + place))
            for n in range(pupils * place // establishments, pupils * (place + 1) // establishments):
                file.write(
                    PUPIL.format(
                        upn=make_upn(380, n // 10_000, 2000 + n // 1000 % 10, n % 1000),
                        n=n,
                        day=n % 28 + 1,
                        meals=MEALS if n % 4 == 0 else "",
                        sen="K" if n % 6 == 0 else "N",
                        needs=NEEDS if n % 6 == 0 else "",
                    )
                )
            file.write(END)
        yield path


def raw(path: Path) -> None:
    lines = {table: io.StringIO() for table in RAW}
    names = {table: columns.split() for table, columns in RAW.items()}
    for _, pupil in etree.iterparse(str(path), tag="PupilOnRoll"):
        upn = pupil.findtext(".//UPN")
        for table, columns in names.items():
            for group in [pupil] if table == "pupil" else pupil.iter("{*}*"):
                if table != "pupil" and group.tag.lower() != table:
                    continue
                texts = {leaf.tag.lower(): leaf.text or "" for leaf in group.iter() if not len(leaf)}
                lines[table].write("\t".join([upn, *(texts.get(name, "") for name in columns[1:])]) + "\n")
        pupil.clear()
        while pupil.getprevious() is not None:
            del pupil.getparent()[0]
    with transaction.atomic(), connection.cursor() as cursor:
        for table, content in lines.items():
            content.seek(0)
            cursor.copy_expert(f"COPY raw_{table} FROM STDIN", content)


def whole(path: Path) -> None:
    with acting_as(BATCH):
        bring_in(path, urn=None, apply=True, progress=lambda percent: None)


def timed(do: Callable[[Path], None], path: Path) -> float:
    start = time.perf_counter()
    do(path)
    return time.perf_counter() - start


def main(pupils: int, establishments: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        paths = list(write(Path(directory), pupils, establishments))
        size = sum(path.stat().st_size for path in paths)
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(ESTABLISHMENTS, {"first": FIRST_NUMBER, "number": establishments})
            for table, columns in RAW.items():
                typed = ", ".join(f"{name} text" for name in columns.split())
                cursor.execute(f"CREATE TABLE raw_{table} ({typed}); GRANT INSERT ON raw_{table} TO portal_app")
        with as_batch():
            Establishment.objects.filter(source="Benchmark").update(phase_code=2, type_code=1)
            before = Pupil.objects.count()
        base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        times = {"raw": 0.0, "import": 0.0, "again": 0.0}
        for path in paths:
            times["raw"] += timed(raw, path)
            times["import"] += timed(whole, path)
        for path in paths:
            times["again"] += timed(whole, path)
        with as_batch():
            added = Pupil.objects.count() - before
    print(f"{added:,} pupils added, {establishments} files, {size / 1e6:.0f} MB")
    for name, seconds in times.items():
        print(f"{name:8} {seconds:7.1f} s  {seconds / times['raw']:5.2f} x")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"memory at most {peak} MB (before the first file: {base} MB)")


if __name__ == "__main__":
    databases.make_template()
    try:
        with databases.copy("portal_benchmark_census"):
            main(*(int(argument) for argument in (sys.argv[1:] + ["100000", "227"][len(sys.argv) - 1 :])))
    finally:
        databases.forget_template()
