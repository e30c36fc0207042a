-- portal_keys.disposal: portal_app may nothing; rows are not guarded.

-- portal_keys.gone: portal_app may nothing; rows are not guarded.

-- portal_keys.key: portal_app may nothing; rows are not guarded.

-- access_register_acceptance: portal_app may SELECT.
CREATE POLICY app_deletes ON access_register_acceptance AS RESTRICTIVE FOR DELETE TO portal_app
    USING ((person_id = portal_asker()))
CREATE POLICY app_inserts ON access_register_acceptance AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK ((person_id = portal_asker()))
CREATE POLICY app_reads ON access_register_acceptance AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((person_id = portal_asker()))
CREATE POLICY app_updates ON access_register_acceptance AS RESTRICTIVE FOR UPDATE TO portal_app
    USING ((person_id = portal_asker()))
    WITH CHECK ((person_id = portal_asker()))

-- access_register_appointmentchange: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON access_register_appointmentchange AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments)))))

-- access_register_breach: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON access_register_breach AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((id = ANY (ARRAY( SELECT held.breach_id
   FROM portal_breach_roles() held(breach_id, role)
  WHERE (held.role = ANY (ARRAY['reporter'::text, 'respondent'::text, 'panel'::text, 'desk'::text]))))))

-- access_register_breachevidence: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON access_register_breachevidence AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((breach_id = ANY (ARRAY( SELECT held.breach_id
   FROM portal_breach_roles() held(breach_id, role)
  WHERE (held.role = ANY (ARRAY['respondent'::text, 'panel'::text, 'desk'::text]))))))

-- access_register_breachparty: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON access_register_breachparty AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((breach_id = ANY (ARRAY( SELECT held.breach_id
   FROM portal_breach_roles() held(breach_id, role)
  WHERE (held.role = ANY (ARRAY['respondent'::text, 'panel'::text, 'desk'::text]))))))

-- access_register_breachreport: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON access_register_breachreport AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((person_id = portal_accepted()) OR (breach_id = ANY (ARRAY( SELECT held.breach_id
   FROM portal_breach_roles() held(breach_id, role)
  WHERE (held.role = 'desk'::text)))) OR ((NOT name_withheld) AND (breach_id = ANY (ARRAY( SELECT held.breach_id
   FROM portal_breach_roles() held(breach_id, role)
  WHERE (held.role = ANY (ARRAY['respondent'::text, 'panel'::text, 'desk'::text]))))))))

-- access_register_breachseat: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON access_register_breachseat AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((breach_id = ANY (ARRAY( SELECT held.breach_id
   FROM portal_breach_roles() held(breach_id, role)
  WHERE (held.role = ANY (ARRAY['panel'::text, 'desk'::text]))))) OR ((breach_id = ANY (ARRAY( SELECT held.breach_id
   FROM portal_breach_roles() held(breach_id, role)
  WHERE (held.role = ANY (ARRAY['respondent'::text, 'panel'::text, 'desk'::text]))))) AND (EXISTS ( SELECT
   FROM access_register_breach breach
  WHERE ((breach.id = access_register_breachseat.breach_id) AND (((breach.state)::text = ANY ((ARRAY['decided'::character varying, 'settled'::character varying])::text[])) OR (breach.sitting > access_register_breachseat.sitting))))))))

-- access_register_breachstep: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON access_register_breachstep AS RESTRICTIVE FOR SELECT TO portal_app
    USING (
CASE audience
    WHEN 'all'::text THEN (breach_id = ANY (ARRAY( SELECT held.breach_id
       FROM portal_breach_roles() held(breach_id, role)
      WHERE (held.role = ANY (ARRAY['reporter'::text, 'respondent'::text, 'panel'::text, 'desk'::text])))))
    WHEN 'parties'::text THEN (breach_id = ANY (ARRAY( SELECT held.breach_id
       FROM portal_breach_roles() held(breach_id, role)
      WHERE (held.role = ANY (ARRAY['respondent'::text, 'panel'::text, 'desk'::text])))))
    ELSE (breach_id = ANY (ARRAY( SELECT held.breach_id
       FROM portal_breach_roles() held(breach_id, role)
      WHERE (held.role = 'desk'::text))))
END)

-- access_register_breachtold: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON access_register_breachtold AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((breach_id = ANY (ARRAY( SELECT held.breach_id
   FROM portal_breach_roles() held(breach_id, role)
  WHERE (held.role = ANY (ARRAY['panel'::text, 'desk'::text]))))))

-- access_register_carriedregister: portal_app may DELETE, INSERT, SELECT, UPDATE.
CREATE POLICY app_deletes ON access_register_carriedregister AS RESTRICTIVE FOR DELETE TO portal_app
    USING ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])))
CREATE POLICY app_inserts ON access_register_carriedregister AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])))
CREATE POLICY app_reads ON access_register_carriedregister AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])))
CREATE POLICY app_updates ON access_register_carriedregister AS RESTRICTIVE FOR UPDATE TO portal_app
    USING ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])))
    WITH CHECK ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])))

-- access_register_contract: portal_app may DELETE, INSERT, SELECT, UPDATE.
CREATE POLICY app_deletes ON access_register_contract AS RESTRICTIVE FOR DELETE TO portal_app
    USING ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])))
CREATE POLICY app_inserts ON access_register_contract AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])))
CREATE POLICY app_reads ON access_register_contract AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])))
CREATE POLICY app_updates ON access_register_contract AS RESTRICTIVE FOR UPDATE TO portal_app
    USING ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])))
    WITH CHECK ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])))

-- access_register_duty: portal_app may INSERT, SELECT, UPDATE.
CREATE POLICY app_deletes ON access_register_duty AS RESTRICTIVE FOR DELETE TO portal_app
    USING (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments))) AND (NOT (appointment_id IN ( SELECT access_register_officerappointment.id
   FROM access_register_officerappointment
  WHERE (access_register_officerappointment.person_id = portal_asker())))) AND ((data)::text <> 'manage_duties'::text)))
CREATE POLICY app_inserts ON access_register_duty AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments))) AND (NOT (appointment_id IN ( SELECT access_register_officerappointment.id
   FROM access_register_officerappointment
  WHERE (access_register_officerappointment.person_id = portal_asker())))) AND ((data)::text <> 'manage_duties'::text)))
CREATE POLICY app_reads ON access_register_duty AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((appointment_id IN ( SELECT access_register_officerappointment.id
   FROM access_register_officerappointment
  WHERE (access_register_officerappointment.person_id = portal_asker()))) OR ((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments))))))
CREATE POLICY app_updates ON access_register_duty AS RESTRICTIVE FOR UPDATE TO portal_app
    USING (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments))) AND (NOT (appointment_id IN ( SELECT access_register_officerappointment.id
   FROM access_register_officerappointment
  WHERE (access_register_officerappointment.person_id = portal_asker())))) AND ((data)::text <> 'manage_duties'::text)))
    WITH CHECK (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments))) AND (NOT (appointment_id IN ( SELECT access_register_officerappointment.id
   FROM access_register_officerappointment
  WHERE (access_register_officerappointment.person_id = portal_asker())))) AND ((data)::text <> 'manage_duties'::text)))

-- access_register_duty_establishments: portal_app may INSERT, SELECT.
CREATE POLICY app_deletes ON access_register_duty_establishments AS RESTRICTIVE FOR DELETE TO portal_app
    USING ((EXISTS ( SELECT
   FROM access_register_duty
  WHERE ((access_register_duty.id = access_register_duty_establishments.duty_id) AND ((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
           FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments)))) AND (NOT (access_register_duty.appointment_id IN ( SELECT access_register_officerappointment.id
           FROM access_register_officerappointment
          WHERE (access_register_officerappointment.person_id = portal_asker())))) AND ((access_register_duty.data)::text <> 'manage_duties'::text)))))
CREATE POLICY app_inserts ON access_register_duty_establishments AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK ((EXISTS ( SELECT
   FROM access_register_duty
  WHERE ((access_register_duty.id = access_register_duty_establishments.duty_id) AND ((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
           FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments)))) AND (NOT (access_register_duty.appointment_id IN ( SELECT access_register_officerappointment.id
           FROM access_register_officerappointment
          WHERE (access_register_officerappointment.person_id = portal_asker())))) AND ((access_register_duty.data)::text <> 'manage_duties'::text)))))
CREATE POLICY app_reads ON access_register_duty_establishments AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((EXISTS ( SELECT
   FROM access_register_duty
  WHERE (access_register_duty.id = access_register_duty_establishments.duty_id))))
CREATE POLICY app_updates ON access_register_duty_establishments AS RESTRICTIVE FOR UPDATE TO portal_app
    USING ((EXISTS ( SELECT
   FROM access_register_duty
  WHERE ((access_register_duty.id = access_register_duty_establishments.duty_id) AND ((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
           FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments)))) AND (NOT (access_register_duty.appointment_id IN ( SELECT access_register_officerappointment.id
           FROM access_register_officerappointment
          WHERE (access_register_officerappointment.person_id = portal_asker())))) AND ((access_register_duty.data)::text <> 'manage_duties'::text)))))
    WITH CHECK ((EXISTS ( SELECT
   FROM access_register_duty
  WHERE ((access_register_duty.id = access_register_duty_establishments.duty_id) AND ((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
           FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments)))) AND (NOT (access_register_duty.appointment_id IN ( SELECT access_register_officerappointment.id
           FROM access_register_officerappointment
          WHERE (access_register_officerappointment.person_id = portal_asker())))) AND ((access_register_duty.data)::text <> 'manage_duties'::text)))))

-- access_register_duty_localities: portal_app may INSERT, SELECT.
CREATE POLICY app_deletes ON access_register_duty_localities AS RESTRICTIVE FOR DELETE TO portal_app
    USING ((EXISTS ( SELECT
   FROM access_register_duty
  WHERE ((access_register_duty.id = access_register_duty_localities.duty_id) AND ((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
           FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments)))) AND (NOT (access_register_duty.appointment_id IN ( SELECT access_register_officerappointment.id
           FROM access_register_officerappointment
          WHERE (access_register_officerappointment.person_id = portal_asker())))) AND ((access_register_duty.data)::text <> 'manage_duties'::text)))))
CREATE POLICY app_inserts ON access_register_duty_localities AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK ((EXISTS ( SELECT
   FROM access_register_duty
  WHERE ((access_register_duty.id = access_register_duty_localities.duty_id) AND ((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
           FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments)))) AND (NOT (access_register_duty.appointment_id IN ( SELECT access_register_officerappointment.id
           FROM access_register_officerappointment
          WHERE (access_register_officerappointment.person_id = portal_asker())))) AND ((access_register_duty.data)::text <> 'manage_duties'::text)))))
CREATE POLICY app_reads ON access_register_duty_localities AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((EXISTS ( SELECT
   FROM access_register_duty
  WHERE (access_register_duty.id = access_register_duty_localities.duty_id))))
