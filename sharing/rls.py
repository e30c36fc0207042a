"""The second lock: row-level security (R6, R45). SQL for migrations, and the list the tests check it against.

Each personal table carries one `establishment_id`; its policy is one index condition, run once for each statement.
What the application may see is a restrictive policy beside one permissive base: a policy added later can only narrow.
"""

from dataclasses import dataclass

ASKER_MAY = "establishment_id = ANY (ARRAY(SELECT portal_establishments('{permission}')))"
VISIBLE_TODAY = "visible @> CURRENT_DATE"
# R35: the array of establishments narrowed to year groups is empty for almost everybody, and then nothing is compared.
_UNNARROWED = "establishment_id <> ALL (ARRAY(SELECT portal_narrowed()))"
IN_MY_YEARS = f"({_UNNARROWED} OR establishment_id || ':' || year_group = ANY (ARRAY(SELECT portal_years())))"
# A record that the asker has opened, breaking the glass, is seen at an establishment where else they see none, and of a
# closed child there is nothing: both arrays are empty for almost everybody (R18).
SEES_PUPILS = "establishment_id = ANY (ARRAY(SELECT portal_pupils_at()))"
OF_MY_YEARS_OR_OPENED = f"{IN_MY_YEARS[:-1]} OR id = ANY (ARRAY(SELECT portal_opened())))"
NOT_CLOSED = "{record} <> ALL (ARRAY(SELECT portal_closed()))"
OF_MY_PUPILS = f"({_UNNARROWED} OR pupil_id IN (SELECT id FROM sharing_pupil))"  # noqa: S608
OF_A_MEMBER_I_SEE = "EXISTS (SELECT FROM sharing_staffmember WHERE sharing_staffmember.id = member_id)"
OF_A_PUPIL_I_SEE = "EXISTS (SELECT FROM sharing_pupil WHERE sharing_pupil.id = pupil_id)"
NOT_WITHHELD = "establishment_id = ANY (ARRAY(SELECT portal_showing('{category}')))"
# A kind of data of a record that is seen one by one goes by what opens that record, and not by what else is held there.
IN_MY_YEARS_OR_OPENED_FOR = (
    f"({NOT_WITHHELD} AND ({_UNNARROWED} OR EXISTS (SELECT FROM sharing_pupil AS mine WHERE mine.id = pupil_id "
    "AND mine.establishment_id || ':' || mine.year_group = ANY (ARRAY(SELECT portal_years())))) "
    "OR pupil_id = ANY (ARRAY(SELECT portal_opened_for('{category}'))))"
)

# Both schools of a transfer see it: the sender as long as it sees the child, the receiver as long as the transfer shows
# the child; while it waits for an answer, only those at the receiver who may give it (R5).
COMING_TO_ME = (
    f"{ASKER_MAY.format(permission='view_pupils')} AND {IN_MY_YEARS} AND cancelled_at IS NULL "
    "AND CASE WHEN pupil_id IS NULL THEN declined_at IS NULL AND lapses_on >= CURRENT_DATE "
    f"AND {ASKER_MAY.format(permission='keep_records')} "
    f"ELSE {OF_A_PUPIL_I_SEE} END"
)
LEAVING_ME = (
    "from_establishment_id = ANY (ARRAY(SELECT portal_establishments('view_pupils'))) "
    "AND EXISTS (SELECT FROM sharing_pupil WHERE sharing_pupil.id = leaving_id)"
)
# An officer learns what became of the child from outside whom they told of, a refusal too.
TOLD_BY_ME = (
    f"{ASKER_MAY.format(permission='view_pupils')} AND portal_context(2) = 'edunet' "
    "AND asserted_by = portal_asker() AND from_establishment_id IS NULL AND lapses_on >= CURRENT_DATE"
)
OF_NO_CLOSED_CHILD = (
    f"(leaving_id IS NULL OR {NOT_CLOSED.format(record='leaving_id')}) "
    f"AND (pupil_id IS NULL OR {NOT_CLOSED.format(record='pupil_id')})"
)
# A file of the whole authority belongs to officers who keep the records of every establishment of the community, which
# is where their appointment lets them look.
OF_THE_AUTHORITY = (
    "(establishment_id IS NULL AND portal_context(2) = 'edunet' "
    "AND EXISTS (SELECT FROM portal_establishments('keep_records')) "
    "AND NOT EXISTS (SELECT portal_establishments('view_establishment') EXCEPT "
    "SELECT portal_establishments('keep_records')))"
)
KEEPS_RECORDS = f"(({ASKER_MAY.format(permission='keep_records')}) OR {OF_THE_AUTHORITY})"

