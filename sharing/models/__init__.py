"""The tables of the shared data. Only `sharing` and `access_register` import them; all other code uses the door."""

from sharing.authorise.grants import EstablishmentPermission
from sharing.models.accuracy import Challenge, ChallengeEvent, ReturnConfirmation, ReturnReminder
from sharing.models.advice import AdvicePage, AdviceStep, AdviceVersion
from sharing.models.downloads import Download, DownloadPiece, DownloadSecret
from sharing.models.establishments import (
    Establishment,
    EstablishmentLink,
    ListedType,
    Locality,
    LocalityMembership,
    LocalityMove,
    Participation,
)
from sharing.models.imports import Import, ImportPerson, ImportPiece
from sharing.models.ledger import LedgerEntry, SignedHead
from sharing.models.misuse import MisuseReport
from sharing.models.overrides import Closing, Explanation, NamedChild, Opening
from sharing.models.own_groups import OwnGroup, OwnGroupMember
from sharing.models.preferences import OwnList, PupilListColumns
from sharing.models.pupil_details import (
    Attendance,
    Contact,
    FreeMealsPeriod,
    HomeAddress,
    PupilChange,
    PupilNeeds,
    Result,
    SenNeed,
    Suspension,
    Term,
)
from sharing.models.pupils import Child, Enrolment, Pupil
from sharing.models.releases import Dataset, Figure, Measure, Release
from sharing.models.reports import Report
from sharing.models.restricted import Consent, RestrictedFile, RestrictedItem
from sharing.models.retention import Disposal, DisposalLine, LegalHold
from sharing.models.service import ParityRun, ServiceRun
from sharing.models.staff import StaffAbsence, StaffContract, StaffMember
from sharing.models.statistics import (
    StatisticsCell,
    StatisticsDimension,
    StatisticsRequest,
    StatisticsRules,
    StatisticsTable,
    StatisticsVerdict,
)
from sharing.models.subject_access import SubjectRequest
from sharing.models.support import SupportOffer, SupportRequest
from sharing.models.transfers import ChildMerge, Transfer
from sharing.models.unusual import UnusualPattern
from sharing.models.workbench import SavedView, VisitNote

__all__ = [
    "AdvicePage",
    "AdviceStep",
    "AdviceVersion",
    "Attendance",
    "Challenge",
    "ChallengeEvent",
    "Child",
    "ChildMerge",
    "Closing",
    "Consent",
    "Contact",
    "Dataset",
    "Disposal",
    "DisposalLine",
    "Download",
    "DownloadPiece",
    "DownloadSecret",
    "Enrolment",
    "Establishment",
    "EstablishmentLink",
    "EstablishmentPermission",
    "Explanation",
    "Figure",
    "FreeMealsPeriod",
    "HomeAddress",
    "Import",
    "ImportPerson",
    "ImportPiece",
    "LedgerEntry",
    "LegalHold",
    "ListedType",
    "Locality",
    "LocalityMembership",
    "LocalityMove",
    "Measure",
    "MisuseReport",
    "NamedChild",
    "Opening",
    "OwnGroup",
    "OwnGroupMember",
    "OwnList",
    "ParityRun",
    "Participation",
    "Pupil",
    "PupilChange",
    "PupilListColumns",
    "PupilNeeds",
    "Release",
    "Report",
    "RestrictedFile",
    "RestrictedItem",
    "Result",
    "ReturnConfirmation",
    "ReturnReminder",
    "SavedView",
    "SenNeed",
    "ServiceRun",
    "SignedHead",
    "StaffAbsence",
    "StaffContract",
    "StaffMember",
    "StatisticsCell",
    "StatisticsDimension",
    "StatisticsRequest",
    "StatisticsRules",
    "StatisticsTable",
    "StatisticsVerdict",
    "SubjectRequest",
    "SupportOffer",
    "SupportRequest",
    "Suspension",
    "Term",
    "Transfer",
    "UnusualPattern",
    "VisitNote",
]