CREATE POLICY app_updates ON access_register_duty_localities AS RESTRICTIVE FOR UPDATE TO portal_app
    USING ((EXISTS ( SELECT
   FROM access_register_duty
  WHERE ((access_register_duty.id = access_register_duty_localities.duty_id) AND ((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
           FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments)))) AND (NOT (access_register_duty.appointment_id IN ( SELECT access_register_officerappointment.id
           FROM access_register_officerappointment
          WHERE (access_register_officerappointment.person_id = portal_asker())))) AND ((access_register_duty.data)::text <> 'manage_duties'::text)))))
    WITH CHECK ((EXISTS ( SELECT
   FROM access_register_duty
  WHERE ((access_register_duty.id = access_register_duty_localities.duty_id) AND ((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
           FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments)))) AND (NOT (access_register_duty.appointment_id IN ( SELECT access_register_officerappointment.id
           FROM access_register_officerappointment
          WHERE (access_register_officerappointment.person_id = portal_asker())))) AND ((access_register_duty.data)::text <> 'manage_duties'::text)))))

-- access_register_handover: portal_app may INSERT, SELECT.
CREATE POLICY app_deletes ON access_register_handover AS RESTRICTIVE FOR DELETE TO portal_app
    USING (((named_by_id = portal_asker()) AND (verified_at IS NULL) AND (accepted_at IS NULL) AND (done_at IS NULL) AND ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])) OR ((portal_context(2) = 'edunet'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_establishment'::text) AS portal_sight)::bigint[]))))))
CREATE POLICY app_inserts ON access_register_handover AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK (((named_by_id = portal_asker()) AND (verified_at IS NULL) AND (accepted_at IS NULL) AND (done_at IS NULL) AND ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])) OR ((portal_context(2) = 'edunet'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_establishment'::text) AS portal_sight)::bigint[]))))))
CREATE POLICY app_reads ON access_register_handover AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((successor_id = portal_asker()) OR (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])) OR ((portal_context(2) = 'edunet'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_establishment'::text) AS portal_sight)::bigint[])))))
CREATE POLICY app_updates ON access_register_handover AS RESTRICTIVE FOR UPDATE TO portal_app
    USING (((named_by_id = portal_asker()) AND (verified_at IS NULL) AND (accepted_at IS NULL) AND (done_at IS NULL) AND ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])) OR ((portal_context(2) = 'edunet'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_establishment'::text) AS portal_sight)::bigint[]))))))
    WITH CHECK (((named_by_id = portal_asker()) AND (verified_at IS NULL) AND (accepted_at IS NULL) AND (done_at IS NULL) AND ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])) OR ((portal_context(2) = 'edunet'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_establishment'::text) AS portal_sight)::bigint[]))))))

-- access_register_invitation: portal_app may DELETE, INSERT, SELECT, UPDATE.
CREATE POLICY app_deletes ON access_register_invitation AS RESTRICTIVE FOR DELETE TO portal_app
    USING ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])))
CREATE POLICY app_inserts ON access_register_invitation AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])))
CREATE POLICY app_reads ON access_register_invitation AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])))
CREATE POLICY app_updates ON access_register_invitation AS RESTRICTIVE FOR UPDATE TO portal_app
    USING ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])))
    WITH CHECK ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])))

-- access_register_lineevent: portal_app may INSERT, SELECT, UPDATE (undone_at).
CREATE POLICY app_deletes ON access_register_lineevent AS RESTRICTIVE FOR DELETE TO portal_app
    USING ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])))
CREATE POLICY app_inserts ON access_register_lineevent AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])))
CREATE POLICY app_reads ON access_register_lineevent AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])))
CREATE POLICY app_updates ON access_register_lineevent AS RESTRICTIVE FOR UPDATE TO portal_app
    USING ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])))
    WITH CHECK ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])))

-- access_register_officerappointment: portal_app may INSERT, SELECT, UPDATE.
CREATE POLICY app_deletes ON access_register_officerappointment AS RESTRICTIVE FOR DELETE TO portal_app
    USING (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments))) AND (person_id <> portal_asker())))
CREATE POLICY app_inserts ON access_register_officerappointment AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments))) AND (person_id <> portal_asker())))
CREATE POLICY app_updates ON access_register_officerappointment AS RESTRICTIVE FOR UPDATE TO portal_app
    USING (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments))) AND (person_id <> portal_asker())))
    WITH CHECK (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments))) AND (person_id <> portal_asker())))

-- access_register_order: portal_app may INSERT, SELECT.
CREATE POLICY app_deletes ON access_register_order AS RESTRICTIVE FOR DELETE TO portal_app
    USING (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments))) AND (recorded_by_id = portal_asker()) AND (authoriser_id <> portal_asker()) AND (authorised_at IS NULL) AND (ended_at IS NULL)))
CREATE POLICY app_inserts ON access_register_order AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments))) AND (recorded_by_id = portal_asker()) AND (authoriser_id <> portal_asker()) AND (authorised_at IS NULL) AND (ended_at IS NULL)))
CREATE POLICY app_reads ON access_register_order AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments)))) OR ((portal_context(2) = 'edunet'::text) AND (authoriser_id = portal_asker()))))
CREATE POLICY app_updates ON access_register_order AS RESTRICTIVE FOR UPDATE TO portal_app
    USING (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments))) AND (recorded_by_id = portal_asker()) AND (authoriser_id <> portal_asker()) AND (authorised_at IS NULL) AND (ended_at IS NULL)))
    WITH CHECK (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments))) AND (recorded_by_id = portal_asker()) AND (authoriser_id <> portal_asker()) AND (authorised_at IS NULL) AND (ended_at IS NULL)))

-- access_register_organisation: portal_app may DELETE, INSERT, SELECT, UPDATE; rows are not guarded.

-- access_register_participationstep: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON access_register_participationstep AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((((portal_context(2) = 'schools_online'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[]))) OR ((portal_context(2) = 'edunet'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_establishment'::text) AS portal_sight)::bigint[])))))

-- access_register_person: portal_app may INSERT, SELECT, UPDATE (last_login), UPDATE (password); rows are not guarded.

-- access_register_person_groups: portal_app may DELETE, INSERT, SELECT, UPDATE; rows are not guarded.

-- access_register_person_user_permissions: portal_app may DELETE, INSERT, SELECT, UPDATE; rows are not guarded.

-- access_register_personsession: portal_app may DELETE, INSERT, SELECT, UPDATE; rows are not guarded.

-- access_register_protocolversion: portal_app may SELECT; rows are not guarded.

-- access_register_registerline: portal_app may DELETE, INSERT, SELECT, UPDATE.
CREATE POLICY app_deletes ON access_register_registerline AS RESTRICTIVE FOR DELETE TO portal_app
    USING (((seat IS DISTINCT FROM 0) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[]))))
CREATE POLICY app_inserts ON access_register_registerline AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK (((seat IS DISTINCT FROM 0) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[]))))
CREATE POLICY app_reads ON access_register_registerline AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((person_id = portal_asker()) OR ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])) OR (establishment_id IN ( SELECT portal_earlier.id
   FROM portal_earlier(( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)) portal_earlier(id, place, steps))))))
CREATE POLICY app_updates ON access_register_registerline AS RESTRICTIVE FOR UPDATE TO portal_app
    USING (((seat IS DISTINCT FROM 0) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[]))))
    WITH CHECK (((seat IS DISTINCT FROM 0) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[]))))

-- access_register_remoteauthorisation: portal_app may INSERT, SELECT, UPDATE.
CREATE POLICY app_deletes ON access_register_remoteauthorisation AS RESTRICTIVE FOR DELETE TO portal_app
    USING (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments))) AND (NOT (appointment_id IN ( SELECT access_register_officerappointment.id
   FROM access_register_officerappointment
  WHERE (access_register_officerappointment.person_id = portal_asker()))))))
CREATE POLICY app_inserts ON access_register_remoteauthorisation AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments))) AND (NOT (appointment_id IN ( SELECT access_register_officerappointment.id
   FROM access_register_officerappointment
  WHERE (access_register_officerappointment.person_id = portal_asker()))))))
CREATE POLICY app_updates ON access_register_remoteauthorisation AS RESTRICTIVE FOR UPDATE TO portal_app
    USING (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments))) AND (NOT (appointment_id IN ( SELECT access_register_officerappointment.id
   FROM access_register_officerappointment
  WHERE (access_register_officerappointment.person_id = portal_asker()))))))
    WITH CHECK (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments))) AND (NOT (appointment_id IN ( SELECT access_register_officerappointment.id
   FROM access_register_officerappointment
  WHERE (access_register_officerappointment.person_id = portal_asker()))))))

-- access_register_responsibleperson: portal_app may INSERT, SELECT.
CREATE POLICY app_deletes ON access_register_responsibleperson AS RESTRICTIVE FOR DELETE TO portal_app
    USING (((portal_context(2) = 'schools_online'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])) AND (recorded_by_id = portal_asker())))
CREATE POLICY app_inserts ON access_register_responsibleperson AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK (((portal_context(2) = 'schools_online'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])) AND (recorded_by_id = portal_asker())))
CREATE POLICY app_reads ON access_register_responsibleperson AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((((portal_context(2) = 'schools_online'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[]))) OR ((portal_context(2) = 'edunet'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_establishment'::text) AS portal_sight)::bigint[])))))
CREATE POLICY app_updates ON access_register_responsibleperson AS RESTRICTIVE FOR UPDATE TO portal_app
    USING (((portal_context(2) = 'schools_online'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])) AND (recorded_by_id = portal_asker())))
    WITH CHECK (((portal_context(2) = 'schools_online'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])) AND (recorded_by_id = portal_asker())))

-- access_register_reviewnotice: portal_app may nothing.
-- No row by DELETE, INSERT, SELECT, UPDATE.

-- access_register_sanction: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON access_register_sanction AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((breach_id = ANY (ARRAY( SELECT held.breach_id
   FROM portal_breach_roles() held(breach_id, role)
  WHERE (held.role = ANY (ARRAY['respondent'::text, 'panel'::text, 'desk'::text]))))))

-- access_register_waitingletter: portal_app may INSERT.
-- No row by SELECT.
CREATE POLICY app_deletes ON access_register_waitingletter AS RESTRICTIVE FOR DELETE TO portal_app
    USING ((tries = 0))
CREATE POLICY app_inserts ON access_register_waitingletter AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK ((tries = 0))
CREATE POLICY app_updates ON access_register_waitingletter AS RESTRICTIVE FOR UPDATE TO portal_app
    USING ((tries = 0))
    WITH CHECK ((tries = 0))

-- account_emailaddress: portal_app may DELETE, INSERT, SELECT, UPDATE; rows are not guarded.

-- account_emailconfirmation: portal_app may DELETE, INSERT, SELECT, UPDATE; rows are not guarded.

-- auth_group: portal_app may DELETE, INSERT, SELECT, UPDATE; rows are not guarded.

-- auth_group_permissions: portal_app may DELETE, INSERT, SELECT, UPDATE; rows are not guarded.

-- auth_permission: portal_app may SELECT; rows are not guarded.

-- axes_accessattempt: portal_app may DELETE, INSERT, SELECT, UPDATE; rows are not guarded.

-- axes_accessattemptexpiration: portal_app may DELETE, INSERT, SELECT, UPDATE; rows are not guarded.