# A challenge is seen by who sees the record it is about, and not what is withheld from them there. Facts about the
# establishment: who keeps its records, and who said so. The words are free, and may name a child.
ITS_RECORD_IS_SEEN = (
    f"CASE about WHEN 'pupil' THEN {ASKER_MAY.format(permission='view_pupils')} AND {OF_A_PUPIL_I_SEE} "
    "AND (withheld_as = '' OR establishment_id IN (SELECT portal_showing(withheld_as))) "
    f"WHEN 'staff' THEN {ASKER_MAY.format(permission='view_staff')} AND {OF_A_MEMBER_I_SEE} "
    f"ELSE {ASKER_MAY.format(permission='view_establishment')} "
    f"AND ({ASKER_MAY.format(permission='keep_records')} OR raised_by_id = portal_asker()) END"
)

# Officers and their duties are kept by the information manager on EduNet: never their own, and never this right itself.
MANAGES_DUTIES = "(portal_context(2) = 'edunet' AND EXISTS (SELECT FROM portal_establishments('manage_duties')))"
# Who has seen the data of an establishment is read by those who keep its register, and by the information manager. What
# was opened so that the head must not learn of it (R18), by the information manager alone.
LEDGER_I_KEEP = (
    "(urn = ANY (ARRAY(SELECT place.urn FROM sharing_establishment AS place "  # noqa: S608
    "WHERE place.id IN (SELECT portal_establishments('manage_register')))) AND NOT about ? 'not_for_the_head' "
    f"OR {MANAGES_DUTIES})"
)
OWN_APPOINTMENT = (
    "appointment_id IN (SELECT id FROM access_register_officerappointment WHERE person_id = portal_asker())"
)
OF_A_DUTY_I_SEE = "EXISTS (SELECT FROM access_register_duty WHERE access_register_duty.id = duty_id)"
KEEPS_THIS_DUTY = f"{MANAGES_DUTIES} AND NOT {OWN_APPOINTMENT} AND data <> 'manage_duties'"
OF_A_DUTY_I_KEEP = (
    f"EXISTS (SELECT FROM access_register_duty WHERE access_register_duty.id = duty_id AND {KEEPS_THIS_DUTY})"
)
NOT_FOR_PAGES = "(SELECT id FROM auth_permission WHERE codename IN ('manage_register', 'manage_duties'))"

# A confidential item (R26 to R28): of one's own establishment, of the same Locality, or with the head's consent, while
# it stands; on EduNet by duty alone. Who has a place at its establishment sees it as that head says, not by other ways.
BY_DUTY = f"(portal_context(2) = 'edunet' AND {ASKER_MAY.format(permission='view_restricted')})"
STANDS = "withdrawn_at IS NULL AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)"
MY_OWN = (
    f"({ASKER_MAY.format(permission='view_establishment')} "
    "AND establishment_id <> ALL (ARRAY(SELECT portal_out_of_scope())) "
    f"AND (NOT level_1_only OR {ASKER_MAY.format(permission='manage_register')}))"
)
OF_MY_LOCALITY = "establishment_id = ANY (ARRAY(SELECT portal_same_locality()))"
BY_CONSENT = "id = ANY (ARRAY(SELECT given.item_id FROM portal_consents_to_me() AS given))"
IS_TO_ME = "id = ANY (ARRAY(SELECT given.id FROM portal_consents_to_me() AS given))"
I_AM_HEAD = "establishment_id = ANY (ARRAY(SELECT portal_heads()))"

