-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.access_register_about_to_end(wanted bigint)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN RETURN (
    WITH theirs AS (
        SELECT contract.id, contract.ended_at FROM access_register_contract AS said
        JOIN access_register_organisation AS party ON party.id = said.organisation_id
        JOIN access_register_contract AS contract ON contract.establishment_id = said.establishment_id
        JOIN access_register_organisation AS named ON named.id = contract.organisation_id
        WHERE said.id = wanted AND access_register_plain_name(named.name) = access_register_plain_name(party.name)),
    earlier AS (SELECT ended FROM access_register_sanction
                WHERE contract_id IN (SELECT id FROM theirs) AND lifted_at IS NULL AND ended IS NOT NULL),
    contracts AS (SELECT id FROM theirs WHERE ended_at IS NULL
                  UNION SELECT jsonb_array_elements_text(ended -> 'contracts')::bigint FROM earlier),
    lines AS (SELECT line.id FROM access_register_registerline AS line
              JOIN theirs ON theirs.id = line.contract_id AND theirs.ended_at IS NULL WHERE line.withdrawn_at IS NULL
              UNION SELECT jsonb_array_elements_text(ended -> 'lines')::bigint FROM earlier),
    permissions AS (SELECT to_jsonb(held) AS held FROM sharing_establishmentpermission AS held
                    WHERE held.source IN (SELECT 'line:' || id FROM lines)
                    UNION SELECT jsonb_array_elements(ended -> 'permissions') FROM earlier)
    SELECT jsonb_build_object(
        'contracts', (SELECT coalesce(jsonb_agg(id ORDER BY id), '[]') FROM contracts),
        'lines', (SELECT coalesce(jsonb_agg(id ORDER BY id), '[]') FROM lines),
        'permissions', (SELECT coalesce(jsonb_agg(held), '[]') FROM permissions)));
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_accept_headship(wanted bigint, opens text[], why text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    handed access_register_handover;
    line access_register_registerline;
    after access_register_registerline;
    head access_register_registerline;
    journal jsonb := '[]';
    rows jsonb;
    how text;
    whose varchar;
    nobody access_register_registerline;
BEGIN
    SELECT name INTO whose FROM access_register_person WHERE id = portal_asker();
    SELECT * INTO handed FROM access_register_handover
    WHERE id = wanted AND successor_id = portal_asker() AND portal_context(2) = 'schools_online'
      AND verified_at IS NOT NULL AND accepted_at IS NULL AND cancelled_at IS NULL AND done_at IS NULL
      AND "on" >= CURRENT_DATE FOR UPDATE;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM 1 FROM access_register_registerline
    WHERE establishment_id = handed.establishment_id AND withdrawn_at IS NULL ORDER BY id FOR UPDATE;
    IF EXISTS (SELECT FROM access_register_registerline WHERE establishment_id = handed.establishment_id
               AND person_id = handed.successor_id AND withdrawn_at IS NULL AND awaiting_since IS NOT NULL) THEN
        RETURN false;
    END IF;
    FOR line IN SELECT * FROM access_register_registerline
        WHERE establishment_id = handed.establishment_id AND withdrawn_at IS NULL
          AND (seat = 0 OR person_id = handed.successor_id)
          AND daterange(starts_on, ends_on, '[]') && daterange(handed."on", handed.until, '[]') ORDER BY starts_on
    LOOP
        SELECT coalesce(jsonb_agg(to_jsonb(held)), '[]') INTO rows
        FROM sharing_establishmentpermission AS held WHERE source = 'line:' || line.id;
        after := NULL;
        IF handed.until IS NOT NULL AND (line.ends_on IS NULL OR line.ends_on > handed.until) THEN
            after := line;
            after.starts_on := handed.until + 1;
            after.last_used_on := NULL;
            after.version := 1;
        END IF;
        IF line.starts_on < handed."on" THEN
            how := 'shortened';
            UPDATE access_register_registerline SET ends_on = handed."on" - 1, version = version + 1
            WHERE id = line.id;
            PERFORM access_register_tell(line, line.id, 'handed_over',
                'accepted the headship. This line ends the day before', whose);
            UPDATE sharing_establishmentpermission SET ends_on = handed."on" - 1 WHERE source = 'line:' || line.id;
            IF after.id IS NOT NULL THEN
                after.id := nextval(pg_get_serial_sequence('access_register_registerline', 'id'));
                INSERT INTO access_register_registerline VALUES (after.*);
                PERFORM access_register_tell(nobody, after.id, 'given',
                    'accepted the headship for a time. This line goes on afterwards', whose);
                INSERT INTO sharing_establishmentpermission (user_id, permission_id, establishment_id, through,
                    starts_on, ends_on, source, reason, year_groups, withheld)
                SELECT user_id, permission_id, establishment_id, through,
                       CASE WHEN after.awaiting_since IS NULL THEN after.starts_on ELSE starts_on END, after.ends_on,
                       'line:' || after.id, reason, year_groups, withheld
                FROM sharing_establishmentpermission WHERE source = 'line:' || line.id;
            END IF;
        ELSIF after.id IS NOT NULL THEN
            how := 'put off';
            UPDATE access_register_registerline SET starts_on = after.starts_on, version = version + 1
            WHERE id = line.id;
            PERFORM access_register_tell(line, line.id, 'handed_over',
                'accepted the headship for a time. This line begins afterwards', whose);
            UPDATE sharing_establishmentpermission SET starts_on = after.starts_on
            WHERE source = 'line:' || line.id AND line.awaiting_since IS NULL;
        ELSE
            how := 'withdrawn';
            UPDATE access_register_registerline SET withdrawn_at = now(), withdrawn_by_name = handed.named_by_name,
                withdrawn_because = 'The headship was handed over.', version = version + 1 WHERE id = line.id;
            PERFORM access_register_tell(line, line.id, 'handed_over',
                'accepted the headship, which replaces this line', whose);
            DELETE FROM sharing_establishmentpermission WHERE source = 'line:' || line.id;
        END IF;
        journal := journal || jsonb_build_object('how', how, 'line', line.id, 'starts_on', line.starts_on,
            'ends_on', line.ends_on, 'after', CASE how WHEN 'shortened' THEN after.id END, 'permissions', rows);
    END LOOP;

    SELECT * INTO head FROM access_register_registerline WHERE id = handed.outgoing_id;
    head.id := nextval(pg_get_serial_sequence('access_register_registerline', 'id'));
    head.person_id := handed.successor_id;
    head.level := 1;
    head.seat := 0;
    head.role := 'head';
    head.starts_on := handed."on";
    head.ends_on := handed.until;
    head.level_since := handed."on";
    head.given_by_name := handed.named_by_name;
    head.given_at := now();
    head.awaiting_since := NULL;
    head.suspended_at := NULL;
    head.suspended_by_name := '';
    head.suspended_because := '';
    head.basis := '';
    head.basis_words := '';
    head.year_groups := '{}';
    head.withheld := '{}';
    head.contract_id := NULL;
    head.review_due_on := NULL;
    head.confirmed_on := NULL;
    head.reviews_missed := 0;
    head.last_used_on := NULL;
    head.version := 1;
    head.withdrawn_at := NULL;
    head.withdrawn_by_name := '';
    head.withdrawn_because := '';
    INSERT INTO access_register_registerline VALUES (head.*);
    PERFORM access_register_tell(nobody, head.id, 'given', 'accepted the headship, named by ' || handed.named_by_name,
        whose);
    INSERT INTO sharing_establishmentpermission
        (user_id, permission_id, establishment_id, through, starts_on, ends_on, source, reason)
    SELECT head.person_id, permission.id, head.establishment_id, 'schools_online', head.starts_on, head.ends_on,
           'line:' || head.id, why
    FROM auth_permission AS permission JOIN django_content_type AS kind ON kind.id = permission.content_type_id
    WHERE kind.app_label = 'sharing' AND kind.model = 'establishment' AND permission.codename = ANY (opens);
    UPDATE access_register_handover SET accepted_at = now(), incoming_id = head.id, cut = journal WHERE id = wanted;
    RETURN true;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_answer_breach(wanted bigint, sealed bytea, who text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    PERFORM 1 FROM access_register_breach WHERE id = wanted AND state IN ('referred', 'appealed') FOR UPDATE;
    IF NOT FOUND OR sealed IS NULL OR NOT portal_breach_is(wanted, 'respondent') THEN RETURN false; END IF;
    PERFORM access_register_breach_step(wanted, 'answered', who, sealed, 'parties');
    RETURN true;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_appeal_breach(wanted bigint, sealed bytea, who text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    PERFORM 1 FROM access_register_breach WHERE id = wanted AND state = 'decided' AND outcome <> 'none'
      AND decided_at > now() - interval '28 days' FOR UPDATE;
    IF NOT FOUND OR sealed IS NULL OR NOT portal_breach_is(wanted, 'respondent') THEN RETURN false; END IF;
    UPDATE access_register_breach SET state = 'appealed', sitting = 2 WHERE id = wanted;
    PERFORM access_register_breach_step(wanted, 'appealed', who, sealed, 'parties');
    RETURN true;
END $function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.access_register_asker_to_tell(what text, wanted bigint)
 RETURNS TABLE(person bigint, site character varying)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    WITH asked AS (

        SELECT line.person_id AS person, 'keep_records' AS needs, request.establishment_id AS place, NULL::uuid AS pupil
        FROM sharing_supportrequest AS request
        JOIN access_register_registerline AS line ON line.establishment_id = request.establishment_id
        WHERE what = 'support_asked' AND request.id = wanted AND state = 'waiting'
          AND line.level = 1 AND line.withdrawn_at IS NULL AND line.suspended_at IS NULL
        UNION ALL

        SELECT asked_by_id AS person, 'keep_records' AS needs, from_establishment_id AS place, NULL::uuid AS pupil
        FROM sharing_supportrequest WHERE what = 'support' AND id = wanted AND state IN ('accepted', 'declined')
        UNION ALL

        SELECT asked_by_id AS person, 'manage_duties' AS needs, NULL::bigint AS place, NULL::uuid AS pupil
        FROM sharing_closing WHERE what = 'closing' AND id = wanted AND agreed_at IS NOT NULL
        UNION ALL
        SELECT asked_by_id, 'manage_duties', NULL, NULL
        FROM sharing_disposal WHERE what = 'disposal' AND id = wanted AND decided_at IS NOT NULL
        UNION ALL
        SELECT recorded_by_id, 'manage_duties', NULL, NULL
        FROM access_register_officerappointment WHERE what = 'officer' AND id = wanted AND NOT awaits_second
        UNION ALL
        SELECT raised_by_id, 'view_pupils', establishment_id, pupil_id
        FROM sharing_challenge WHERE what = 'left' AND id = wanted AND outcome = 'has_left'
        UNION ALL

        SELECT recorded_by_id AS person, 'manage_duties' AS needs, NULL::bigint AS place, NULL::uuid AS pupil
        FROM access_register_order WHERE what = 'order' AND id = wanted AND authorised_at IS NOT NULL
        UNION ALL
        SELECT reported_by_id AS person, 'view_establishment' AS needs, NULL::bigint AS place, NULL::uuid AS pupil
        FROM sharing_misusereport WHERE what = 'misuse' AND id = wanted AND state = 'closed'
        UNION ALL
        SELECT asserted_by, 'view_pupils', coalesce(from_establishment_id, establishment_id), leaving_id
        FROM sharing_transfer WHERE what = 'declined' AND id = wanted AND declined_at IS NOT NULL
        UNION ALL
        SELECT line.person_id, 'keep_records', transfer.establishment_id, coalesce(pupil_id, leaving_id)
        FROM sharing_transfer AS transfer
        JOIN access_register_registerline AS line ON line.establishment_id = transfer.establishment_id
        WHERE what = 'cancelled' AND transfer.id = wanted AND cancelled_at IS NOT NULL AND agreed_on IS NOT NULL
          AND line.level = 1 AND line.withdrawn_at IS NULL AND line.suspended_at IS NULL
        UNION ALL
        SELECT raised_by_id, CASE about WHEN 'pupil' THEN 'view_pupils' WHEN 'staff' THEN 'view_staff'
            ELSE 'view_establishment' END, establishment_id, pupil_id
        FROM sharing_challenge AS challenge
        WHERE what = 'challenge' AND id = wanted AND state = 'answered'
          AND (pupil_id IS NULL OR EXISTS (
            SELECT FROM sharing_pupil AS pupil WHERE pupil.id = challenge.pupil_id AND pupil.visible @> CURRENT_DATE)))
    SELECT asked.person, max(held.through) FROM asked
    JOIN access_register_person AS who ON who.id = asked.person AND who.is_active
     AND (who.suspended_until IS NULL OR who.suspended_until < CURRENT_DATE)
    JOIN sharing_establishmentpermission AS held ON held.user_id = asked.person
     AND held.permission_id = (SELECT id FROM auth_permission WHERE codename = asked.needs)
     AND held.establishment_id = coalesce(asked.place, held.establishment_id) AND (what NOT IN ('support', 'support_asked') OR held.through = 'schools_online')
     AND held.starts_on <= CURRENT_DATE AND (held.ends_on IS NULL OR held.ends_on >= CURRENT_DATE)
     AND (asked.pupil IS NULL OR held.year_groups = '{}' OR EXISTS (
        SELECT FROM sharing_pupil AS pupil WHERE pupil.id = asked.pupil AND year_group = ANY (held.year_groups)))
    WHERE (asked.person <> portal_asker() OR what = 'left') AND NOT EXISTS (
        SELECT FROM sharing_closing AS closing JOIN sharing_child AS child ON child.id = closing.child_id
        JOIN sharing_pupil AS pupil ON pupil.child_id IN (child.id, child.same_as_id)
        WHERE pupil.id = asked.pupil AND closing.starts_at <= now() AND closing.ends_at > now()
          AND closing.ended_at IS NULL AND asked.person <> ALL (closing.named))
    GROUP BY asked.person
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_attach_evidence(wanted bigint, words text, how_many integer, sealed bytea, who text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    PERFORM 1 FROM access_register_breach WHERE id = wanted AND state IN ('referred', 'appealed') FOR UPDATE;
    IF NOT FOUND OR NOT portal_breach_is(wanted, 'desk') OR sealed IS NULL THEN RETURN false; END IF;
    INSERT INTO access_register_breachevidence (breach_id, asked, number, content, attached_at, attached_by_name)
    VALUES (wanted, words, how_many, sealed, now(), who);
    PERFORM access_register_breach_step(wanted, 'evidence', who, NULL, 'parties');
    RETURN true;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_authorise_order(wanted bigint)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE said access_register_order;
BEGIN
    UPDATE access_register_order SET authorised_at = now()
    WHERE id = wanted AND authoriser_id = portal_asker() AND portal_context(2) = 'edunet'
      AND authorised_at IS NULL AND ended_at IS NULL AND ends_on >= CURRENT_DATE
      AND EXISTS (SELECT FROM portal_establishments('view_establishment'))
    RETURNING * INTO said;
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE sharing_namedchild SET starts_on = said.starts_on, ends_on = said.ends_on
    WHERE source = 'order:' || wanted AND ended_at IS NULL AND child_id = said.child_id AND person_id = said.person_id
      AND through = said.through AND withheld = said.withheld AND head_barred = said.head_barred;
    UPDATE sharing_establishmentpermission SET starts_on = said.starts_on, ends_on = said.ends_on
    WHERE source = 'order:' || wanted AND establishment_id = said.establishment_id AND user_id = said.person_id
      AND through = said.through AND withheld = said.withheld
      AND permission_id = (SELECT id FROM auth_permission WHERE codename = said.data);
    RETURN true;
END $function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.access_register_barred_until(party bigint, place bigint)
 RETURNS date
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT max(sanction.ends_on) FROM access_register_sanction AS sanction
    JOIN access_register_contract AS ended ON ended.id = sanction.contract_id
    JOIN access_register_organisation AS gone ON gone.id = ended.organisation_id
    JOIN access_register_organisation AS named ON named.id = party
    WHERE sanction.measure = 'end_third_party' AND sanction.lifted_at IS NULL
      AND sanction.starts_on <= CURRENT_DATE AND sanction.ends_on >= CURRENT_DATE
      AND ended.establishment_id = place
      AND access_register_plain_name(gone.name) = access_register_plain_name(named.name)
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_breach_ask_again(wanted bigint, sealed bytea)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    PERFORM 1 FROM access_register_breach WHERE id = wanted AND state = 'dismissed' AND asked_again_at IS NULL
      AND triaged_at > now() - interval '28 days' FOR UPDATE;
    IF NOT FOUND OR sealed IS NULL OR NOT portal_breach_is(wanted, 'reporter') THEN RETURN false; END IF;
    UPDATE access_register_breach SET state = 'reported', asked_again_at = now(), is_personal = NULL, severity = '',
        closed_before = closed_by, closed_by = '{}' WHERE id = wanted;
    PERFORM access_register_breach_step(wanted, 'asked', '', sealed, 'all');
    RETURN true;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_breach_by_managers(wanted bigint, people bigint[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    PERFORM 1 FROM access_register_breach WHERE id = wanted AND state = 'reported' FOR UPDATE;
    IF NOT FOUND OR NOT portal_breach_is(wanted, 'reporter') AND NOT EXISTS (
        SELECT FROM access_register_breach
        WHERE id = wanted AND passed_on_by_id = portal_asker() AND reported_at = now()) THEN RETURN; END IF;
    INSERT INTO access_register_breachparty (breach_id, person_id, name)
    SELECT wanted, manager.id, manager.name FROM access_register_managers() AS manager
    WHERE manager.id = ANY (people) ON CONFLICT DO NOTHING;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_breach_candidates(wanted bigint)
 RETURNS TABLE(person_id bigint, name character varying, place text, is_officer boolean, establishments bigint[], teams text[])
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT person.id, person.name, coalesce(min(home.name), min(officer.team)), min(home.name) IS NULL,
           ARRAY(SELECT access_register_breach_places(wanted, person.id)),
           ARRAY(SELECT access_register_breach_teams(wanted, person.id))
    FROM access_register_breach AS breach
    CROSS JOIN access_register_person AS person
    LEFT JOIN access_register_registerline AS line ON line.person_id = person.id AND line.withdrawn_at IS NULL
        AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE)
    LEFT JOIN sharing_localitymembership AS member ON member.establishment_id = line.establishment_id
        AND line.seat = 0 AND line.suspended_at IS NULL AND line.awaiting_since IS NULL
        AND line.starts_on <= CURRENT_DATE AND member.locality_id = ANY (breach.localities)
        AND EXISTS (SELECT FROM sharing_participation AS part WHERE part.establishment_id = line.establishment_id
                    AND part.starts_on <= CURRENT_DATE AND (part.ends_on IS NULL OR part.ends_on >= CURRENT_DATE))
        AND member.starts_on <= CURRENT_DATE AND (member.ends_on IS NULL OR member.ends_on >= CURRENT_DATE)
    LEFT JOIN sharing_establishment AS home ON home.id = member.establishment_id
    LEFT JOIN access_register_officerappointment AS officer ON officer.person_id = person.id
        AND NOT officer.awaits_second AND officer.starts_on <= CURRENT_DATE AND (officer.ends_on IS NULL OR officer.ends_on >= CURRENT_DATE)
    WHERE breach.id = wanted AND portal_breach_is(wanted, 'desk') AND person.is_active
      AND (person.suspended_until IS NULL OR person.suspended_until < CURRENT_DATE)
      AND person.id NOT IN (SELECT seat.person_id FROM access_register_breachseat AS seat
                            WHERE seat.breach_id = wanted)
      AND person.id NOT IN (SELECT manager.id FROM access_register_managers() AS manager)
    GROUP BY person.id HAVING min(home.name) IS NOT NULL OR min(officer.team) IS NOT NULL
    ORDER BY person.name, person.id
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_breach_concern(wanted bigint, sort text, target bigint, who text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    PERFORM 1 FROM access_register_breach WHERE id = wanted AND state = 'reported' FOR UPDATE;
    IF NOT FOUND OR NOT portal_breach_is(wanted, 'desk') THEN RETURN false; END IF;
    INSERT INTO access_register_breachparty (breach_id, person_id, establishment_id, contract_id, name)
    SELECT wanted, CASE WHEN sort = 'person' THEN target END, CASE WHEN sort = 'establishment' THEN target END,
           CASE WHEN sort = 'third_party' THEN target END, left(name, 200)
    FROM (SELECT name FROM access_register_person WHERE sort = 'person' AND id = target
          UNION ALL SELECT name FROM sharing_establishment WHERE sort = 'establishment' AND id = target
          UNION ALL SELECT organisation.name || ', ' || contract.reference
          FROM access_register_contract AS contract
          JOIN access_register_organisation AS organisation ON organisation.id = contract.organisation_id
          WHERE sort = 'third_party' AND contract.id = target) AS found
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM access_register_breach_step(wanted, 'concerned', who, NULL, 'desk');
    RETURN true;
END $function$;

-- Called by: portal_batch.
CREATE OR REPLACE FUNCTION public.access_register_breach_desk(wanted bigint)
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT manager.id FROM access_register_managers() AS manager
    WHERE NOT access_register_left_the_desk(wanted, manager.id)
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_breach_facts(wanted bigint)
 RETURNS TABLE(people bigint[], establishments bigint[], teams text[])
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT ARRAY(SELECT person_id FROM access_register_breachparty WHERE breach_id = wanted AND person_id IS NOT NULL
                 UNION SELECT person_id FROM access_register_breachreport WHERE breach_id = wanted
                 UNION SELECT triaged_by_id FROM access_register_breach
                 WHERE id = wanted AND triaged_by_id IS NOT NULL
                 UNION SELECT passed_on_by_id FROM access_register_breach
                 WHERE id = wanted AND passed_on_by_id IS NOT NULL),
           ARRAY(SELECT access_register_breach_homes(wanted)),
           ARRAY(SELECT access_register_breach_teams(wanted, party.person_id)
                 FROM access_register_breachparty AS party WHERE party.breach_id = wanted)
    WHERE portal_breach_is(wanted, 'desk')
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_breach_find(wanted bigint, sort text, words text)
 RETURNS TABLE(id bigint, label text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT found.id, found.label FROM (
        SELECT person.id, person.name || coalesce(': ' || string_agg(DISTINCT coalesce(place.name, officer.team), ', '),
                                                  '') AS label
        FROM access_register_person AS person
        LEFT JOIN access_register_registerline AS line ON line.person_id = person.id AND line.withdrawn_at IS NULL
        LEFT JOIN sharing_establishment AS place ON place.id = line.establishment_id
        LEFT JOIN access_register_officerappointment AS officer ON officer.person_id = person.id
        WHERE sort = 'person' AND (strpos(lower(person.name), lower(words)) > 0 OR lower(person.email) = lower(words))
        GROUP BY person.id
        UNION ALL
        SELECT place.id, place.name FROM sharing_establishment AS place
        WHERE sort = 'establishment' AND place.kind <> '' AND strpos(lower(place.name), lower(words)) > 0
        UNION ALL
        SELECT contract.id, organisation.name || ', ' || contract.reference || ', at ' || place.name
        FROM access_register_contract AS contract
        JOIN access_register_organisation AS organisation ON organisation.id = contract.organisation_id
        JOIN sharing_establishment AS place ON place.id = contract.establishment_id
        WHERE sort = 'third_party' AND strpos(lower(organisation.name), lower(words)) > 0) AS found
    WHERE portal_breach_is(wanted, 'desk') AND length(words) > 1 ORDER BY found.label, found.id LIMIT 20
$function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.access_register_breach_homes(wanted bigint)
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT establishment_id FROM access_register_breachparty
    WHERE breach_id = wanted AND establishment_id IS NOT NULL
    UNION
    SELECT contract.establishment_id FROM access_register_breachparty AS party
    JOIN access_register_contract AS contract ON contract.id = party.contract_id WHERE party.breach_id = wanted
    UNION
    SELECT line.establishment_id FROM access_register_breachparty AS party
    JOIN access_register_breach AS breach ON breach.id = party.breach_id
    JOIN access_register_registerline AS line ON line.person_id = party.person_id
    WHERE party.breach_id = wanted
      AND (line.withdrawn_at IS NULL OR line.withdrawn_at > breach.reported_at - interval '1 year')
      AND (line.ends_on IS NULL OR line.ends_on > breach.reported_at::date - 365)
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_breach_of_misuse(wanted bigint, told bytea, named bytea, sealed bytea, who text)
 RETURNS TABLE(breach bigint, desk bigint[])
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    misuse sharing_misusereport;
    made bigint;
BEGIN
    SELECT * INTO misuse FROM sharing_misusereport
    WHERE id = wanted AND outcome = 'to_refer' AND reported_by_id <> portal_asker() FOR UPDATE;
    IF NOT FOUND OR told IS NULL OR portal_context(2) <> 'edunet'
       OR NOT EXISTS (SELECT FROM portal_establishments('keep_records'))
       OR EXISTS (SELECT FROM access_register_breach WHERE of_misuse = misuse.id) THEN RETURN; END IF;
    INSERT INTO access_register_breach (whose, about_id, categories, children, happened, whom, aware_at, reported_at,
        state, of_misuse, passed_on_by_id)
    VALUES ('unknown', misuse.about_id, '{establishment}', '0', told, named, misuse.reported_at, now(), 'reported', misuse.id, portal_asker())
    RETURNING id INTO made;
    INSERT INTO access_register_breachreport (breach_id, person_id, person_name, name_withheld, form_key)
    SELECT made, person.id, '', true, gen_random_uuid()
    FROM access_register_person AS person WHERE person.id = misuse.reported_by_id;
    PERFORM access_register_breach_step(made, 'reported', '', NULL, 'all');
    PERFORM access_register_breach_step(made, 'misuse', who, sealed, 'desk');
    RETURN QUERY SELECT made, ARRAY(SELECT access_register_breach_desk(made));
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_breach_people(wanted bigint, what text)
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT person.id FROM access_register_person AS person
    WHERE person.is_active AND EXISTS (
        SELECT FROM portal_breach_roles() AS held WHERE held.breach_id = wanted
          AND (what = 'desk' OR held.role IN ('desk', 'panel'))) AND (
        what = 'desk' AND person.id IN (SELECT access_register_breach_desk(wanted))
        OR what = 'reporter' AND person.id IN (SELECT report.person_id FROM access_register_breachreport AS report
                                               WHERE report.breach_id = wanted)
        OR what = 'panel' AND person.id IN (SELECT seat.person_id FROM access_register_breachseat AS seat
            JOIN access_register_breach AS breach ON breach.id = seat.breach_id AND breach.sitting = seat.sitting
            WHERE breach.id = wanted)
        OR what = 'respondent' AND (
            person.id IN (SELECT party.person_id FROM access_register_breachparty AS party
                          WHERE party.breach_id = wanted AND party.person_id IS NOT NULL)
            OR person.id IN (SELECT line.person_id FROM access_register_breachparty AS party
                JOIN access_register_breach AS breach ON breach.id = party.breach_id
                JOIN access_register_registerline AS line ON line.awaiting_since IS NULL
                 AND (line.contract_id = party.contract_id AND (line.withdrawn_at IS NULL OR line.withdrawn_at >= breach.reported_at) AND (line.ends_on IS NULL OR line.ends_on >= breach.reported_at::date)
                      OR line.establishment_id = party.establishment_id AND line.seat = 0
                         AND line.withdrawn_at IS NULL AND line.starts_on <= CURRENT_DATE
                         AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE))
                WHERE party.breach_id = wanted)))
$function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.access_register_breach_places(wanted bigint, who bigint)
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT line.establishment_id FROM access_register_registerline AS line
    JOIN access_register_breach AS breach ON breach.id = wanted
    WHERE line.person_id = who
      AND least(line.withdrawn_at::date, line.ends_on, 'infinity') > least(happened_on, reported_at::date) - 365
$function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.access_register_breach_step(wanted bigint, did text, who text, sealed bytea, whose text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    INSERT INTO access_register_breachstep (breach_id, at, what, by_name, words, audience)
    VALUES (wanted, clock_timestamp(), did, who, sealed, whose)
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_breach_take_out(wanted bigint, party bigint, sealed bytea, who text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    PERFORM 1 FROM access_register_breach WHERE id = wanted AND state = 'reported' FOR UPDATE;
    IF NOT FOUND OR NOT portal_breach_is(wanted, 'desk') OR sealed IS NULL THEN RETURN false; END IF;
    DELETE FROM access_register_breachparty WHERE id = party AND breach_id = wanted;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM access_register_breach_step(wanted, 'taken_out', who, sealed, 'desk');
    RETURN true;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.access_register_breach_teams(wanted bigint, who bigint)
 RETURNS SETOF text
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
    WITH case_of AS (
        SELECT least(happened_on, reported_at::date) AS since FROM access_register_breach WHERE id = wanted)
    SELECT officer.team FROM access_register_officerappointment AS officer CROSS JOIN case_of
    WHERE officer.person_id = who AND officer.starts_on <= CURRENT_DATE
      AND (officer.ends_on IS NULL OR officer.ends_on >= since)
    UNION
    SELECT change.before ->> 'team' FROM access_register_appointmentchange AS change
    JOIN access_register_officerappointment AS officer ON officer.id = change.appointment_id CROSS JOIN case_of
    WHERE officer.person_id = who AND change.at::date >= since
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_breach_told(wanted bigint, who_was text, who text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    PERFORM 1 FROM access_register_breach WHERE id = wanted
      AND (is_personal OR tell_ico OR is_personal IS NULL AND state <> 'reported') FOR UPDATE;
    IF NOT FOUND OR NOT (portal_breach_is(wanted, 'desk') OR portal_breach_is(wanted, 'panel')
        AND NOT EXISTS (SELECT FROM access_register_breach_desk(wanted))) THEN RETURN false; END IF;
    INSERT INTO access_register_breachtold (breach_id, whom, told_at, by_name) VALUES (wanted, who_was, now(), who)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM access_register_breach_step(wanted, 'told', who, NULL, 'desk');
    RETURN true;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_breach_vote(wanted bigint, chosen text, length integer, ico boolean, sealed bytea)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    breach access_register_breach;
    members bigint;
    votes bigint;
    icos bigint;
    decided text;
    decided_length integer;
BEGIN
    SELECT * INTO breach FROM access_register_breach WHERE id = wanted AND state IN ('referred', 'appealed') FOR UPDATE;
    IF NOT FOUND OR sealed IS NULL OR chosen IN ('suspend_person', 'suspend_establishment', 'end_third_party')
        AND NOT EXISTS (SELECT FROM access_register_breachparty AS party WHERE party.breach_id = wanted
          AND (chosen = 'suspend_person' AND party.person_id IS NOT NULL
               OR chosen = 'suspend_establishment' AND party.establishment_id IS NOT NULL
               OR chosen = 'end_third_party' AND party.contract_id IS NOT NULL)) THEN RETURN NULL; END IF;
    UPDATE access_register_breachseat
    SET measure = chosen, weeks = length, tell_ico = ico, reason = sealed, voted_at = now()
    WHERE breach_id = wanted AND sitting = breach.sitting AND person_id = portal_asker()
      AND access_register_may_sit(wanted, person_id);
    IF NOT FOUND THEN RETURN NULL; END IF;
    SELECT count(*), count(voted_at), count(*) FILTER (WHERE tell_ico) INTO members, votes, icos
    FROM access_register_breachseat AS seat
    WHERE breach_id = wanted AND sitting = breach.sitting AND access_register_may_sit(wanted, seat.person_id);
    SELECT measure, weeks INTO decided, decided_length FROM access_register_breachseat AS seat
    WHERE breach_id = wanted AND sitting = breach.sitting AND voted_at IS NOT NULL
      AND access_register_may_sit(wanted, seat.person_id)
    GROUP BY measure, weeks HAVING count(*) * 2 > members;
    IF votes < 3 OR decided IS NULL THEN RETURN 'voted'; END IF;
    IF breach.sitting = 1 THEN
        UPDATE access_register_breach SET state = 'decided', outcome = decided, weeks = decided_length,
            tell_ico = icos * 2 > members, decided_at = now() WHERE id = wanted;
        PERFORM access_register_enact(wanted, decided, decided_length, CURRENT_DATE);
        PERFORM access_register_breach_step(wanted, 'decided', '', NULL, 'all');
        RETURN 'decided';
    END IF;
    UPDATE access_register_breach SET state = 'settled', outcome = decided, weeks = decided_length,
        tell_ico = tell_ico OR icos * 2 > members, settled_at = now() WHERE id = wanted;
    IF (decided, decided_length) = (breach.outcome::text, breach.weeks::integer) THEN
        PERFORM access_register_breach_step(wanted, 'upheld', '', NULL, 'all');
    ELSE
        PERFORM access_register_enact(wanted, decided, decided_length,
            (breach.decided_at AT TIME ZONE 'Europe/London')::date);
        PERFORM access_register_breach_step(wanted, CASE decided WHEN 'none' THEN 'lifted' ELSE 'changed' END, '',
            NULL, 'all');
    END IF;
    RETURN 'decided';
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.access_register_bring_back(ended jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    number bigint;
    line access_register_registerline;
BEGIN
    UPDATE access_register_contract AS contract SET ended_at = NULL, destruction_asked_at = NULL, destruction_certified_on = NULL
    WHERE id IN (SELECT jsonb_array_elements_text(ended -> 'contracts')::bigint)
      AND access_register_barred_until(organisation_id, establishment_id) IS NULL
      AND NOT EXISTS (SELECT FROM access_register_sanction AS other
                      WHERE other.lifted_at IS NULL AND other.ended -> 'contracts' @> to_jsonb(contract.id));
    FOR number IN SELECT jsonb_array_elements_text(ended -> 'lines')::bigint LOOP
        SELECT found.* INTO line FROM access_register_registerline AS found
        JOIN access_register_contract AS contract ON contract.id = found.contract_id AND contract.ended_at IS NULL
        WHERE found.id = number AND found.withdrawn_by_name = 'the Locality Achievement Partnership' FOR UPDATE OF found;
        CONTINUE WHEN NOT FOUND;
        BEGIN
            UPDATE access_register_registerline SET withdrawn_at = NULL, withdrawn_by_name = '', withdrawn_because = '',
                version = version + 1
            WHERE id = number;
        EXCEPTION WHEN exclusion_violation THEN CONTINUE;
        END;
        PERFORM access_register_tell(line, number, 'resumed', 'let this line go on, after an appeal', 'the Locality Achievement Partnership');
        INSERT INTO sharing_establishmentpermission
        SELECT held.*
        FROM jsonb_populate_recordset(NULL::sharing_establishmentpermission, ended -> 'permissions') AS held
        WHERE held.source = 'line:' || number ON CONFLICT DO NOTHING;
    END LOOP;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_cancel_handover(wanted bigint, who text, because text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    handed access_register_handover;
    gave jsonb;
    was access_register_registerline;
BEGIN
    SELECT * INTO handed FROM access_register_handover AS handover
    WHERE id = wanted AND cancelled_at IS NULL AND done_at IS NULL
      AND (accepted_at IS NULL OR "on" > CURRENT_DATE)
      AND (successor_id = portal_asker() OR (portal_context(2) = 'edunet'
        AND establishment_id IN (SELECT portal_establishments('view_establishment')))
           OR (establishment_id IN (SELECT portal_establishments('manage_register'))
               AND EXISTS (SELECT FROM access_register_registerline AS line
                           WHERE line.establishment_id = handover.establishment_id AND line.seat = 0
                             AND line.person_id = portal_asker() AND line.withdrawn_at IS NULL
                             AND daterange(line.starts_on, line.ends_on, '[]') @> CURRENT_DATE)))
    FOR UPDATE;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM 1 FROM access_register_registerline
    WHERE establishment_id = handed.establishment_id AND withdrawn_at IS NULL ORDER BY id FOR UPDATE;
    FOR was IN SELECT * FROM access_register_registerline
        WHERE withdrawn_at IS NULL AND (id = handed.incoming_id OR id IN (
            SELECT (entry->>'after')::bigint FROM jsonb_array_elements(handed.cut) AS entry
            WHERE entry->>'after' IS NOT NULL))
    LOOP
        UPDATE access_register_registerline SET withdrawn_at = now(), withdrawn_by_name = who,
            withdrawn_because = 'The handover was cancelled.', version = version + 1
        WHERE id = was.id;
        PERFORM access_register_tell(was, was.id, 'withdrawn', 'cancelled the handover for which this line was', who);
    END LOOP;
    DELETE FROM sharing_establishmentpermission WHERE source = 'line:' || handed.incoming_id OR source IN (
        SELECT 'line:' || (entry->>'after') FROM jsonb_array_elements(handed.cut) AS entry
        WHERE entry->>'after' IS NOT NULL);
    FOR gave IN SELECT * FROM jsonb_array_elements(handed.cut) LOOP
        SELECT * INTO was FROM access_register_registerline WHERE id = (gave->>'line')::bigint;
        IF gave->>'how' = 'shortened' THEN
            UPDATE access_register_registerline SET ends_on = (gave->>'ends_on')::date, version = version + 1
            WHERE id = (gave->>'line')::bigint AND withdrawn_at IS NULL AND ends_on = handed."on" - 1;
            IF FOUND THEN
                UPDATE sharing_establishmentpermission SET ends_on = (gave->>'ends_on')::date
                WHERE source = 'line:' || was.id AND ends_on = handed."on" - 1;
                PERFORM access_register_tell(was, was.id, 'handover_cancelled',
                    'cancelled the handover. This line goes on as before', who);
            END IF;
        ELSIF gave->>'how' = 'put off' THEN
            UPDATE access_register_registerline SET starts_on = (gave->>'starts_on')::date, version = version + 1
            WHERE id = (gave->>'line')::bigint AND withdrawn_at IS NULL AND starts_on = handed.until + 1;
            IF FOUND THEN
                UPDATE sharing_establishmentpermission SET starts_on = (gave->>'starts_on')::date
                WHERE source = 'line:' || was.id AND was.awaiting_since IS NULL;
                PERFORM access_register_tell(was, was.id, 'handover_cancelled',
                    'cancelled the handover. This line begins as before', who);
            END IF;
        ELSE
            UPDATE access_register_registerline
            SET withdrawn_at = NULL, withdrawn_by_name = '', withdrawn_because = '', version = version + 1
            WHERE id = was.id;
            PERFORM access_register_tell(was, was.id, 'handover_cancelled',
                'cancelled the handover. This line is back as before', who);
            INSERT INTO sharing_establishmentpermission
            SELECT (jsonb_populate_record(NULL::sharing_establishmentpermission, held)).*
            FROM jsonb_array_elements(gave->'permissions') AS held;
        END IF;
    END LOOP;
    UPDATE access_register_handover
    SET cancelled_at = now(), cancelled_by_name = who, cancelled_because = because WHERE id = wanted;
    RETURN true;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_close_handovers(place bigint)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    UPDATE access_register_handover SET done_at = now()
    WHERE establishment_id = place AND accepted_at IS NOT NULL AND cancelled_at IS NULL AND done_at IS NULL
      AND "on" <= CURRENT_DATE;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_confirm_headship(place bigint)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    UPDATE access_register_handover SET confirmed_at = now()
    WHERE establishment_id = place AND successor_id = portal_asker() AND accepted_at IS NOT NULL
      AND cancelled_at IS NULL AND confirmed_at IS NULL AND "on" <= CURRENT_DATE
      AND place IN (SELECT portal_establishments('manage_register'));
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_contracts_back(wanted bigint)
 RETURNS TABLE(id bigint, place bigint, urn integer, name character varying, organisation character varying)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT DISTINCT contract.id, place.id, place.urn, place.name, party.name
    FROM access_register_sanction AS lifted
    JOIN access_register_contract AS contract ON lifted.ended -> 'contracts' @> to_jsonb(contract.id)
     AND contract.ended_at IS NULL AND contract.ends_on >= CURRENT_DATE
    JOIN sharing_establishment AS place ON place.id = contract.establishment_id
    JOIN access_register_organisation AS party ON party.id = contract.organisation_id
    WHERE lifted.breach_id = wanted AND lifted.lifted_at = now() AND portal_breach_is(wanted, 'panel')
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.access_register_draw_panel(wanted bigint)
 RETURNS TABLE(whom bigint, what text)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    breach access_register_breach;
    missing bigint;
    drawn bigint[] := '{}';
    did text := 'drawn';
    places bigint[] := ARRAY(SELECT access_register_breach_homes(wanted));
BEGIN
    SELECT * INTO breach FROM access_register_breach
    WHERE id = wanted AND state IN ('reported', 'referred', 'appealed') FOR UPDATE;
    IF NOT FOUND OR NOT EXISTS (SELECT FROM access_register_managers())
        OR EXISTS (SELECT FROM access_register_breach_desk(wanted)) THEN RETURN; END IF;
    SELECT 3 - count(*) INTO missing FROM access_register_breachseat AS seat
    WHERE seat.breach_id = wanted AND seat.sitting = breach.sitting AND access_register_may_sit(wanted, seat.person_id);
    IF missing <= 0 THEN RETURN; END IF;
    IF breach.localities = '{}' THEN
        IF places = '{}' THEN places := ARRAY[breach.about_id]; END IF;
        UPDATE access_register_breach SET localities = ARRAY(
            SELECT DISTINCT member.locality_id FROM sharing_localitymembership AS member
            WHERE member.establishment_id = ANY (places) AND member.starts_on <= CURRENT_DATE
              AND (member.ends_on IS NULL OR member.ends_on >= CURRENT_DATE) ORDER BY 1) WHERE id = wanted;
    END IF;
    FOR attempt IN 1..2 LOOP
        drawn := ARRAY(
            SELECT head.person_id FROM (
                SELECT DISTINCT line.person_id FROM access_register_registerline AS line
                WHERE line.seat = 0 AND line.withdrawn_at IS NULL) AS head
            WHERE access_register_may_sit(wanted, head.person_id) AND NOT EXISTS (
                SELECT FROM access_register_breachseat AS seat
                WHERE seat.breach_id = wanted AND seat.person_id = head.person_id)
              AND NOT EXISTS (SELECT FROM access_register_officerappointment AS officer
                WHERE officer.person_id = head.person_id)
            ORDER BY random() LIMIT missing);
        EXIT WHEN cardinality(drawn) = missing;
        did := 'drawn_far';
        UPDATE access_register_breach SET localities = ARRAY(SELECT id FROM sharing_locality ORDER BY id)
        WHERE id = wanted;
    END LOOP;
    IF cardinality(drawn) < missing THEN
        UPDATE access_register_breach SET localities = breach.localities WHERE id = wanted;
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM access_register_breachstep AS step
               WHERE step.breach_id = wanted AND step.what = 'drawn_far') THEN
        did := 'drawn_far';
    END IF;
    INSERT INTO access_register_breachseat (breach_id, person_id, name, sitting)
    SELECT wanted, person.id, person.name, breach.sitting FROM access_register_person AS person
    WHERE person.id = ANY (drawn);
    IF breach.state = 'reported' THEN
        UPDATE access_register_breach SET state = 'referred' WHERE id = wanted;
        PERFORM access_register_breach_step(wanted, 'referred', '', NULL, 'parties');
        RETURN QUERY SELECT party.person_id, 'referred' FROM access_register_breachparty AS party
            WHERE party.breach_id = wanted AND party.person_id IS NOT NULL;
    END IF;
    PERFORM access_register_breach_step(wanted, did, '', NULL, 'parties');
    RETURN QUERY SELECT member, did FROM unnest(drawn) AS member;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.access_register_enact(wanted bigint, decided text, length integer, since date)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    party access_register_breachparty;
    place bigint;
    last_day date := CASE WHEN length > 0 THEN since + 7 * length - 1 END;
    lifted bigint[];
    held jsonb;
BEGIN
    WITH gone AS (UPDATE access_register_sanction SET lifted_at = now() WHERE breach_id = wanted AND lifted_at IS NULL
                  RETURNING id)
    SELECT array_agg(id) INTO lifted FROM gone;
    PERFORM 1 FROM sharing_establishment WHERE id IN (
        SELECT contract.establishment_id FROM access_register_breachparty AS named
        JOIN access_register_contract AS contract ON contract.id = named.contract_id WHERE named.breach_id = wanted)
    ORDER BY id FOR NO KEY UPDATE;
    IF decided <> 'end_third_party' THEN
        PERFORM access_register_bring_back(said.ended) FROM access_register_sanction AS said
        WHERE said.id = ANY (lifted) AND said.ended IS NOT NULL;
    END IF;
    FOR party IN SELECT * FROM access_register_breachparty WHERE breach_id = wanted ORDER BY id LOOP
        CONTINUE WHEN decided = 'none'
            OR decided = 'suspend_person' AND party.person_id IS NULL
            OR decided = 'suspend_establishment' AND party.establishment_id IS NULL
            OR decided = 'end_third_party' AND party.contract_id IS NULL;
        held := NULL;
        IF decided = 'end_third_party' THEN
            SELECT said.ended INTO held FROM access_register_sanction AS said
            WHERE said.id = ANY (lifted) AND said.contract_id = party.contract_id;
            held := coalesce(held, access_register_about_to_end(party.contract_id));
            PERFORM access_register_end_by_sanction(party.contract_id);
        END IF;
        INSERT INTO access_register_sanction
            (breach_id, measure, person_id, establishment_id, contract_id, starts_on, ends_on, ended)
        VALUES (wanted, decided, party.person_id, party.establishment_id, party.contract_id, since, last_day, held);
    END LOOP;
    FOR place IN SELECT DISTINCT establishment_id FROM access_register_sanction
        WHERE breach_id = wanted AND measure = 'suspend_establishment' LOOP
        PERFORM access_register_pause(place);
    END LOOP;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.access_register_end_by_sanction(wanted bigint)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    line access_register_registerline;
    theirs bigint[];
BEGIN
    PERFORM pg_advisory_xact_lock(
        hashtext('third parties'), (SELECT establishment_id::int FROM access_register_contract WHERE id = wanted));
    theirs := ARRAY(
        SELECT contract.id FROM access_register_contract AS said
        JOIN access_register_organisation AS party ON party.id = said.organisation_id
        JOIN access_register_contract AS contract ON contract.establishment_id = said.establishment_id
        JOIN access_register_organisation AS named ON named.id = contract.organisation_id
        WHERE said.id = wanted AND access_register_plain_name(named.name) = access_register_plain_name(party.name));
    UPDATE access_register_contract SET ended_at = now() WHERE id = ANY (theirs) AND ended_at IS NULL;
    FOR line IN SELECT * FROM access_register_registerline
        WHERE contract_id = ANY (theirs) AND withdrawn_at IS NULL ORDER BY id FOR UPDATE
    LOOP
        UPDATE access_register_registerline SET withdrawn_at = now(), withdrawn_by_name = 'the Locality Achievement Partnership',
            withdrawn_because = 'The contract was ended for a breach of the protocol.', version = version + 1
        WHERE id = line.id;
        PERFORM access_register_tell(line, line.id, 'withdrawn', 'ended this line with its contract', 'the Locality Achievement Partnership');
        DELETE FROM sharing_establishmentpermission WHERE source = 'line:' || line.id;
        UPDATE access_register_invitation SET revoked_at = now() WHERE line_id = line.id AND accepted_at IS NULL;
    END LOOP;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_end_order(wanted bigint, who text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    UPDATE access_register_order SET ended_at = now(), ended_by_name = who
    WHERE id = wanted AND ended_at IS NULL AND portal_context(2) = 'edunet'
      AND (authoriser_id = portal_asker() OR EXISTS (SELECT FROM portal_establishments('manage_duties')));
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE sharing_namedchild SET ended_at = now() WHERE source = 'order:' || wanted AND ended_at IS NULL;
    DELETE FROM sharing_establishmentpermission WHERE source = 'order:' || wanted;
    RETURN true;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.access_register_facts(line access_register_registerline)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
    SELECT jsonb_object_agg(key, value) || jsonb_build_object(
        'head', line.seat IS NOT DISTINCT FROM 0, 'pending', line.awaiting_since IS NOT NULL,
        'suspended', line.suspended_at IS NOT NULL, 'withdrawn', line.withdrawn_at IS NOT NULL)
    FROM jsonb_each(to_jsonb(line)) WHERE key IN (
        'level', 'role', 'basis', 'basis_words', 'given_by_name', 'year_groups', 'withheld', 'reviews_missed',
        'suspended_because', 'withdrawn_because', 'version', 'starts_on', 'ends_on', 'level_since', 'review_due_on',
        'confirmed_on')
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_first_heads()
 RETURNS TABLE(line_id bigint, establishment_id bigint, name character varying, awaits boolean, first_day date, recorded_by character varying, recorded_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT line.id, line.establishment_id, person.name, line.awaiting_since IS NOT NULL, line.starts_on,
           line.given_by_name, line.given_at
    FROM access_register_registerline AS line JOIN access_register_person AS person ON person.id = line.person_id
    WHERE EXISTS (SELECT FROM portal_establishments('manage_duties')) AND line.seat = 0 AND line.withdrawn_at IS NULL
      AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE)
      AND (line.awaiting_since IS NOT NULL OR line.given_at > now() - interval '14 days')
      AND EXISTS (SELECT FROM access_register_lineevent AS event
                  WHERE event.line_id = line.id AND event.what = 'first_head')
      AND NOT EXISTS (SELECT FROM access_register_handover AS handover
                      WHERE handover.establishment_id = line.establishment_id AND handover.cancelled_at IS NULL)
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_follow_new(places bigint[])
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    INSERT INTO sharing_establishmentpermission
        (user_id, permission_id, establishment_id, through, starts_on, ends_on, source, reason)
    SELECT DISTINCT held.user_id, held.permission_id, place.id, held.through, held.starts_on, held.ends_on, held.source,
           held.reason
    FROM sharing_establishment AS place CROSS JOIN sharing_establishmentpermission AS held
    JOIN sharing_establishment AS elsewhere ON elsewhere.id = held.establishment_id
    LEFT JOIN access_register_duty AS duty ON 'duty:' || duty.id = held.source
    WHERE EXISTS (SELECT FROM portal_establishments('manage_duties'))
      AND place.id = ANY (places) AND place.kind <> '' AND held.through = 'edunet'
      AND NOT EXISTS (SELECT FROM sharing_establishmentpermission AS known
                      WHERE known.establishment_id = place.id AND known.through = 'edunet')
      AND (held.source LIKE 'appointment:%' OR duty.whole_community
           OR (place.kind = ANY (duty.kinds) AND elsewhere.kind = place.kind))
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_head_on(place bigint, day date)
 RETURNS TABLE(line_id bigint, person_id bigint, name character varying)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT line.id, line.person_id, person.name
    FROM access_register_registerline AS line JOIN access_register_person AS person ON person.id = line.person_id
    WHERE line.establishment_id = place AND line.seat = 0 AND line.withdrawn_at IS NULL
      AND line.starts_on <= day AND (line.ends_on IS NULL OR line.ends_on >= day)
      AND (place IN (SELECT portal_establishments('manage_register'))
           OR (portal_context(2) = 'edunet' AND place IN (SELECT portal_establishments('view_establishment'))))
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_head_to_tell(place bigint, day date)
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT head.person_id FROM access_register_head_on(place, day) AS head
    JOIN access_register_registerline AS line ON line.id = head.line_id
    WHERE line.suspended_at IS NULL AND line.awaiting_since IS NULL
$function$;

-- Called by: portal_batch.
CREATE OR REPLACE FUNCTION public.access_register_heads_of_closing(wanted bigint)
 RETURNS TABLE(person_id bigint, urn integer, place character varying)
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT DISTINCT line.person_id, place.urn, place.name
    FROM sharing_closing AS closing JOIN sharing_child AS child ON child.id = closing.child_id
    JOIN sharing_pupil AS pupil ON pupil.child_id IN (child.id, child.same_as_id)
    JOIN sharing_establishment AS place ON place.id = pupil.establishment_id
    JOIN access_register_registerline AS line ON line.establishment_id = place.id AND line.seat = 0
    WHERE closing.id = wanted AND NOT closing.head_barred AND line.suspended_at IS NULL AND line.awaiting_since IS NULL AND pupil.visible @> CURRENT_DATE
      AND line.withdrawn_at IS NULL AND line.starts_on <= CURRENT_DATE
      AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE)
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_heads_to_tell(wanted bigint)
 RETURNS TABLE(person_id bigint, urn integer, place character varying)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT head.* FROM access_register_heads_of_closing(wanted) AS head
    WHERE EXISTS (SELECT FROM sharing_closing AS closing WHERE closing.id = wanted
                  AND closing.asked_by_id = portal_asker() AND portal_context(2) = 'edunet')
$function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.access_register_is_barred()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    IF access_register_barred_until(NEW.organisation_id, NEW.establishment_id) IS NOT NULL THEN
        RAISE EXCEPTION 'this third party is barred here' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'third_party_is_barred';
    END IF;
    RETURN NEW;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_join_protocol(place bigint, wanted bigint, who text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE stretch sharing_participation;
BEGIN 
    IF NOT EXISTS (SELECT FROM portal_heads() AS mine WHERE mine = place) THEN RETURN 'not_yours'; END IF;
    PERFORM 1 FROM sharing_establishment WHERE id = place FOR NO KEY UPDATE;
    SELECT * INTO stretch FROM sharing_participation WHERE establishment_id = place
      AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE);

    IF stretch.id IS NOT NULL THEN RETURN 'taking_part'; END IF;
    IF NOT EXISTS (SELECT FROM sharing_establishment WHERE id = place AND kind <> '') THEN RETURN 'outside'; END IF;
    IF EXISTS (SELECT FROM access_register_sanction AS held WHERE held.establishment_id = place
        AND held.measure = 'suspend_establishment' AND held.lifted_at IS NULL
        AND held.starts_on <= CURRENT_DATE AND held.ends_on >= CURRENT_DATE) THEN RETURN 'suspended'; END IF;
    IF portal_accept(wanted) IS NULL THEN RETURN 'other_text'; END IF;
    DELETE FROM sharing_participation WHERE establishment_id = place AND starts_on > CURRENT_DATE;
    INSERT INTO sharing_participation (establishment_id, starts_on, ended_because) VALUES (place, CURRENT_DATE, '');
    UPDATE access_register_person SET protocol_accepted_until = CURRENT_DATE - 1
    WHERE protocol_accepted_until >= CURRENT_DATE AND id <> portal_person() AND id IN (
        SELECT line.person_id FROM access_register_registerline AS line
        WHERE line.establishment_id = place AND line.withdrawn_at IS NULL
          AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE));
    INSERT INTO access_register_participationstep (establishment_id, what, at, by_id, by_name, because, version_id)
    VALUES (place, 'joined', clock_timestamp(), portal_asker(), who, '', wanted);
    RETURN '';
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.access_register_keep_appointment()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    answer record;
BEGIN
    IF portal_asker() IS NULL THEN RETURN NEW; END IF;
    IF OLD.ends_on < CURRENT_DATE THEN
        RAISE EXCEPTION 'an appointment that has ended stays as it was' USING ERRCODE = '42501';
    END IF;
    NEW.starts_on := OLD.starts_on;
    NEW.recorded_by_name := OLD.recorded_by_name;
    IF NEW.manager <> OLD.manager AND NEW.manager <> '' THEN
        SELECT * INTO answer FROM access_register_manager(OLD.person_id, NEW.manager);
        IF answer.wrong <> '' THEN
            RAISE EXCEPTION 'nobody of this name manages this officer: %', answer.wrong USING ERRCODE = '42501';
        END IF;
    END IF;
    RETURN NEW;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.access_register_keep_text()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN RAISE EXCEPTION 'a published text of the protocol stays as it was accepted'; END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_keepers_to_tell(wanted bigint)
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT line.person_id FROM sharing_challenge AS challenge
    JOIN access_register_registerline AS line ON line.establishment_id = challenge.establishment_id
    WHERE challenge.id = wanted AND challenge.state = 'withdrawn' AND challenge.reminded_on IS NOT NULL
      AND challenge.raised_by_id = portal_asker() AND line.person_id <> portal_asker()
      AND line.level = 1 AND line.withdrawn_at IS NULL AND line.suspended_at IS NULL AND line.awaiting_since IS NULL
      AND line.starts_on <= CURRENT_DATE AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE)
      AND NOT EXISTS (
        SELECT FROM sharing_closing AS closing JOIN sharing_child AS child ON child.id = closing.child_id
        JOIN sharing_pupil AS pupil ON pupil.child_id IN (child.id, child.same_as_id)
        WHERE pupil.id = challenge.pupil_id AND closing.starts_at <= now() AND closing.ends_at > now()
          AND closing.ended_at IS NULL AND line.person_id <> ALL (closing.named))
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_leave_protocol(place bigint, why text, who text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE stretch sharing_participation;
BEGIN 
    IF NOT EXISTS (SELECT FROM portal_heads() AS mine WHERE mine = place) THEN RETURN 'not_yours'; END IF;
    PERFORM 1 FROM sharing_establishment WHERE id = place FOR NO KEY UPDATE;
    SELECT * INTO stretch FROM sharing_participation WHERE establishment_id = place
      AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE);

    IF stretch.id IS NULL AND EXISTS (SELECT FROM access_register_sanction AS held WHERE held.establishment_id = place
        AND held.measure = 'suspend_establishment' AND held.lifted_at IS NULL
        AND held.starts_on <= CURRENT_DATE AND held.ends_on >= CURRENT_DATE) THEN
        SELECT * INTO stretch FROM sharing_participation WHERE establishment_id = place AND starts_on > CURRENT_DATE
        ORDER BY starts_on LIMIT 1;
    END IF;
    IF stretch.id IS NULL THEN RETURN 'not_taking_part'; END IF;
    IF stretch.starts_on < CURRENT_DATE THEN
        UPDATE sharing_participation SET ends_on = CURRENT_DATE - 1, ended_because = 'The head has left the protocol.'
        WHERE id = stretch.id;
    ELSIF EXISTS (SELECT FROM sharing_participation WHERE establishment_id = place AND id <> stretch.id) THEN
        DELETE FROM sharing_participation WHERE id = stretch.id;
    ELSE
        UPDATE sharing_participation SET starts_on = CURRENT_DATE - 1, ends_on = CURRENT_DATE - 1,
            ended_because = 'The head has left the protocol.' WHERE id = stretch.id;
    END IF;
    DELETE FROM sharing_participation WHERE establishment_id = place AND starts_on > CURRENT_DATE;
    INSERT INTO access_register_participationstep (establishment_id, what, at, by_id, by_name, because)
    VALUES (place, 'left', clock_timestamp(), portal_asker(), who, why);
    RETURN '';
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_left_notes(author bigint)
 RETURNS TABLE(id bigint, place character varying, written_at timestamp with time zone, for_head boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT note.id, place.name, note.written_at, note.for_head FROM sharing_visitnote AS note
    JOIN sharing_establishment AS place ON place.id = note.establishment_id
    WHERE note.author_id = author AND portal_context(2) = 'edunet' AND EXISTS (SELECT FROM portal_establishments('manage_duties'))
      AND NOT EXISTS (SELECT FROM access_register_officerappointment AS held
                      WHERE held.person_id = note.author_id
                        AND (held.ends_on IS NULL OR held.ends_on >= CURRENT_DATE))
    ORDER BY note.written_at DESC, note.id DESC
$function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.access_register_left_the_desk(wanted bigint, who bigint)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    RETURN EXISTS (SELECT FROM access_register_breachparty WHERE breach_id = wanted AND person_id = who)
        OR EXISTS (SELECT FROM access_register_registerline AS line WHERE line.person_id = who AND line.withdrawn_at IS NULL AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE)
                   AND line.establishment_id IN (SELECT access_register_breach_homes(wanted)))
        OR EXISTS (SELECT FROM access_register_breach AS breach
                   WHERE breach.id = wanted AND breach.asked_again_at IS NOT NULL AND who = ANY (breach.closed_before)
                     AND breach.state NOT IN ('decided', 'settled'));
END $function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.access_register_manager(officer bigint, wanted text, OUT wrong text, OUT known_as text)
 RETURNS record
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('access_register_manager'));
    WITH RECURSIVE of_today AS (
        SELECT person.id, person.name, access_register_plain_name(person.name) AS plain,
            access_register_plain_name(appointment.manager) AS manager
        FROM access_register_officerappointment AS appointment
        JOIN access_register_person AS person ON person.id = appointment.person_id
        WHERE appointment.starts_on <= CURRENT_DATE AND NOT appointment.awaits_second
          AND (appointment.ends_on IS NULL OR appointment.ends_on >= CURRENT_DATE)),
    named AS (SELECT * FROM of_today WHERE plain = access_register_plain_name(wanted) AND id <> officer),
    above AS (
        SELECT id, manager FROM named
        UNION
        SELECT next.id, next.manager FROM above JOIN of_today AS next ON next.plain = above.manager)
    SELECT CASE WHEN EXISTS (SELECT FROM above WHERE id = officer) THEN 'circle'
                WHEN EXISTS (SELECT FROM named) THEN ''
                WHEN EXISTS (SELECT FROM access_register_person WHERE id = officer
                    AND access_register_plain_name(name) = access_register_plain_name(wanted)) THEN 'oneself'
                ELSE '' END, coalesce((SELECT min(name) FROM named), wanted)
    INTO wrong, known_as;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.access_register_managers()
 RETURNS TABLE(id bigint, name character varying)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT person.id, person.name FROM access_register_person AS person
    WHERE person.is_active AND (person.suspended_until IS NULL OR person.suspended_until < CURRENT_DATE)
      AND person.id IN (SELECT held.user_id FROM sharing_establishmentpermission AS held
                        WHERE held.permission_id = (SELECT id FROM auth_permission WHERE codename = 'manage_duties')
                          AND held.through = 'edunet' AND held.starts_on <= CURRENT_DATE AND (held.ends_on IS NULL OR held.ends_on >= CURRENT_DATE))
$function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.access_register_mark_used()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    UPDATE access_register_registerline SET last_used_on = CURRENT_DATE WHERE id IN (
        SELECT line.id FROM access_register_registerline AS line
          JOIN sharing_establishment AS place ON place.id = line.establishment_id
         WHERE line.person_id = NEW.person_id AND place.urn = NEW.urn AND line.withdrawn_at IS NULL
           AND line.starts_on <= CURRENT_DATE AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE)
           AND line.last_used_on IS DISTINCT FROM CURRENT_DATE
           FOR NO KEY UPDATE OF line SKIP LOCKED);
    RETURN NULL;
END $function$;

-- Called by: portal_batch.
CREATE OR REPLACE FUNCTION public.access_register_may_sit(wanted bigint, who bigint)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT EXISTS (
        SELECT FROM access_register_breach AS breach JOIN access_register_person AS person ON person.id = who
        WHERE breach.id = wanted AND person.is_active AND breach.triaged_by_id IS DISTINCT FROM who AND breach.passed_on_by_id IS DISTINCT FROM who
          AND (person.suspended_until IS NULL OR person.suspended_until < CURRENT_DATE)
          AND (EXISTS (SELECT FROM access_register_officerappointment AS officer
                       WHERE officer.person_id = who AND NOT officer.awaits_second AND officer.starts_on <= CURRENT_DATE AND (officer.ends_on IS NULL OR officer.ends_on >= CURRENT_DATE))
               OR EXISTS (SELECT FROM access_register_registerline AS line
                          JOIN sharing_localitymembership AS member ON member.establishment_id = line.establishment_id
                          WHERE line.person_id = who AND line.seat = 0 AND line.suspended_at IS NULL
                            AND line.awaiting_since IS NULL AND line.withdrawn_at IS NULL AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE) AND line.starts_on <= CURRENT_DATE
                            AND member.locality_id = ANY (breach.localities)
        AND EXISTS (SELECT FROM sharing_participation AS part WHERE part.establishment_id = line.establishment_id
                    AND part.starts_on <= CURRENT_DATE AND (part.ends_on IS NULL OR part.ends_on >= CURRENT_DATE)) AND member.starts_on <= CURRENT_DATE AND (member.ends_on IS NULL OR member.ends_on >= CURRENT_DATE))))
    AND who NOT IN (SELECT manager.id FROM access_register_managers() AS manager)
    AND NOT EXISTS (SELECT FROM access_register_breachparty WHERE breach_id = wanted AND person_id = who)
    AND NOT EXISTS (SELECT FROM access_register_breachreport WHERE breach_id = wanted AND person_id = who)
    AND NOT EXISTS (SELECT access_register_breach_places(wanted, who)
                    INTERSECT SELECT access_register_breach_homes(wanted))
    AND NOT EXISTS (
        SELECT access_register_breach_teams(wanted, who)
        INTERSECT
        SELECT access_register_breach_teams(wanted, party.person_id)
        FROM access_register_breachparty AS party WHERE party.breach_id = wanted)
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_note_destroyed(wanted bigint)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    UPDATE sharing_download AS taken SET disposed_at = now(), disposed_how = 'written'
    WHERE id = wanted AND state = 'collected' AND disposed_at IS NULL AND (taken.through = portal_context(2)
        OR taken.through = 'schools_online' AND establishment_id IN (SELECT portal_ended()))
      AND establishment_id IN (SELECT portal_establishments(
          CASE portal_context(2) WHEN 'edunet' THEN 'manage_duties' ELSE 'manage_register' END))
      AND NOT EXISTS (
          SELECT FROM sharing_establishmentpermission AS held
          WHERE held.user_id = taken.by_person_id AND held.establishment_id = taken.establishment_id
            AND held.through = taken.through
            AND held.starts_on <= CURRENT_DATE AND (held.ends_on IS NULL OR held.ends_on >= CURRENT_DATE));
    RETURN FOUND;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_panel_is_full(wanted bigint)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT portal_breach_is(wanted, 'desk') AND count(*) IN (3, 5, 7)
    FROM access_register_breachseat AS seat
    JOIN access_register_breach AS breach ON breach.id = seat.breach_id AND breach.sitting = seat.sitting
    WHERE breach.id = wanted AND access_register_may_sit(wanted, seat.person_id)
$function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.access_register_pause(place bigint)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    last_day date;
    going_on sharing_participation;
    afterwards bigint;
BEGIN
    PERFORM 1 FROM sharing_establishment WHERE id = place FOR NO KEY UPDATE;
    SELECT max(ends_on) INTO last_day FROM access_register_sanction
    WHERE establishment_id = place AND measure = 'suspend_establishment' AND lifted_at IS NULL AND starts_on <= CURRENT_DATE AND ends_on >= CURRENT_DATE;
    SELECT * INTO going_on FROM sharing_participation
    WHERE establishment_id = place AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)
    FOR UPDATE;
    IF going_on.id IS NULL THEN
        SELECT max(participation_id) INTO afterwards FROM access_register_sanction WHERE establishment_id = place;
        UPDATE sharing_participation SET starts_on = coalesce(last_day + 1, CURRENT_DATE)
        WHERE id = afterwards AND starts_on > CURRENT_DATE
          AND (ends_on IS NULL OR ends_on >= coalesce(last_day + 1, CURRENT_DATE));
    ELSIF last_day IS NOT NULL THEN
        IF going_on.starts_on < CURRENT_DATE THEN
            UPDATE sharing_participation SET ends_on = CURRENT_DATE - 1, ended_because = 'Suspended for a time'
            WHERE id = going_on.id;
        ELSE
            DELETE FROM sharing_participation WHERE id = going_on.id;
        END IF;
        IF going_on.ends_on IS NULL OR going_on.ends_on > last_day THEN
            INSERT INTO sharing_participation (establishment_id, starts_on, ends_on, ended_because)
            VALUES (place, last_day + 1, going_on.ends_on, going_on.ended_because) RETURNING id INTO afterwards;
        END IF;
    END IF;
    UPDATE access_register_sanction SET participation_id = afterwards
    WHERE establishment_id = place AND afterwards IS NOT NULL AND lifted_at IS NULL AND starts_on <= CURRENT_DATE AND ends_on >= CURRENT_DATE;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_place_first_head(place bigint, somebody bigint, day date, opens text[], why text, who text, token text, expires timestamp with time zone)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    before access_register_registerline;
    nobody access_register_registerline;
    number bigint;
    awaits boolean := token <> '';
BEGIN
    IF NOT EXISTS (SELECT FROM portal_establishments('manage_duties')) THEN RETURN 'not_yours'; END IF;
    PERFORM FROM sharing_establishment WHERE id = place FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM access_register_registerline
               WHERE establishment_id = place AND person_id = somebody AND seat = 0 AND withdrawn_at IS NULL
                 AND starts_on = day AND given_by_name = who AND given_at > clock_timestamp() - interval '1 minute')
    THEN RETURN 'twice'; END IF;
    IF place NOT IN (SELECT free.establishment_id FROM access_register_without_head(place) AS free) THEN
        RETURN 'has_head';
    END IF;
    IF somebody = portal_asker() THEN RETURN 'own'; END IF;
    IF day < CURRENT_DATE OR day > CURRENT_DATE + 366 THEN RETURN 'days'; END IF;
    FOR before IN SELECT * FROM access_register_registerline
        WHERE establishment_id = place AND seat = 0 AND withdrawn_at IS NULL AND awaiting_since IS NOT NULL FOR UPDATE
    LOOP
        UPDATE access_register_registerline SET withdrawn_at = clock_timestamp(), withdrawn_by_name = who,
            withdrawn_because = 'Recorded anew before it was accepted.', version = version + 1 WHERE id = before.id;
        DELETE FROM sharing_establishmentpermission WHERE source = 'line:' || before.id;
        PERFORM access_register_tell(before, before.id, 'withdrawn', 'recorded the first head anew', who);
    END LOOP;
    IF EXISTS (SELECT FROM access_register_registerline WHERE establishment_id = place AND person_id = somebody
               AND withdrawn_at IS NULL AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)) THEN
        RETURN 'known';
    END IF;
    INSERT INTO access_register_registerline (establishment_id, person_id, level, seat, role, basis, basis_words,
        starts_on, given_by_name, given_at, level_since, awaiting_since, suspended_by_name, suspended_because,
        year_groups, withheld, reviews_missed, version, withdrawn_by_name, withdrawn_because)
    VALUES (place, somebody, 1, 0, 'head', '', '', day, who, clock_timestamp(), day,
        CASE WHEN awaits THEN clock_timestamp() END, '', '', '{}', '{}', 0, 1, '', '') RETURNING id INTO number;
    INSERT INTO sharing_establishmentpermission
        (user_id, permission_id, establishment_id, through, starts_on, source, reason)
    SELECT somebody, permission.id, place, 'schools_online', CASE WHEN awaits THEN DATE '9999-12-31' ELSE day END,
           'line:' || number, why
    FROM auth_permission AS permission JOIN django_content_type AS kind ON kind.id = permission.content_type_id
    WHERE kind.app_label = 'sharing' AND kind.model = 'establishment' AND permission.codename = ANY (opens);
    IF awaits THEN
        INSERT INTO access_register_invitation (line_id, establishment_id, token_hash, sent_at, times_sent, expires_at)
        VALUES (number, place, token, clock_timestamp(), 1, expires);
    END IF;
    PERFORM access_register_tell(nobody, number, 'first_head',
        'recorded this person as the first head', who);
    RETURN '';
END $function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.access_register_plain_name(name text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT string_agg(word, ' ' ORDER BY word) FROM regexp_split_to_table(sharing_plain(name), '[^[:alnum:]]+') AS word
    WHERE word <> ''
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_refer_breach(wanted bigint, personal boolean, how_bad text, refers boolean, sealed bytea, who text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    breach access_register_breach;
    places bigint[];
    is_second boolean;
BEGIN
    SELECT * INTO breach FROM access_register_breach WHERE id = wanted AND state = 'reported' FOR UPDATE;
    IF NOT FOUND OR NOT portal_breach_is(wanted, 'desk') OR personal IS NULL OR sealed IS NULL THEN
        RETURN 'nothing';
    END IF;
    IF refers THEN
        IF NOT EXISTS (SELECT FROM access_register_breachparty WHERE breach_id = wanted) THEN
            RETURN 'nobody';
        END IF;
        places := ARRAY(SELECT access_register_breach_homes(wanted));
        IF places = '{}' THEN places := ARRAY[breach.about_id]; END IF;
        IF places = ARRAY[NULL::bigint] THEN
            places := ARRAY(SELECT establishment_id FROM sharing_localitymembership);
        END IF;
        UPDATE access_register_breach SET localities = ARRAY(
            SELECT DISTINCT locality_id FROM sharing_localitymembership
            WHERE establishment_id = ANY (places) AND starts_on <= CURRENT_DATE
              AND (ends_on IS NULL OR ends_on >= CURRENT_DATE) ORDER BY locality_id)
        WHERE id = wanted RETURNING * INTO breach;
        IF breach.localities = '{}' THEN RETURN 'nowhere'; END IF;
    ELSE
        IF portal_asker() = ANY (breach.closed_by) AND EXISTS (
            SELECT FROM access_register_breach_desk(wanted) AS other WHERE other <> portal_asker()) THEN
            RETURN 'again';
        END IF;
        is_second := EXISTS (SELECT FROM unnest(breach.closed_by) AS closer WHERE closer NOT IN (
            SELECT person_id FROM access_register_breachparty WHERE breach_id = wanted AND person_id IS NOT NULL));
        UPDATE access_register_breach SET closed_by = closed_by || portal_asker() WHERE id = wanted;
        IF NOT is_second AND EXISTS (
            SELECT FROM access_register_breach_desk(wanted) AS other WHERE other <> portal_asker()) THEN
            PERFORM access_register_breach_step(wanted, 'to_close', who, sealed, 'desk');
            RETURN 'asked';
        END IF;
    END IF;
    UPDATE access_register_breach SET state = CASE WHEN refers THEN 'referred' ELSE 'dismissed' END,
        is_personal = personal, severity = CASE WHEN personal THEN how_bad ELSE '' END,
        triaged_by_id = portal_asker(), triaged_at = now()
    WHERE id = wanted;
    PERFORM access_register_breach_step(wanted, CASE WHEN refers THEN 'referred' ELSE 'dismissed' END, who, sealed,
        CASE WHEN refers THEN 'parties' ELSE 'all' END);
    RETURN 'done';
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_remove_left_note(author bigint, wanted bigint)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    DELETE FROM sharing_visitnote AS note WHERE note.id = wanted AND note.author_id = author AND portal_context(2) = 'edunet' AND EXISTS (SELECT FROM portal_establishments('manage_duties'))
      AND NOT EXISTS (SELECT FROM access_register_officerappointment AS held
                      WHERE held.person_id = note.author_id
                        AND (held.ends_on IS NULL OR held.ends_on >= CURRENT_DATE));
    RETURN FOUND;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_report_breach(kind text, place bigint, kinds text[], how_many text, told bytea, named bytea, day date, aware timestamp with time zone, withheld boolean, key uuid, who text)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE made bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM portal_establishments('view_establishment')) OR told IS NULL OR aware > clock_timestamp()
       OR place IS NOT NULL AND place NOT IN (SELECT portal_readable()) THEN RETURN NULL; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('access_register_report_breach'), portal_asker()::int);
    SELECT breach_id INTO made FROM access_register_breachreport WHERE person_id = portal_asker() AND form_key = key;
    IF made IS NOT NULL THEN RETURN made; END IF;
    INSERT INTO access_register_breach (whose, about_id, categories, children, happened, whom, happened_on, aware_at,
        reported_at, state) VALUES (kind, place, kinds, how_many, told, named, day, aware, now(), 'reported')
    RETURNING id INTO made;
    INSERT INTO access_register_breachreport (breach_id, person_id, person_name, name_withheld, form_key)
    VALUES (made, portal_asker(), who, withheld, key);
    IF kind = 'own' THEN
        INSERT INTO access_register_breachparty (breach_id, person_id, name) VALUES (made, portal_asker(), who);
    END IF;
    PERFORM access_register_breach_step(made, 'reported', '', NULL, 'all');
    RETURN made;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_say_destroyed(wanted bigint, how text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    UPDATE sharing_download SET disposed_at = now(), disposed_how = how
    WHERE id = wanted AND by_person_id = portal_accepted() AND state = 'collected' AND disposed_at IS NULL;
    RETURN FOUND;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_seat_panel(wanted bigint, people bigint[], sealed bytea, who text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    breach access_register_breach;
    sitting_now bigint[];
BEGIN
    SELECT * INTO breach FROM access_register_breach WHERE id = wanted AND state IN ('referred', 'appealed') FOR UPDATE;
    IF NOT FOUND OR NOT portal_breach_is(wanted, 'desk') OR access_register_panel_is_full(wanted) THEN
        RETURN false;
    END IF;
    INSERT INTO access_register_breachseat (breach_id, person_id, name, sitting)
    SELECT wanted, person.id, person.name, breach.sitting FROM access_register_person AS person
    WHERE person.id = ANY (people);
    sitting_now := ARRAY(SELECT seat.person_id FROM access_register_breachseat AS seat
        WHERE seat.breach_id = wanted AND seat.sitting = breach.sitting
          AND access_register_may_sit(wanted, seat.person_id));
    IF cardinality(sitting_now) NOT IN (3, 5, 7) THEN
        RAISE EXCEPTION 'a panel is of three, five or seven' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'panel_of_three_five_or_seven';
    END IF;
    IF breach.sitting = 1 AND (
        SELECT count(*) FROM unnest(sitting_now) AS member WHERE NOT EXISTS (
            SELECT FROM access_register_registerline AS line WHERE line.person_id = member AND line.seat = 0
              AND line.withdrawn_at IS NULL AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE))) > 1 THEN
        RAISE EXCEPTION 'one officer at most' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'panel_of_one_officer_at_most';
    END IF;
    PERFORM access_register_breach_step(wanted, 'seated', who, sealed, 'parties');
    RETURN true;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.access_register_seat_rules()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF NOT access_register_may_sit(NEW.breach_id, NEW.person_id) THEN
        RAISE EXCEPTION 'nobody sits who is concerned' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'nobody_concerned_sits';
    END IF;
    RETURN NEW;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.access_register_second_officer()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    IF portal_asker() IS NULL THEN RETURN NEW; END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.awaits_second AND NOT NEW.awaits_second AND OLD.recorded_by_id IS NOT DISTINCT FROM portal_asker() THEN
            RAISE EXCEPTION 'another information manager confirms this officer' USING ERRCODE = '42501';
        END IF;
        NEW.recorded_by_id := OLD.recorded_by_id;
        NEW.awaits_second := OLD.awaits_second AND NEW.awaits_second;
        NEW.person_id := OLD.person_id;
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('access_register_second_officer'));
    NEW.recorded_by_id := portal_asker();
    NEW.awaits_second := EXISTS (
        SELECT FROM access_register_officerappointment AS other
        JOIN access_register_person AS officer ON officer.id = other.person_id
        JOIN access_register_person AS named ON named.id = NEW.person_id
        WHERE other.person_id <> NEW.person_id AND (other.ends_on IS NULL OR other.ends_on >= CURRENT_DATE)
          AND access_register_plain_name(officer.name) = access_register_plain_name(named.name));
    RETURN NEW;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.access_register_shut_out()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    PERFORM 1 FROM access_register_person WHERE id = NEW.person_id FOR NO KEY UPDATE;
    UPDATE access_register_person SET suspended_until = (
        SELECT max(ends_on) FROM access_register_sanction
        WHERE person_id = NEW.person_id AND measure = 'suspend_person' AND lifted_at IS NULL AND starts_on <= CURRENT_DATE AND ends_on >= CURRENT_DATE)
    WHERE id = NEW.person_id;
    RETURN NULL;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_take_back_first_head(place bigint, who text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    before access_register_registerline;
    taken boolean := false;
BEGIN
    PERFORM FROM sharing_establishment WHERE id = place FOR NO KEY UPDATE;
    FOR before IN SELECT * FROM access_register_registerline AS line
        WHERE line.id IN (SELECT line_id FROM access_register_first_heads() WHERE establishment_id = place)
          AND line.person_id <> portal_asker() FOR UPDATE
    LOOP
        UPDATE access_register_registerline SET withdrawn_at = clock_timestamp(), withdrawn_by_name = who,
            withdrawn_because = 'Recorded by mistake.', version = version + 1 WHERE id = before.id;
        UPDATE access_register_invitation SET revoked_at = clock_timestamp()
        WHERE line_id = before.id AND accepted_at IS NULL;
        DELETE FROM sharing_establishmentpermission WHERE source = 'line:' || before.id;
        PERFORM access_register_tell(before, before.id, 'withdrawn', 'took back the first head', who);
        taken := true;
    END LOOP;
    RETURN taken;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.access_register_takes_no_part()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    IF EXISTS (SELECT FROM access_register_sanction
               WHERE establishment_id = NEW.establishment_id AND measure = 'suspend_establishment' AND lifted_at IS NULL AND starts_on <= CURRENT_DATE AND ends_on >= CURRENT_DATE
                 AND daterange(NEW.starts_on, NEW.ends_on, '[]') && daterange(CURRENT_DATE, ends_on, '[]')) THEN
        RAISE EXCEPTION 'an establishment takes no part while it is suspended' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'suspended_takes_no_part';
    END IF;
    RETURN NEW;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.access_register_tell(before access_register_registerline, wanted bigint, what text, told text, who text)
 RETURNS void
 LANGUAGE sql
 SET search_path TO 'public', 'pg_temp'
AS $function$
    INSERT INTO access_register_lineevent (line_id, establishment_id, at, what, words, by_name, before, after)
    SELECT line.id, line.establishment_id, clock_timestamp(), what,
           left('On ' || to_char(CURRENT_DATE, 'FMDD FMMonth YYYY') || ' ' || who || ' ' || told, 500), who,
           CASE WHEN (before).id IS NOT NULL THEN access_register_facts(before) END, access_register_facts(line)
    FROM access_register_registerline AS line WHERE line.id = wanted
$function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.access_register_tell_appointment()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    INSERT INTO access_register_appointmentchange (appointment_id, at, by_id, by_name, before, after)
    VALUES (NEW.id, now(), portal_asker(),
        coalesce((SELECT name FROM access_register_person WHERE id = portal_asker()), 'the service'),
        jsonb_build_object('team', OLD.team, 'post', OLD.post, 'manager', OLD.manager, 'ends_on', OLD.ends_on),
        jsonb_build_object('team', NEW.team, 'post', NEW.post, 'manager', NEW.manager, 'ends_on', NEW.ends_on));
    RETURN NULL;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.access_register_third_party_rules()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF NEW.contract_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM access_register_contract WHERE id = NEW.contract_id AND establishment_id = NEW.establishment_id)
    THEN
        RAISE EXCEPTION 'a contract counts at its own establishment' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'contract_of_the_same_establishment';
    END IF;
    IF NEW.role = 'third_party' AND NEW.level = 2 AND NOT EXISTS (
        SELECT FROM access_register_contract WHERE id = NEW.contract_id AND dbs_confirmed_on IS NOT NULL)
    THEN
        RAISE EXCEPTION 'Level 2 needs a DBS check' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'third_party_at_level_2_has_dbs';
    END IF;
    RETURN NEW;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_verify_handover(wanted bigint, who text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    UPDATE access_register_handover SET verified_at = now(), verified_by_name = who
    WHERE id = wanted AND verified_at IS NULL AND cancelled_at IS NULL AND done_at IS NULL AND "on" >= CURRENT_DATE
      AND portal_asker() <> successor_id AND portal_asker() IS DISTINCT FROM named_by_id
      AND portal_context(2) = 'edunet'
        AND establishment_id IN (SELECT portal_establishments('view_establishment'));
    RETURN FOUND;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.access_register_without_head(one bigint DEFAULT NULL::bigint)
 RETURNS TABLE(establishment_id bigint, invited_id bigint)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT place.id, (SELECT max(line.person_id) FROM access_register_registerline AS line
        WHERE line.establishment_id = place.id AND line.seat = 0 AND line.withdrawn_at IS NULL
          AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE))
    FROM sharing_establishment AS place
    WHERE (one IS NULL OR place.id = one) AND EXISTS (SELECT FROM portal_establishments('manage_duties')) AND place.kind <> ''
      AND EXISTS (SELECT FROM sharing_participation AS part WHERE part.establishment_id = place.id
                  AND (part.ends_on IS NULL OR part.ends_on >= CURRENT_DATE))
      AND NOT EXISTS (SELECT FROM access_register_registerline AS line
        WHERE line.establishment_id = place.id AND line.seat = 0 AND line.withdrawn_at IS NULL
          AND line.awaiting_since IS NULL AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE))
$function$;