-- axes_accessfailurelog: portal_app may DELETE, INSERT, SELECT, UPDATE; rows are not guarded.

-- axes_accesslog: portal_app may DELETE, INSERT, SELECT, UPDATE; rows are not guarded.

-- django_content_type: portal_app may SELECT; rows are not guarded.

-- django_migrations: portal_app may SELECT; rows are not guarded.

-- django_session: portal_app may DELETE, INSERT, SELECT, UPDATE; rows are not guarded.

-- guardian_groupobjectpermission: portal_app may DELETE, INSERT, SELECT, UPDATE; rows are not guarded.

-- guardian_userobjectpermission: portal_app may DELETE, INSERT, SELECT, UPDATE; rows are not guarded.

-- mfa_authenticator: portal_app may DELETE, INSERT, SELECT, UPDATE; rows are not guarded.

-- portal_cache: portal_app may DELETE, INSERT, SELECT, UPDATE; rows are not guarded.

-- sharing_advicepage: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_advicepage AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((EXISTS ( SELECT
   FROM sharing_adviceversion
  WHERE (sharing_adviceversion.page_id = sharing_advicepage.id))))

-- sharing_advicestep: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_advicestep AS RESTRICTIVE FOR SELECT TO portal_app
    USING (( SELECT portal_writes_advice() AS portal_writes_advice))

-- sharing_adviceversion: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_adviceversion AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((((state)::text = 'published'::text) OR ( SELECT portal_writes_advice() AS portal_writes_advice)))

-- sharing_attendance: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_attendance AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'pupils_at'::text, ''::text) AS portal_sight)::bigint[])) AND (( SELECT (portal_sees_whole() IS NOT NULL)) OR ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'showing'::text, 'attendance'::text) AS portal_sight)::bigint[])) AND (pupil_id <> ALL (( SELECT portal_sight(NULL::uuid[], 'opened_beyond'::text, ''::text) AS portal_sight)::uuid[]))) OR (pupil_id = ANY (( SELECT portal_sight(NULL::uuid[], 'opened_for'::text, 'attendance'::text) AS portal_sight)::uuid[]))) AND (EXISTS ( SELECT
   FROM sharing_pupil
  WHERE (sharing_pupil.id = sharing_attendance.pupil_id)))))

-- sharing_challenge: portal_app may INSERT, SELECT.
CREATE POLICY app_deletes ON sharing_challenge AS RESTRICTIVE FOR DELETE TO portal_app
    USING ((
CASE about
    WHEN 'pupil'::text THEN ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_pupils'::text) AS portal_sight)::bigint[])) AND (EXISTS ( SELECT
       FROM sharing_pupil
      WHERE (sharing_pupil.id = sharing_challenge.pupil_id))) AND (((withheld_as)::text = ''::text) OR (establishment_id IN ( SELECT portal_showing((sharing_challenge.withheld_as)::text) AS portal_showing))))
    WHEN 'staff'::text THEN ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_staff'::text) AS portal_sight)::bigint[])) AND (EXISTS ( SELECT
       FROM sharing_staffmember
      WHERE (sharing_staffmember.id = sharing_challenge.member_id))))
    ELSE ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_establishment'::text) AS portal_sight)::bigint[])) AND ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[])) OR (raised_by_id = portal_asker())))
END AND (raised_by_id = portal_asker()) AND ((state)::text = 'open'::text) AND (answer IS NULL)))
CREATE POLICY app_inserts ON sharing_challenge AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK ((
CASE about
    WHEN 'pupil'::text THEN ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_pupils'::text) AS portal_sight)::bigint[])) AND (EXISTS ( SELECT
       FROM sharing_pupil
      WHERE (sharing_pupil.id = sharing_challenge.pupil_id))) AND (((withheld_as)::text = ''::text) OR (establishment_id IN ( SELECT portal_showing((sharing_challenge.withheld_as)::text) AS portal_showing))))
    WHEN 'staff'::text THEN ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_staff'::text) AS portal_sight)::bigint[])) AND (EXISTS ( SELECT
       FROM sharing_staffmember
      WHERE (sharing_staffmember.id = sharing_challenge.member_id))))
    ELSE ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_establishment'::text) AS portal_sight)::bigint[])) AND ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[])) OR (raised_by_id = portal_asker())))
END AND (raised_by_id = portal_asker()) AND ((state)::text = 'open'::text) AND (answer IS NULL)))
CREATE POLICY app_reads ON sharing_challenge AS RESTRICTIVE FOR SELECT TO portal_app
    USING (
CASE about
    WHEN 'pupil'::text THEN ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_pupils'::text) AS portal_sight)::bigint[])) AND (EXISTS ( SELECT
       FROM sharing_pupil
      WHERE (sharing_pupil.id = sharing_challenge.pupil_id))) AND (((withheld_as)::text = ''::text) OR (establishment_id IN ( SELECT portal_showing((sharing_challenge.withheld_as)::text) AS portal_showing))))
    WHEN 'staff'::text THEN ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_staff'::text) AS portal_sight)::bigint[])) AND (EXISTS ( SELECT
       FROM sharing_staffmember
      WHERE (sharing_staffmember.id = sharing_challenge.member_id))))
    ELSE ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_establishment'::text) AS portal_sight)::bigint[])) AND ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[])) OR (raised_by_id = portal_asker())))
END)
CREATE POLICY app_updates ON sharing_challenge AS RESTRICTIVE FOR UPDATE TO portal_app
    USING ((
CASE about
    WHEN 'pupil'::text THEN ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_pupils'::text) AS portal_sight)::bigint[])) AND (EXISTS ( SELECT
       FROM sharing_pupil
      WHERE (sharing_pupil.id = sharing_challenge.pupil_id))) AND (((withheld_as)::text = ''::text) OR (establishment_id IN ( SELECT portal_showing((sharing_challenge.withheld_as)::text) AS portal_showing))))
    WHEN 'staff'::text THEN ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_staff'::text) AS portal_sight)::bigint[])) AND (EXISTS ( SELECT
       FROM sharing_staffmember
      WHERE (sharing_staffmember.id = sharing_challenge.member_id))))
    ELSE ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_establishment'::text) AS portal_sight)::bigint[])) AND ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[])) OR (raised_by_id = portal_asker())))
END AND (raised_by_id = portal_asker()) AND ((state)::text = 'open'::text) AND (answer IS NULL)))
    WITH CHECK ((
CASE about
    WHEN 'pupil'::text THEN ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_pupils'::text) AS portal_sight)::bigint[])) AND (EXISTS ( SELECT
       FROM sharing_pupil
      WHERE (sharing_pupil.id = sharing_challenge.pupil_id))) AND (((withheld_as)::text = ''::text) OR (establishment_id IN ( SELECT portal_showing((sharing_challenge.withheld_as)::text) AS portal_showing))))
    WHEN 'staff'::text THEN ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_staff'::text) AS portal_sight)::bigint[])) AND (EXISTS ( SELECT
       FROM sharing_staffmember
      WHERE (sharing_staffmember.id = sharing_challenge.member_id))))
    ELSE ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_establishment'::text) AS portal_sight)::bigint[])) AND ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[])) OR (raised_by_id = portal_asker())))
END AND (raised_by_id = portal_asker()) AND ((state)::text = 'open'::text) AND (answer IS NULL)))

-- sharing_challengeevent: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_challengeevent AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((EXISTS ( SELECT
   FROM sharing_challenge
  WHERE (sharing_challenge.id = sharing_challengeevent.challenge_id))))

-- sharing_child: portal_app may nothing.
-- No row by DELETE, INSERT, SELECT, UPDATE.

-- sharing_childmerge: portal_app may SELECT.
-- No row by DELETE, INSERT, SELECT, UPDATE.

-- sharing_closing: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_closing AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments)))) OR (id = ANY (ARRAY( SELECT portal_closings_to_head() AS portal_closings_to_head)))))

-- sharing_consent: portal_app may INSERT, SELECT, UPDATE (confirmed_at), UPDATE (stands_for_id), UPDATE (withdrawn_at), UPDATE (withdrawn_by_name).
CREATE POLICY app_deletes ON sharing_consent AS RESTRICTIVE FOR DELETE TO portal_app
    USING ((establishment_id = ANY (ARRAY( SELECT portal_heads() AS portal_heads))))
CREATE POLICY app_inserts ON sharing_consent AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK ((establishment_id = ANY (ARRAY( SELECT portal_heads() AS portal_heads))))
CREATE POLICY app_reads ON sharing_consent AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((establishment_id = ANY (ARRAY( SELECT portal_heads() AS portal_heads))) OR ((portal_context(2) = 'edunet'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_restricted'::text) AS portal_sight)::bigint[]))) OR (id = ANY (ARRAY( SELECT given.id
   FROM portal_consents_to_me() given(id, item_id))))))
CREATE POLICY app_updates ON sharing_consent AS RESTRICTIVE FOR UPDATE TO portal_app
    USING ((establishment_id = ANY (ARRAY( SELECT portal_heads() AS portal_heads))))
    WITH CHECK ((establishment_id = ANY (ARRAY( SELECT portal_heads() AS portal_heads))))

-- sharing_contact: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_contact AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'pupils_at'::text, ''::text) AS portal_sight)::bigint[])) AND (( SELECT (portal_sees_whole() IS NOT NULL)) OR ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'showing'::text, 'contact'::text) AS portal_sight)::bigint[])) AND (pupil_id <> ALL (( SELECT portal_sight(NULL::uuid[], 'opened_beyond'::text, ''::text) AS portal_sight)::uuid[]))) OR (pupil_id = ANY (( SELECT portal_sight(NULL::uuid[], 'opened_for'::text, 'contact'::text) AS portal_sight)::uuid[]))) AND (EXISTS ( SELECT
   FROM sharing_pupil
  WHERE (sharing_pupil.id = sharing_contact.pupil_id)))))

-- sharing_dataset: portal_app may SELECT; rows are not guarded.

-- sharing_disposal: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_disposal AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments)))))

-- sharing_disposalline: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_disposalline AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments)))))

-- sharing_download: portal_app may INSERT, SELECT, UPDATE (collected_at), UPDATE (made_at), UPDATE (progress), UPDATE (rows), UPDATE (size), UPDATE (state).
CREATE POLICY app_deletes ON sharing_download AS RESTRICTIVE FOR DELETE TO portal_app
    USING ((by_person_id = portal_asker()))