TOLD_TO_THE_HEAD = f"(portal_context(2) = 'schools_online' AND NOT head_barred AND {I_AM_HEAD})"
# The first day of what another person must authorise before it opens anything: it never comes.
WAITS = "starts_on = DATE '9999-12-31'"
# Children are named for another officer under a duty; for anybody else by an order, which waits.
FOR_ANOTHERS_DUTY = "person_id <> portal_asker() AND through = 'edunet' AND starts_with(source, 'duty:')"
TOLD_OF_THE_CHILD = "id = ANY (ARRAY(SELECT named_id FROM portal_named_here()))"
# An unusual pattern is judged by the head there, or by the information manager: an officer's and a head's by the latter
# alone, and by nobody their own (P17).
PATTERN_I_JUDGE = (
    f"person_id <> portal_asker() AND ({MANAGES_DUTIES} OR (portal_context(2) = 'schools_online' "
    f"AND through = 'schools_online' AND NOT of_head AND {I_AM_HEAD}))"
)

# A group that a school has made: its name may name a child. Whoever is narrowed to year groups sees their own groups
# only, and nobody one that tells what is withheld from them (R35).
_TELLS_NOTHING_WITHHELD = (
    "(tells = '{}' OR NOT EXISTS (SELECT FROM unnest(tells) AS kind "
    "WHERE establishment_id NOT IN (SELECT portal_showing(kind))))"
)
MY_GROUP = (
    f"{ASKER_MAY.format(permission='view_pupils')} AND {_TELLS_NOTHING_WITHHELD} "
    f"AND ({_UNNARROWED} OR made_by_id = portal_asker()) "
    "AND establishment_id <> ALL (ARRAY(SELECT portal_out_of_scope()))"
)
MAKES_GROUPS = "establishment_id = ANY (ARRAY(SELECT portal_makes_groups()))"
OF_A_GROUP_I_SEE = "EXISTS (SELECT FROM sharing_owngroup WHERE sharing_owngroup.id = group_id)"

_TAKES_PART = (
    "EXISTS (SELECT FROM sharing_participation AS part "
    "WHERE part.establishment_id = {place} "
    "AND part.starts_on <= CURRENT_DATE AND (part.ends_on IS NULL OR part.ends_on >= CURRENT_DATE))"
)
# An officer's note on an establishment: for officers with a duty there, and for its head where the author says so.
DUTY_HERE = (
    "(portal_context(2) = 'edunet' AND establishment_id = ANY (ARRAY(SELECT portal_establishments('view_pupils') "
    "UNION SELECT portal_establishments('view_staff') UNION SELECT portal_establishments('keep_records') "
    "UNION SELECT portal_establishments('view_restricted'))))"
)
NOTED_FOR_THE_HEAD = f"(portal_context(2) = 'schools_online' AND for_head AND {I_AM_HEAD})"

OUT = "(state = 'scheduled' AND goes_out_at <= now())"
# A line that is narrowed to year groups counts those in whole: all less them would be the others. So it reads nothing
# that we have counted of all pupils there, nor of areas (R11, R35). Both functions are empty for almost everybody.
NOTHING_TO_SUBTRACT_FROM = (
    "(release_id <> ALL (ARRAY(SELECT portal_counted_releases())) "
    "OR establishment_id <> ALL (ARRAY(SELECT portal_narrowed_lines())))"
)
# A report says what Key Data says to the same person: the full one to who sees figures of few children there; what we
# have counted to nobody with a narrowed line; and what is shared with others while the establishment takes part (R12,
# R16, R35).
OF_MY_REPORTS = (
    "establishment_id = ANY (ARRAY(SELECT portal_readable())) AND releases <@ ARRAY(SELECT portal_releases_out()) "
    "AND (kind = 'governors' OR establishment_id = ANY (ARRAY(SELECT portal_small_figures()))) "
    "AND NOT releases && ARRAY(SELECT portal_counted_releases()) "
    f"AND (NOT shares OR {_TAKES_PART.format(place='sharing_report.establishment_id')})"
)
PREPARES_RELEASES = "(portal_context(2) = 'edunet' AND EXISTS (SELECT FROM portal_establishments('keep_records')))"

