"""The second lock: row-level security (R6, R45). `sharing.rules` brings it in force.

Each table of personal data has one `establishment_id`; its policy is one index condition, run once for each statement.
What the application may see is a restrictive policy beside one permissive base, so a policy added later can only
narrow.
"""

from dataclasses import dataclass

from sharing import conditions as when


@dataclass(frozen=True)
class Protected:
    """A table under row-level security. `reads`: rows that the web application sees; `writes`: rows it may leave.

    `adds`: the rows that it may add, where they are fewer; `changes`: those that it may change.
    """

    table: str
    reads: str
    writes: str
    adds: str = ""
    changes: str = ""


PROTECTED = (
    Protected(
        "sharing_pupil",
        reads=f"{when.SEES_PUPILS} AND {when.VISIBLE_TODAY} AND {when.IS_SHOWN}",
        writes="false",
    ),
    Protected(
        "sharing_enrolment",
        reads=f"{when.SEES_PUPILS} AND {when.OF_THE_SHOWN}",
        writes="false",
    ),
    Protected(
        "sharing_transfer",
        reads=f"(({when.COMING_TO_ME}) OR ({when.LEAVING_ME}) OR ({when.TOLD_BY_ME})) AND {when.OF_NO_CLOSED_CHILD} "
        "AND establishment_id <> ALL (ARRAY(SELECT portal_out_of_scope()))",
        writes="false",
    ),
    *[
        Protected(
            f"sharing_{table}",
            reads=f"{when.SEES_PUPILS} AND {when.KIND_IS_SHOWN.format(category=category)} AND {when.OF_A_PUPIL_I_SEE}",
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
            reads=f"{when.SEES_PUPILS} AND {when.OF_A_PUPIL_I_SEE}",
            writes="false",
        )
        for table in ("freemealsperiod", "pupilchange")
    ],
    *[
        Protected(
            f"sharing_{table}",
            reads=f"{when.ASKER_MAY.format(permission='view_staff')} AND {when.OF_A_MEMBER_I_SEE}",
            writes="false",
        )
        for table in ("staffcontract", "staffabsence")
    ],
    # An import belongs to an establishment, or to the whole authority: then to the officers who bring data in. Here one
    # uploads a file and says "apply" or "discard"; the worker does everything else (sql/imports.sql orders the states).
    Protected(
        "sharing_import",
        reads=when.KEEPS_RECORDS,
        writes=f"{when.KEEPS_RECORDS} AND state IN ('to_apply', 'discarded')",
        adds=f"{when.KEEPS_RECORDS} AND by_person_id = portal_asker() AND state = 'uploaded' "
        "AND report = '{}' AND problems = '[]' AND settled_by = '' AND finished_at IS NULL",
        changes=f"{when.KEEPS_RECORDS} AND state IN ('uploaded', 'checking', 'ready')",
    ),
    # Names out of a file: only for whoever brought it and may see the people that it is about.
    Protected(
        "sharing_importperson",
        reads=f"EXISTS (SELECT FROM sharing_import WHERE sharing_import.id = of_id AND {when.BY_ME} "
        f"AND {when.MAY_THERE_OR_EVERYWHERE.format(permission='view_pupils')} "
        f"AND {when.MAY_THERE_OR_EVERYWHERE.format(permission='view_staff')})",
        writes="false",
    ),
    Protected(
        "sharing_importpiece",
        reads="false",
        writes="false",
        adds="EXISTS (SELECT FROM sharing_import "
        "WHERE sharing_import.id = of_id AND state = 'uploaded' AND by_person_id = portal_asker())",
    ),
    # Raised here; a function answers it, and a trigger writes its steps (sql/accuracy.sql).
    Protected(
        "sharing_challenge",
        reads=when.ITS_RECORD_IS_SEEN,
        writes=f"{when.ITS_RECORD_IS_SEEN} AND raised_by_id = portal_asker() AND state = 'open' AND answer IS NULL",
    ),
    Protected(
        "sharing_challengeevent",
        reads="EXISTS (SELECT FROM sharing_challenge WHERE sharing_challenge.id = challenge_id)",
        writes="false",
    ),
    Protected(
        "sharing_returnconfirmation",
        reads=when.ASKER_MAY.format(permission="keep_records"),
        writes=f"{when.ASKER_MAY.format(permission='keep_records')} AND portal_context(2) = 'schools_online' "
        "AND confirmed_by_id = portal_asker()",
    ),
    Protected("sharing_returnreminder", reads="false", writes="false"),
    Protected("sharing_childmerge", reads="false", writes="false"),
    # Before it comes out, a release is for the officers who bring data in, and its figures are for nobody. Figures of
    # areas are for those who share with others, and published ones for everybody with a place somewhere (R16). `+ 0`
    # keeps PostgreSQL from using the index on the establishment: by that it would read the figures of everybody whom
    # the asker may read about, to show those of a few.
    Protected("sharing_release", reads=f"{when.CAME_OUT} OR {when.PREPARES_RELEASES}", writes="false"),
    Protected(
        "sharing_figure",
        reads="(establishment_id IS NULL AND release_id = ANY (ARRAY(SELECT portal_releases_of_areas())) "
        "OR establishment_id + 0 = ANY (ARRAY(SELECT portal_readable())) "
        "AND release_id = ANY (ARRAY(SELECT portal_releases_out()))) "
        f"AND ({when.TOLD_TO_EVERYBODY} OR establishment_id = ANY (ARRAY(SELECT portal_small_figures()))) "
        f"AND {when.NOTHING_TO_SUBTRACT_FROM}",
        writes="false",
    ),
    # Protected statistics: open cells are for those who share with others, an establishment's for those who read about
    # its figures (R10).
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
    Protected("sharing_statisticsverdict", reads=when.PREPARES_RELEASES, writes="false"),
    # A report of misuse is for whoever made it, and for the officers who deal with it (sql/misuse.sql).
    Protected(
        "sharing_misusereport",
        reads=f"reported_by_id = portal_asker() OR {when.PREPARES_RELEASES}",
        writes="reported_by_id = portal_asker() AND state = 'reported' AND acknowledged_at IS NULL AND answer IS NULL",
    ),
    # Asked for here; the worker makes it.
    Protected(
        "sharing_report",
        reads=when.OF_MY_REPORTS,
        writes=f"{when.OF_MY_REPORTS} AND state = 'waiting' AND sealed IS NULL",
    ),
    # Officers add and withdraw an item, the head narrows it: a trigger enforces who does which (sql/restricted.sql).
    Protected(
        "sharing_restricteditem",
        reads=f"{when.BY_DUTY} OR (portal_context(2) = 'schools_online' AND {when.STANDS} "
        f"AND ({when.MY_OWN} OR {when.OF_MY_LOCALITY} OR {when.BY_CONSENT}))",
        writes=f"{when.BY_DUTY} OR {when.I_AM_HEAD}",
    ),
    Protected(
        "sharing_restrictedfile",
        reads="EXISTS (SELECT FROM sharing_restricteditem WHERE sharing_restricteditem.id = item_id)",
        writes=when.BY_DUTY,
    ),
    Protected(
        "sharing_consent",
        reads=f"{when.I_AM_HEAD} OR {when.BY_DUTY} OR {when.IS_TO_ME}",
        writes=when.I_AM_HEAD,
    ),
    Protected("sharing_owngroup", reads=when.MY_GROUP, writes=f"{when.MY_GROUP} AND {when.MAKES_GROUPS}"),
    Protected(
        "sharing_owngroupmember",
        reads=f"{when.OF_A_GROUP_I_SEE} AND {when.OF_A_PUPIL_I_SEE}",
        writes=f"{when.OF_A_GROUP_I_SEE} AND {when.OF_A_PUPIL_I_SEE} AND {when.MAKES_GROUPS}",
    ),
    # Asked for here; the worker does the rest.
    Protected(
        "sharing_statisticsrequest",
        reads=when.PREPARES_RELEASES,
        writes=f"{when.PREPARES_RELEASES} AND asked_by_id = portal_asker() AND state = 'waiting' "
        "AND release_id IS NULL",
    ),
    # Only functions write these (sharing/sql/opened_and_closed.sql). A head is told of them unless it is barred (R18).
    Protected(
        "sharing_opening",
        reads=f"person_id = portal_asker() OR {when.MANAGES_DUTIES} OR {when.TOLD_TO_THE_HEAD}",
        writes="false",
    ),
    Protected(
        "sharing_explanation",
        reads="EXISTS (SELECT FROM sharing_opening WHERE sharing_opening.id = opening_id)",
        writes="false",
    ),
    Protected(
        "sharing_closing",
        reads=f"{when.MANAGES_DUTIES} OR id = ANY (ARRAY(SELECT portal_closings_to_head()))",
        writes="false",
    ),
    # Only functions write these (sharing/sql/retention.sql). No page shows which child is held.
    Protected("sharing_disposal", reads=when.MANAGES_DUTIES, writes="false"),
    Protected("sharing_disposalline", reads=when.MANAGES_DUTIES, writes="false"),
    Protected("sharing_legalhold", reads=when.MANAGES_DUTIES, writes="false"),
    # Only functions write these (sharing/sql/subject_access.sql).
    Protected("sharing_subjectrequest", reads="id = ANY (ARRAY(SELECT portal_subject_requests()))", writes="false"),
    # One's own. Those of others are for those who keep the duties, or the school's register
    # (sharing/sql/named_children.sql).
    Protected(
        "sharing_namedchild",
        reads=f"person_id = portal_asker() OR {when.MANAGES_DUTIES} OR {when.TOLD_OF_THE_CHILD}",
        writes=f"{when.MANAGES_DUTIES} AND (({when.FOR_ANOTHERS_DUTY}) OR {when.WAITS})",
    ),
    # Raised by the service from the ledger, and settled by a function (sharing/sql/unusual.sql).
    Protected("sharing_unusualpattern", reads=when.PATTERN_I_JUDGE, writes="false"),
    Protected(
        "sharing_download",
        reads=f"{when.BY_ME} OR {when.IN_MY_HANDS} OR {when.DOWNLOADS_I_WATCH} OR {when.DOWNLOADS_OF_THE_ENDED}",
        writes=when.BY_ME,
    ),
    Protected("sharing_downloadsecret", reads=when.OF_MY_DOWNLOAD, writes=when.OF_MY_DOWNLOAD),
    Protected("sharing_downloadpiece", reads=when.OF_MY_DOWNLOAD, writes=when.OF_MY_DOWNLOAD),
    Protected("sharing_supportoffer", reads=when.OFFERED_TO_ME, writes=when.I_OFFER),
    Protected("sharing_supportrequest", reads=when.BETWEEN_US, writes=when.BETWEEN_US),
    Protected("sharing_pupillistcolumns", reads="person_id = portal_asker()", writes="person_id = portal_asker()"),
    Protected(
        "sharing_ownlist",
        reads="person_id = portal_asker()",
        writes=f"person_id = portal_asker() AND {when.ASKER_MAY.format(permission='view_pupils')}",
    ),
    Protected(
        "sharing_savedview",
        reads="person_id = portal_asker() AND portal_context(2) = 'edunet'",
        writes="person_id = portal_asker() AND portal_context(2) = 'edunet'",
    ),
    Protected(
        "sharing_visitnote",
        reads=f"{when.DUTY_HERE} OR {when.NOTED_FOR_THE_HEAD}",
        writes=f"author_id = portal_asker() AND {when.DUTY_HERE}",
    ),
    # The Council's advice: anybody reads what is published, and officers with a duty read all of it. Only functions
    # write it (sharing/sql/advice.sql).
    Protected("sharing_adviceversion", reads=f"state = 'published' OR {when.WRITES_ADVICE}", writes="false"),
    Protected(
        "sharing_advicepage",
        reads="EXISTS (SELECT FROM sharing_adviceversion WHERE sharing_adviceversion.page_id = sharing_advicepage.id)",
        writes="false",
    ),
    Protected("sharing_advicestep", reads=when.WRITES_ADVICE, writes="false"),
    Protected("sharing_staffmember", reads=when.ASKER_MAY.format(permission="view_staff"), writes="false"),
    Protected("sharing_child", reads="false", writes="false"),
    Protected("sharing_ledgerentry", reads=when.LEDGER_I_KEEP, writes="false"),
    Protected(
        "sharing_establishmentpermission",
        reads=f"user_id = portal_asker() OR {when.ASKER_MAY.format(permission='manage_register')} "
        f"OR (through = 'edunet' AND {when.ASKER_MAY.format(permission='manage_duties')})",
        writes=f"(through = 'schools_online' AND {when.ASKER_MAY.format(permission='manage_register')}) "
        f"OR (through = 'edunet' AND {when.ASKER_MAY.format(permission='manage_duties')} AND {when.MANAGES_DUTIES} "
        f"AND user_id <> portal_asker() AND permission_id NOT IN {when.NOT_FOR_PAGES})",
    ),
    Protected(
        "access_register_registerline",
        reads=f"person_id = portal_asker() OR {when.KEEPS_ITS_REGISTER}",
        # A handover writes the head's own line (seat 0); the web application never does (R35).
        writes=f"seat IS DISTINCT FROM 0 AND {when.ASKER_MAY.format(permission='manage_register')}",
    ),
    *[
        Protected(
            f"access_register_{table}",
            reads=when.ASKER_MAY.format(permission="manage_register"),
            writes=when.ASKER_MAY.format(permission="manage_register"),
        )
        for table in ("lineevent", "invitation", "contract")
    ],
    Protected(
        "access_register_handover",
        # For those who keep the register, the successor, and the officers who verify.
        reads=f"successor_id = portal_asker() OR {when.ASKER_MAY.format(permission='manage_register')} "
        f"OR (portal_context(2) = 'edunet' AND {when.ASKER_MAY.format(permission='view_establishment')})",
        # The application can only begin a handover; functions take it further (access_register/sql/headships.sql).
        writes=f"named_by_id = portal_asker() AND verified_at IS NULL AND accepted_at IS NULL AND done_at IS NULL "
        f"AND ({when.ASKER_MAY.format(permission='manage_register')} "
        f"OR (portal_context(2) = 'edunet' AND {when.ASKER_MAY.format(permission='view_establishment')}))",
    ),
    Protected(
        "access_register_carriedregister",
        reads=when.ASKER_MAY.format(permission="manage_register"),
        writes=when.ASKER_MAY.format(permission="manage_register"),
    ),
    # Only functions write these (access_register/sql/participation.sql).
    Protected("access_register_participationstep", reads=when.ANSWERS_FOR_IT, writes="false"),
    Protected(
        "access_register_responsibleperson",
        reads=when.ANSWERS_FOR_IT,
        writes=f"portal_context(2) = 'schools_online' AND {when.ASKER_MAY.format(permission='manage_register')} "
        "AND recorded_by_id = portal_asker()",
    ),
    # The gate asks who is an officer, and who may come in through Citrix, before it knows who is asking (edunet.gate).
    Protected(
        "access_register_officerappointment",
        reads="true",
        writes=f"{when.MANAGES_DUTIES} AND person_id <> portal_asker()",
    ),
    # Only a trigger writes these (access_register/sql/appointments.sql).
    Protected("access_register_appointmentchange", reads=when.MANAGES_DUTIES, writes="false"),
    Protected(
        "access_register_remoteauthorisation",
        reads="true",
        writes=f"{when.MANAGES_DUTIES} AND NOT {when.OWN_APPOINTMENT}",
    ),
    Protected(
        "access_register_duty",
        reads=f"{when.OWN_APPOINTMENT} OR {when.MANAGES_DUTIES}",
        writes=when.KEEPS_THIS_DUTY,
    ),
    # Recorded here; access_register/sql/legal_orders.sql authorises and ends it. Nobody authorises what they recorded.
    Protected(
        "access_register_order",
        reads=f"{when.MANAGES_DUTIES} OR (portal_context(2) = 'edunet' AND authoriser_id = portal_asker())",
        writes=f"{when.MANAGES_DUTIES} AND recorded_by_id = portal_asker() AND authoriser_id <> portal_asker() "
        "AND authorised_at IS NULL AND ended_at IS NULL",
    ),
    *[
        Protected(
            f"access_register_duty_{table}",
            reads=when.OF_A_DUTY_I_SEE,
            writes=when.OF_A_DUTY_I_KEEP,
        )
        for table in ("establishments", "localities")
    ],
    # Only functions write these (access_register.breaches).
    Protected("access_register_breach", reads=when.OF_MY_BREACHES, writes="false"),
    Protected(
        "access_register_breachreport",
        reads=f"person_id = portal_accepted() OR {when.KEPT_IN_MY_BREACHES} "
        f"OR (NOT name_withheld AND {when.JUDGED_IN_MY_BREACHES})",
        writes="false",
    ),
    Protected("access_register_breachparty", reads=when.JUDGED_IN_MY_BREACHES, writes="false"),
    Protected(
        "access_register_breachseat",
        reads=f"{when.DECIDED_IN_MY_BREACHES} OR ({when.JUDGED_IN_MY_BREACHES} "
        "AND EXISTS (SELECT FROM access_register_breach AS breach WHERE breach.id = breach_id "
        "AND (breach.state IN ('decided', 'settled') OR breach.sitting > access_register_breachseat.sitting)))",
        writes="false",
    ),
    Protected("access_register_breachevidence", reads=when.JUDGED_IN_MY_BREACHES, writes="false"),
    Protected("access_register_breachtold", reads=when.DECIDED_IN_MY_BREACHES, writes="false"),
    Protected(
        "access_register_breachstep",
        reads=f"CASE audience WHEN 'all' THEN {when.TOLD_IN_MY_BREACHES} "
        f"WHEN 'parties' THEN {when.JUDGED_IN_MY_BREACHES} ELSE {when.KEPT_IN_MY_BREACHES} END",
        writes="false",
    ),
    Protected("access_register_sanction", reads=when.JUDGED_IN_MY_BREACHES, writes="false"),
    # Written and sent at night.
    Protected("access_register_reviewnotice", reads="false", writes="false"),
    # Added together with what it tells of; from then on it is the worker's.
    Protected("access_register_waitingletter", reads="false", writes="tries = 0"),
    Protected("access_register_acceptance", reads="person_id = portal_asker()", writes="person_id = portal_asker()"),
)
BY_TABLE = {protected.table: protected for protected in PROTECTED}


def protect(table: str) -> str:
    """SQL that puts `table` under its policies: the owner and imports see all, the application what `reads` says."""
    rule = BY_TABLE[table]
    return f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY owner_all ON {table} TO portal_owner USING (true) WITH CHECK (true);
        CREATE POLICY batch_all ON {table} TO portal_batch USING (true) WITH CHECK (true);
        CREATE POLICY app_base ON {table} TO portal_app USING (true) WITH CHECK (true);
        CREATE POLICY app_reads ON {table} AS RESTRICTIVE FOR SELECT TO portal_app USING ({rule.reads});
        CREATE POLICY app_inserts ON {table} AS RESTRICTIVE FOR INSERT TO portal_app
            WITH CHECK ({rule.adds or rule.writes});
        CREATE POLICY app_updates ON {table} AS RESTRICTIVE FOR UPDATE TO portal_app
            USING ({rule.changes or rule.writes}) WITH CHECK ({rule.writes});
        CREATE POLICY app_deletes ON {table} AS RESTRICTIVE FOR DELETE TO portal_app USING ({rule.writes});
    """