CREATE POLICY app_inserts ON sharing_download AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK ((by_person_id = portal_asker()))
CREATE POLICY app_reads ON sharing_download AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((by_person_id = portal_asker()) OR ((by_person_id = portal_accepted()) AND ((state)::text = 'collected'::text)) OR (((through)::text = 'schools_online'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[]))) OR (((through)::text = 'edunet'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_duties'::text) AS portal_sight)::bigint[]))) OR (((through)::text = 'schools_online'::text) AND (establishment_id = ANY (ARRAY( SELECT portal_ended() AS portal_ended))))))
CREATE POLICY app_updates ON sharing_download AS RESTRICTIVE FOR UPDATE TO portal_app
    USING ((by_person_id = portal_asker()))
    WITH CHECK ((by_person_id = portal_asker()))

-- sharing_downloadpiece: portal_app may DELETE, INSERT, SELECT.
CREATE POLICY app_deletes ON sharing_downloadpiece AS RESTRICTIVE FOR DELETE TO portal_app
    USING ((EXISTS ( SELECT
   FROM sharing_download
  WHERE ((sharing_download.id = sharing_downloadpiece.of_id) AND (sharing_download.by_person_id = portal_asker()) AND ((sharing_download.through)::text = portal_context(2))))))
CREATE POLICY app_inserts ON sharing_downloadpiece AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK ((EXISTS ( SELECT
   FROM sharing_download
  WHERE ((sharing_download.id = sharing_downloadpiece.of_id) AND (sharing_download.by_person_id = portal_asker()) AND ((sharing_download.through)::text = portal_context(2))))))
CREATE POLICY app_reads ON sharing_downloadpiece AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((EXISTS ( SELECT
   FROM sharing_download
  WHERE ((sharing_download.id = sharing_downloadpiece.of_id) AND (sharing_download.by_person_id = portal_asker()) AND ((sharing_download.through)::text = portal_context(2))))))
CREATE POLICY app_updates ON sharing_downloadpiece AS RESTRICTIVE FOR UPDATE TO portal_app
    USING ((EXISTS ( SELECT
   FROM sharing_download
  WHERE ((sharing_download.id = sharing_downloadpiece.of_id) AND (sharing_download.by_person_id = portal_asker()) AND ((sharing_download.through)::text = portal_context(2))))))
    WITH CHECK ((EXISTS ( SELECT
   FROM sharing_download
  WHERE ((sharing_download.id = sharing_downloadpiece.of_id) AND (sharing_download.by_person_id = portal_asker()) AND ((sharing_download.through)::text = portal_context(2))))))

-- sharing_downloadsecret: portal_app may DELETE, INSERT, SELECT, UPDATE (passphrase), UPDATE (pupils), UPDATE (staff), UPDATE (withheld), UPDATE (year_groups).
CREATE POLICY app_deletes ON sharing_downloadsecret AS RESTRICTIVE FOR DELETE TO portal_app
    USING ((EXISTS ( SELECT
   FROM sharing_download
  WHERE ((sharing_download.id = sharing_downloadsecret.of_id) AND (sharing_download.by_person_id = portal_asker()) AND ((sharing_download.through)::text = portal_context(2))))))
CREATE POLICY app_inserts ON sharing_downloadsecret AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK ((EXISTS ( SELECT
   FROM sharing_download
  WHERE ((sharing_download.id = sharing_downloadsecret.of_id) AND (sharing_download.by_person_id = portal_asker()) AND ((sharing_download.through)::text = portal_context(2))))))
CREATE POLICY app_reads ON sharing_downloadsecret AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((EXISTS ( SELECT
   FROM sharing_download
  WHERE ((sharing_download.id = sharing_downloadsecret.of_id) AND (sharing_download.by_person_id = portal_asker()) AND ((sharing_download.through)::text = portal_context(2))))))
CREATE POLICY app_updates ON sharing_downloadsecret AS RESTRICTIVE FOR UPDATE TO portal_app
    USING ((EXISTS ( SELECT
   FROM sharing_download
  WHERE ((sharing_download.id = sharing_downloadsecret.of_id) AND (sharing_download.by_person_id = portal_asker()) AND ((sharing_download.through)::text = portal_context(2))))))
    WITH CHECK ((EXISTS ( SELECT
   FROM sharing_download
  WHERE ((sharing_download.id = sharing_downloadsecret.of_id) AND (sharing_download.by_person_id = portal_asker()) AND ((sharing_download.through)::text = portal_context(2))))))

-- sharing_enrolment: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_enrolment AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'pupils_at'::text, ''::text) AS portal_sight)::bigint[])) AND (( SELECT (portal_sees_whole() IS NOT NULL)) OR (((establishment_id <> ALL (( SELECT portal_sight(NULL::bigint[], 'narrowed'::text, ''::text) AS portal_sight)::bigint[])) OR (pupil_id IN ( SELECT sharing_pupil.id
   FROM sharing_pupil))) AND (pupil_id <> ALL (( SELECT portal_sight(NULL::uuid[], 'closed'::text, ''::text) AS portal_sight)::uuid[]))))))

-- sharing_establishment: portal_app may SELECT; rows are not guarded.

-- sharing_establishmentlink: portal_app may SELECT; rows are not guarded.

-- sharing_establishmentpermission: portal_app may DELETE, INSERT, SELECT, UPDATE.
CREATE POLICY app_deletes ON sharing_establishmentpermission AS RESTRICTIVE FOR DELETE TO portal_app
    USING (((((through)::text = 'schools_online'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[]))) OR (((through)::text = 'edunet'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_duties'::text) AS portal_sight)::bigint[])) AND ((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments)))) AND (user_id <> portal_asker()) AND (NOT (permission_id IN ( SELECT auth_permission.id
   FROM auth_permission
  WHERE ((auth_permission.codename)::text = ANY ((ARRAY['manage_register'::character varying, 'manage_duties'::character varying])::text[]))))))))
CREATE POLICY app_inserts ON sharing_establishmentpermission AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK (((((through)::text = 'schools_online'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[]))) OR (((through)::text = 'edunet'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_duties'::text) AS portal_sight)::bigint[])) AND ((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments)))) AND (user_id <> portal_asker()) AND (NOT (permission_id IN ( SELECT auth_permission.id
   FROM auth_permission
  WHERE ((auth_permission.codename)::text = ANY ((ARRAY['manage_register'::character varying, 'manage_duties'::character varying])::text[]))))))))
CREATE POLICY app_reads ON sharing_establishmentpermission AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((user_id = portal_asker()) OR (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])) OR (((through)::text = 'edunet'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_duties'::text) AS portal_sight)::bigint[])))))
CREATE POLICY app_updates ON sharing_establishmentpermission AS RESTRICTIVE FOR UPDATE TO portal_app
    USING (((((through)::text = 'schools_online'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[]))) OR (((through)::text = 'edunet'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_duties'::text) AS portal_sight)::bigint[])) AND ((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments)))) AND (user_id <> portal_asker()) AND (NOT (permission_id IN ( SELECT auth_permission.id
   FROM auth_permission
  WHERE ((auth_permission.codename)::text = ANY ((ARRAY['manage_register'::character varying, 'manage_duties'::character varying])::text[]))))))))
    WITH CHECK (((((through)::text = 'schools_online'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[]))) OR (((through)::text = 'edunet'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_duties'::text) AS portal_sight)::bigint[])) AND ((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments)))) AND (user_id <> portal_asker()) AND (NOT (permission_id IN ( SELECT auth_permission.id
   FROM auth_permission
  WHERE ((auth_permission.codename)::text = ANY ((ARRAY['manage_register'::character varying, 'manage_duties'::character varying])::text[]))))))))

-- sharing_explanation: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_explanation AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((EXISTS ( SELECT
   FROM sharing_opening
  WHERE (sharing_opening.id = sharing_explanation.opening_id))))

-- sharing_figure: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_figure AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((((establishment_id IS NULL) AND (release_id = ANY (ARRAY( SELECT portal_releases_of_areas() AS portal_releases_of_areas)))) OR (((establishment_id + 0) = ANY (ARRAY( SELECT portal_readable() AS portal_readable))) AND (release_id = ANY (ARRAY( SELECT portal_releases_out() AS portal_releases_out))))) AND (((NOT is_small) AND ((covered_by = '{}'::bigint[]) OR (NOT (covered_by && ARRAY( SELECT sharing_release.id
   FROM sharing_release
  WHERE (sharing_release.goes_out_at <= now())))))) OR (establishment_id = ANY (ARRAY( SELECT portal_small_figures() AS portal_small_figures)))) AND ((release_id <> ALL (ARRAY( SELECT portal_counted_releases() AS portal_counted_releases))) OR (establishment_id <> ALL (ARRAY( SELECT portal_narrowed_lines() AS portal_narrowed_lines))))))

-- sharing_freemealsperiod: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_freemealsperiod AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'pupils_at'::text, ''::text) AS portal_sight)::bigint[])) AND (EXISTS ( SELECT
   FROM sharing_pupil
  WHERE (sharing_pupil.id = sharing_freemealsperiod.pupil_id)))))

-- sharing_homeaddress: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_homeaddress AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'pupils_at'::text, ''::text) AS portal_sight)::bigint[])) AND (( SELECT (portal_sees_whole() IS NOT NULL)) OR ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'showing'::text, 'contact'::text) AS portal_sight)::bigint[])) AND (pupil_id <> ALL (( SELECT portal_sight(NULL::uuid[], 'opened_beyond'::text, ''::text) AS portal_sight)::uuid[]))) OR (pupil_id = ANY (( SELECT portal_sight(NULL::uuid[], 'opened_for'::text, 'contact'::text) AS portal_sight)::uuid[]))) AND (EXISTS ( SELECT
   FROM sharing_pupil
  WHERE (sharing_pupil.id = sharing_homeaddress.pupil_id)))))

-- sharing_import: portal_app may INSERT, SELECT, UPDATE (finished_at), UPDATE (settled_by), UPDATE (state).
CREATE POLICY app_deletes ON sharing_import AS RESTRICTIVE FOR DELETE TO portal_app
    USING ((((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[])) OR ((establishment_id IS NULL) AND (portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('keep_records'::text) portal_establishments(portal_establishments))) AND (NOT (EXISTS ( SELECT portal_establishments('view_establishment'::text) AS portal_establishments
EXCEPT
 SELECT portal_establishments('keep_records'::text) AS portal_establishments))))) AND ((state)::text = ANY ((ARRAY['to_apply'::character varying, 'discarded'::character varying])::text[]))))
CREATE POLICY app_inserts ON sharing_import AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK ((((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[])) OR ((establishment_id IS NULL) AND (portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('keep_records'::text) portal_establishments(portal_establishments))) AND (NOT (EXISTS ( SELECT portal_establishments('view_establishment'::text) AS portal_establishments
EXCEPT
 SELECT portal_establishments('keep_records'::text) AS portal_establishments))))) AND (by_person_id = portal_asker()) AND ((state)::text = 'uploaded'::text) AND (report = '{}'::jsonb) AND (problems = '[]'::jsonb) AND ((settled_by)::text = ''::text) AND (finished_at IS NULL)))
CREATE POLICY app_reads ON sharing_import AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[])) OR ((establishment_id IS NULL) AND (portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('keep_records'::text) portal_establishments(portal_establishments))) AND (NOT (EXISTS ( SELECT portal_establishments('view_establishment'::text) AS portal_establishments
EXCEPT
 SELECT portal_establishments('keep_records'::text) AS portal_establishments))))))
CREATE POLICY app_updates ON sharing_import AS RESTRICTIVE FOR UPDATE TO portal_app
    USING ((((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[])) OR ((establishment_id IS NULL) AND (portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('keep_records'::text) portal_establishments(portal_establishments))) AND (NOT (EXISTS ( SELECT portal_establishments('view_establishment'::text) AS portal_establishments
EXCEPT
 SELECT portal_establishments('keep_records'::text) AS portal_establishments))))) AND ((state)::text = ANY ((ARRAY['uploaded'::character varying, 'checking'::character varying, 'ready'::character varying])::text[]))))
    WITH CHECK ((((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[])) OR ((establishment_id IS NULL) AND (portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('keep_records'::text) portal_establishments(portal_establishments))) AND (NOT (EXISTS ( SELECT portal_establishments('view_establishment'::text) AS portal_establishments
EXCEPT
 SELECT portal_establishments('keep_records'::text) AS portal_establishments))))) AND ((state)::text = ANY ((ARRAY['to_apply'::character varying, 'discarded'::character varying])::text[]))))

