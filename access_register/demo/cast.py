"""The cast: the invented people one can sign in as in the demonstration.

Slugs are public and permanent: tests, screenshots and instructions use them. Days are counted from today, or given as a
function of today. Everybody in the cast is invented, and so are all addresses.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from access_register.levels import Level
from access_register.models import Duty, RegisterLine
from access_register.models.lines import HEAD_SEAT, NAMED_SEATS
from sharing.authorise import Through, Withheld
from sharing.demo.days import year_end, year_start
from sharing.demo.places import (
    AIREHOLME,
    AMBERSTONE,
    BECKSIDE,
    CRAGWELL,
    FALLOWDALE,
    HAZELTHWAITE,
    HOLMEROYD,
    LARKROYD,
    MILLBECK,
    NETHERWICK,
    OXENBY,
    RAVENSGILL,
    SKELBROOK,
    SYNTHETIC,
    THORNLEY_CROSS,
)

# Not a secret: anybody who can reach the demonstration may be anyone in it.
DEMO_PASSWORD = "every child counts twice"  # noqa: S105

Role, Basis, Data = RegisterLine.Role, RegisterLine.Basis, Duty.Data
Day = Callable[[date], date]
NAMED_1, NAMED_2 = NAMED_SEATS


def since_2024(today: date) -> date:
    """A day that stays the same, so that a line does not have to be written again every year."""
    return date(2024, 9, 1)


def since_2025(today: date) -> date:
    return date(2025, 9, 3)


def yesterday(today: date) -> date:
    return today - timedelta(days=1)


def a_while_ago(today: date) -> date:
    return today - timedelta(days=90)


def tomorrow(today: date) -> date:
    return today + timedelta(days=1)


@dataclass(frozen=True)
class Line:
    """A line of the Access Register."""

    urn: int
    level: Level
    role: str
    seat: int | None = None
    basis: str = ""
    basis_words: str = ""
    starts: Day = since_2024
    ends: Day | None = None
    contract: str = ""
    year_groups: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    suspended_because: str = ""
    raised: Day | None = None  # at Level 3 until then


@dataclass(frozen=True)
class Task:
    """A recorded duty of an officer. Without `locality` it covers the whole community."""

    data: str
    reason: str
    function: str  # of access_register.officers.functions
    locality: str = ""
    starts: Day = year_start
    ends: Day = year_end


@dataclass(frozen=True)
class Member:
    """One person. `role_words` say in a line who they are; `group` is where the sign-in page lists them."""

    slug: str
    name: str
    email: str
    role_words: str
    group: str
    lines: tuple[Line, ...] = ()
    team: str = ""
    post: str = ""
    manager: str = ""
    duties: tuple[Task, ...] = ()
    superuser: bool = False
    accepted: bool = True  # the protocol's text in force

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites whose sign-in page lists the person. Somebody who is only an officer works only on EduNet."""
        if self.superuser:
            return (Through.SCHOOLS_ONLINE.value, Through.EDUNET.value)
        if not self.team:
            return (Through.SCHOOLS_ONLINE.value,)
        return (Through.SCHOOLS_ONLINE.value, Through.EDUNET.value) if self.lines else (Through.EDUNET.value,)


@dataclass(frozen=True)
class Group:
    """A heading of the sign-in page, and the people under it."""

    title: str
    people: tuple[Member, ...]


def _head(urn: int) -> Line:
    return Line(urn, Level.ONE, Role.HEAD, seat=HEAD_SEAT)


def _teacher(urn: int, starts: Day = since_2024, ends: Day | None = None) -> Line:
    return Line(urn, Level.TWO, Role.TEACHER, basis=Basis.TEACHES, starts=starts, ends=ends)


def _governor(urn: int) -> Line:
    return Line(urn, Level.THREE, Role.GOVERNOR)


_BECKSIDE, _RAVENSGILL = "Beckside Primary School", "Ravensgill Primary School"
_HEADS = "Heads of other schools and centres"
_OTHERS = "Other people at schools"
_EXCLUDED = "Larkroyd Church of England Primary School, which has excluded itself"
_DATES = "People whose access has ended, or not begun"
_NO_PLACE = "People without a place on any register"
_OFFICERS = "Officers of the Education Department"

