-- What each role may do to each table (R6, R45). The web application may do nothing that is not listed here, so a new
-- table is shut until somebody opens it. The policies say to which rows (sharing/rls.py).

ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM PUBLIC, portal_app;

-- Whatever was granted before is revoked, whoever it was granted to, and also from those to whom they granted it. No
-- policy guards the children's keys: a right to that table opens all of them.
DO $$
DECLARE
    given record;
BEGIN
    FOR given IN
        SELECT DISTINCT what, coalesce(quote_ident(rolname), 'PUBLIC') AS whom
        FROM (
            SELECT format('TABLE %s', pg_class.oid::regclass) AS what, relowner AS owner, right_of.grantee
            FROM pg_class LEFT JOIN pg_attribute ON attrelid = pg_class.oid AND attacl IS NOT NULL,
                 LATERAL (SELECT * FROM aclexplode(relacl) UNION ALL SELECT * FROM aclexplode(attacl)) AS right_of
            WHERE relnamespace IN ('public'::regnamespace, 'portal_keys'::regnamespace)
              AND relkind IN ('r', 'p', 'v', 'm')
            UNION ALL
            SELECT 'SCHEMA portal_keys', nspowner, grantee FROM pg_namespace, aclexplode(nspacl)
            WHERE nspname = 'portal_keys'
        ) AS held LEFT JOIN pg_roles ON pg_roles.oid = grantee
        WHERE owner = current_user::regrole AND grantee <> owner
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM %s CASCADE', given.what, given.whom);
    END LOOP;
END $$;

-- Only imports and the nightly jobs may use the children's keys, and what has been disposed of (sql/child_keys.sql).
GRANT USAGE ON SCHEMA portal_keys TO portal_batch;
GRANT SELECT, INSERT, UPDATE, DELETE ON portal_keys.key TO portal_batch;
GRANT SELECT, INSERT, UPDATE ON portal_keys.disposal, portal_keys.gone TO portal_batch;

-- Imports and the nightly jobs may read and write every other table, except the three below and the ledger's
-- partitions. Dumps read all. A view shows what its owner can see, so nobody may read one.
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT oid::regclass AS named, relispartition FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relowner = current_user::regrole
    LOOP
        EXECUTE format('GRANT SELECT ON %s TO portal_backup', made.named);
        IF NOT made.relispartition THEN
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO portal_batch', made.named);
        END IF;
    END LOOP;
END $$;
REVOKE INSERT, UPDATE ON access_register_appointmentchange FROM portal_batch;
REVOKE UPDATE, DELETE ON sharing_signedhead FROM portal_batch;
REVOKE INSERT, UPDATE, DELETE ON sharing_ledgerentry FROM portal_batch;

GRANT INSERT ON access_register_waitingletter, sharing_importpiece TO portal_app;

GRANT SELECT ON access_register_acceptance, access_register_appointmentchange, access_register_breach,
    access_register_breachevidence, access_register_breachparty, access_register_breachreport,
    access_register_breachseat, access_register_breachstep, access_register_breachtold,
    access_register_participationstep, access_register_protocolversion, access_register_sanction, auth_permission,
    django_content_type, django_migrations, sharing_advicepage, sharing_advicestep, sharing_adviceversion,
    sharing_attendance, sharing_challengeevent, sharing_childmerge, sharing_closing, sharing_contact, sharing_dataset,
    sharing_disposal, sharing_disposalline, sharing_enrolment, sharing_establishment, sharing_establishmentlink,
    sharing_explanation, sharing_figure, sharing_freemealsperiod, sharing_homeaddress, sharing_importperson,
    sharing_ledgerentry,
    sharing_legalhold, sharing_listedtype, sharing_locality, sharing_localitymembership, sharing_localitymove,
    sharing_measure, sharing_opening, sharing_participation, sharing_pupil, sharing_pupilchange, sharing_pupilneeds,
    sharing_release, sharing_result, sharing_senneed, sharing_servicerun, sharing_signedhead, sharing_staffabsence,
    sharing_staffcontract, sharing_staffmember, sharing_statisticscell, sharing_statisticsdimension,
    sharing_statisticsrules, sharing_statisticstable, sharing_statisticsverdict, sharing_subjectrequest,
    sharing_suspension, sharing_transfer, sharing_unusualpattern TO portal_app;

GRANT SELECT, INSERT ON sharing_supportrequest, sharing_supportoffer, sharing_download, sharing_consent,
    sharing_import, sharing_report, access_register_person, sharing_restricteditem, access_register_lineevent,
    access_register_duty_establishments, access_register_duty_localities, access_register_handover,
    access_register_order, access_register_responsibleperson, sharing_challenge, sharing_misusereport,
    sharing_parityrun, sharing_restrictedfile, sharing_returnconfirmation, sharing_statisticsrequest TO portal_app;

GRANT SELECT, INSERT, DELETE ON sharing_downloadsecret, sharing_downloadpiece, sharing_owngroupmember TO portal_app;

GRANT SELECT, INSERT, UPDATE ON access_register_duty, access_register_officerappointment,
    access_register_remoteauthorisation, sharing_namedchild, sharing_owngroup, sharing_pupillistcolumns TO portal_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON access_register_carriedregister, access_register_contract,
    access_register_invitation, access_register_organisation, access_register_person_groups,
    access_register_person_user_permissions, access_register_personsession, access_register_registerline,
    account_emailaddress, account_emailconfirmation, auth_group, auth_group_permissions, axes_accessattempt,
    axes_accessattemptexpiration, axes_accessfailurelog, axes_accesslog, django_session,
    guardian_groupobjectpermission, guardian_userobjectpermission, mfa_authenticator, portal_cache,
    sharing_establishmentpermission, sharing_ownlist, sharing_savedview, sharing_visitnote,
    socialaccount_socialaccount TO portal_app;

-- Columns of existing rows. The rest of such a row stays as it was written.
GRANT UPDATE (passphrase, pupils, staff, withheld, year_groups) ON sharing_downloadsecret TO portal_app;
GRANT UPDATE (answer, answered_at, answered_by_name, state) ON sharing_supportrequest TO portal_app;
GRANT UPDATE (challenge, for_whom, how, until, what, withdrawn_at, withdrawn_by_name) ON sharing_supportoffer TO
    portal_app;
GRANT UPDATE (collected_at, made_at, progress, rows, size, state) ON sharing_download TO portal_app;
GRANT UPDATE (confirmed_at, stands_for_id, withdrawn_at, withdrawn_by_name) ON sharing_consent TO portal_app;
GRANT UPDATE (finished_at, settled_by, state) ON sharing_import TO portal_app;
GRANT UPDATE (is_awaited) ON sharing_report TO portal_app;
GRANT UPDATE (last_login, password) ON access_register_person TO portal_app;
GRANT UPDATE (level_1_only, withdrawn_at, withdrawn_by_name) ON sharing_restricteditem TO portal_app;
GRANT UPDATE (undone_at) ON access_register_lineevent TO portal_app;