-- sharing_importperson: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_importperson AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((EXISTS ( SELECT
   FROM sharing_import
  WHERE ((sharing_import.id = sharing_importperson.of_id) AND (sharing_import.by_person_id = portal_asker()) AND ((sharing_import.establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_pupils'::text) AS portal_sight)::bigint[])) OR ((sharing_import.establishment_id IS NULL) AND (portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
           FROM portal_establishments('view_pupils'::text) portal_establishments(portal_establishments))) AND (NOT (EXISTS ( SELECT portal_establishments('view_establishment'::text) AS portal_establishments
        EXCEPT
         SELECT portal_establishments('view_pupils'::text) AS portal_establishments))))) AND ((sharing_import.establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_staff'::text) AS portal_sight)::bigint[])) OR ((sharing_import.establishment_id IS NULL) AND (portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
           FROM portal_establishments('view_staff'::text) portal_establishments(portal_establishments))) AND (NOT (EXISTS ( SELECT portal_establishments('view_establishment'::text) AS portal_establishments
        EXCEPT
         SELECT portal_establishments('view_staff'::text) AS portal_establishments)))))))))

-- sharing_importpiece: portal_app may INSERT.
-- No row by DELETE, SELECT, UPDATE.
CREATE POLICY app_inserts ON sharing_importpiece AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK ((EXISTS ( SELECT
   FROM sharing_import
  WHERE ((sharing_import.id = sharing_importpiece.of_id) AND ((sharing_import.state)::text = 'uploaded'::text) AND (sharing_import.by_person_id = portal_asker())))))

-- sharing_ledgerentry: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_ledgerentry AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((((urn = ANY (ARRAY( SELECT place.urn
   FROM sharing_establishment place
  WHERE (place.id IN ( SELECT portal_establishments('manage_register'::text) AS portal_establishments))))) AND (NOT (about ? 'not_for_the_head'::text))) OR ((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments))) AND (((action)::text <> ALL ('{list_breaches,show_breach,show_panel,show_reporting,show_suspensions,find_concerned,answer_breach,ask_again,appeal_breach,attach_evidence,name_concerned,take_out_concerned,record_told,refer_breach,report_breach,seat_panel,vote_on_breach,draw_panel,tell_of_the_clock}'::text[])) OR (person_id = portal_asker()) OR (NOT ( SELECT portal_reporter_is_withheld() AS portal_reporter_is_withheld))))))

-- sharing_legalhold: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_legalhold AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments)))))

-- sharing_listedtype: portal_app may SELECT; rows are not guarded.

-- sharing_locality: portal_app may SELECT; rows are not guarded.

-- sharing_localitymembership: portal_app may SELECT; rows are not guarded.

-- sharing_localitymove: portal_app may SELECT; rows are not guarded.

-- sharing_measure: portal_app may SELECT; rows are not guarded.

-- sharing_misusereport: portal_app may INSERT, SELECT.
CREATE POLICY app_deletes ON sharing_misusereport AS RESTRICTIVE FOR DELETE TO portal_app
    USING (((reported_by_id = portal_asker()) AND ((state)::text = 'reported'::text) AND (acknowledged_at IS NULL) AND (answer IS NULL)))
CREATE POLICY app_inserts ON sharing_misusereport AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK (((reported_by_id = portal_asker()) AND ((state)::text = 'reported'::text) AND (acknowledged_at IS NULL) AND (answer IS NULL)))
CREATE POLICY app_reads ON sharing_misusereport AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((reported_by_id = portal_asker()) OR ((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('keep_records'::text) portal_establishments(portal_establishments))))))
CREATE POLICY app_updates ON sharing_misusereport AS RESTRICTIVE FOR UPDATE TO portal_app
    USING (((reported_by_id = portal_asker()) AND ((state)::text = 'reported'::text) AND (acknowledged_at IS NULL) AND (answer IS NULL)))
    WITH CHECK (((reported_by_id = portal_asker()) AND ((state)::text = 'reported'::text) AND (acknowledged_at IS NULL) AND (answer IS NULL)))

-- sharing_namedchild: portal_app may INSERT, SELECT, UPDATE.
CREATE POLICY app_deletes ON sharing_namedchild AS RESTRICTIVE FOR DELETE TO portal_app
    USING (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments))) AND (((person_id <> portal_asker()) AND ((through)::text = 'edunet'::text) AND starts_with((source)::text, 'duty:'::text)) OR (starts_on = '9999-12-31'::date))))
CREATE POLICY app_inserts ON sharing_namedchild AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments))) AND (((person_id <> portal_asker()) AND ((through)::text = 'edunet'::text) AND starts_with((source)::text, 'duty:'::text)) OR (starts_on = '9999-12-31'::date))))
CREATE POLICY app_reads ON sharing_namedchild AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((person_id = portal_asker()) OR ((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments)))) OR (id = ANY (ARRAY( SELECT portal_named_here.named_id
   FROM portal_named_here() portal_named_here(named_id, pupil_id))))))
CREATE POLICY app_updates ON sharing_namedchild AS RESTRICTIVE FOR UPDATE TO portal_app
    USING (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments))) AND (((person_id <> portal_asker()) AND ((through)::text = 'edunet'::text) AND starts_with((source)::text, 'duty:'::text)) OR (starts_on = '9999-12-31'::date))))
    WITH CHECK (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments))) AND (((person_id <> portal_asker()) AND ((through)::text = 'edunet'::text) AND starts_with((source)::text, 'duty:'::text)) OR (starts_on = '9999-12-31'::date))))

-- sharing_opening: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_opening AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((person_id = portal_asker()) OR ((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments)))) OR ((portal_context(2) = 'schools_online'::text) AND (NOT head_barred) AND (establishment_id = ANY (ARRAY( SELECT portal_heads() AS portal_heads))))))

-- sharing_owngroup: portal_app may INSERT, SELECT, UPDATE.
CREATE POLICY app_deletes ON sharing_owngroup AS RESTRICTIVE FOR DELETE TO portal_app
    USING (((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_pupils'::text) AS portal_sight)::bigint[])) AND ((tells = '{}'::character varying[]) OR (NOT (EXISTS ( SELECT
   FROM unnest(sharing_owngroup.tells) kind(kind)
  WHERE (NOT (sharing_owngroup.establishment_id IN ( SELECT portal_showing((kind.kind)::text) AS portal_showing))))))) AND ((establishment_id <> ALL (( SELECT portal_sight(NULL::bigint[], 'narrowed'::text, ''::text) AS portal_sight)::bigint[])) OR (made_by_id = portal_asker())) AND (establishment_id <> ALL (ARRAY( SELECT portal_out_of_scope() AS portal_out_of_scope))) AND (establishment_id = ANY (ARRAY( SELECT portal_makes_groups() AS portal_makes_groups)))))
CREATE POLICY app_inserts ON sharing_owngroup AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK (((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_pupils'::text) AS portal_sight)::bigint[])) AND ((tells = '{}'::character varying[]) OR (NOT (EXISTS ( SELECT
   FROM unnest(sharing_owngroup.tells) kind(kind)
  WHERE (NOT (sharing_owngroup.establishment_id IN ( SELECT portal_showing((kind.kind)::text) AS portal_showing))))))) AND ((establishment_id <> ALL (( SELECT portal_sight(NULL::bigint[], 'narrowed'::text, ''::text) AS portal_sight)::bigint[])) OR (made_by_id = portal_asker())) AND (establishment_id <> ALL (ARRAY( SELECT portal_out_of_scope() AS portal_out_of_scope))) AND (establishment_id = ANY (ARRAY( SELECT portal_makes_groups() AS portal_makes_groups)))))
CREATE POLICY app_reads ON sharing_owngroup AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_pupils'::text) AS portal_sight)::bigint[])) AND ((tells = '{}'::character varying[]) OR (NOT (EXISTS ( SELECT
   FROM unnest(sharing_owngroup.tells) kind(kind)
  WHERE (NOT (sharing_owngroup.establishment_id IN ( SELECT portal_showing((kind.kind)::text) AS portal_showing))))))) AND ((establishment_id <> ALL (( SELECT portal_sight(NULL::bigint[], 'narrowed'::text, ''::text) AS portal_sight)::bigint[])) OR (made_by_id = portal_asker())) AND (establishment_id <> ALL (ARRAY( SELECT portal_out_of_scope() AS portal_out_of_scope)))))
CREATE POLICY app_updates ON sharing_owngroup AS RESTRICTIVE FOR UPDATE TO portal_app
    USING (((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_pupils'::text) AS portal_sight)::bigint[])) AND ((tells = '{}'::character varying[]) OR (NOT (EXISTS ( SELECT
   FROM unnest(sharing_owngroup.tells) kind(kind)
  WHERE (NOT (sharing_owngroup.establishment_id IN ( SELECT portal_showing((kind.kind)::text) AS portal_showing))))))) AND ((establishment_id <> ALL (( SELECT portal_sight(NULL::bigint[], 'narrowed'::text, ''::text) AS portal_sight)::bigint[])) OR (made_by_id = portal_asker())) AND (establishment_id <> ALL (ARRAY( SELECT portal_out_of_scope() AS portal_out_of_scope))) AND (establishment_id = ANY (ARRAY( SELECT portal_makes_groups() AS portal_makes_groups)))))
    WITH CHECK (((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_pupils'::text) AS portal_sight)::bigint[])) AND ((tells = '{}'::character varying[]) OR (NOT (EXISTS ( SELECT
   FROM unnest(sharing_owngroup.tells) kind(kind)
  WHERE (NOT (sharing_owngroup.establishment_id IN ( SELECT portal_showing((kind.kind)::text) AS portal_showing))))))) AND ((establishment_id <> ALL (( SELECT portal_sight(NULL::bigint[], 'narrowed'::text, ''::text) AS portal_sight)::bigint[])) OR (made_by_id = portal_asker())) AND (establishment_id <> ALL (ARRAY( SELECT portal_out_of_scope() AS portal_out_of_scope))) AND (establishment_id = ANY (ARRAY( SELECT portal_makes_groups() AS portal_makes_groups)))))

-- sharing_owngroupmember: portal_app may DELETE, INSERT, SELECT.
CREATE POLICY app_deletes ON sharing_owngroupmember AS RESTRICTIVE FOR DELETE TO portal_app
    USING (((EXISTS ( SELECT
   FROM sharing_owngroup
  WHERE (sharing_owngroup.id = sharing_owngroupmember.group_id))) AND (EXISTS ( SELECT
   FROM sharing_pupil
  WHERE (sharing_pupil.id = sharing_owngroupmember.pupil_id))) AND (establishment_id = ANY (ARRAY( SELECT portal_makes_groups() AS portal_makes_groups)))))
