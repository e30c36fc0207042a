"""The conditions of row-level security (R6, R45), in SQL: each is true for the rows that may be read or written.

`sharing/rls.py` builds the policies from them. The functions that they call are PostgreSQL's own side of the holdings
(sharing/sql).
"""

from sharing.ledger import words


def _sees(question: str, about: str = "", *, kind: str = "bigint") -> str:
    """An array of what the asker sees, worked out once in a visit (sharing/sql/sight.sql)."""
    return f"((SELECT portal_sight(NULL::{kind}[], '{question}', '{about}'))::{kind}[])"


ASKER_MAY = f"establishment_id = ANY {_sees('establishments', '{permission}')}"
# The register of an establishment that has got a new URN goes on there (A2), so its earlier lines are read there too.
KEEPS_ITS_REGISTER = (
    f"({ASKER_MAY.format(permission='manage_register')} OR establishment_id IN "  # noqa: S608
    f"(SELECT id FROM portal_earlier({_sees('establishments', 'manage_register')})))"
)
VISIBLE_TODAY = "visible @> CURRENT_DATE"
# R35: for almost everybody the array of establishments narrowed to year groups is empty, and nothing is compared.
_UNNARROWED = f"establishment_id <> ALL {_sees('narrowed')}"
IN_MY_YEARS = f"({_UNNARROWED} OR establishment_id || ':' || year_group = ANY (ARRAY(SELECT portal_years())))"
# Almost everybody sees a child's record whole or not at all. The rest is for the others: those narrowed to year groups,
# those for whom single records are opened at an establishment where they otherwise see none, and those to whom children
# are closed (R18, R35).
SEES_PUPILS = f"establishment_id = ANY {_sees('pupils_at')}"
SEES_WHOLE = "(SELECT portal_sees_whole() IS NOT NULL)"
_OF_MY_YEARS_OR_OPENED = (
    f"({_UNNARROWED} OR ARRAY[id::text, establishment_id || ':' || year_group] && {_sees('admitted', kind='text')})"
)
NOT_CLOSED = f"{{record}} <> ALL {_sees('closed', kind='uuid')}"
IS_SHOWN = f"({SEES_WHOLE} OR {_OF_MY_YEARS_OR_OPENED} AND {NOT_CLOSED.format(record='id')})"
OF_MY_PUPILS = f"({_UNNARROWED} OR pupil_id IN (SELECT id FROM sharing_pupil))"  # noqa: S608
OF_THE_SHOWN = f"({SEES_WHOLE} OR {OF_MY_PUPILS} AND {NOT_CLOSED.format(record='pupil_id')})"
OF_A_MEMBER_I_SEE = "EXISTS (SELECT FROM sharing_staffmember WHERE sharing_staffmember.id = member_id)"
OF_A_PUPIL_I_SEE = "EXISTS (SELECT FROM sharing_pupil WHERE sharing_pupil.id = pupil_id)"
NOT_WITHHELD = f"establishment_id = ANY {_sees('showing', '{category}')}"
# Where a record is opened and no line shows it, what opens it decides which kinds of data are shown, and not what else
# the asker holds there.
KIND_IS_SHOWN = (
    f"({SEES_WHOLE} OR {NOT_WITHHELD} AND pupil_id <> ALL {_sees('opened_beyond', kind='uuid')} "
    f"OR pupil_id = ANY {_sees('opened_for', '{category}', kind='uuid')})"
)

# Both schools see a transfer: the sender as long as it sees the child, the receiver as long as the transfer shows it
# the child. While it waits for an answer, only those at the receiver who may give one see it (R5). For a narrowed line
# the year group that the transfer names decides, whatever the record says by now (R35).
COMING_TO_ME = (
    f"{ASKER_MAY.format(permission='view_pupils')} AND {IN_MY_YEARS} AND cancelled_at IS NULL "
    "AND CASE WHEN pupil_id IS NULL THEN declined_at IS NULL AND lapses_on >= CURRENT_DATE "
    f"AND {ASKER_MAY.format(permission='keep_records')} "
    f"ELSE {OF_A_PUPIL_I_SEE} END"
)
LEAVING_IN_MY_YEARS = IN_MY_YEARS.replace("establishment_id", "from_establishment_id")
LEAVING_ME = (
    "from_establishment_id = ANY (ARRAY(SELECT portal_establishments('view_pupils'))) "  # noqa: S608
    f"AND {LEAVING_IN_MY_YEARS} "
    "AND EXISTS (SELECT FROM sharing_pupil WHERE sharing_pupil.id = leaving_id)"
)
# An officer learns what became of the child from outside whom they announced, including a refusal.
TOLD_BY_ME = (
    f"{ASKER_MAY.format(permission='view_pupils')} AND portal_context(2) = 'edunet' "
    "AND asserted_by = portal_asker() AND from_establishment_id IS NULL AND lapses_on >= CURRENT_DATE"
)
OF_NO_CLOSED_CHILD = (
    f"(leaving_id IS NULL OR {NOT_CLOSED.format(record='leaving_id')}) "
    f"AND (pupil_id IS NULL OR {NOT_CLOSED.format(record='pupil_id')}) "
    "AND id <> ALL (ARRAY(SELECT portal_closed_and_expected()))"
)
# What is of the whole authority belongs to officers who hold the permission at every establishment of the community
# that their appointment lets them see.
MAY_THERE_OR_EVERYWHERE = (
    f"(({ASKER_MAY}) OR (establishment_id IS NULL AND portal_context(2) = 'edunet' "
    "AND EXISTS (SELECT FROM portal_establishments('{permission}')) "
    "AND NOT EXISTS (SELECT portal_establishments('view_establishment') EXCEPT "
    "SELECT portal_establishments('{permission}'))))"
)
KEEPS_RECORDS = MAY_THERE_OR_EVERYWHERE.format(permission="keep_records")

