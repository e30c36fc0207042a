"""Files of the School Workforce Census, written for a test. All people in them are invented."""

from collections.abc import Callable
from pathlib import Path

Send = Callable[[str], Path]


def contract(more: str = "<Post>TCH</Post>", starts: str = "2019-09-01", kind: str = "PRM", end: str = "") -> str:
    return (
        f"<ContractOrService><ContractType>{kind}</ContractType><ContractStart>{starts}</ContractStart>"
        f"{f'<ContractEnd>{end}</ContractEnd>' if end else ''}<DailyRate>N</DailyRate>{more}"
        "<PostLevelDetails><Payments><PayRange>MS</PayRange><BasePay>38034.00</BasePay></Payments><Hours>"
        "<HoursPerWeek>32.5</HoursPerWeek><FTEHours>32.5</FTEHours><WeeksPerYear>52</WeeksPerYear></Hours>"
        "</PostLevelDetails></ContractOrService>"
    )


TASS = (
    "<Roles><Role><RoleIdentifier>TASS</RoleIdentifier><RoleLevelDetails><Payments><BasePay>16500</BasePay></Payments>"
    "<Hours><HoursPerWeek>20</HoursPerWeek></Hours></RoleLevelDetails></Role></Roles>"
)


def absence(first: str = "2025-02-03", category: str = "SIC", days: str = "3") -> str:
    return (
        f"<Absence><FirstDayOfAbsence>{first}</FirstDayOfAbsence><LastDayOfAbsence>2025-12-05</LastDayOfAbsence>"
        f"<WorkingDaysLost>{days}</WorkingDaysLost><AbsenceCategory>{category}</AbsenceCategory></Absence>"
    )


def member(
    trn: str = "9900001", ni: str = "", surname: str = "Testhead", born: str = "1974-05-17",
    contracts: str = "", absences: str = "", sex: str = "<Sex>F</Sex>",
) -> str:  # fmt: skip
    return (
        f"<SchoolWorkforceMember><StaffDetails><TeacherNumber>{trn}</TeacherNumber><NINumber>{ni}</NINumber>"
        f"<StaffMemberName><PersonFamilyName>{surname}</PersonFamilyName><GivenNames><GivenName><PersonGivenName>Amina"
        f"</PersonGivenName></GivenName></GivenNames></StaffMemberName>{sex}<PersonBirthDate>{born}</PersonBirthDate>"
        f"<QTS>true</QTS><SLT>false</SLT></StaffDetails>"
        f"<ContractOrServiceGroup>{contracts or contract()}</ContractOrServiceGroup>"
        f"<Absences>{absences}</Absences></SchoolWorkforceMember>"
    )


def document(
    *members: str, collection: str = "School Workforce Census", la: str = "380", estab: str = "2901",
    day: str = "2025-11-06", modules: str = "",
) -> str:  # fmt: skip
    return (
        f"<Message><Header><CollectionDetails><Collection>{collection}</Collection><Year>2025</Year>"
        f"<ReferenceDate>{day}</ReferenceDate></CollectionDetails><Source><SourceLevel>S</SourceLevel><LEA>{la}</LEA>"
        f"<Estab>{estab}</Estab></Source></Header><SchoolWorkforceModules>{modules}</SchoolWorkforceModules>"
        f"<SchoolWorkforceMembers>{''.join(members)}</SchoolWorkforceMembers></Message>"
    )