CREATE POLICY app_inserts ON sharing_owngroupmember AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK (((EXISTS ( SELECT
   FROM sharing_owngroup
  WHERE (sharing_owngroup.id = sharing_owngroupmember.group_id))) AND (EXISTS ( SELECT
   FROM sharing_pupil
  WHERE (sharing_pupil.id = sharing_owngroupmember.pupil_id))) AND (establishment_id = ANY (ARRAY( SELECT portal_makes_groups() AS portal_makes_groups)))))
CREATE POLICY app_reads ON sharing_owngroupmember AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((EXISTS ( SELECT
   FROM sharing_owngroup
  WHERE (sharing_owngroup.id = sharing_owngroupmember.group_id))) AND (EXISTS ( SELECT
   FROM sharing_pupil
  WHERE (sharing_pupil.id = sharing_owngroupmember.pupil_id)))))
CREATE POLICY app_updates ON sharing_owngroupmember AS RESTRICTIVE FOR UPDATE TO portal_app
    USING (((EXISTS ( SELECT
   FROM sharing_owngroup
  WHERE (sharing_owngroup.id = sharing_owngroupmember.group_id))) AND (EXISTS ( SELECT
   FROM sharing_pupil
  WHERE (sharing_pupil.id = sharing_owngroupmember.pupil_id))) AND (establishment_id = ANY (ARRAY( SELECT portal_makes_groups() AS portal_makes_groups)))))
    WITH CHECK (((EXISTS ( SELECT
   FROM sharing_owngroup
  WHERE (sharing_owngroup.id = sharing_owngroupmember.group_id))) AND (EXISTS ( SELECT
   FROM sharing_pupil
  WHERE (sharing_pupil.id = sharing_owngroupmember.pupil_id))) AND (establishment_id = ANY (ARRAY( SELECT portal_makes_groups() AS portal_makes_groups)))))

-- sharing_ownlist: portal_app may DELETE, INSERT, SELECT, UPDATE.
CREATE POLICY app_deletes ON sharing_ownlist AS RESTRICTIVE FOR DELETE TO portal_app
    USING (((person_id = portal_asker()) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_pupils'::text) AS portal_sight)::bigint[]))))
CREATE POLICY app_inserts ON sharing_ownlist AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK (((person_id = portal_asker()) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_pupils'::text) AS portal_sight)::bigint[]))))
CREATE POLICY app_reads ON sharing_ownlist AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((person_id = portal_asker()))
CREATE POLICY app_updates ON sharing_ownlist AS RESTRICTIVE FOR UPDATE TO portal_app
    USING (((person_id = portal_asker()) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_pupils'::text) AS portal_sight)::bigint[]))))
    WITH CHECK (((person_id = portal_asker()) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_pupils'::text) AS portal_sight)::bigint[]))))

-- sharing_parityrun: portal_app may INSERT, SELECT; rows are not guarded.

-- sharing_participation: portal_app may SELECT; rows are not guarded.

-- sharing_pupil: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_pupil AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'pupils_at'::text, ''::text) AS portal_sight)::bigint[])) AND (visible @> CURRENT_DATE) AND (( SELECT (portal_sees_whole() IS NOT NULL)) OR (((establishment_id <> ALL (( SELECT portal_sight(NULL::bigint[], 'narrowed'::text, ''::text) AS portal_sight)::bigint[])) OR (ARRAY[(id)::text, ((establishment_id || ':'::text) || (year_group)::text)] && ( SELECT portal_sight(NULL::text[], 'admitted'::text, ''::text) AS portal_sight))) AND (id <> ALL (( SELECT portal_sight(NULL::uuid[], 'closed'::text, ''::text) AS portal_sight)::uuid[]))))))

-- sharing_pupilchange: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_pupilchange AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'pupils_at'::text, ''::text) AS portal_sight)::bigint[])) AND (EXISTS ( SELECT
   FROM sharing_pupil
  WHERE (sharing_pupil.id = sharing_pupilchange.pupil_id)))))

-- sharing_pupillistcolumns: portal_app may INSERT, SELECT, UPDATE.
CREATE POLICY app_deletes ON sharing_pupillistcolumns AS RESTRICTIVE FOR DELETE TO portal_app
    USING ((person_id = portal_asker()))
CREATE POLICY app_inserts ON sharing_pupillistcolumns AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK ((person_id = portal_asker()))
CREATE POLICY app_reads ON sharing_pupillistcolumns AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((person_id = portal_asker()))
CREATE POLICY app_updates ON sharing_pupillistcolumns AS RESTRICTIVE FOR UPDATE TO portal_app
    USING ((person_id = portal_asker()))
    WITH CHECK ((person_id = portal_asker()))

-- sharing_pupilneeds: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_pupilneeds AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'pupils_at'::text, ''::text) AS portal_sight)::bigint[])) AND (( SELECT (portal_sees_whole() IS NOT NULL)) OR ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'showing'::text, 'sen'::text) AS portal_sight)::bigint[])) AND (pupil_id <> ALL (( SELECT portal_sight(NULL::uuid[], 'opened_beyond'::text, ''::text) AS portal_sight)::uuid[]))) OR (pupil_id = ANY (( SELECT portal_sight(NULL::uuid[], 'opened_for'::text, 'sen'::text) AS portal_sight)::uuid[]))) AND (EXISTS ( SELECT
   FROM sharing_pupil
  WHERE (sharing_pupil.id = sharing_pupilneeds.pupil_id)))))

-- sharing_release: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_release AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((goes_out_at <= now()) OR ((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('keep_records'::text) portal_establishments(portal_establishments))))))

-- sharing_report: portal_app may INSERT, SELECT, UPDATE (is_awaited).
CREATE POLICY app_deletes ON sharing_report AS RESTRICTIVE FOR DELETE TO portal_app
    USING (((establishment_id = ANY (ARRAY( SELECT portal_readable() AS portal_readable))) AND (releases <@ ARRAY( SELECT portal_releases_out() AS portal_releases_out)) AND (((kind)::text = 'governors'::text) OR (establishment_id = ANY (ARRAY( SELECT portal_small_figures() AS portal_small_figures)))) AND (NOT (releases && ARRAY( SELECT portal_counted_releases() AS portal_counted_releases))) AND ((NOT shares) OR (EXISTS ( SELECT
   FROM sharing_participation part
  WHERE ((part.establishment_id = sharing_report.establishment_id) AND (part.starts_on <= CURRENT_DATE) AND ((part.ends_on IS NULL) OR (part.ends_on >= CURRENT_DATE)))))) AND ((state)::text = 'waiting'::text) AND (sealed IS NULL)))
CREATE POLICY app_inserts ON sharing_report AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK (((establishment_id = ANY (ARRAY( SELECT portal_readable() AS portal_readable))) AND (releases <@ ARRAY( SELECT portal_releases_out() AS portal_releases_out)) AND (((kind)::text = 'governors'::text) OR (establishment_id = ANY (ARRAY( SELECT portal_small_figures() AS portal_small_figures)))) AND (NOT (releases && ARRAY( SELECT portal_counted_releases() AS portal_counted_releases))) AND ((NOT shares) OR (EXISTS ( SELECT
   FROM sharing_participation part
  WHERE ((part.establishment_id = sharing_report.establishment_id) AND (part.starts_on <= CURRENT_DATE) AND ((part.ends_on IS NULL) OR (part.ends_on >= CURRENT_DATE)))))) AND ((state)::text = 'waiting'::text) AND (sealed IS NULL)))
CREATE POLICY app_reads ON sharing_report AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((establishment_id = ANY (ARRAY( SELECT portal_readable() AS portal_readable))) AND (releases <@ ARRAY( SELECT portal_releases_out() AS portal_releases_out)) AND (((kind)::text = 'governors'::text) OR (establishment_id = ANY (ARRAY( SELECT portal_small_figures() AS portal_small_figures)))) AND (NOT (releases && ARRAY( SELECT portal_counted_releases() AS portal_counted_releases))) AND ((NOT shares) OR (EXISTS ( SELECT
   FROM sharing_participation part
  WHERE ((part.establishment_id = sharing_report.establishment_id) AND (part.starts_on <= CURRENT_DATE) AND ((part.ends_on IS NULL) OR (part.ends_on >= CURRENT_DATE))))))))
CREATE POLICY app_updates ON sharing_report AS RESTRICTIVE FOR UPDATE TO portal_app
    USING (((establishment_id = ANY (ARRAY( SELECT portal_readable() AS portal_readable))) AND (releases <@ ARRAY( SELECT portal_releases_out() AS portal_releases_out)) AND (((kind)::text = 'governors'::text) OR (establishment_id = ANY (ARRAY( SELECT portal_small_figures() AS portal_small_figures)))) AND (NOT (releases && ARRAY( SELECT portal_counted_releases() AS portal_counted_releases))) AND ((NOT shares) OR (EXISTS ( SELECT
   FROM sharing_participation part
  WHERE ((part.establishment_id = sharing_report.establishment_id) AND (part.starts_on <= CURRENT_DATE) AND ((part.ends_on IS NULL) OR (part.ends_on >= CURRENT_DATE)))))) AND ((state)::text = 'waiting'::text) AND (sealed IS NULL)))
    WITH CHECK (((establishment_id = ANY (ARRAY( SELECT portal_readable() AS portal_readable))) AND (releases <@ ARRAY( SELECT portal_releases_out() AS portal_releases_out)) AND (((kind)::text = 'governors'::text) OR (establishment_id = ANY (ARRAY( SELECT portal_small_figures() AS portal_small_figures)))) AND (NOT (releases && ARRAY( SELECT portal_counted_releases() AS portal_counted_releases))) AND ((NOT shares) OR (EXISTS ( SELECT
   FROM sharing_participation part
  WHERE ((part.establishment_id = sharing_report.establishment_id) AND (part.starts_on <= CURRENT_DATE) AND ((part.ends_on IS NULL) OR (part.ends_on >= CURRENT_DATE)))))) AND ((state)::text = 'waiting'::text) AND (sealed IS NULL)))