# A challenge is seen by those who see the record it is about, unless its kind of data is withheld from them there. One
# about facts of the establishment is seen by those who keep its records and by whoever raised it, because its free text
# may name a child.
ITS_RECORD_IS_SEEN = (
    f"CASE about WHEN 'pupil' THEN {ASKER_MAY.format(permission='view_pupils')} AND {OF_A_PUPIL_I_SEE} "
    "AND (withheld_as = '' OR establishment_id IN (SELECT portal_showing(withheld_as))) "
    f"WHEN 'staff' THEN {ASKER_MAY.format(permission='view_staff')} AND {OF_A_MEMBER_I_SEE} "
    f"ELSE {ASKER_MAY.format(permission='view_establishment')} "
    f"AND ({ASKER_MAY.format(permission='keep_records')} OR raised_by_id = portal_asker()) END"
)

# The information manager keeps officers and their duties on EduNet: never their own, and never this right itself.
MANAGES_DUTIES = "(portal_context(2) = 'edunet' AND EXISTS (SELECT FROM portal_establishments('manage_duties')))"
# Officers with a recorded duty write the Council's advice, and agree to each other's (R37; sharing/sql/advice.sql).
WRITES_ADVICE = "(SELECT portal_writes_advice())"
# Who has seen an establishment's data can be read by those who keep its register and by the information manager. What
# was opened without the head being allowed to know (R18) can be read only by the information manager. One whom somebody
# has reported without their name does not read what others did about cases: it would tell who that was (R41).
_WITHOUT_THE_REPORTER = (
    f"(action <> ALL ('{{{','.join(words.OF_CASES)}}}'::text[]) OR person_id = portal_asker() "
    "OR NOT (SELECT portal_reporter_is_withheld()))"
)
LEDGER_I_KEEP = (
    "(urn = ANY (ARRAY(SELECT place.urn FROM sharing_establishment AS place "  # noqa: S608
    "WHERE place.id IN (SELECT portal_establishments('manage_register')))) AND NOT about ? 'not_for_the_head' "
    f"OR {MANAGES_DUTIES} AND {_WITHOUT_THE_REPORTER})"
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

# A confidential item (R26 to R28) is seen at one's own establishment, in the same Locality, or with the head's consent,
# as long as it stands; on EduNet only under a duty. Anybody with a place at its establishment sees it as the head there
# allows, and not in any other way.
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
# The first day of something that another person must authorise before it opens anything: a day that never comes.
WAITS = "starts_on = DATE '9999-12-31'"
# Children can be named for another officer under a duty. For anybody else it takes an order, which waits.
FOR_ANOTHERS_DUTY = "person_id <> portal_asker() AND through = 'edunet' AND starts_with(source, 'duty:')"
TOLD_OF_THE_CHILD = "id = ANY (ARRAY(SELECT named_id FROM portal_named_here()))"
# An unusual pattern is judged by the head there or by the information manager; one of an officer or of a head only by
# the information manager. Nobody judges their own (P17).
PATTERN_I_JUDGE = (
    f"person_id <> portal_asker() AND ({MANAGES_DUTIES} OR (portal_context(2) = 'schools_online' "
    f"AND through = 'schools_online' AND NOT of_head AND {I_AM_HEAD}))"
)

# A group that a school has made: its name may name a child. Somebody narrowed to year groups sees only the groups they
# made, and nobody sees a group that gives away what is withheld from them (R35).
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
# An officer's note on an establishment: for officers with a duty there, and for its head if the author says so.
DUTY_HERE = (
    "(portal_context(2) = 'edunet' AND establishment_id = ANY (ARRAY(SELECT portal_establishments('view_pupils') "
    "UNION SELECT portal_establishments('view_staff') UNION SELECT portal_establishments('keep_records') "
    "UNION SELECT portal_establishments('view_restricted'))))"
)
NOTED_FOR_THE_HEAD = f"(portal_context(2) = 'schools_online' AND for_head AND {I_AM_HEAD})"

# Everybody knows that a release has come out, even when its figures are stopped.
CAME_OUT = "(goes_out_at <= now())"
_READ_BY_OTHERS = f"ARRAY(SELECT id FROM sharing_release WHERE {CAME_OUT})"  # noqa: S608
# A figure of few children, and an exact number that a protected one replaces, are for those who see the pupils there
# (R12). Most rows are covered by nothing, so that is asked first, because it is quick.
TOLD_TO_EVERYBODY = "NOT is_small AND (covered_by = '{}' OR NOT covered_by && " + _READ_BY_OTHERS + ")"
# A line that is narrowed to year groups sees those in full: subtracted from the total, they would give the others. So
# it reads nothing that we have counted over all pupils there, nor over areas (R11, R35). Both functions return nothing
# for almost everybody.
NOTHING_TO_SUBTRACT_FROM = (
    "(release_id <> ALL (ARRAY(SELECT portal_counted_releases())) "
    "OR establishment_id <> ALL (ARRAY(SELECT portal_narrowed_lines())))"
)
# A report says what Key Data says to the same person. The full one is for those who see figures of few children there.
# What we have counted is for nobody with a narrowed line. What is shared with others is read while the establishment
# takes part (R12, R16, R35).
OF_MY_REPORTS = (
    "establishment_id = ANY (ARRAY(SELECT portal_readable())) AND releases <@ ARRAY(SELECT portal_releases_out()) "
    "AND (kind = 'governors' OR establishment_id = ANY (ARRAY(SELECT portal_small_figures()))) "
    "AND NOT releases && ARRAY(SELECT portal_counted_releases()) "
    f"AND (NOT shares OR {_TAKES_PART.format(place='sharing_report.establishment_id')})"
)
PREPARES_RELEASES = "(portal_context(2) = 'edunet' AND EXISTS (SELECT FROM portal_establishments('keep_records')))"

# An offer of support is read by those who read about the establishment, while the offer stands and the establishment
# takes part; by its own Level 1 always; and by the Level 1 that has asked for it. A request is between Level 1 of the
# two establishments, while both take part (P8, R16, R17).
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

# A download is the person's own, and so are the names in a file that they brought. Those who keep a school's register
# can read the row of a download there, but never the file; for officers' downloads, those who keep the duties can
# (R14).
BY_ME = "by_person_id = portal_asker()"
# Also while suspended: what somebody has taken away must be destroyed all the same (R14, R41).
IN_MY_HANDS = "(by_person_id = portal_accepted() AND state = 'collected')"
DOWNLOADS_I_WATCH = (
    f"(through = 'schools_online' AND {ASKER_MAY.format(permission='manage_register')}) "
    f"OR (through = 'edunet' AND {ASKER_MAY.format(permission='manage_duties')})"
)
# What people took from a school that has ended, where nobody looks after it any more (R14).
DOWNLOADS_OF_THE_ENDED = "(through = 'schools_online' AND establishment_id = ANY (ARRAY(SELECT portal_ended())))"
# The file and its passphrase can be had only at the site where the file was asked for (R38).
OF_MY_DOWNLOAD = (
    "EXISTS (SELECT FROM sharing_download WHERE sharing_download.id = of_id AND by_person_id = portal_asker() "
    "AND through = portal_context(2))"
)

# Who answers for the protocol at an establishment, and why it left: for those who keep its register, and officers.
ANSWERS_FOR_IT = (
    f"(portal_context(2) = 'schools_online' AND {ASKER_MAY.format(permission='manage_register')}) "
    f"OR (portal_context(2) = 'edunet' AND {ASKER_MAY.format(permission='view_establishment')})"
)
# A breach of the protocol is for those concerned, each as far as their own part goes (R41).
_IN_BREACH = (
    "{column} = ANY (ARRAY(SELECT held.breach_id FROM portal_breach_roles() AS held WHERE held.role IN ({roles})))"
)
OF_MY_BREACHES = _IN_BREACH.format(column="id", roles="'reporter', 'respondent', 'panel', 'desk'")
TOLD_IN_MY_BREACHES = _IN_BREACH.format(column="breach_id", roles="'reporter', 'respondent', 'panel', 'desk'")
JUDGED_IN_MY_BREACHES = _IN_BREACH.format(column="breach_id", roles="'respondent', 'panel', 'desk'")
DECIDED_IN_MY_BREACHES = _IN_BREACH.format(column="breach_id", roles="'panel', 'desk'")
KEPT_IN_MY_BREACHES = _IN_BREACH.format(column="breach_id", roles="'desk'")