CAST = (
    Member(
        "head-beckside", "Ruth Oldroyd", "ruth.oldroyd@beckside.example",
        "Head teacher of Beckside Primary School (Level 1)", _BECKSIDE, (_head(BECKSIDE),),
    ),
    Member(
        "deputy-beckside", "Imran Sheikh", "imran.sheikh@beckside.example",
        "Deputy head, one of the two staff the head has named (Level 1)", _BECKSIDE,
        (Line(BECKSIDE, Level.ONE, Role.TEACHER, seat=NAMED_1),),
    ),
    Member(
        "business-manager-beckside", "Julie Armitage", "julie.armitage@beckside.example",
        "School business manager, the other named member of staff (Level 1)", _BECKSIDE,
        (Line(BECKSIDE, Level.ONE, Role.OFFICE, seat=NAMED_2),),
    ),
    Member(
        "teacher-beckside", "Nadia Hussain", "nadia.hussain@beckside.example",
        "Class teacher (Level 2)", _BECKSIDE, (_teacher(BECKSIDE),),
    ),
    Member(
        "senco-beckside", "Owen Priestley", "owen.priestley@beckside.example",
        "Special educational needs coordinator (Level 2)", _BECKSIDE,
        (Line(BECKSIDE, Level.TWO, Role.SUPPORT, basis=Basis.RESPONSIBLE),),
    ),
    Member(
        "teacher-two-schools", "Tess Wainman", "tess.wainman@beckside.example",
        "Music teacher at Beckside (Level 2) and at Ravensgill (Level 3)", _BECKSIDE,
        (_teacher(BECKSIDE), Line(RAVENSGILL, Level.THREE, Role.TEACHER)),
    ),
    Member(
        "assistant-beckside", "Lucy Barraclough", "lucy.barraclough@beckside.example",
        "Teaching assistant (Level 2, only Years 1 and 2, without special needs and attendance)", _BECKSIDE,
        (
            Line(
                BECKSIDE, Level.TWO, Role.SUPPORT, basis=Basis.RESPONSIBLE,
                raised=since_2025, year_groups=("1", "2"), withheld=(Withheld.SEN.value, Withheld.ATTENDANCE.value),
            ),
        ),
    ),
    Member(
        "absent-beckside", "Colin Naylor", "colin.naylor@beckside.example",
        "Class teacher whose line the head has suspended (Level 2)", _BECKSIDE,
        (
            Line(
                BECKSIDE, Level.TWO, Role.TEACHER, basis=Basis.TEACHES, suspended_because="Away until after Easter",
            ),
        ),
    ),
    Member(
        "governor-beckside", "Gordon Whiteley", "gordon.whiteley@governors.example",
        "Governor (Level 3)", _BECKSIDE, (_governor(BECKSIDE),),
    ),
    Member(
        "office-beckside", "Carol Lumb", "carol.lumb@beckside.example",
        "School secretary (Level 3)", _BECKSIDE, (Line(BECKSIDE, Level.THREE, Role.OFFICE),),
    ),
    Member(
        "third-party-beckside", "Bridget Devlin", "bridget.devlin@brightpath.example",
        "Adviser of Brightpath Reading, a third party (Level 3)", _BECKSIDE,
        (Line(BECKSIDE, Level.THREE, Role.THIRD_PARTY, ends=year_end, contract="BR-14"),),
    ),
    Member(
        "third-party-two-sponsors", "Callum Ashworth", "callum.ashworth@fellsidespeech.example",
        "Speech therapist, a third party of Beckside (Level 2) and of Ravensgill (Level 3), one at a time", _BECKSIDE,
        (
            Line(
                BECKSIDE, Level.TWO, Role.THIRD_PARTY, basis=Basis.HEADS_REASON, ends=year_end, contract="FS-2",
                basis_words="Works with children who have speech and language needs",
            ),
            Line(RAVENSGILL, Level.THREE, Role.THIRD_PARTY, ends=year_end, contract="FS-3"),
        ),
    ),
    Member(
        "head-ravensgill", "Farzana Mahmood", "farzana.mahmood@ravensgill.example",
        "Head teacher of Ravensgill Primary and of Hazelthwaite Nursery (Level 1 at both)", _RAVENSGILL,
        (_head(RAVENSGILL), _head(HAZELTHWAITE)),
    ),
    Member(
        "deputy-ravensgill", "Peter Hinchliffe", "peter.hinchliffe@ravensgill.example",
        "Deputy head, named by the head (Level 1)", _RAVENSGILL,
        (Line(RAVENSGILL, Level.ONE, Role.TEACHER, seat=NAMED_1),),
    ),
    Member(
        "teacher-ravensgill", "Gareth Tordoff", "gareth.tordoff@ravensgill.example",
        "Class teacher (Level 2)", _RAVENSGILL, (_teacher(RAVENSGILL),),
    ),
    Member(
        "governor-ravensgill", "Shabnam Rafiq", "shabnam.rafiq@governors.example",
        "Governor (Level 3)", _RAVENSGILL, (_governor(RAVENSGILL),),
    ),
    Member(
        "head-oxenby", "David Earnshaw", "david.earnshaw@oxenby.example",
        "Head teacher of Oxenby High School", _HEADS, (_head(OXENBY),),
    ),
    Member(
        "head-thornley-cross", "Helen Crowther", "helen.crowther@thornleycross.example",
        "Head teacher of Thornley Cross School", _HEADS, (_head(THORNLEY_CROSS),),
    ),
    Member(
        "head-fallowdale", "Anthony Okafor", "anthony.okafor@fallowdale.example",
        "Head teacher of Fallowdale School, a special school", _HEADS, (_head(FALLOWDALE),),
    ),
    Member(
        "head-millbeck", "Lorraine Sugden", "lorraine.sugden@millbeck.example",
        "Teacher in charge of Millbeck Pupil Referral Unit", _HEADS, (_head(MILLBECK),),
    ),
    Member(
        "head-cragwell", "Rukhsana Bashir", "rukhsana.bashir@cragwell.example",
        "Principal of Cragwell Primary Academy", _HEADS, (_head(CRAGWELL),),
    ),
    Member(
        "head-netherwick", "Marcus Holdsworth", "marcus.holdsworth@netherwick.example",
        "Principal of Netherwick Academy", _HEADS, (_head(NETHERWICK),),
    ),
    Member(
        "manager-amberstone", "Gillian Feather", "gillian.feather@amberstone.example",
        "Manager of Amberstone Children's Centre", _HEADS, (_head(AMBERSTONE),),
    ),
    Member(
        "head-skelbrook", "Harpreet Virdee", "harpreet.virdee@skelbrook.example",
        "Head teacher of Skelbrook Free School", _HEADS, (_head(SKELBROOK),),
    ),
    Member(
        "head-holmeroyd", "Catriona Beaumont", "catriona.beaumont@holmeroyd.example",
        "Principal of Holmeroyd Studio School", _HEADS, (_head(HOLMEROYD),),
    ),
    Member(
        "head-synthetic", "Edwin Mockridge", "edwin.mockridge@synthetic.example",
        "Head teacher of Synthetic Primary School", _HEADS, (_head(SYNTHETIC),),
    ),
    Member(
        "teacher-oxenby", "Samina Qureshi", "samina.qureshi@oxenby.example",
        "Head of Year 9 at Oxenby High School (Level 2)", _OTHERS, (_teacher(OXENBY),),
    ),
    Member(
        "office-oxenby", "Pauline Binns", "pauline.binns@oxenby.example",
        "Attendance officer at Oxenby High School (Level 2, for the head's own reason)", _OTHERS,
        (
            Line(
                OXENBY, Level.TWO, Role.OFFICE, basis=Basis.HEADS_REASON,
                basis_words="She follows up every absence with the families.",
            ),
        ),
    ),
    Member(
        "teacher-not-accepted", "Leonie Barraclough", "leonie.barraclough@oxenby.example",
        "Science teacher at Oxenby High School (Level 2) who has not accepted the protocol yet", _OTHERS,
        (_teacher(OXENBY),), accepted=False,
    ),
    Member(
        "governor-millbeck", "Terence Appleyard", "terence.appleyard@governors.example",
        "Member of the management committee of Millbeck (Level 3)", _OTHERS, (_governor(MILLBECK),),
    ),
    Member(
        "head-larkroyd", "Margaret Thackray", "margaret.thackray@larkroyd.example",
        "Head teacher of Larkroyd (Level 1)", _EXCLUDED, (_head(LARKROYD),),
    ),
    Member(
        "teacher-larkroyd", "Simon Rawnsley", "simon.rawnsley@larkroyd.example",
        "Class teacher (Level 2)", _EXCLUDED, (_teacher(LARKROYD),),
    ),
    Member(
        "teacher-ended", "Vikram Solanki", "vikram.solanki@beckside.example",
        "Teacher whose line at Beckside (Level 2) ended yesterday", _DATES, (_teacher(BECKSIDE, ends=yesterday),),
    ),
    Member(
        "teacher-tomorrow", "Orla Kinsella", "orla.kinsella@ravensgill.example",
        "Teacher whose line at Ravensgill (Level 2) starts tomorrow", _DATES,
        (_teacher(RAVENSGILL, starts=tomorrow),),
    ),
    Member(
        "third-party-ended", "Norah Finch", "norah.finch@larchwood.example",
        "Adviser of Larchwood Music, whose contract with Beckside ended yesterday", _DATES,
        (Line(BECKSIDE, Level.THREE, Role.THIRD_PARTY, ends=yesterday, contract="LM-1"),),
    ),
    Member(
        "superuser", "Stanley Widdop", "stanley.widdop@service.example",
        "Runs the service as its superuser, and may see nothing", _NO_PLACE, superuser=True,
    ),
    Member(
        "other-department", "Maxine Ellison", "maxine.ellison@council.example",
        "Works for another department of the Council", _NO_PLACE,
    ),
    Member(
        "officer-school-improvement", "Yusuf Haider", "yusuf.haider@council.example",
        "School improvement: duties for pupils and confidential items in the Aireholme Locality", _OFFICERS,
        team="School improvement", post="Adviser",
        duties=(
            Task(Data.PUPILS, "Support visits to the schools of the Locality", "improvement", AIREHOLME),
            Task(Data.RESTRICTED, "Prioritisation and analyses for schools of the Locality", "improvement", AIREHOLME),
        ),
    ),
    Member(
        "officer-admissions", "Deborah Clough", "deborah.clough@council.example",
        "Admissions: duties for pupils and transfers of the whole community", _OFFICERS, team="Admissions",
        post="Team leader",
        duties=(
            Task(Data.PUPILS, "Places, moves between schools and children out of school", function="admissions"),
            Task(Data.RECORDS, "Moves between schools", function="admissions"),
        ),
    ),
    Member(
        "officer-data", "Tomasz Gorski", "tomasz.gorski@council.example",
        "Data team: duties for pupils, staff and imports of the whole community", _OFFICERS, team="Data team",
        post="Data officer",
        duties=(
            Task(Data.PUPILS, "Statutory returns on pupils", function="returns"),
            Task(Data.STAFF, "The statutory return on the workforce", function="returns"),
            Task(Data.RECORDS, "Bringing in the statutory returns", function="returns"),
        ),
    ),
    Member(
        "officer-information", "Helen Ogden", "helen.ogden@council.example",
        "Information manager: keeps officers and their duties, and sees no pupils", _OFFICERS,
        team="Information governance", post="Information manager",
        duties=(Task(Data.DUTIES, "Keeps officers and their duties", function="information"),),
    ),
    Member(
        "officer-no-duty", "Fiona Brearley", "fiona.brearley@council.example",
        "Education strategy: no duty recorded", _OFFICERS, team="Education strategy", post="Planner",
    ),
    Member(
        "officer-duty-ended", "Adeel Mirza", "adeel.mirza@council.example",
        "Attendance: the duty for pupils of the whole community ended yesterday", _OFFICERS, team="Attendance",
        post="Attendance adviser",
        duties=(Task(
            Data.PUPILS, "Review of persistent absence", function="attendance", starts=a_while_ago, ends=yesterday,
        ),),
    ),
    Member(
        "officer-not-accepted", "Rosalind Keighley", "rosalind.keighley@council.example",
        "Admissions: new, and has not accepted the protocol yet", _OFFICERS, team="Admissions",
        post="Officer", manager="Deborah Clough",
        duties=(
            Task(Data.PUPILS, "Places, moves between schools and children out of school", function="admissions"),
            Task(Data.RECORDS, "Moves between schools", function="admissions"),
        ), accepted=False,
    ),
)  # fmt: skip
BY_SLUG = {member.slug: member for member in CAST}
HEAD_OF = {line.urn: member.name for member in CAST for line in member.lines if line.seat == HEAD_SEAT}


def people_of(site_slug: str) -> list[Group]:
    """The sign-in page of a site: the members who work there, in groups."""
    here = [member for member in CAST if site_slug in member.sites]
    titles = dict.fromkeys(member.group for member in here)
    return [Group(title, tuple(member for member in here if member.group == title)) for title in titles]