-- sharing_restrictedfile: portal_app may INSERT, SELECT.
CREATE POLICY app_deletes ON sharing_restrictedfile AS RESTRICTIVE FOR DELETE TO portal_app
    USING (((portal_context(2) = 'edunet'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_restricted'::text) AS portal_sight)::bigint[]))))
CREATE POLICY app_inserts ON sharing_restrictedfile AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK (((portal_context(2) = 'edunet'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_restricted'::text) AS portal_sight)::bigint[]))))
CREATE POLICY app_reads ON sharing_restrictedfile AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((EXISTS ( SELECT
   FROM sharing_restricteditem
  WHERE (sharing_restricteditem.id = sharing_restrictedfile.item_id))))
CREATE POLICY app_updates ON sharing_restrictedfile AS RESTRICTIVE FOR UPDATE TO portal_app
    USING (((portal_context(2) = 'edunet'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_restricted'::text) AS portal_sight)::bigint[]))))
    WITH CHECK (((portal_context(2) = 'edunet'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_restricted'::text) AS portal_sight)::bigint[]))))

-- sharing_restricteditem: portal_app may INSERT, SELECT, UPDATE (level_1_only), UPDATE (withdrawn_at), UPDATE (withdrawn_by_name).
CREATE POLICY app_deletes ON sharing_restricteditem AS RESTRICTIVE FOR DELETE TO portal_app
    USING ((((portal_context(2) = 'edunet'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_restricted'::text) AS portal_sight)::bigint[]))) OR (establishment_id = ANY (ARRAY( SELECT portal_heads() AS portal_heads)))))
CREATE POLICY app_inserts ON sharing_restricteditem AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK ((((portal_context(2) = 'edunet'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_restricted'::text) AS portal_sight)::bigint[]))) OR (establishment_id = ANY (ARRAY( SELECT portal_heads() AS portal_heads)))))
CREATE POLICY app_reads ON sharing_restricteditem AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((((portal_context(2) = 'edunet'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_restricted'::text) AS portal_sight)::bigint[]))) OR ((portal_context(2) = 'schools_online'::text) AND (withdrawn_at IS NULL) AND (starts_on <= CURRENT_DATE) AND ((ends_on IS NULL) OR (ends_on >= CURRENT_DATE)) AND (((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_establishment'::text) AS portal_sight)::bigint[])) AND (establishment_id <> ALL (ARRAY( SELECT portal_out_of_scope() AS portal_out_of_scope))) AND ((NOT level_1_only) OR (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'manage_register'::text) AS portal_sight)::bigint[])))) OR (establishment_id = ANY (ARRAY( SELECT portal_same_locality() AS portal_same_locality))) OR (id = ANY (ARRAY( SELECT given.item_id
   FROM portal_consents_to_me() given(id, item_id))))))))
CREATE POLICY app_updates ON sharing_restricteditem AS RESTRICTIVE FOR UPDATE TO portal_app
    USING ((((portal_context(2) = 'edunet'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_restricted'::text) AS portal_sight)::bigint[]))) OR (establishment_id = ANY (ARRAY( SELECT portal_heads() AS portal_heads)))))
    WITH CHECK ((((portal_context(2) = 'edunet'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_restricted'::text) AS portal_sight)::bigint[]))) OR (establishment_id = ANY (ARRAY( SELECT portal_heads() AS portal_heads)))))

-- sharing_result: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_result AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'pupils_at'::text, ''::text) AS portal_sight)::bigint[])) AND (( SELECT (portal_sees_whole() IS NOT NULL)) OR ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'showing'::text, 'attainment'::text) AS portal_sight)::bigint[])) AND (pupil_id <> ALL (( SELECT portal_sight(NULL::uuid[], 'opened_beyond'::text, ''::text) AS portal_sight)::uuid[]))) OR (pupil_id = ANY (( SELECT portal_sight(NULL::uuid[], 'opened_for'::text, 'attainment'::text) AS portal_sight)::uuid[]))) AND (EXISTS ( SELECT
   FROM sharing_pupil
  WHERE (sharing_pupil.id = sharing_result.pupil_id)))))

-- sharing_returnconfirmation: portal_app may INSERT, SELECT.
CREATE POLICY app_deletes ON sharing_returnconfirmation AS RESTRICTIVE FOR DELETE TO portal_app
    USING (((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[])) AND (portal_context(2) = 'schools_online'::text) AND (confirmed_by_id = portal_asker())))
CREATE POLICY app_inserts ON sharing_returnconfirmation AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK (((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[])) AND (portal_context(2) = 'schools_online'::text) AND (confirmed_by_id = portal_asker())))
CREATE POLICY app_reads ON sharing_returnconfirmation AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[])))
CREATE POLICY app_updates ON sharing_returnconfirmation AS RESTRICTIVE FOR UPDATE TO portal_app
    USING (((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[])) AND (portal_context(2) = 'schools_online'::text) AND (confirmed_by_id = portal_asker())))
    WITH CHECK (((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[])) AND (portal_context(2) = 'schools_online'::text) AND (confirmed_by_id = portal_asker())))

-- sharing_returnreminder: portal_app may nothing.
-- No row by DELETE, INSERT, SELECT, UPDATE.

-- sharing_savedview: portal_app may DELETE, INSERT, SELECT, UPDATE.
CREATE POLICY app_deletes ON sharing_savedview AS RESTRICTIVE FOR DELETE TO portal_app
    USING (((person_id = portal_asker()) AND (portal_context(2) = 'edunet'::text)))
CREATE POLICY app_inserts ON sharing_savedview AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK (((person_id = portal_asker()) AND (portal_context(2) = 'edunet'::text)))
CREATE POLICY app_reads ON sharing_savedview AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((person_id = portal_asker()) AND (portal_context(2) = 'edunet'::text)))
CREATE POLICY app_updates ON sharing_savedview AS RESTRICTIVE FOR UPDATE TO portal_app
    USING (((person_id = portal_asker()) AND (portal_context(2) = 'edunet'::text)))
    WITH CHECK (((person_id = portal_asker()) AND (portal_context(2) = 'edunet'::text)))

-- sharing_senneed: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_senneed AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'pupils_at'::text, ''::text) AS portal_sight)::bigint[])) AND (( SELECT (portal_sees_whole() IS NOT NULL)) OR ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'showing'::text, 'sen'::text) AS portal_sight)::bigint[])) AND (pupil_id <> ALL (( SELECT portal_sight(NULL::uuid[], 'opened_beyond'::text, ''::text) AS portal_sight)::uuid[]))) OR (pupil_id = ANY (( SELECT portal_sight(NULL::uuid[], 'opened_for'::text, 'sen'::text) AS portal_sight)::uuid[]))) AND (EXISTS ( SELECT
   FROM sharing_pupil
  WHERE (sharing_pupil.id = sharing_senneed.pupil_id)))))

-- sharing_servicerun: portal_app may SELECT; rows are not guarded.

-- sharing_signedhead: portal_app may SELECT; rows are not guarded.

-- sharing_staffabsence: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_staffabsence AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_staff'::text) AS portal_sight)::bigint[])) AND (EXISTS ( SELECT
   FROM sharing_staffmember
  WHERE (sharing_staffmember.id = sharing_staffabsence.member_id)))))

-- sharing_staffcontract: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_staffcontract AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_staff'::text) AS portal_sight)::bigint[])) AND (EXISTS ( SELECT
   FROM sharing_staffmember
  WHERE (sharing_staffmember.id = sharing_staffcontract.member_id)))))

-- sharing_staffmember: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_staffmember AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_staff'::text) AS portal_sight)::bigint[])))

-- sharing_statisticscell: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_statisticscell AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((((establishment_id IS NULL) AND (release_id = ANY (ARRAY( SELECT portal_releases_of_areas() AS portal_releases_of_areas)))) OR ((establishment_id = ANY (ARRAY( SELECT portal_readable() AS portal_readable))) AND (release_id = ANY (ARRAY( SELECT portal_releases_out() AS portal_releases_out))))))

-- sharing_statisticsdimension: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_statisticsdimension AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((release_id = ANY (ARRAY( SELECT portal_releases_out() AS portal_releases_out))) AND (EXISTS ( SELECT
   FROM portal_establishments('view_establishment'::text) portal_establishments(portal_establishments)))))

-- sharing_statisticsrequest: portal_app may INSERT, SELECT.
CREATE POLICY app_deletes ON sharing_statisticsrequest AS RESTRICTIVE FOR DELETE TO portal_app
    USING (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('keep_records'::text) portal_establishments(portal_establishments))) AND (asked_by_id = portal_asker()) AND ((state)::text = 'waiting'::text) AND (release_id IS NULL)))
CREATE POLICY app_inserts ON sharing_statisticsrequest AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('keep_records'::text) portal_establishments(portal_establishments))) AND (asked_by_id = portal_asker()) AND ((state)::text = 'waiting'::text) AND (release_id IS NULL)))
CREATE POLICY app_reads ON sharing_statisticsrequest AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('keep_records'::text) portal_establishments(portal_establishments)))))
CREATE POLICY app_updates ON sharing_statisticsrequest AS RESTRICTIVE FOR UPDATE TO portal_app
    USING (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('keep_records'::text) portal_establishments(portal_establishments))) AND (asked_by_id = portal_asker()) AND ((state)::text = 'waiting'::text) AND (release_id IS NULL)))
    WITH CHECK (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('keep_records'::text) portal_establishments(portal_establishments))) AND (asked_by_id = portal_asker()) AND ((state)::text = 'waiting'::text) AND (release_id IS NULL)))

-- sharing_statisticsrules: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_statisticsrules AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((release_id = ANY (ARRAY( SELECT portal_releases_out() AS portal_releases_out))) AND (EXISTS ( SELECT
   FROM portal_establishments('view_establishment'::text) portal_establishments(portal_establishments)))))

-- sharing_statisticstable: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_statisticstable AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((release_id = ANY (ARRAY( SELECT portal_releases_out() AS portal_releases_out))) AND (EXISTS ( SELECT
   FROM portal_establishments('view_establishment'::text) portal_establishments(portal_establishments)))))

-- sharing_statisticsverdict: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_statisticsverdict AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('keep_records'::text) portal_establishments(portal_establishments)))))

-- sharing_subjectrequest: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_subjectrequest AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((id = ANY (ARRAY( SELECT portal_subject_requests() AS portal_subject_requests))))

-- sharing_supportoffer: portal_app may INSERT, SELECT, UPDATE (challenge), UPDATE (for_whom), UPDATE (how), UPDATE (until), UPDATE (what), UPDATE (withdrawn_at), UPDATE (withdrawn_by_name).
CREATE POLICY app_deletes ON sharing_supportoffer AS RESTRICTIVE FOR DELETE TO portal_app
    USING (((portal_context(2) = 'schools_online'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[]))))
CREATE POLICY app_inserts ON sharing_supportoffer AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK (((portal_context(2) = 'schools_online'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[]))))
CREATE POLICY app_reads ON sharing_supportoffer AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((((establishment_id = ANY (ARRAY( SELECT portal_readable() AS portal_readable))) AND (withdrawn_at IS NULL) AND (until >= CURRENT_DATE) AND (EXISTS ( SELECT
   FROM sharing_participation part
  WHERE ((part.establishment_id = sharing_supportoffer.establishment_id) AND (part.starts_on <= CURRENT_DATE) AND ((part.ends_on IS NULL) OR (part.ends_on >= CURRENT_DATE)))))) OR ((portal_context(2) = 'schools_online'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[]))) OR (id = ANY (ARRAY( SELECT sharing_supportrequest.offer_id
   FROM sharing_supportrequest)))))
CREATE POLICY app_updates ON sharing_supportoffer AS RESTRICTIVE FOR UPDATE TO portal_app
    USING (((portal_context(2) = 'schools_online'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[]))))
    WITH CHECK (((portal_context(2) = 'schools_online'::text) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[]))))