# An offer of support is read by whoever reads about the establishment, while it stands and the establishment takes
# part; by its Level 1 always; and by the Level 1 that has asked for it. What is asked is between Level 1 of the two,
# while both take part (P8, R16, R17).
I_OFFER = f"(portal_context(2) = 'schools_online' AND {ASKER_MAY.format(permission='keep_records')})"
OFFERED_TO_ME = (
    f"(establishment_id = ANY (ARRAY(SELECT portal_readable())) AND withdrawn_at IS NULL AND until >= CURRENT_DATE "  # noqa: S608
    f"AND {_TAKES_PART.format(place='sharing_supportoffer.establishment_id')}) OR {I_OFFER} "
    "OR id = ANY (ARRAY(SELECT offer_id FROM sharing_supportrequest))"
)
_BOTH_TAKE_PART = " AND ".join(
    _TAKES_PART.format(place=f"sharing_supportrequest.{end}") for end in ("establishment_id", "from_establishment_id")
)
BETWEEN_US = (
    f"portal_context(2) = 'schools_online' AND {_BOTH_TAKE_PART} AND ({ASKER_MAY.format(permission='keep_records')} "
    "OR from_establishment_id = ANY (ARRAY(SELECT portal_establishments('keep_records'))))"
)

# A download is the person's own; of schools', those who keep the register there read the row, never the file; of
# officers', those who keep the duties do (R14).
MY_DOWNLOAD = "by_person_id = portal_asker()"
DOWNLOADS_I_WATCH = (
    f"(through = 'schools_online' AND {ASKER_MAY.format(permission='manage_register')}) "
    f"OR (through = 'edunet' AND {ASKER_MAY.format(permission='manage_duties')})"
)
OF_MY_DOWNLOAD = (
    "EXISTS (SELECT FROM sharing_download WHERE sharing_download.id = of_id AND by_person_id = portal_asker())"
)

# Who answers for the protocol at an establishment, and why it left: those who keep its register, and officers.
ANSWERS_FOR_IT = (
    f"(portal_context(2) = 'schools_online' AND {ASKER_MAY.format(permission='manage_register')}) "
    f"OR (portal_context(2) = 'edunet' AND {ASKER_MAY.format(permission='view_establishment')})"
)
# A breach of the protocol is for those concerned, each as far as their part goes (R41).
_IN_BREACH = (
    "{column} = ANY (ARRAY(SELECT held.breach_id FROM portal_breach_roles() AS held WHERE held.role IN ({roles})))"
)
OF_MY_BREACHES = _IN_BREACH.format(column="id", roles="'reporter', 'respondent', 'panel', 'desk'")
TOLD_IN_MY_BREACHES = _IN_BREACH.format(column="breach_id", roles="'reporter', 'respondent', 'panel', 'desk'")
JUDGED_IN_MY_BREACHES = _IN_BREACH.format(column="breach_id", roles="'respondent', 'panel', 'desk'")
DECIDED_IN_MY_BREACHES = _IN_BREACH.format(column="breach_id", roles="'panel', 'desk'")
KEPT_IN_MY_BREACHES = _IN_BREACH.format(column="breach_id", roles="'desk'")


@dataclass(frozen=True)
class Protected:
    """A table under row-level security. `reads`: rows the web application sees; `writes`: rows it may leave."""

    table: str
    reads: str
    writes: str


