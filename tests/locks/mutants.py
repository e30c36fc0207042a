"""The ways of weakening the second lock that test_mutants tries: SQL run as the owner, by what it does."""

from sharing.conditions import (
    COMING_TO_ME,
    LEAVING_IN_MY_YEARS,
    LEAVING_ME,
    LEDGER_I_KEEP,
    OF_MY_DOWNLOAD,
    PATTERN_I_JUDGE,
    TOLD_BY_ME,
)
from sharing.rls import BY_TABLE
from tests.locks.mutants_of_advice import OF_ADVICE
from tests.locks.mutants_of_breaches import OF_BREACHES
from tests.locks.mutants_of_figures import OF_FIGURES
from tests.locks.mutants_of_items import OF_ITEMS
from tests.locks.weakening import ANY_OFFICER, MAY, READABLE, in_function, replace_policy

ESTABLISHMENTS = """CREATE OR REPLACE FUNCTION portal_establishments(wanted text) RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER AS $$ SELECT establishment_id FROM sharing_establishmentpermission
    WHERE permission_id = (SELECT id FROM auth_permission WHERE codename = wanted) AND {} $$"""
OF_AN_IMPORT = "EXISTS (SELECT FROM sharing_import WHERE sharing_import.id = of_id AND {})"
DAYS = " AND visible @> CURRENT_DATE"
OF_EITHER_SITE = OF_MY_DOWNLOAD.replace(" AND through = portal_context(2)", "")


def _in_search(part: str, instead: str) -> tuple[str, ...]:
    """The search of all establishments, with one part of its filter changed."""
    return in_function("portal_find_pupils", part, instead)


def _in_search_by_sound(part: str, instead: str) -> tuple[str, ...]:
    return in_function("portal_find_alike", part, instead)


OFFER, ASKED = "sharing_supportoffer", "sharing_supportrequest"


def _support(table: str, part: str, instead: str) -> tuple[str, ...]:
    """The policy of a table of mutual support, with one part of it changed."""
    assert part in BY_TABLE[table].reads
    return replace_policy(table, BY_TABLE[table].reads.replace(part, instead))