-- sharing_supportrequest: portal_app may INSERT, SELECT, UPDATE (answer), UPDATE (answered_at), UPDATE (answered_by_name), UPDATE (state).
CREATE POLICY app_deletes ON sharing_supportrequest AS RESTRICTIVE FOR DELETE TO portal_app
    USING (((portal_context(2) = 'schools_online'::text) AND (EXISTS ( SELECT
   FROM sharing_participation part
  WHERE ((part.establishment_id = sharing_supportrequest.establishment_id) AND (part.starts_on <= CURRENT_DATE) AND ((part.ends_on IS NULL) OR (part.ends_on >= CURRENT_DATE))))) AND (EXISTS ( SELECT
   FROM sharing_participation part
  WHERE ((part.establishment_id = sharing_supportrequest.from_establishment_id) AND (part.starts_on <= CURRENT_DATE) AND ((part.ends_on IS NULL) OR (part.ends_on >= CURRENT_DATE))))) AND ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[])) OR (from_establishment_id = ANY (ARRAY( SELECT portal_establishments('keep_records'::text) AS portal_establishments))))))
CREATE POLICY app_inserts ON sharing_supportrequest AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK (((portal_context(2) = 'schools_online'::text) AND (EXISTS ( SELECT
   FROM sharing_participation part
  WHERE ((part.establishment_id = sharing_supportrequest.establishment_id) AND (part.starts_on <= CURRENT_DATE) AND ((part.ends_on IS NULL) OR (part.ends_on >= CURRENT_DATE))))) AND (EXISTS ( SELECT
   FROM sharing_participation part
  WHERE ((part.establishment_id = sharing_supportrequest.from_establishment_id) AND (part.starts_on <= CURRENT_DATE) AND ((part.ends_on IS NULL) OR (part.ends_on >= CURRENT_DATE))))) AND ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[])) OR (from_establishment_id = ANY (ARRAY( SELECT portal_establishments('keep_records'::text) AS portal_establishments))))))
CREATE POLICY app_reads ON sharing_supportrequest AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((portal_context(2) = 'schools_online'::text) AND (EXISTS ( SELECT
   FROM sharing_participation part
  WHERE ((part.establishment_id = sharing_supportrequest.establishment_id) AND (part.starts_on <= CURRENT_DATE) AND ((part.ends_on IS NULL) OR (part.ends_on >= CURRENT_DATE))))) AND (EXISTS ( SELECT
   FROM sharing_participation part
  WHERE ((part.establishment_id = sharing_supportrequest.from_establishment_id) AND (part.starts_on <= CURRENT_DATE) AND ((part.ends_on IS NULL) OR (part.ends_on >= CURRENT_DATE))))) AND ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[])) OR (from_establishment_id = ANY (ARRAY( SELECT portal_establishments('keep_records'::text) AS portal_establishments))))))
CREATE POLICY app_updates ON sharing_supportrequest AS RESTRICTIVE FOR UPDATE TO portal_app
    USING (((portal_context(2) = 'schools_online'::text) AND (EXISTS ( SELECT
   FROM sharing_participation part
  WHERE ((part.establishment_id = sharing_supportrequest.establishment_id) AND (part.starts_on <= CURRENT_DATE) AND ((part.ends_on IS NULL) OR (part.ends_on >= CURRENT_DATE))))) AND (EXISTS ( SELECT
   FROM sharing_participation part
  WHERE ((part.establishment_id = sharing_supportrequest.from_establishment_id) AND (part.starts_on <= CURRENT_DATE) AND ((part.ends_on IS NULL) OR (part.ends_on >= CURRENT_DATE))))) AND ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[])) OR (from_establishment_id = ANY (ARRAY( SELECT portal_establishments('keep_records'::text) AS portal_establishments))))))
    WITH CHECK (((portal_context(2) = 'schools_online'::text) AND (EXISTS ( SELECT
   FROM sharing_participation part
  WHERE ((part.establishment_id = sharing_supportrequest.establishment_id) AND (part.starts_on <= CURRENT_DATE) AND ((part.ends_on IS NULL) OR (part.ends_on >= CURRENT_DATE))))) AND (EXISTS ( SELECT
   FROM sharing_participation part
  WHERE ((part.establishment_id = sharing_supportrequest.from_establishment_id) AND (part.starts_on <= CURRENT_DATE) AND ((part.ends_on IS NULL) OR (part.ends_on >= CURRENT_DATE))))) AND ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[])) OR (from_establishment_id = ANY (ARRAY( SELECT portal_establishments('keep_records'::text) AS portal_establishments))))))

-- sharing_suspension: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_suspension AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'pupils_at'::text, ''::text) AS portal_sight)::bigint[])) AND (( SELECT (portal_sees_whole() IS NOT NULL)) OR ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'showing'::text, 'suspensions'::text) AS portal_sight)::bigint[])) AND (pupil_id <> ALL (( SELECT portal_sight(NULL::uuid[], 'opened_beyond'::text, ''::text) AS portal_sight)::uuid[]))) OR (pupil_id = ANY (( SELECT portal_sight(NULL::uuid[], 'opened_for'::text, 'suspensions'::text) AS portal_sight)::uuid[]))) AND (EXISTS ( SELECT
   FROM sharing_pupil
  WHERE (sharing_pupil.id = sharing_suspension.pupil_id)))))

-- sharing_transfer: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_transfer AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_pupils'::text) AS portal_sight)::bigint[])) AND ((establishment_id <> ALL (( SELECT portal_sight(NULL::bigint[], 'narrowed'::text, ''::text) AS portal_sight)::bigint[])) OR (((establishment_id || ':'::text) || (year_group)::text) = ANY (ARRAY( SELECT portal_years() AS portal_years)))) AND (cancelled_at IS NULL) AND
CASE
    WHEN (pupil_id IS NULL) THEN ((declined_at IS NULL) AND (lapses_on >= CURRENT_DATE) AND (establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'keep_records'::text) AS portal_sight)::bigint[])))
    ELSE (EXISTS ( SELECT
       FROM sharing_pupil
      WHERE (sharing_pupil.id = sharing_transfer.pupil_id)))
END) OR ((from_establishment_id = ANY (ARRAY( SELECT portal_establishments('view_pupils'::text) AS portal_establishments))) AND ((from_establishment_id <> ALL (( SELECT portal_sight(NULL::bigint[], 'narrowed'::text, ''::text) AS portal_sight)::bigint[])) OR (((from_establishment_id || ':'::text) || (year_group)::text) = ANY (ARRAY( SELECT portal_years() AS portal_years)))) AND (EXISTS ( SELECT
   FROM sharing_pupil
  WHERE (sharing_pupil.id = sharing_transfer.leaving_id)))) OR ((establishment_id = ANY (( SELECT portal_sight(NULL::bigint[], 'establishments'::text, 'view_pupils'::text) AS portal_sight)::bigint[])) AND (portal_context(2) = 'edunet'::text) AND (asserted_by = portal_asker()) AND (from_establishment_id IS NULL) AND (lapses_on >= CURRENT_DATE))) AND ((leaving_id IS NULL) OR (leaving_id <> ALL (( SELECT portal_sight(NULL::uuid[], 'closed'::text, ''::text) AS portal_sight)::uuid[]))) AND ((pupil_id IS NULL) OR (pupil_id <> ALL (( SELECT portal_sight(NULL::uuid[], 'closed'::text, ''::text) AS portal_sight)::uuid[]))) AND (id <> ALL (ARRAY( SELECT portal_closed_and_expected() AS portal_closed_and_expected))) AND (establishment_id <> ALL (ARRAY( SELECT portal_out_of_scope() AS portal_out_of_scope)))))

-- sharing_unusualpattern: portal_app may SELECT.
-- No row by DELETE, INSERT, UPDATE.
CREATE POLICY app_reads ON sharing_unusualpattern AS RESTRICTIVE FOR SELECT TO portal_app
    USING (((person_id <> portal_asker()) AND (((portal_context(2) = 'edunet'::text) AND (EXISTS ( SELECT
   FROM portal_establishments('manage_duties'::text) portal_establishments(portal_establishments)))) OR ((portal_context(2) = 'schools_online'::text) AND ((through)::text = 'schools_online'::text) AND (NOT of_head) AND (establishment_id = ANY (ARRAY( SELECT portal_heads() AS portal_heads)))))))

-- sharing_visitnote: portal_app may DELETE, INSERT, SELECT, UPDATE.
CREATE POLICY app_deletes ON sharing_visitnote AS RESTRICTIVE FOR DELETE TO portal_app
    USING (((author_id = portal_asker()) AND ((portal_context(2) = 'edunet'::text) AND (establishment_id = ANY (ARRAY( SELECT portal_establishments('view_pupils'::text) AS portal_establishments
UNION
 SELECT portal_establishments('view_staff'::text) AS portal_establishments
UNION
 SELECT portal_establishments('keep_records'::text) AS portal_establishments
UNION
 SELECT portal_establishments('view_restricted'::text) AS portal_establishments))))))
CREATE POLICY app_inserts ON sharing_visitnote AS RESTRICTIVE FOR INSERT TO portal_app
    WITH CHECK (((author_id = portal_asker()) AND ((portal_context(2) = 'edunet'::text) AND (establishment_id = ANY (ARRAY( SELECT portal_establishments('view_pupils'::text) AS portal_establishments
UNION
 SELECT portal_establishments('view_staff'::text) AS portal_establishments
UNION
 SELECT portal_establishments('keep_records'::text) AS portal_establishments
UNION
 SELECT portal_establishments('view_restricted'::text) AS portal_establishments))))))
CREATE POLICY app_reads ON sharing_visitnote AS RESTRICTIVE FOR SELECT TO portal_app
    USING ((((portal_context(2) = 'edunet'::text) AND (establishment_id = ANY (ARRAY( SELECT portal_establishments('view_pupils'::text) AS portal_establishments
UNION
 SELECT portal_establishments('view_staff'::text) AS portal_establishments
UNION
 SELECT portal_establishments('keep_records'::text) AS portal_establishments
UNION
 SELECT portal_establishments('view_restricted'::text) AS portal_establishments)))) OR ((portal_context(2) = 'schools_online'::text) AND for_head AND (establishment_id = ANY (ARRAY( SELECT portal_heads() AS portal_heads))))))
CREATE POLICY app_updates ON sharing_visitnote AS RESTRICTIVE FOR UPDATE TO portal_app
    USING (((author_id = portal_asker()) AND ((portal_context(2) = 'edunet'::text) AND (establishment_id = ANY (ARRAY( SELECT portal_establishments('view_pupils'::text) AS portal_establishments
UNION
 SELECT portal_establishments('view_staff'::text) AS portal_establishments
UNION
 SELECT portal_establishments('keep_records'::text) AS portal_establishments
UNION
 SELECT portal_establishments('view_restricted'::text) AS portal_establishments))))))
    WITH CHECK (((author_id = portal_asker()) AND ((portal_context(2) = 'edunet'::text) AND (establishment_id = ANY (ARRAY( SELECT portal_establishments('view_pupils'::text) AS portal_establishments
UNION
 SELECT portal_establishments('view_staff'::text) AS portal_establishments
UNION
 SELECT portal_establishments('keep_records'::text) AS portal_establishments
UNION
 SELECT portal_establishments('view_restricted'::text) AS portal_establishments))))))

-- socialaccount_socialaccount: portal_app may DELETE, INSERT, SELECT, UPDATE; rows are not guarded.

-- socialaccount_socialapp: portal_app may nothing; rows are not guarded.

-- socialaccount_socialtoken: portal_app may nothing; rows are not guarded.
