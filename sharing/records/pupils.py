"""What the door says about pupils. What a head withholds from the asker is left out (R35)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sharing.charts import BarChart
from sharing.records import Here, KeptList, Page, Why
from sharing.records.transfers import OnTheWay


@dataclass(frozen=True)
class Column:
    """A column of the list of pupils that the asker may have. `shown`: chosen, or one of the usual ones."""

    code: str
    heading: str
    shown: bool


@dataclass(frozen=True)
class Choice:
    """A filter that the list offers: the name of its field, and the code and words of each choice."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True)
class Active:
    """A filter in use, in words, and the name of its field."""

    name: str
    words: str


@dataclass(frozen=True)
class PupilLine:
    """A pupil in a list. `standing`: "Coming" or "Left", for somebody not on the register.

    `cells` are the columns shown, in their order: what is withheld has no column.
    """

    id: UUID
    surname: str
    forename: str
    standing: str
    cells: tuple[str | date, ...]


@dataclass(frozen=True)
class PupilList:
    """Pupils of one establishment. `everyone` counts all of them, ignoring the filters in use.

    `as_of` and `source` are those of most records; `note` says how many records have others.
    `years_of`: the school year of the year groups, where it is not the current one.
    `narrowed`: in words, how the head has narrowed what the asker sees. `kept`: what they keep for their home page.
    """

    here: Here
    page: Page[PupilLine]
    everyone: int
    columns: tuple[Column, ...]
    choices: tuple[Choice, ...]
    active: tuple[Active, ...]
    sort: str
    as_of: date | None
    source: str
    note: str
    years_of: str
    narrowed: str
    kept: KeptList | None
    why: Why

    @property
    def shown(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.shown)

    @property
    def dates(self) -> tuple[int, ...]:
        """The cells of a line that are dates, and so must not be broken."""
        return tuple(place for place, column in enumerate(self.shown) if column.code == "born_on")

    @property
    def options(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """The choices that the list offers, by the name of the filter's field."""
        return {choice.name: choice.options for choice in self.choices}


@dataclass(frozen=True)
class FoundChild:
    """A record of a child at one of the asker's establishments. `standing` as in PupilLine."""

    urn: int
    establishment: str
    id: UUID
    surname: str
    forename: str
    born_on: date
    year_group: str
    standing: str


@dataclass(frozen=True)
class FoundChildren:
    """What a search of all the asker's establishments found, by name.

    `alike`: these names sound like what was typed, and the closest are first. `places`: how many it searched.
    """

    page: Page[FoundChild]
    alike: bool
    places: int
    why: Why
    may_break_glass: bool = False


@dataclass(frozen=True)
class EnrolmentRecord:
    """A child on the register. `starts_on`: the first day at the school, under whichever URN (A2).

    `ends_on`: the last day on the register. The other two are given once the child has left.
    """

    kind: str
    starts_on: date
    ends_on: date | None
    leaving_reason: str
    destination: str


@dataclass(frozen=True)
class PupilRecord:
    """What the establishment's own record of a child shows to everybody who may see the child.

    `has_left`: seen for the transfer file alone; `has_gone_outside`: for one to a school outside the community (R8).
    """

    id: UUID
    upn: str
    former_upn: str
    uln: str
    surname: str
    forename: str
    middle_names: str
    preferred_surname: str
    born_on: date
    sex: str
    ethnicity: str
    language: str
    year_group: str
    class_name: str
    free_school_meals: bool
    service_child: str
    young_carer: str
    post_looked_after: str
    part_time: bool
    boarder: str
    enrolments: tuple[EnrolmentRecord, ...]
    transfer_expected_on: date | None
    has_left: bool
    has_gone_outside: bool
    source: str
    as_of: date

    @property
    def is_only_coming(self) -> bool:
        """Whether the child is not on the register yet, and the record came with the transfer."""
        return self.transfer_expected_on is not None

    @property
    def is_on_roll(self) -> bool:
        return not (self.is_only_coming or self.has_left)

    @property
    def may_go_outside(self) -> bool:
        """Whether the file for a school outside may be made: there is a last day at every registration here."""
        return self.has_gone_outside or (self.is_on_roll and all(enrolment.ends_on for enrolment in self.enrolments))


@dataclass(frozen=True)
class Told:
    """A section of a pupil's page, with its newest source and that source's day."""

    source: str
    as_of: date | None


@dataclass(frozen=True)
class NeedsRecord(Told):
    """A pupil's special educational needs: the provision, the types of need (the primary one first)."""

    sen: str
    types: tuple[str, ...]
    in_sen_unit: bool
    in_resourced_provision: bool


@dataclass(frozen=True)
class MealsRecord(Told):
    """Periods of eligibility for free school meals, newest first; one without a last day continues."""

    periods: tuple[tuple[date, date | None], ...]


@dataclass(frozen=True)
class TermRecord:
    """Half-day sessions of a term. `attended`: a percentage with one decimal, empty where it is not known.

    `elsewhere`: the school that counted them, if it was another one; `source`: how we know.
    """

    term: str
    elsewhere: str
    source: str
    possible: int | None
    absent: int | None
    unauthorised: int | None
    attended: str
    persistent: bool


@dataclass(frozen=True)
class AttendanceRecord(Told):
    """Three school years by term, newest first; `reasons`: (reason, sessions in each of `years`)."""

    terms: tuple[TermRecord, ...]
    chart: BarChart | None
    years: tuple[str, ...]
    reasons: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True)
class ResultRecord:
    stage: str
    year: str
    subject: str
    component: str
    result: str
    elsewhere: str


@dataclass(frozen=True)
class AttainmentRecord(Told):
    """Results by key stage, the youngest stage first."""

    results: tuple[ResultRecord, ...]


@dataclass(frozen=True)
class SuspensionRecord:
    category: str
    starts_on: date
    sessions: int | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class SuspensionsRecord(Told):
    """Suspensions and exclusions, the newest first."""

    rows: tuple[SuspensionRecord, ...]


@dataclass(frozen=True)
class ContactRecord:
    """Somebody to contact about the child. `has_responsibility`: parental; None where it is not recorded."""

    relationship: str
    has_responsibility: bool | None
    name: str
    address: tuple[str, ...]
    telephones: tuple[str, ...]
    email: str


@dataclass(frozen=True)
class ContactsRecord(Told):
    """Where the child lives, and whom to contact, in the school's order."""

    address: tuple[str, ...]
    contacts: tuple[ContactRecord, ...]


@dataclass(frozen=True)
class ChangeRecord:
    """When which source changed which facts of the record. The facts themselves are not kept."""

    at: datetime
    source: str
    facts: str


@dataclass(frozen=True)
class Opened:
    """How often, and by how many people, the record was opened in the last twelve months, before this visit."""

    times: int
    people: int


@dataclass(frozen=True)
class Disputed:
    """A fact of which somebody says that it is wrong, while the challenge has no answer."""

    challenge: int
    fact: str
    since: datetime


@dataclass(frozen=True)
class PupilPage:
    """One pupil. A section that the head withholds from the asker is None, and missing from the page (R35)."""

    here: Here
    pupil: PupilRecord
    meals: MealsRecord
    needs: NeedsRecord | None
    attendance: AttendanceRecord | None
    attainment: AttainmentRecord | None
    suspensions: SuspensionsRecord | None
    contacts: ContactsRecord | None
    changes: tuple[ChangeRecord, ...]
    disputed: tuple[Disputed, ...]
    opened: Opened
    on_the_way: OnTheWay | None
    narrowed: str
    why: Why
    by_broken_glass: bool = False
    is_named: bool = False
    tells_who_may_see: bool = False