MUTANTS: dict[str, tuple[str, ...]] = {
    "who is responsible told to every level": replace_policy(
        "access_register_responsibleperson", MAY.format("view_establishment")
    ),
    "why an establishment left told to everybody": replace_policy("access_register_participationstep", "true"),
    "who is responsible recorded by anybody": ("DROP POLICY app_inserts ON access_register_responsibleperson",),
    "an establishment taken out by anybody": in_function(
        "access_register_leave_protocol", "WHERE mine = place", "WHERE true"
    ),
    "pupil policy without the year groups": replace_policy("sharing_pupil", MAY.format("view_pupils") + DAYS),
    "pupil policy with everybody's year groups": replace_policy(
        "sharing_pupil", MAY.format("view_pupils") + DAYS + " AND year_group IN ('1', '2', '3')"
    ),
    "enrolment policy without the year groups": replace_policy("sharing_enrolment", MAY.format("view_pupils")),
    "transfer policy without the year groups": replace_policy("sharing_transfer", MAY.format("view_pupils")),
    "needs policy without what is withheld": replace_policy(
        "sharing_pupilneeds", MAY.format("view_pupils") + " AND EXISTS (SELECT FROM sharing_pupil WHERE id = pupil_id)"
    ),
    "needs policy without the pupil": replace_policy(
        "sharing_pupilneeds", "establishment_id = ANY (ARRAY(SELECT portal_showing('sen')))"
    ),
    "attendance policy of another kind": replace_policy(
        "sharing_attendance",
        "establishment_id = ANY (ARRAY(SELECT portal_showing('contact')))"
        " AND EXISTS (SELECT FROM sharing_pupil WHERE id = pupil_id)",
    ),
    "attendance policy dropped": ("DROP POLICY app_reads ON sharing_attendance",),
    "nobody is narrowed": (
        "CREATE OR REPLACE FUNCTION portal_narrowed() RETURNS SETOF bigint LANGUAGE sql STABLE AS "
        "$$ SELECT 0::bigint WHERE false $$",
    ),
    "whoever is narrowed sees all pupils whole": in_function(
        "portal_sees_whole", "year_groups = '{}' AND withheld = '{}'", "true"
    ),
    "what is remembered is the same for every permission": in_function("portal_sight", " || '_' || about", ""),
    "everybody's year groups count": (
        "CREATE OR REPLACE FUNCTION portal_years() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER AS "
        "$$ SELECT establishment_id || ':' || year FROM sharing_establishmentpermission, "
        "unnest(ARRAY['1', '2', '3', '4', '5', '6']) AS year $$",
    ),
    "a child's establishment may be another's": (
        "GRANT INSERT ON sharing_pupilneeds TO portal_app",
        "DROP POLICY app_inserts ON sharing_pupilneeds",
        "ALTER TABLE sharing_pupilneeds DROP CONSTRAINT sharing_pupilneeds_pkey CASCADE",
    ),
    "pupil policy dropped": ("DROP POLICY app_reads ON sharing_pupil",),
    "pupil policy always true": replace_policy("sharing_pupil", "true"),
    "pupil policy at a lower level": replace_policy(
        "sharing_pupil", MAY.format("view_establishment") + " AND visible @> CURRENT_DATE"
    ),
    "pupil policy without the days": replace_policy("sharing_pupil", MAY.format("view_pupils")),
    "pupil days off by one": replace_policy(
        "sharing_pupil", MAY.format("view_pupils") + " AND visible @> CURRENT_DATE - 1"
    ),
    "pupil policy not forced and owned by the application": (
        "SET LOCAL ROLE NONE",
        "ALTER TABLE sharing_pupil NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE sharing_pupil OWNER TO portal_app",
    ),
    "the application passes row-level security by": ("SET LOCAL ROLE NONE", "ALTER ROLE portal_app BYPASSRLS"),
    "row-level security disabled on pupils": ("ALTER TABLE sharing_pupil DISABLE ROW LEVEL SECURITY",),
    "staff policy dropped": ("DROP POLICY app_reads ON sharing_staffmember",),
    "staff policy at a lower level": replace_policy("sharing_staffmember", MAY.format("view_pupils")),
    "contract policy dropped": ("DROP POLICY app_reads ON sharing_staffcontract",),
    "contract policy at a lower level": replace_policy("sharing_staffcontract", MAY.format("view_pupils")),
    "absence policy dropped": ("DROP POLICY app_reads ON sharing_staffabsence",),
    "absence policy at a lower level": replace_policy("sharing_staffabsence", MAY.format("view_establishment")),
    "absence insert allowed": (
        "GRANT INSERT ON sharing_staffabsence TO portal_app",
        "DROP POLICY app_inserts ON sharing_staffabsence",
    ),
    "enrolment policy always true": replace_policy("sharing_enrolment", "true"),
    "enrolment policy at a lower level": replace_policy("sharing_enrolment", MAY.format("view_establishment")),
    "transfers of a record that the sender sees no more": replace_policy(
        "sharing_transfer",
        f"({COMING_TO_ME}) OR (from_establishment_id = ANY (ARRAY(SELECT portal_establishments('view_pupils'))))",
    ),
    "transfers of another year group than the narrowed line's": replace_policy(
        "sharing_transfer",
        f"({COMING_TO_ME}) OR ({LEAVING_ME.replace(LEAVING_IN_MY_YEARS, 'true')})",
    ),
    "transfers that wait, at a lower level": replace_policy(
        "sharing_transfer",
        f"({COMING_TO_ME.replace('keep_records', 'view_pupils')}) OR ({LEAVING_ME})",
    ),
    "transfers that were declined": replace_policy(
        "sharing_transfer", f"({COMING_TO_ME.replace('declined_at IS NULL AND', '')}) OR ({LEAVING_ME})"
    ),
    "transfers that lapsed before an answer": replace_policy(
        "sharing_transfer", f"({COMING_TO_ME.replace('AND lapses_on >= CURRENT_DATE', '')}) OR ({LEAVING_ME})"
    ),
    "transfers that were cancelled": replace_policy(
        "sharing_transfer", f"({COMING_TO_ME.replace('AND cancelled_at IS NULL', '')}) OR ({LEAVING_ME})"
    ),
    "what an officer told of is everybody's": replace_policy(
        "sharing_transfer",
        f"({COMING_TO_ME}) OR ({LEAVING_ME}) OR ({TOLD_BY_ME.replace('asserted_by = portal_asker() AND', '')})",
    ),
    "what an officer told of outside the duty": replace_policy(
        "sharing_transfer",
        f"({COMING_TO_ME}) OR ({LEAVING_ME}) OR (asserted_by = portal_asker())",
    ),
    "the days of the sender never end": (
        "ALTER TABLE sharing_pupil DISABLE TRIGGER keep_visibility",
        "UPDATE sharing_pupil SET visible = '{[2000-01-01,)}' WHERE surname = 'Gone'",
    ),
    "a transfer may be started by anybody": (
        "CREATE OR REPLACE FUNCTION sharing_keeps(place bigint) RETURNS boolean LANGUAGE sql STABLE AS "
        "$$ SELECT true $$",
    ),
    "transfers may be written": (
        "GRANT INSERT, UPDATE ON sharing_transfer TO portal_app",
        "DROP POLICY app_updates ON sharing_transfer",
    ),
    "transfer policy dropped": ("DROP POLICY app_reads ON sharing_transfer",),
    "enrolment insert allowed": (
        "GRANT INSERT ON sharing_enrolment TO portal_app",
        "DROP POLICY app_inserts ON sharing_enrolment",
    ),
    "pupil update allowed": (
        "GRANT UPDATE ON sharing_pupil TO portal_app",
        "DROP POLICY app_updates ON sharing_pupil",
    ),
    "grants may be given anywhere": ("DROP POLICY app_inserts ON sharing_establishmentpermission",),
    "lines may be raised by their owner": ("DROP POLICY app_updates ON access_register_registerline",),
    "import policy at a lower level": replace_policy("sharing_import", MAY.format("view_establishment")),
    "import policy always true": replace_policy("sharing_import", "true"),
    "files of the whole authority for everybody": replace_policy(
        "sharing_import", MAY.format("keep_records") + " OR establishment_id IS NULL"
    ),
    "imports may be begun anywhere": ("DROP POLICY app_inserts ON sharing_import",),
    "imports may be changed at will": (
        "GRANT UPDATE ON sharing_import TO portal_app",
        "DROP POLICY app_updates ON sharing_import",
    ),
    "imports may be applied that nobody checked": ("DROP TRIGGER steps ON sharing_import",),
    "uploaded files may be read": (
        "GRANT SELECT ON sharing_importpiece TO portal_app",
        "DROP POLICY app_reads ON sharing_importpiece",
    ),
    "names in files for everybody": replace_policy("sharing_importperson", "true"),
    "names in files for everybody who brings in files": replace_policy(
        "sharing_importperson", OF_AN_IMPORT.format("true")
    ),
    "pieces may be added to another's file": ("DROP POLICY app_inserts ON sharing_importpiece",),
    "ended permissions still hold": (
        ESTABLISHMENTS.format("user_id = portal_asker() AND through = portal_context(2)"),
    ),
    "duties count on Schools Online": (
        ESTABLISHMENTS.format(
            "user_id = portal_asker() AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)"
        ),
    ),
    "a stale context is believed": (
        "CREATE OR REPLACE FUNCTION portal_context(part int) RETURNS text LANGUAGE sql STABLE AS $$ "
        "SELECT nullif(split_part(current_setting('portal.ctx', true), '@', part), '') $$",
    ),
    "who has not accepted the protocol is somebody": (
        "CREATE OR REPLACE FUNCTION portal_asker() RETURNS bigint LANGUAGE sql STABLE AS $$ "
        "SELECT portal_context(1)::bigint $$",
    ),
    "acceptances may be written for anybody": (
        "GRANT INSERT ON access_register_acceptance TO portal_app",
        "DROP POLICY app_inserts ON access_register_acceptance",
    ),
    "downloads of one's establishments": replace_policy("sharing_download", MAY.format("view_pupils")),
    "all downloads": replace_policy("sharing_download", "true"),
    "downloads in anybody's name": ("DROP POLICY app_inserts ON sharing_download",),
    "downloads may be changed at will": ("GRANT UPDATE ON sharing_download TO portal_app",),
    "passphrases for those who keep the register": replace_policy("sharing_downloadsecret", "true"),
    "files for those who keep the register": replace_policy("sharing_downloadpiece", "true"),
    "passphrases on the other site": replace_policy("sharing_downloadsecret", OF_EITHER_SITE),
    "files on the other site": replace_policy("sharing_downloadpiece", OF_EITHER_SITE),
    "the columns anybody has chosen": replace_policy("sharing_pupillistcolumns", "true"),
    "columns may be chosen for anybody": ("DROP POLICY app_inserts ON sharing_pupillistcolumns",),
    "the lists anybody keeps": replace_policy("sharing_ownlist", "true"),
    "lists may be kept for anybody": ("DROP POLICY app_inserts ON sharing_ownlist",),
    "the search without the establishments": _in_search("pupil.establishment_id = ANY ($1)", "true"),
    "the search without the days": _in_search("pupil.visible @> CURRENT_DATE", "true"),
    "the search without the year groups": _in_search("pupil.establishment_id <> ALL ($2)", "true"),
    "the search by sound without the establishments": _in_search_by_sound("pupil.establishment_id = ANY ($1)", "true"),
    "the search by sound without the days": _in_search_by_sound("pupil.visible @> CURRENT_DATE", "true"),
    "the search by sound without the year groups": _in_search_by_sound("pupil.establishment_id <> ALL ($2)", "true"),
    "the search by number or birthday without the establishments": _in_search(
        "pupil.establishment_id + 0 = ANY (mine)", "true"
    ),
    "the search by number or birthday without the year groups": _in_search(
        "pupil.establishment_id <> ALL (narrowed)", "true"
    ),
    **OF_ADVICE,
    **OF_BREACHES,
    "who is suspended is somebody": (
        "CREATE OR REPLACE FUNCTION portal_asker() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT id "
        "FROM access_register_person WHERE id = portal_person() AND protocol_accepted_until >= CURRENT_DATE $$",
    ),
    "reports of misuse not protected": ("ALTER TABLE sharing_misusereport DISABLE ROW LEVEL SECURITY",),
    "reports of misuse by anybody": replace_policy("sharing_misusereport", "true"),
    "reports of misuse for any officer": replace_policy(
        "sharing_misusereport",
        BY_TABLE["sharing_misusereport"].reads.replace("keep_records", "view_establishment"),
    ),
    "reports of misuse for keepers of records at schools": replace_policy(
        "sharing_misusereport",
        BY_TABLE["sharing_misusereport"].reads.replace("portal_context(2) = 'edunet'", "true"),
    ),
    "misuse may be reported in another's name": ("DROP POLICY app_inserts ON sharing_misusereport",),
    "challenges not protected": ("ALTER TABLE sharing_challenge DISABLE ROW LEVEL SECURITY",),
    "challenges of any establishment": replace_policy("sharing_challenge", "true"),
    "challenges of children who left": replace_policy("sharing_challenge", MAY.format("view_pupils")),
    "challenges without looking at what is withheld": replace_policy(
        "sharing_challenge",
        f"{MAY.format('view_pupils')} AND EXISTS (SELECT FROM sharing_pupil WHERE sharing_pupil.id = pupil_id)",
    ),
    "words about the establishment, at a lower level": replace_policy(
        "sharing_challenge",
        BY_TABLE["sharing_challenge"].reads.replace("keep_records", "view_establishment"),
    ),
    "challenges may be raised by anybody": ("DROP POLICY app_inserts ON sharing_challenge",),
    "steps of challenges not protected": ("ALTER TABLE sharing_challengeevent DISABLE ROW LEVEL SECURITY",),
    "steps of any challenge": replace_policy("sharing_challengeevent", "true"),
    "returns confirmed not protected": ("ALTER TABLE sharing_returnconfirmation DISABLE ROW LEVEL SECURITY",),
    "returns confirmed of any establishment": replace_policy("sharing_returnconfirmation", "true"),
    "returns may be confirmed by anybody": ("DROP POLICY app_inserts ON sharing_returnconfirmation",),
    "children elsewhere told to anybody": (
        "CREATE OR REPLACE FUNCTION sharing_registered_elsewhere(place bigint) RETURNS SETOF uuid LANGUAGE sql STABLE "
        "SECURITY DEFINER SET search_path = public, pg_temp AS "
        "$$ SELECT id FROM sharing_pupil WHERE establishment_id = place $$",
    ),
    **OF_FIGURES,
    **OF_ITEMS,
    "readers counted for anybody": in_function("portal_count_readers", "AND EXISTS (SELECT FROM portal_heads())", ""),
    "the application may read identities": (
        "GRANT SELECT ON sharing_child TO portal_app",
        "DROP POLICY app_reads ON sharing_child",
    ),
    "the application may read the ledger": (
        "GRANT SELECT ON sharing_ledgerentry TO portal_app",
        "DROP POLICY app_reads ON sharing_ledgerentry",
    ),
    "the ledger of whoever reads the establishment": replace_policy(
        "sharing_ledgerentry", LEDGER_I_KEEP.replace("manage_register", "view_establishment")
    ),
    "the ledger of every officer": replace_policy(
        "sharing_ledgerentry", LEDGER_I_KEEP.replace("'manage_duties'", "'view_establishment'")
    ),
    "what a head is not told, in the ledger": replace_policy(
        "sharing_ledgerentry", LEDGER_I_KEEP.replace("AND NOT about ? 'not_for_the_head' ", "")
    ),
    "what a head is not told, of a child": in_function("portal_openings", "AND NOT about ? 'not_for_the_head'", ""),
    "the ledger of no establishment": replace_policy("sharing_ledgerentry", f"{LEDGER_I_KEEP} OR urn IS NULL"),
    "a part of the ledger read by itself": (
        "GRANT SELECT ON sharing_ledgerentry_before TO portal_app",
        "ALTER TABLE sharing_ledgerentry_before DISABLE ROW LEVEL SECURITY",
    ),
    "openings for whoever sees the child": in_function("portal_openings", "'manage_register'", "'view_pupils'"),
    "openings of any child": in_function(
        "portal_openings", "AND pupil.establishment_id IN (SELECT portal_establishments('manage_register'))", ""
    ),
    "openings of a child who has gone": in_function("portal_openings", "AND pupil.visible @> CURRENT_DATE", ""),
    "group policy of whoever reads the establishment": replace_policy(
        "sharing_owngroup", BY_TABLE["sharing_owngroup"].reads.replace("'view_pupils'", "'view_establishment'")
    ),
    "group policy without what is withheld": replace_policy(
        "sharing_owngroup", BY_TABLE["sharing_owngroup"].reads.replace("tells = '{}' OR", "true OR")
    ),
    "group policy without the year groups": replace_policy(
        "sharing_owngroup", BY_TABLE["sharing_owngroup"].reads.replace(" OR made_by_id = portal_asker()", " OR true")
    ),
    "group policy dropped": ("DROP POLICY app_reads ON sharing_owngroup",),
    "members without the child": replace_policy("sharing_owngroupmember", "true"),
    "officers make groups": (
        "CREATE OR REPLACE FUNCTION portal_makes_groups() RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER "
        "AS $$ SELECT portal_establishments('view_pupils') $$",
    ),
    "everybody makes groups": (
        "DROP POLICY app_inserts ON sharing_owngroup",
        "DROP POLICY app_updates ON sharing_owngroup",
    ),
    "size of any group": (
        "CREATE OR REPLACE FUNCTION portal_own_group_size(wanted bigint) RETURNS bigint LANGUAGE sql "
        "STABLE SECURITY DEFINER AS $$ SELECT count(*) FROM sharing_owngroupmember WHERE group_id = wanted $$",
    ),
    "offers of support for ever": _support(OFFER, "until >= CURRENT_DATE", "true"),
    "offers of support withdrawn": _support(OFFER, "withdrawn_at IS NULL", "true"),
    "offers of support of the excluded": _support(OFFER, "part.starts_on <=", "true OR part.starts_on <="),
    "offers of support for whoever is there": _support(OFFER, f"{READABLE} AND", ""),
    "offers of support written by anybody": (
        f"DROP POLICY app_inserts ON {OFFER}",
        f"DROP POLICY app_updates ON {OFFER}",
    ),
    "requests for support at every level": _support(ASKED, "'keep_records'", "'view_establishment'"),
    "requests for support of the excluded": _support(ASKED, "part.starts_on <=", "true OR part.starts_on <="),
    "requests for support by officers": _support(ASKED, "portal_context(2) = 'schools_online'", "true"),
    "requests for support in another's name": (
        f"DROP POLICY app_inserts ON {ASKED}",
        f"DROP TRIGGER support_request_rules ON {ASKED}",
    ),
    "requests for support answered by who asked": (f"DROP TRIGGER support_request_rules ON {ASKED}",),
    "disposals of everybody": ("DROP POLICY app_reads ON sharing_disposal",),
    "lines of disposals of everybody": ("DROP POLICY app_reads ON sharing_disposalline",),
    "holds of every officer": replace_policy("sharing_legalhold", "portal_context(2) = 'edunet'"),
    "keys of children for the application": (
        "GRANT USAGE ON SCHEMA portal_keys TO portal_app",
        "GRANT SELECT ON portal_keys.key TO portal_app",
    ),
    "disposal asked for by everybody": in_function(
        "sharing_ask_disposal", "THEN RETURN NULL", "AND false THEN RETURN NULL"
    ),
    "disposal decided by everybody": in_function(
        "sharing_decide_disposal", "THEN RETURN false", "AND false THEN RETURN false"
    ),
    "hold placed by everybody": in_function("sharing_place_hold", "NOT sharing_manages_duties()", "false"),
    "unusual patterns not protected": ("ALTER TABLE sharing_unusualpattern DISABLE ROW LEVEL SECURITY",),
    "unusual patterns for whoever sees pupils": replace_policy(
        "sharing_unusualpattern", PATTERN_I_JUDGE.replace("portal_heads()", "portal_establishments('view_pupils')")
    ),
    "unusual patterns of heads for heads": replace_policy(
        "sharing_unusualpattern", PATTERN_I_JUDGE.replace("NOT of_head", "true")
    ),
    "unusual patterns of officers for heads": replace_policy(
        "sharing_unusualpattern", PATTERN_I_JUDGE.replace("through = 'schools_online' AND NOT", "NOT")
    ),
    "one's own unusual patterns": replace_policy(
        "sharing_unusualpattern", PATTERN_I_JUDGE.replace("person_id <> portal_asker()", "true")
    ),
    "unusual patterns for every officer": replace_policy(
        "sharing_unusualpattern", PATTERN_I_JUDGE.replace("'manage_duties'", "'view_establishment'")
    ),
    "unusual patterns settled by anybody": in_function("sharing_settle_pattern", "IN (SELECT portal_heads())", "> 0"),
    "unusual patterns of heads settled by heads": in_function("sharing_settle_pattern", "AND NOT of_head", ""),
    "unusual patterns settled by any officer": in_function(
        "sharing_settle_pattern", "sharing_manages_duties()", ANY_OFFICER
    ),
    "unusual patterns may be changed": (
        "GRANT UPDATE ON sharing_unusualpattern TO portal_app",
        "DROP POLICY app_updates ON sharing_unusualpattern",
    ),
    "requests for records of everybody": ("DROP POLICY app_reads ON sharing_subjectrequest",),
    "requests for records for every officer": in_function(
        "portal_subject_requests", "sharing_manages_duties()", ANY_OFFICER
    ),
    "requests for records for every head": in_function(
        "portal_subject_requests", "request.establishment_id IN (SELECT portal_heads())", "true"
    ),
    "requests for records settled by everybody": in_function(
        "sharing_settle_subject_request", "wanted NOT IN (SELECT portal_subject_requests()) OR", ""
    ),
    "requests for records recorded by everybody": in_function(
        "sharing_record_subject_request", "OR NOT (manages OR heads)", ""
    ),
    "waiting letters may be read": (
        "GRANT SELECT ON access_register_waitingletter TO portal_app",
        "DROP POLICY app_reads ON access_register_waitingletter",
    ),
    "waiting letters may be changed": ("GRANT UPDATE ON access_register_waitingletter TO portal_app",),
    "waiting letters may be taken away": ("GRANT DELETE ON access_register_waitingletter TO portal_app",),
    "waiting letters may be put off": ("DROP POLICY app_inserts ON access_register_waitingletter",),
}