PROTECTED = (
    Protected(
        "sharing_pupil",
        reads=f"{SEES_PUPILS} AND {VISIBLE_TODAY} AND {OF_MY_YEARS_OR_OPENED} AND {NOT_CLOSED.format(record='id')}",
        writes="false",
    ),
    Protected(
        "sharing_enrolment",
        reads=f"{SEES_PUPILS} AND {OF_MY_PUPILS} AND {NOT_CLOSED.format(record='pupil_id')}",
        writes="false",
    ),
    Protected(
        "sharing_transfer",
        reads=f"(({COMING_TO_ME}) OR ({LEAVING_ME}) OR ({TOLD_BY_ME})) AND {OF_NO_CLOSED_CHILD}",
        writes="false",
    ),
    *[
        Protected(
            f"sharing_{table}",
            reads=f"{SEES_PUPILS} AND {IN_MY_YEARS_OR_OPENED_FOR.format(category=category)} AND {OF_A_PUPIL_I_SEE}",
            writes="false",
        )
        for table, category in (
            ("pupilneeds", "sen"),
            ("senneed", "sen"),
            ("attendance", "attendance"),
            ("suspension", "suspensions"),
            ("result", "attainment"),
            ("homeaddress", "contact"),
            ("contact", "contact"),
        )
    ],
    *[
        Protected(
            f"sharing_{table}",
            reads=f"{SEES_PUPILS} AND {OF_A_PUPIL_I_SEE}",
            writes="false",
        )
        for table in ("freemealsperiod", "pupilchange")
    ],
    *[
        Protected(
            f"sharing_{table}",
            reads=f"{ASKER_MAY.format(permission='view_staff')} AND {OF_A_MEMBER_I_SEE}",
            writes="false",
        )
        for table in ("staffcontract", "staffabsence")
    ],
    # An import belongs to an establishment, or to the whole authority: then to the officers who bring data in. Here one
    # uploads, says "apply" or "discard"; everything else is the worker's (migration 0006 says which follows on which).
    Protected(
        "sharing_import",
        reads=KEEPS_RECORDS,
        writes=f"{KEEPS_RECORDS} AND state IN ('uploaded', 'to_apply', 'discarded')",
    ),
    Protected(
        "sharing_importpiece",
        reads="false",
        writes="EXISTS (SELECT FROM sharing_import WHERE sharing_import.id = of_id AND state = 'uploaded')",
    ),
    # Raised here; answered by a function of migration 0010_accuracy, its steps written by a trigger.
    Protected(
        "sharing_challenge",
        reads=ITS_RECORD_IS_SEEN,
        writes=f"{ITS_RECORD_IS_SEEN} AND raised_by_id = portal_asker() AND state = 'open' AND answer IS NULL",
    ),
    Protected(
        "sharing_challengeevent",
        reads="EXISTS (SELECT FROM sharing_challenge WHERE sharing_challenge.id = challenge_id)",
        writes="false",
    ),
    Protected(
        "sharing_returnconfirmation",
        reads=ASKER_MAY.format(permission="keep_records"),
        writes=f"{ASKER_MAY.format(permission='keep_records')} AND portal_context(2) = 'schools_online' "
        "AND confirmed_by_id = portal_asker()",
    ),
    Protected("sharing_returnreminder", reads="false", writes="false"),
    Protected("sharing_childmerge", reads="false", writes="false"),
    # A release before its instant is for the officers who bring data in; its figures are for nobody. Figures of areas
    # are for those who share with others, and published ones for everybody with a place somewhere (R16).
    Protected("sharing_release", reads=f"{OUT} OR {PREPARES_RELEASES}", writes="false"),
    Protected(
        "sharing_figure",
        reads="(establishment_id IS NULL AND release_id = ANY (ARRAY(SELECT portal_releases_of_areas())) "
        "OR establishment_id = ANY (ARRAY(SELECT portal_readable())) "
        "AND release_id = ANY (ARRAY(SELECT portal_releases_out()))) "
        "AND (NOT is_small OR establishment_id = ANY (ARRAY(SELECT portal_small_figures()))) "
        f"AND {NOTHING_TO_SUBTRACT_FROM}",
        writes="false",
    ),
    # Protected statistics: open cells for whoever shares with others, an establishment's for who reads about it (R10).
    *[
        Protected(
            f"sharing_{table}",
            reads="release_id = ANY (ARRAY(SELECT portal_releases_out())) "
            "AND EXISTS (SELECT FROM portal_establishments('view_establishment'))",
            writes="false",
        )
        for table in ("statisticsdimension", "statisticstable", "statisticsrules")
    ],
    Protected(
        "sharing_statisticscell",
        reads="establishment_id IS NULL AND release_id = ANY (ARRAY(SELECT portal_releases_of_areas())) "
        "OR establishment_id = ANY (ARRAY(SELECT portal_readable())) "
        "AND release_id = ANY (ARRAY(SELECT portal_releases_out()))",
        writes="false",
    ),
    Protected("sharing_statisticsverdict", reads=PREPARES_RELEASES, writes="false"),
    # A report of misuse is for who made it, and for the officers who see to it (function of migration 0022).
    Protected(
        "sharing_misusereport",
        reads=f"reported_by_id = portal_asker() OR {PREPARES_RELEASES}",
        writes="reported_by_id = portal_asker() AND state = 'reported' AND acknowledged_at IS NULL AND answer IS NULL",
    ),
    # Asked for here; made by the worker.
    Protected(
        "sharing_report", reads=OF_MY_REPORTS, writes=f"{OF_MY_REPORTS} AND state = 'waiting' AND sealed IS NULL"
    ),
    # Officers add and withdraw an item, the head narrows it: a trigger says who may do which (sharing.sql.restricted).
    Protected(
        "sharing_restricteditem",
        reads=f"{BY_DUTY} OR (portal_context(2) = 'schools_online' AND {STANDS} "
        f"AND ({MY_OWN} OR {OF_MY_LOCALITY} OR {BY_CONSENT}))",
        writes=f"{BY_DUTY} OR {I_AM_HEAD}",
    ),
    Protected(
        "sharing_restrictedfile",
        reads="EXISTS (SELECT FROM sharing_restricteditem WHERE sharing_restricteditem.id = item_id)",
        writes=BY_DUTY,
    ),
    Protected(
        "sharing_consent",
        reads=f"{I_AM_HEAD} OR {BY_DUTY} OR {IS_TO_ME}",
        writes=I_AM_HEAD,
    ),
    Protected("sharing_owngroup", reads=MY_GROUP, writes=f"{MY_GROUP} AND {MAKES_GROUPS}"),
    Protected(
        "sharing_owngroupmember",
        reads=f"{OF_A_GROUP_I_SEE} AND {OF_A_PUPIL_I_SEE}",
        writes=f"{OF_A_GROUP_I_SEE} AND {OF_A_PUPIL_I_SEE} AND {MAKES_GROUPS}",
    ),
    # Asked for here; the rest is the worker's.
    Protected(
        "sharing_statisticsrequest",
        reads=PREPARES_RELEASES,
        writes=f"{PREPARES_RELEASES} AND asked_by_id = portal_asker() AND state = 'waiting' AND release_id IS NULL",
    ),
    # Written by functions alone (sharing.sql.overrides). A head is told of them unless that is barred (R18).
    Protected(
        "sharing_opening",
        reads=f"person_id = portal_asker() OR {MANAGES_DUTIES} OR {TOLD_TO_THE_HEAD}",
        writes="false",
    ),
    Protected(
        "sharing_closing",
        reads=f"{MANAGES_DUTIES} OR id = ANY (ARRAY(SELECT portal_closings_to_head()))",
        writes="false",
    ),
    # Written by functions alone (sharing.sql.retention); which child is held stands on no page.
    Protected("sharing_disposal", reads=MANAGES_DUTIES, writes="false"),
    Protected("sharing_disposalline", reads=MANAGES_DUTIES, writes="false"),
    Protected("sharing_legalhold", reads=MANAGES_DUTIES, writes="false"),
    # Written by functions alone (sharing.sql.subject_access).
    Protected("sharing_subjectrequest", reads="id = ANY (ARRAY(SELECT portal_subject_requests()))", writes="false"),
    # One's own; of others, those who keep the duties, or the register of the school (sharing.sql.named_children).
    Protected(
        "sharing_namedchild",
        reads=f"person_id = portal_asker() OR {MANAGES_DUTIES} OR {TOLD_OF_THE_CHILD}",
        writes=f"{MANAGES_DUTIES} AND (({FOR_ANOTHERS_DUTY}) OR {WAITS})",
    ),
    # Raised by the service from the ledger, settled by a function (sharing.sql.unusual).
    Protected("sharing_unusualpattern", reads=PATTERN_I_JUDGE, writes="false"),
    Protected("sharing_download", reads=f"{MY_DOWNLOAD} OR {DOWNLOADS_I_WATCH}", writes=MY_DOWNLOAD),
    Protected("sharing_downloadsecret", reads=OF_MY_DOWNLOAD, writes=OF_MY_DOWNLOAD),
    Protected("sharing_downloadpiece", reads=OF_MY_DOWNLOAD, writes=OF_MY_DOWNLOAD),
    Protected("sharing_supportoffer", reads=OFFERED_TO_ME, writes=I_OFFER),
    Protected("sharing_supportrequest", reads=BETWEEN_US, writes=BETWEEN_US),
    Protected("sharing_pupillistcolumns", reads="person_id = portal_asker()", writes="person_id = portal_asker()"),
    Protected(
        "sharing_savedview",
        reads="person_id = portal_asker() AND portal_context(2) = 'edunet'",
        writes="person_id = portal_asker() AND portal_context(2) = 'edunet'",
    ),
    Protected(
        "sharing_visitnote",
        reads=f"{DUTY_HERE} OR {NOTED_FOR_THE_HEAD}",
        writes=f"author_id = portal_asker() AND {DUTY_HERE}",
    ),
    Protected("sharing_staffmember", reads=ASKER_MAY.format(permission="view_staff"), writes="false"),
    Protected("sharing_child", reads="false", writes="false"),
    Protected("sharing_ledgerentry", reads=LEDGER_I_KEEP, writes="false"),
    Protected(
        "sharing_establishmentpermission",
        reads=f"user_id = portal_asker() OR {ASKER_MAY.format(permission='manage_register')} "
        f"OR (through = 'edunet' AND {ASKER_MAY.format(permission='manage_duties')})",
        writes=f"(through = 'schools_online' AND {ASKER_MAY.format(permission='manage_register')}) "
        f"OR (through = 'edunet' AND {ASKER_MAY.format(permission='manage_duties')} AND {MANAGES_DUTIES} "
        f"AND user_id <> portal_asker() AND permission_id NOT IN {NOT_FOR_PAGES})",
    ),
    Protected(
        "access_register_registerline",
        reads=f"person_id = portal_asker() OR {ASKER_MAY.format(permission='manage_register')}",
        # The head's own line (seat 0) is written by a handover, never by the web application (R35).
        writes=f"seat IS DISTINCT FROM 0 AND {ASKER_MAY.format(permission='manage_register')}",
    ),
    *[
        Protected(
            f"access_register_{table}",
            reads=ASKER_MAY.format(permission="manage_register"),
            writes=ASKER_MAY.format(permission="manage_register"),
        )
        for table in ("lineevent", "invitation", "contract")
    ],
    Protected(
        "access_register_handover",
        # Those who keep the register, the successor, and the officers who verify.
        reads=f"successor_id = portal_asker() OR {ASKER_MAY.format(permission='manage_register')} "
        f"OR (portal_context(2) = 'edunet' AND {ASKER_MAY.format(permission='view_establishment')})",
        # A handover is only ever begun here; the functions of migration 0011_heads take it further.
        writes=f"named_by_id = portal_asker() AND verified_at IS NULL AND accepted_at IS NULL AND done_at IS NULL "
        f"AND ({ASKER_MAY.format(permission='manage_register')} "
        f"OR (portal_context(2) = 'edunet' AND {ASKER_MAY.format(permission='view_establishment')}))",
    ),
    Protected(
        "access_register_carriedregister",
        reads=ASKER_MAY.format(permission="manage_register"),
        writes=ASKER_MAY.format(permission="manage_register"),
    ),
    # Written by functions alone (access_register.participation_sql).
    Protected("access_register_participationstep", reads=ANSWERS_FOR_IT, writes="false"),
    Protected(
        "access_register_responsibleperson",
        reads=ANSWERS_FOR_IT,
        writes=f"portal_context(2) = 'schools_online' AND {ASKER_MAY.format(permission='manage_register')} "
        "AND recorded_by_id = portal_asker()",
    ),
    # Who is an officer, and who may come through Citrix, is asked before anybody is known to ask (edunet.gate).
    Protected(
        "access_register_officerappointment",
        reads="true",
        writes=f"{MANAGES_DUTIES} AND person_id <> portal_asker()",
    ),
    Protected(
        "access_register_remoteauthorisation",
        reads="true",
        writes=f"{MANAGES_DUTIES} AND NOT {OWN_APPOINTMENT}",
    ),
    Protected(
        "access_register_duty",
        reads=f"{OWN_APPOINTMENT} OR {MANAGES_DUTIES}",
        writes=KEEPS_THIS_DUTY,
    ),
    # Recorded here; functions of access_register.order_sql authorise and end it. Nobody authorises what they recorded.
    Protected(
        "access_register_order",
        reads=f"{MANAGES_DUTIES} OR (portal_context(2) = 'edunet' AND authoriser_id = portal_asker())",
        writes=f"{MANAGES_DUTIES} AND recorded_by_id = portal_asker() AND authoriser_id <> portal_asker() "
        "AND authorised_at IS NULL AND ended_at IS NULL",
    ),
    *[
        Protected(
            f"access_register_duty_{table}",
            reads=OF_A_DUTY_I_SEE,
            writes=OF_A_DUTY_I_KEEP,
        )
        for table in ("establishments", "localities")
    ],
    # Written by functions alone (access_register.breaches).
    Protected("access_register_breach", reads=OF_MY_BREACHES, writes="false"),
    Protected(
        "access_register_breachreport",
        reads=f"person_id = portal_accepted() OR {KEPT_IN_MY_BREACHES} "
        f"OR (NOT name_withheld AND {JUDGED_IN_MY_BREACHES})",
        writes="false",
    ),
    Protected("access_register_breachparty", reads=JUDGED_IN_MY_BREACHES, writes="false"),
    Protected(
        "access_register_breachseat",
        reads=f"{DECIDED_IN_MY_BREACHES} OR ({JUDGED_IN_MY_BREACHES} AND EXISTS (SELECT FROM access_register_breach "
        "AS breach WHERE breach.id = breach_id AND (breach.state IN ('decided', 'settled') "
        "OR breach.sitting > access_register_breachseat.sitting)))",
        writes="false",
    ),
    Protected("access_register_breachevidence", reads=JUDGED_IN_MY_BREACHES, writes="false"),
    Protected("access_register_breachtold", reads=DECIDED_IN_MY_BREACHES, writes="false"),
    Protected(
        "access_register_breachstep",
        reads=f"CASE audience WHEN 'all' THEN {TOLD_IN_MY_BREACHES} WHEN 'parties' THEN {JUDGED_IN_MY_BREACHES} "
        f"ELSE {KEPT_IN_MY_BREACHES} END",
        writes="false",
    ),
    Protected("access_register_sanction", reads=JUDGED_IN_MY_BREACHES, writes="false"),
    # Written and sent by night.
    Protected("access_register_reviewnotice", reads="false", writes="false"),
    Protected("access_register_acceptance", reads="person_id = portal_asker()", writes="person_id = portal_asker()"),
)
BY_TABLE = {protected.table: protected for protected in PROTECTED}


def protect(table: str, *, reads_then: str = "") -> str:
    """SQL that puts `table` under its policies: the owner and imports see all, the application what `reads` says.

    `reads_then`: what an old migration let the application read, where a later one has another rule or no such table.
    """
    reads = reads_then or BY_TABLE[table].reads
    writes = BY_TABLE[table].writes if table in BY_TABLE else "false"
    return f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY owner_all ON {table} TO portal_owner USING (true) WITH CHECK (true);
        CREATE POLICY batch_all ON {table} TO portal_batch USING (true) WITH CHECK (true);
        CREATE POLICY app_base ON {table} TO portal_app USING (true) WITH CHECK (true);
        CREATE POLICY app_reads ON {table} AS RESTRICTIVE FOR SELECT TO portal_app USING ({reads});
        CREATE POLICY app_inserts ON {table} AS RESTRICTIVE FOR INSERT TO portal_app WITH CHECK ({writes});
        CREATE POLICY app_updates ON {table} AS RESTRICTIVE FOR UPDATE TO portal_app
            USING ({writes}) WITH CHECK ({writes});
        CREATE POLICY app_deletes ON {table} AS RESTRICTIVE FOR DELETE TO portal_app USING ({writes});
    """


def unprotect(table: str) -> str:
    policies = ("owner_all", "batch_all", "app_base", "app_reads", "app_inserts", "app_updates", "app_deletes")
    drops = "".join(f"DROP POLICY {policy} ON {table};" for policy in policies)
    return f"{drops} ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"


def replace_writes(table: str) -> str:
    """SQL that gives a table which is under policies already today's rule of what the application may write."""
    writes = BY_TABLE[table].writes
    return f"""
        ALTER POLICY app_inserts ON {table} WITH CHECK ({writes});
        ALTER POLICY app_updates ON {table} USING ({writes}) WITH CHECK ({writes});
        ALTER POLICY app_deletes ON {table} USING ({writes});
    """


def replace_reads(table: str, reads: str = "") -> str:
    """SQL that gives a table which is under policies already another rule of what the application may read."""
    return f"ALTER POLICY app_reads ON {table} USING ({reads or BY_TABLE[table].reads});"
