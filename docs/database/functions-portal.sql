-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_accept(wanted bigint)
 RETURNS date
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    asker bigint := portal_person();
    version access_register_protocolversion;
    last_day date;
BEGIN
    LOCK TABLE access_register_protocolversion IN SHARE MODE;
    SELECT * INTO version FROM access_register_protocolversion
    WHERE in_force_from <= CURRENT_DATE ORDER BY in_force_from DESC, id DESC LIMIT 1;
    PERFORM 1 FROM access_register_person WHERE id = asker FOR UPDATE;
    IF NOT FOUND OR version.id IS DISTINCT FROM wanted THEN
        RETURN NULL;
    END IF;
    SELECT least((CURRENT_DATE + interval '1 year')::date, min(in_force_from)) - 1 INTO last_day
    FROM access_register_protocolversion WHERE in_force_from > CURRENT_DATE;
    INSERT INTO access_register_acceptance (person_id, version_id, accepted_at, until, purpose)
    VALUES (asker, version.id, now(), last_day, version.purpose) ON CONFLICT DO NOTHING;
    UPDATE access_register_person SET protocol_accepted_until = last_day WHERE id = asker;
    RETURN last_day;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_accept_invitation(wanted text, new_password text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    waiting access_register_registerline;
    somebody access_register_person;
BEGIN
    -- Held first, judged afterwards: of two clicks, or of a click and a withdrawal, the second sees the first.
    SELECT line.* INTO waiting
    FROM access_register_registerline AS line JOIN access_register_invitation AS invitation ON line_id = line.id
    WHERE token_hash = wanted FOR UPDATE;
    SELECT * INTO somebody FROM access_register_person WHERE id = waiting.person_id FOR UPDATE;
    IF NOT EXISTS (SELECT FROM portal_invitation(wanted) WHERE state = 'open') THEN
        RETURN false;
    END IF;
    IF left(somebody.password, 1) = '!' AND somebody.last_login IS NULL THEN
        IF coalesce(new_password, '!') ~ '^!' OR new_password = '' THEN
            RETURN false;
        END IF;
        UPDATE access_register_person SET password = new_password WHERE id = somebody.id;
    ELSIF portal_person() IS DISTINCT FROM somebody.id THEN
        RETURN false;
    END IF;
    UPDATE access_register_invitation SET accepted_at = now() WHERE token_hash = wanted;
    UPDATE access_register_registerline SET awaiting_since = NULL, version = version + 1 WHERE id = waiting.id;
    UPDATE sharing_establishmentpermission
       SET starts_on = greatest(waiting.starts_on, (SELECT starts_on FROM access_register_contract
                                                     WHERE id = waiting.contract_id))
     WHERE source = 'line:' || waiting.id AND user_id = waiting.person_id
       AND establishment_id = waiting.establishment_id AND starts_on = DATE '9999-12-31';
    INSERT INTO access_register_lineevent (line_id, establishment_id, at, what, words, by_name, before, after)
    SELECT waiting.id, waiting.establishment_id, now(), 'accepted',
           format('On %s %s accepted the invitation', to_char(CURRENT_DATE, 'FMDD FMMonth YYYY'), somebody.name),
           somebody.name, after, after || jsonb_build_object('pending', false, 'version', waiting.version + 1)
      FROM access_register_lineevent WHERE line_id = waiting.id ORDER BY at DESC, id DESC LIMIT 1;
    RETURN true;
END $function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_accepted()
 RETURNS bigint
 LANGUAGE sql
 STABLE
AS $function$
    SELECT id FROM access_register_person WHERE id = portal_person() AND protocol_accepted_until >= CURRENT_DATE
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_address_advice(wanted bigint, address text, reserved text[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE free text := address; times int := 1;
BEGIN
    IF NOT portal_writes_advice() THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('portal_begin_advice'));
    IF EXISTS (SELECT FROM sharing_adviceversion WHERE page_id = wanted AND published_at IS NOT NULL) THEN
        RETURN;
    END IF;
    WHILE free = ANY (reserved) OR EXISTS (SELECT FROM sharing_advicepage WHERE slug = free AND id <> wanted) LOOP
        times := times + 1;
        free := address || '-' || times;
    END LOOP;
    UPDATE sharing_advicepage SET slug = free WHERE id = wanted;
END $function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_admitted()
 RETURNS SETOF text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT portal_years() UNION ALL SELECT portal_opened()::text
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_advice_identifies(given text[], numbers integer[], addresses text[])
 RETURNS TABLE(place bigint, kind text, found text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    WITH looked AS MATERIALIZED (
        SELECT place, portal_plain_words(words) AS words, lower(portal_plain_words(words)) AS small
        FROM unnest(given) WITH ORDINALITY AS told (words, place) WHERE portal_writes_advice()),
    named AS MATERIALIZED (
        SELECT 'establishment' AS kind, name, portal_plain_words(name) AS plain
        FROM sharing_establishment
        UNION ALL
        SELECT 'person', name, portal_plain_words(name)
        FROM access_register_person WHERE trim(name) LIKE '% %'),
    begun AS (SELECT DISTINCT place, string_to_table(trim(small), ' ') AS first FROM looked)
    SELECT place, kind, name
    FROM named JOIN begun ON first = split_part(lower(ltrim(plain)), ' ', 1) JOIN looked USING (place)
    WHERE CASE WHEN regexp_replace(trim(plain), '^The ', '') LIKE '% %' THEN strpos(small, lower(plain)) > 0
               ELSE strpos(words, plain) > 0 END
    UNION ALL
    SELECT NULL, 'urn', urn::text FROM sharing_establishment WHERE urn = ANY (numbers) AND EXISTS (SELECT FROM looked)
    UNION ALL
    SELECT NULL, 'address', email FROM access_register_person
    WHERE lower(email) = ANY (addresses) AND EXISTS (SELECT FROM looked)
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_agree_advice(wanted bigint, seen integer)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE waiting sharing_adviceversion := portal_take_advice(wanted, seen, 'waiting');
BEGIN
    IF waiting.id IS NULL THEN RETURN 'moved on'; END IF;
    IF EXISTS (SELECT FROM sharing_advicestep WHERE version_id = waiting.id AND by_id = portal_asker()
               AND kind IN ('written', 'asked')) THEN RETURN 'yours'; END IF;
    UPDATE sharing_adviceversion SET state = 'replaced' WHERE page_id = wanted AND state = 'published';
    UPDATE sharing_adviceversion SET state = 'published', published_at = clock_timestamp() WHERE id = waiting.id;
    PERFORM portal_tell_advice(waiting.id, 'published', '');
    RETURN 'done';
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_ask_advice(wanted bigint, seen integer)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE draft sharing_adviceversion := portal_take_advice(wanted, seen, 'draft');
BEGIN
    IF draft.id IS NULL THEN RETURN 'moved on'; END IF;
    UPDATE sharing_adviceversion SET state = 'waiting' WHERE id = draft.id;
    PERFORM portal_tell_advice(draft.id, 'asked', '');
    RETURN 'done';
END $function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_asker()
 RETURNS bigint
 LANGUAGE plpgsql
 STABLE
AS $function$
DECLARE
    visit text := current_setting('portal.ctx', true);
    known text := current_setting('portal.asker', true);
    found bigint;
BEGIN
    IF starts_with(known, visit || '=') THEN RETURN substr(known, length(visit) + 2); END IF;
    SELECT id INTO found FROM access_register_person WHERE id = portal_person() AND protocol_accepted_until >= CURRENT_DATE
      AND (suspended_until IS NULL OR suspended_until < CURRENT_DATE);
    IF found IS NOT NULL THEN PERFORM set_config('portal.asker', visit || '=' || found, true); END IF;
    RETURN found;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_begin_advice(key uuid, address text, reserved text[])
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE begun bigint;
BEGIN
    IF NOT portal_writes_advice() THEN RETURN NULL; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('portal_begin_advice'));
    SELECT id INTO begun FROM sharing_advicepage WHERE form_key = key;
    IF FOUND THEN RETURN begun; END IF;
    INSERT INTO sharing_advicepage (slug, form_key) VALUES ('new-' || key, key) RETURNING id INTO begun;
    PERFORM portal_address_advice(begun, address, reserved);
    RETURN begun;
END $function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_breach_is(wanted bigint, what text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
    SELECT EXISTS (SELECT FROM portal_breach_roles() AS held WHERE held.breach_id = wanted AND held.role = what)
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_breach_managers()
 RETURNS TABLE(id bigint, name character varying)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT manager.id, manager.name FROM access_register_managers() AS manager
    WHERE manager.id <> portal_asker() AND EXISTS (SELECT FROM portal_establishments('view_establishment'))
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_breach_roles()
 RETURNS TABLE(breach_id bigint, role text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT report.breach_id, 'reporter' FROM access_register_breachreport AS report
    WHERE report.person_id = portal_accepted()
    UNION ALL
    SELECT party.breach_id, 'respondent' FROM access_register_breachparty AS party
    JOIN access_register_breach AS breach ON breach.id = party.breach_id
    WHERE breach.state NOT IN ('reported', 'dismissed')
      AND (party.person_id = portal_accepted() OR party.establishment_id IN (
               SELECT line.establishment_id FROM access_register_registerline AS line
               WHERE line.person_id = portal_asker() AND line.seat = 0 AND line.withdrawn_at IS NULL
                 AND line.suspended_at IS NULL AND line.awaiting_since IS NULL
                 AND line.starts_on <= CURRENT_DATE AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE))
           OR party.contract_id IN (SELECT line.contract_id FROM access_register_registerline AS line
                                    WHERE line.person_id = portal_accepted() AND line.awaiting_since IS NULL
                                      AND (line.withdrawn_at IS NULL OR line.withdrawn_at >= breach.reported_at) AND (line.ends_on IS NULL OR line.ends_on >= breach.reported_at::date)))
    UNION ALL
    SELECT seat.breach_id, 'panel' FROM access_register_breachseat AS seat
    WHERE seat.person_id = portal_asker() AND access_register_may_sit(seat.breach_id, seat.person_id)
    UNION ALL
    SELECT breach.id, 'desk' FROM access_register_breach AS breach
    WHERE portal_context(2) = 'edunet' AND EXISTS (SELECT FROM portal_establishments('manage_duties'))
      AND NOT access_register_left_the_desk(breach.id, portal_person())
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_check_release(wanted bigint)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE release sharing_release := portal_take_release(wanted);
BEGIN
    IF release.id IS NULL THEN RETURN 'nothing there'; END IF;
    IF release.state <> 'prepared' THEN RETURN 'moved on'; END IF;
    IF release.prepared_by_id = portal_asker() THEN RETURN 'prepared by you'; END IF;
    IF EXISTS (SELECT FROM sharing_release AS other JOIN sharing_dataset AS stream ON stream.id = dataset_id
               WHERE slug = 'comparators' AND other.dataset_id = release.dataset_id
                 AND other.academic_year = release.academic_year AND other.version < release.version
                 AND other.state = 'prepared' AND other.prepared_by_id = portal_asker()) THEN
        RETURN 'holds what you prepared';
    END IF;
    
    IF EXISTS (SELECT FROM sharing_statisticscell WHERE release_id = wanted) THEN
        IF NOT EXISTS (SELECT FROM sharing_statisticsverdict WHERE release_id = wanted AND passed) THEN
            RETURN 'not safe';
        END IF;
    ELSIF NOT EXISTS (SELECT FROM sharing_figure WHERE release_id = wanted) THEN
        RETURN 'no figures';
    END IF;

    UPDATE sharing_release SET state = 'checked', checked_at = clock_timestamp(), checked_by_id = portal_asker(),
        checked_by = (SELECT name FROM access_register_person WHERE id = portal_asker())
    WHERE id = wanted;
    RETURN 'done';
END $function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_closed()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT pupil.id FROM sharing_closing AS closing JOIN sharing_child AS child ON child.id = closing.child_id
    JOIN sharing_pupil AS pupil ON pupil.child_id IN (child.id, child.same_as_id)
    WHERE starts_at <= now() AND ends_at > now() AND ended_at IS NULL AND (agreed_at IS NOT NULL OR now() < starts_at + interval '72 hours')
      AND NOT coalesce(portal_asker() = ANY (named), false)
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_closings_to_head(place bigint DEFAULT NULL::bigint)
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT closing.id FROM sharing_closing AS closing JOIN sharing_child AS child ON child.id = closing.child_id
    JOIN sharing_pupil AS pupil ON pupil.child_id IN (child.id, child.same_as_id)
    WHERE portal_context(2) = 'schools_online' AND NOT head_barred AND pupil.visible @> CURRENT_DATE
      AND pupil.establishment_id IN (SELECT portal_heads()) AND (place IS NULL OR pupil.establishment_id = place)
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_coming_releases()
 RETURNS TABLE(dataset_id bigint, academic_year smallint, version smallint, goes_out_at timestamp with time zone, announced_for timestamp with time zone, because character varying, is_withdrawn boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT release.dataset_id, release.academic_year, release.version, release.goes_out_at, release.announced_for,
           CASE WHEN release.state = 'withdrawn' THEN withdrawn_because ELSE put_off_because END,
           release.state = 'withdrawn'
    FROM sharing_release AS release
    WHERE CASE release.state
            WHEN 'scheduled' THEN release.goes_out_at > now()
            WHEN 'checked' THEN release.announced_for IS NOT NULL
            WHEN 'withdrawn' THEN greatest(release.announced_for, withdrawn_at) > now() - interval '30 days'
                                  AND release.announced_for IS NOT NULL
            ELSE false END
      AND EXISTS (SELECT FROM portal_establishments('view_establishment'))
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_consents_to_me()
 RETURNS TABLE(id uuid, item_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT consent.id, consent.item_id
    FROM sharing_consent AS consent
    JOIN sharing_participation AS part
      ON part.establishment_id = consent.establishment_id AND part.starts_on <= CURRENT_DATE AND (part.ends_on IS NULL OR part.ends_on >= CURRENT_DATE)
    WHERE consent.withdrawn_at IS NULL AND consent.starts_on <= CURRENT_DATE AND (consent.ends_on IS NULL OR consent.ends_on >= CURRENT_DATE)
      AND consent.establishment_id <> ALL (ARRAY(SELECT portal_establishments('view_establishment')))
      AND CASE consent.recipients
          WHEN 'community' THEN EXISTS (SELECT FROM portal_shares_from())
          WHEN 'establishments' THEN consent.to_establishments && ARRAY(SELECT portal_shares_from())
          ELSE EXISTS (SELECT FROM sharing_localitymembership AS mine
                       WHERE mine.locality_id = consent.to_locality_id AND mine.starts_on <= CURRENT_DATE AND (mine.ends_on IS NULL OR mine.ends_on >= CURRENT_DATE)
                         AND mine.establishment_id = ANY (ARRAY(SELECT portal_shares_from()))) END
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_context(part integer)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
    SELECT CASE WHEN split_part(context, '@', 3) = extract(epoch FROM now())::text
                THEN nullif(split_part(context, '@', part), '') END
    FROM (SELECT current_setting('portal.ctx', true) AS context) AS setting
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_count_readers(places bigint[])
 RETURNS TABLE(establishment_id bigint, people bigint, third_parties bigint, level_1 bigint, officers bigint)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT held.establishment_id,
           count(DISTINCT held.user_id) FILTER (WHERE held.through = 'schools_online'
               AND permission.codename = 'view_establishment' AND line.role IS DISTINCT FROM 'third_party'),
           count(DISTINCT held.user_id) FILTER (WHERE held.through = 'schools_online'
               AND permission.codename = 'view_establishment' AND line.role = 'third_party'),
           count(DISTINCT held.user_id) FILTER (WHERE held.through = 'schools_online'
               AND permission.codename = 'manage_register'),
           count(DISTINCT held.user_id) FILTER (WHERE held.through = 'edunet'
               AND permission.codename = 'view_restricted')
    FROM sharing_establishmentpermission AS held
    JOIN auth_permission AS permission ON permission.id = held.permission_id
    JOIN access_register_person AS person ON person.id = held.user_id
    LEFT JOIN access_register_registerline AS line ON 'line:' || line.id = held.source
    WHERE held.establishment_id = ANY (places) AND EXISTS (SELECT FROM portal_heads())
      AND held.starts_on <= CURRENT_DATE AND (held.ends_on IS NULL OR held.ends_on >= CURRENT_DATE)
      AND person.is_active AND person.protocol_accepted_until >= CURRENT_DATE
    GROUP BY held.establishment_id
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_counted_releases()
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT release.id FROM sharing_release AS release JOIN sharing_dataset AS stream ON stream.id = release.dataset_id
    WHERE NOT stream.is_published_elsewhere AND EXISTS (SELECT FROM portal_narrowed_lines())
$function$;

-- Called by: portal_batch.
CREATE OR REPLACE FUNCTION public.portal_cover_figures(wanted bigint)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_nestloop TO 'off'
 SET work_mem TO '48MB'
AS $function$
DECLARE
    of_year smallint := (SELECT academic_year FROM sharing_release WHERE id = wanted);
    statistics bigint := (SELECT id FROM sharing_dataset WHERE slug = 'open-statistics');
    is_statistics boolean := (SELECT dataset_id = statistics FROM sharing_release WHERE id = wanted);
    covering bigint[];
    to_cover bigint[];
    many bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('covered figures'), of_year);
    covering := ARRAY(SELECT id FROM sharing_release WHERE dataset_id = statistics AND academic_year = of_year
                      AND CASE WHEN is_statistics THEN id = wanted ELSE state <> 'withdrawn' END);
    to_cover := ARRAY(SELECT release.id FROM sharing_release AS release
                      JOIN sharing_dataset AS stream ON stream.id = dataset_id
                      WHERE academic_year = of_year AND NOT is_published_elsewhere AND dataset_id <> statistics
                      AND (is_statistics OR release.id = wanted));
    WITH asked AS MATERIALIZED (
        SELECT measure.id AS measure_id, place.id AS establishment_id, indicator,
               replace(share.whole, '{}', 'place=urn:' || place.urn) AS whole,
               replace(share.part, '{}', 'place=urn:' || place.urn) AS part
        FROM (
    VALUES ('roll_pupils', '{}', '{}', 'pupils'), ('roll_fsm', '{}', 'fsm=Y|{}', 'pupils'),
        ('roll_eal', '{}', 'eal=O|{}', 'pupils'), ('roll_sen_support', '{}', '{}|sen=K', 'pupils'),
        ('roll_ehc_plan', '{}', '{}|sen=E', 'pupils'),
        ('attendance_persistent', 'persistently_absent=M|{}', 'persistently_absent=Y|{}', 'pupils'),
        ('attendance_absence', '{}', '{}', 'attendance_mean'),
        ('eyfsp_gld', '{}|year=R', 'attained=Y|{}|year=R', 'pupils'),
        ('phonics_met', '{}|year=1', 'attained=Y|{}|year=1', 'pupils'),
        ('ks2_counts_rwm_expected', '{}|year=6', 'attained=Y|{}|year=6', 'pupils')
) AS share (code, whole, part, indicator)
        JOIN sharing_measure AS measure USING (code) CROSS JOIN sharing_establishment AS place),
    told AS MATERIALIZED (
        SELECT release_id, key, indicator, establishment_id FROM sharing_statisticscell
        WHERE release_id = ANY (covering) AND symbol <> 'z'),
    cell AS MATERIALIZED (
        SELECT asked.measure_id, asked.establishment_id, first.release_id
        FROM asked JOIN told AS first
            ON first.key = asked.whole AND first.indicator = asked.indicator
            AND first.establishment_id = asked.establishment_id
        JOIN told AS second
            ON second.key = asked.part AND second.indicator = asked.indicator
            AND second.release_id = first.release_id),
    chained AS MATERIALIZED (
        SELECT id, place FROM portal_earlier(ARRAY(SELECT id FROM sharing_establishment))),
    same AS MATERIALIZED (
        SELECT id, id AS other FROM sharing_establishment
        UNION SELECT id, place FROM chained UNION SELECT place, id FROM chained),
    covered AS (
        SELECT measure_id, same.other AS establishment_id, array_agg(DISTINCT release_id) AS by
        FROM cell JOIN same ON same.id = cell.establishment_id GROUP BY 1, 2)
    UPDATE sharing_figure AS figure
    SET covered_by = ARRAY(SELECT unnest(figure.covered_by) UNION SELECT unnest(covered.by))
    FROM covered
    WHERE figure.release_id = ANY (to_cover) AND figure.establishment_id = covered.establishment_id
      AND figure.measure_id = covered.measure_id AND NOT figure.covered_by @> covered.by;
    GET DIAGNOSTICS many = ROW_COUNT;
    RETURN many;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_discard_advice(wanted bigint, seen integer)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE draft sharing_adviceversion := portal_take_advice(wanted, seen, 'draft');
BEGIN
    IF draft.id IS NULL THEN RETURN 'moved on'; END IF;
    UPDATE sharing_adviceversion SET state = 'discarded', title = '', summary = '', owner = '', text = ''
    WHERE id = draft.id;
    PERFORM portal_address_advice(wanted, 'discarded', '{discarded}');
    PERFORM portal_tell_advice(draft.id, 'discarded', '');
    RETURN 'done';
END $function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_disposals_agree()
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT NOT EXISTS (
        SELECT FROM portal_keys.disposal AS there
        FULL JOIN (SELECT number, gone FROM sharing_disposal WHERE gone > 0) AS here ON here.number = there.id
        WHERE here.gone IS DISTINCT FROM there.gone)
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_earlier(places bigint[])
 RETURNS TABLE(id bigint, place bigint, steps integer)
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
    WITH RECURSIVE chain AS (
        SELECT before.id, before.goes_on_as_id AS place, 1 AS steps FROM sharing_establishment AS before
        WHERE before.goes_on_as_id = ANY (places)
        UNION ALL
        SELECT before.id, chain.place, chain.steps + 1 FROM chain
        JOIN sharing_establishment AS before ON before.goes_on_as_id = chain.id
    ) CYCLE id SET is_cycle USING path
    SELECT id, place, steps FROM chain WHERE NOT is_cycle
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_ended()
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT place.id FROM sharing_establishment AS place
    WHERE portal_context(2) = 'edunet' AND place.status_code = 2
      AND place.id IN (SELECT portal_establishments('manage_duties')) AND NOT EXISTS (
        SELECT FROM sharing_establishmentpermission AS held
        WHERE held.establishment_id = place.id AND held.through = 'schools_online'
          AND held.starts_on <= CURRENT_DATE AND (held.ends_on IS NULL OR held.ends_on >= CURRENT_DATE))
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_enter(asker bigint, through text, chosen text, place bigint, wanted text, seen_at bigint)
 RETURNS TABLE(establishments bigint[], codename character varying, reason character varying, year_groups character varying[], withheld character varying[], set_aside boolean)
 LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM set_config('portal.acting_for', chosen, true);
    PERFORM set_config('portal.ctx', asker || '@' || through || '@' || extract(epoch FROM now())::text || '@' || clock_timestamp()::text, true);
    PERFORM set_config('portal.here', CASE WHEN seen_at IS NULL THEN '' ELSE coalesce(
        (SELECT id FROM sharing_establishment WHERE urn = seen_at), 0)::text END, true);
    RETURN QUERY SELECT * FROM portal_holdings(place, wanted);
END $function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_establishments(wanted text)
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    
    SELECT establishment_id FROM sharing_establishmentpermission AS held
    WHERE user_id = (SELECT portal_asker()) AND through = (SELECT portal_context(2))
      AND permission_id = (SELECT id FROM auth_permission WHERE codename = wanted)
      AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)

$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_find_pupils(named text, upn_key text, birth date, number integer, page_size integer)
 RETURNS TABLE(pupil_id uuid, total bigint)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
DECLARE
    mine bigint[] := ARRAY(SELECT portal_establishments('view_pupils') EXCEPT SELECT portal_out_of_scope());
    narrowed bigint[] := ARRAY(SELECT portal_narrowed());
    years text[] := CASE WHEN narrowed = '{}' THEN '{}' ELSE ARRAY(SELECT portal_years()) END;
    patterns text[] := ARRAY(
        SELECT CASE WHEN length(word) < 3 THEN '% ' ELSE '%' END
               || replace(replace(replace(word, '\', '\\'), '%', '\%'), '_', '\_') || '%'
        FROM regexp_split_to_table(sharing_plain(named), '\s+') AS word
        WHERE word <> '' ORDER BY length(word) DESC);
    children uuid[] := ARRAY(SELECT coalesce(same_as_id, id) FROM sharing_child WHERE upn_index = upn_key);
BEGIN
    IF patterns = '{}' AND upn_key IS NULL AND birth IS NULL THEN
        RETURN;
    END IF;
    IF upn_key IS NOT NULL THEN
        RETURN QUERY SELECT pupil.id, count(*) OVER ()
      FROM sharing_pupil AS pupil
     WHERE pupil.establishment_id + 0 = ANY (mine) AND pupil.id <> ALL (ARRAY(SELECT portal_closed())) AND pupil.visible @> CURRENT_DATE
       AND (pupil.establishment_id <> ALL (narrowed)
            OR pupil.establishment_id || ':' || pupil.year_group = ANY (years))
       AND (upn_index = upn_key OR (former_upn_index <> '' AND former_upn_index = upn_key) OR child_id = ANY (children)) AND (birth IS NULL OR born_on = birth) AND (patterns = '{}' OR sharing_plain(' ' || surname || ' ' || forename || ' ' || middle_names || ' ' || preferred_surname) LIKE ALL (patterns))
     ORDER BY sharing_plain(surname), sharing_plain(forename), pupil.id OFFSET (number - 1) * page_size LIMIT page_size;
    ELSIF birth IS NOT NULL THEN
        RETURN QUERY SELECT pupil.id, count(*) OVER ()
      FROM sharing_pupil AS pupil
     WHERE pupil.establishment_id + 0 = ANY (mine) AND pupil.id <> ALL (ARRAY(SELECT portal_closed())) AND pupil.visible @> CURRENT_DATE
       AND (pupil.establishment_id <> ALL (narrowed)
            OR pupil.establishment_id || ':' || pupil.year_group = ANY (years))
       AND born_on = birth AND (patterns = '{}' OR sharing_plain(' ' || surname || ' ' || forename || ' ' || middle_names || ' ' || preferred_surname) LIKE ALL (patterns))
     ORDER BY sharing_plain(surname), sharing_plain(forename), pupil.id OFFSET (number - 1) * page_size LIMIT page_size;
    ELSE
        RETURN QUERY EXECUTE $find$
    SELECT pupil.id, count(*) OVER ()
      FROM sharing_pupil AS pupil
     WHERE pupil.establishment_id = ANY ($1) AND pupil.id <> ALL (ARRAY(SELECT portal_closed())) AND pupil.visible @> CURRENT_DATE
       AND (pupil.establishment_id <> ALL ($2)
            OR pupil.establishment_id || ':' || pupil.year_group = ANY ($3))
       AND sharing_plain(' ' || surname || ' ' || forename || ' ' || middle_names || ' ' || preferred_surname) LIKE $4 AND ($5 IS NULL OR sharing_plain(' ' || surname || ' ' || forename || ' ' || middle_names || ' ' || preferred_surname) LIKE $5) AND (cardinality($6) < 3 OR sharing_plain(' ' || surname || ' ' || forename || ' ' || middle_names || ' ' || preferred_surname) LIKE ALL ($6))
     ORDER BY sharing_plain(surname), sharing_plain(forename), pupil.id OFFSET ($7 - 1) * $8 LIMIT $8
        $find$ USING mine, narrowed, years, patterns[1], patterns[2], patterns, number, page_size;
    END IF;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_hand_back_advice(wanted bigint, seen integer, why text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE waiting sharing_adviceversion := portal_take_advice(wanted, seen, 'waiting');
BEGIN
    IF waiting.id IS NULL THEN RETURN 'moved on'; END IF;
    IF trim(why) = '' THEN RETURN 'no reason'; END IF;
    UPDATE sharing_adviceversion SET state = 'draft' WHERE id = waiting.id;
    PERFORM portal_tell_advice(waiting.id, 'handed_back', why);
    RETURN 'done';
END $function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_heads()
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT line.establishment_id FROM access_register_registerline AS line WHERE line.seat = 0 AND line.person_id = portal_asker() AND portal_context(2) = 'schools_online'
      AND line.withdrawn_at IS NULL AND line.suspended_at IS NULL AND line.awaiting_since IS NULL
      AND line.starts_on <= CURRENT_DATE AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE)
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_history(places bigint[])
 RETURNS TABLE(place bigint, earlier bigint, release bigint, steps integer)
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT chain.place, chain.id, release.id, chain.steps
    FROM portal_earlier(places) AS chain JOIN sharing_establishment AS before ON before.id = chain.id
    JOIN sharing_release AS release ON release.state = 'scheduled' AND release.goes_out_at <= now()
     AND (release.as_of <= before.close_date OR release.academic_year < extract(year FROM before.close_date + 1)
            - CASE WHEN extract(month FROM before.close_date + 1) < 9 THEN 1 ELSE 0 END)
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_holdings(place bigint, wanted text)
 RETURNS TABLE(establishments bigint[], codename character varying, reason character varying, year_groups character varying[], withheld character varying[], set_aside boolean)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
#variable_conflict use_column
DECLARE
    who bigint := portal_asker();
    site text := portal_context(2);
    aside bigint[] := portal_sight(NULL::bigint[], 'out_of_scope');
BEGIN
    IF place IS NOT NULL THEN
        RETURN QUERY 
    SELECT ARRAY[establishment_id], (SELECT codename FROM auth_permission WHERE id = permission_id), reason,
           year_groups, withheld, establishment_id = ANY (aside)
    FROM sharing_establishmentpermission
    WHERE user_id = who AND through = site AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)
      AND establishment_id = (SELECT id FROM sharing_establishment WHERE urn = place)
    ORDER BY id;
    ELSIF wanted IS NOT NULL THEN
        RETURN QUERY 
    SELECT held.establishments, (SELECT codename FROM auth_permission WHERE id = first.permission_id), first.reason,
           first.year_groups, first.withheld, held.set_aside
    FROM (SELECT array_agg(establishment_id) AS establishments, min(id) AS id,
                 establishment_id = ANY (aside) AS set_aside
          FROM sharing_establishmentpermission
          WHERE user_id = who AND through = site AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE) AND permission_id = (SELECT id FROM auth_permission WHERE codename = wanted)
          GROUP BY permission_id, source, ends_on, establishment_id = ANY (aside),
                   CASE WHEN cardinality(year_groups) + cardinality(withheld) > 0 THEN id END) AS held
    JOIN sharing_establishmentpermission AS first ON first.id = held.id
    ORDER BY first.id;
    ELSE
        RETURN QUERY 
    SELECT held.establishments, (SELECT codename FROM auth_permission WHERE id = first.permission_id), first.reason,
           first.year_groups, first.withheld, held.set_aside
    FROM (SELECT array_agg(establishment_id) AS establishments, min(id) AS id,
                 establishment_id = ANY (aside) AS set_aside
          FROM sharing_establishmentpermission
          WHERE user_id = who AND through = site AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)
          GROUP BY permission_id, source, ends_on, establishment_id = ANY (aside),
                   CASE WHEN cardinality(year_groups) + cardinality(withheld) > 0 THEN id END) AS held
    JOIN sharing_establishmentpermission AS first ON first.id = held.id
    ORDER BY first.id;
    END IF;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_invitation(wanted text)
 RETURNS TABLE(line_id bigint, person_id bigint, person_name character varying, person_email character varying, has_account boolean, urn integer, place character varying, giver character varying, state text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT line.id, person.id, person.name, person.email, left(person.password, 1) <> '!' OR person.last_login IS NOT NULL,
           place.urn, place.name, line.given_by_name,
           CASE WHEN invitation.accepted_at IS NOT NULL THEN 'accepted'
                WHEN invitation.revoked_at IS NOT NULL OR line.withdrawn_at IS NOT NULL OR line.awaiting_since IS NULL
                     OR line.ends_on < CURRENT_DATE OR NOT person.is_active THEN 'revoked'
                WHEN invitation.expires_at <= now() THEN 'expired'
                ELSE 'open' END
    FROM access_register_invitation AS invitation
    JOIN access_register_registerline AS line ON line.id = invitation.line_id
    JOIN access_register_person AS person ON person.id = line.person_id
    JOIN sharing_establishment AS place ON place.id = line.establishment_id
    WHERE invitation.token_hash = wanted
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_keeps_releases()
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT portal_context(2) = 'edunet' AND EXISTS (SELECT FROM portal_establishments('keep_records'))
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_leave(wanted bigint)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    before access_register_registerline;
    after access_register_registerline;
    own_name varchar;
BEGIN
    SELECT * INTO before FROM access_register_registerline
    WHERE id = wanted AND person_id = portal_asker() AND portal_context(2) = 'schools_online'
      AND seat IS DISTINCT FROM 0 AND withdrawn_at IS NULL AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)
    FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    SELECT name INTO own_name FROM access_register_person WHERE id = before.person_id;
    UPDATE access_register_registerline SET withdrawn_at = now(), withdrawn_by_name = own_name,
        withdrawn_because = 'Left by themselves', version = before.version + 1
    WHERE id = wanted RETURNING * INTO after;
    DELETE FROM sharing_establishmentpermission WHERE source = 'line:' || wanted;
    INSERT INTO access_register_lineevent (line_id, establishment_id, at, what, words, by_name, before, after)
    VALUES (wanted, before.establishment_id, now(), 'left',
        'On ' || to_char(CURRENT_DATE, 'FMDD FMMonth YYYY') || ' ' || own_name || ' left this register',
        own_name, access_register_facts(before), access_register_facts(after));
    RETURN true;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.portal_look_again()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
    visit text := current_setting('portal.ctx', true);
BEGIN
    IF visit <> '' THEN
        PERFORM set_config('portal.ctx', split_part(visit, '@', 1) || '@' || split_part(visit, '@', 2)
                           || '@' || split_part(visit, '@', 3) || '@' || clock_timestamp()::text, true);
    END IF;
    RETURN NULL;
END $function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_makes_groups()
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT portal_establishments('view_pupils') WHERE portal_context(2) = 'schools_online'
    EXCEPT
    SELECT establishment_id FROM access_register_registerline
    WHERE person_id = portal_asker() AND role = 'third_party' AND withdrawn_at IS NULL
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_named_here(place bigint DEFAULT NULL::bigint)
 RETURNS TABLE(named_id bigint, pupil_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT named.id, pupil.id FROM sharing_namedchild AS named JOIN sharing_child AS child ON child.id = named.child_id
    JOIN sharing_pupil AS pupil ON pupil.child_id IN (child.id, child.same_as_id)
    WHERE named.ended_at IS NULL AND named.starts_on <= CURRENT_DATE AND named.ends_on >= CURRENT_DATE AND NOT named.head_barred AND portal_context(2) = 'schools_online'
      AND EXISTS (SELECT FROM sharing_establishmentpermission AS held
        WHERE held.user_id = named.person_id AND held.through = named.through AND held.starts_on <= CURRENT_DATE AND (held.ends_on IS NULL OR held.ends_on >= CURRENT_DATE)
          AND held.permission_id = (SELECT id FROM auth_permission WHERE codename = 'view_establishment')
          AND (named.through = 'schools_online' OR held.establishment_id = pupil.establishment_id))
      AND (place IS NULL OR NOT EXISTS (
          SELECT FROM sharing_closing AS closing JOIN sharing_child AS kept ON kept.id = closing.child_id
          WHERE pupil.child_id IN (kept.id, kept.same_as_id) AND closing.starts_at <= now() AND closing.ends_at > now() AND closing.ended_at IS NULL
            AND (closing.agreed_at IS NOT NULL OR now() < closing.starts_at + interval '72 hours')
            AND closing.id IN (SELECT portal_closings_to_head(place)) AND named.person_id <> ALL (closing.named)))
      AND pupil.establishment_id IN (SELECT portal_establishments('manage_register'))
      AND (place IS NULL OR pupil.establishment_id = place) AND pupil.visible @> CURRENT_DATE AND pupil.id <> ALL (ARRAY(SELECT portal_closed()))
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_named_records()
 RETURNS TABLE(named_id bigint, pupil_id uuid, place bigint)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT named.id, pupil.id, pupil.establishment_id FROM sharing_namedchild AS named JOIN sharing_child AS child ON child.id = named.child_id
    JOIN sharing_pupil AS pupil ON pupil.child_id IN (child.id, child.same_as_id)
    WHERE named.person_id = (SELECT portal_asker()) AND named.through = (SELECT portal_context(2)) AND named.ended_at IS NULL AND named.starts_on <= CURRENT_DATE AND named.ends_on >= CURRENT_DATE
      AND pupil.visible @> CURRENT_DATE
      AND CASE WHEN named.through = 'edunet'
          THEN pupil.establishment_id IN (SELECT portal_establishments('view_establishment'))
          ELSE EXISTS (SELECT FROM portal_establishments('view_establishment')) END AND pupil.id <> ALL (ARRAY(SELECT portal_closed()))
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_narrowed()
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT establishment_id FROM sharing_establishmentpermission AS held
    WHERE user_id = (SELECT portal_asker()) AND through = (SELECT portal_context(2))
      AND permission_id = (SELECT id FROM auth_permission WHERE codename = 'view_pupils') AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE) AND year_groups <> '{}' AND NOT EXISTS (SELECT FROM sharing_establishmentpermission AS whole
        WHERE user_id = (SELECT portal_asker()) AND through = (SELECT portal_context(2))
      AND permission_id = (SELECT id FROM auth_permission WHERE codename = 'view_pupils') AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE) AND establishment_id = held.establishment_id AND year_groups = '{}')
    UNION ALL
    SELECT opening.establishment_id FROM sharing_opening AS opening
    WHERE opening.person_id = (SELECT portal_asker()) AND (SELECT portal_context(2)) = 'edunet'
      AND opening.starts_at <= now() AND opening.ends_at > now() AND opening.ended_at IS NULL
      AND opening.establishment_id IN (SELECT portal_establishments('view_establishment')) AND NOT EXISTS (SELECT FROM sharing_establishmentpermission AS whole
        WHERE user_id = (SELECT portal_asker()) AND through = (SELECT portal_context(2))
      AND permission_id = (SELECT id FROM auth_permission WHERE codename = 'view_pupils') AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE) AND establishment_id = opening.establishment_id AND year_groups = '{}')
    UNION ALL
    SELECT pupil.establishment_id FROM sharing_namedchild AS named JOIN sharing_child AS child ON child.id = named.child_id
    JOIN sharing_pupil AS pupil ON pupil.child_id IN (child.id, child.same_as_id)
    WHERE named.person_id = (SELECT portal_asker()) AND named.through = (SELECT portal_context(2)) AND named.ended_at IS NULL AND named.starts_on <= CURRENT_DATE AND named.ends_on >= CURRENT_DATE
      AND pupil.visible @> CURRENT_DATE
      AND CASE WHEN named.through = 'edunet'
          THEN pupil.establishment_id IN (SELECT portal_establishments('view_establishment'))
          ELSE EXISTS (SELECT FROM portal_establishments('view_establishment')) END AND NOT EXISTS (SELECT FROM sharing_establishmentpermission AS whole
        WHERE user_id = (SELECT portal_asker()) AND through = (SELECT portal_context(2))
      AND permission_id = (SELECT id FROM auth_permission WHERE codename = 'view_pupils') AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE) AND establishment_id = pupil.establishment_id AND year_groups = '{}')
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_narrowed_lines()
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    WITH narrowed AS (SELECT establishment_id AS id FROM sharing_establishmentpermission AS held
    WHERE user_id = (SELECT portal_asker()) AND through = (SELECT portal_context(2))
      AND permission_id = (SELECT id FROM auth_permission WHERE codename = 'view_pupils')
      AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE) AND year_groups <> '{}' AND NOT EXISTS (
        SELECT FROM sharing_establishmentpermission AS whole
        WHERE user_id = (SELECT portal_asker()) AND through = (SELECT portal_context(2))
      AND permission_id = (SELECT id FROM auth_permission WHERE codename = 'view_pupils')
      AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE) AND establishment_id = held.establishment_id AND year_groups = '{}'))
    SELECT id FROM narrowed UNION ALL SELECT id FROM portal_earlier(ARRAY(SELECT id FROM narrowed))
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_opened()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT opening.pupil_id FROM sharing_opening AS opening
    WHERE opening.person_id = (SELECT portal_asker()) AND (SELECT portal_context(2)) = 'edunet'
      AND opening.starts_at <= now() AND opening.ends_at > now() AND opening.ended_at IS NULL
      AND opening.establishment_id IN (SELECT portal_establishments('view_establishment')) UNION ALL SELECT pupil.id FROM sharing_namedchild AS named JOIN sharing_child AS child ON child.id = named.child_id
    JOIN sharing_pupil AS pupil ON pupil.child_id IN (child.id, child.same_as_id)
    WHERE named.person_id = (SELECT portal_asker()) AND named.through = (SELECT portal_context(2)) AND named.ended_at IS NULL AND named.starts_on <= CURRENT_DATE AND named.ends_on >= CURRENT_DATE
      AND pupil.visible @> CURRENT_DATE
      AND CASE WHEN named.through = 'edunet'
          THEN pupil.establishment_id IN (SELECT portal_establishments('view_establishment'))
          ELSE EXISTS (SELECT FROM portal_establishments('view_establishment')) END
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_opened_beyond()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT id FROM sharing_pupil
    WHERE id = ANY (ARRAY(SELECT portal_opened())) AND establishment_id = ANY (ARRAY(SELECT portal_narrowed()))
      AND establishment_id || ':' || year_group <> ALL (ARRAY(SELECT portal_years()))
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_opened_for(category text)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT opening.pupil_id FROM sharing_opening AS opening
    WHERE opening.person_id = (SELECT portal_asker()) AND (SELECT portal_context(2)) = 'edunet'
      AND opening.starts_at <= now() AND opening.ends_at > now() AND opening.ended_at IS NULL
      AND opening.establishment_id IN (SELECT portal_establishments('view_establishment')) UNION ALL SELECT pupil.id FROM sharing_namedchild AS named JOIN sharing_child AS child ON child.id = named.child_id
    JOIN sharing_pupil AS pupil ON pupil.child_id IN (child.id, child.same_as_id)
    WHERE named.person_id = (SELECT portal_asker()) AND named.through = (SELECT portal_context(2)) AND named.ended_at IS NULL AND named.starts_on <= CURRENT_DATE AND named.ends_on >= CURRENT_DATE
      AND pupil.visible @> CURRENT_DATE
      AND CASE WHEN named.through = 'edunet'
          THEN pupil.establishment_id IN (SELECT portal_establishments('view_establishment'))
          ELSE EXISTS (SELECT FROM portal_establishments('view_establishment')) END AND category <> ALL (named.withheld)
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_openings(wanted uuid, older_than bigint, at_most integer)
 RETURNS TABLE(id bigint, at timestamp with time zone, person_name character varying, through character varying, action character varying, purpose text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT id, at, person_name, through, action, purpose FROM (
        SELECT * FROM sharing_ledgerentry
         WHERE action = 'show_pupil' AND outcome = 'shown' AND about -> 'pupils' ->> 0 = wanted::text
        UNION ALL
        SELECT * FROM sharing_ledgerentry
         WHERE (urn IS NULL OR action IN ('make_transfer_file', 'make_leaver_file')) AND about ? 'pupils' AND about -> 'pupils' ? wanted::text
        UNION ALL
        SELECT * FROM sharing_ledgerentry WHERE action IN ('ask_for_download', 'make_download', 'print_records') AND about ? 'pupils' AND about -> 'pupils' ? wanted::text
    ) AS entry
    WHERE id < older_than AND NOT about ? 'not_for_the_head' AND outcome <> 'refused' AND wanted <> ALL (ARRAY(SELECT portal_closed())) AND EXISTS (
        SELECT FROM sharing_pupil AS pupil
         WHERE pupil.id = wanted AND pupil.visible @> CURRENT_DATE
           AND pupil.establishment_id IN (SELECT portal_establishments('manage_register')))
    ORDER BY id DESC LIMIT at_most
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_out_of_scope()
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    WITH sponsor AS (
        SELECT line.establishment_id, place.urn
        FROM access_register_registerline AS line
        JOIN sharing_establishment AS place ON place.id = line.establishment_id
        JOIN access_register_contract AS contract ON contract.id = line.contract_id
        WHERE line.person_id = portal_asker() AND portal_context(2) = 'schools_online' AND line.role = 'third_party'
          AND line.withdrawn_at IS NULL AND line.suspended_at IS NULL AND line.awaiting_since IS NULL
          AND contract.ended_at IS NULL AND CURRENT_DATE BETWEEN contract.starts_on AND contract.ends_on
          AND line.starts_on <= CURRENT_DATE
          AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE))
    SELECT establishment_id FROM sponsor
    WHERE (SELECT count(*) FROM sponsor) > 1
      AND urn::text IS DISTINCT FROM nullif(current_setting('portal.acting_for', true), '')
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_own_group_size(wanted bigint)
 RETURNS TABLE(ever bigint, here_now bigint)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT count(*), count(*) FILTER (WHERE pupil.visible @> CURRENT_DATE)
    FROM sharing_owngroupmember AS member
    JOIN sharing_owngroup AS owngroup ON owngroup.id = member.group_id
    JOIN sharing_pupil AS pupil ON pupil.id = member.pupil_id
    WHERE owngroup.id = wanted AND pupil.id <> ALL (ARRAY(SELECT portal_closed()))
      AND owngroup.establishment_id IN (SELECT portal_establishments('view_pupils'))
      AND owngroup.establishment_id NOT IN (SELECT portal_narrowed())
      AND owngroup.establishment_id NOT IN (SELECT portal_out_of_scope())
      AND NOT EXISTS (
          SELECT FROM unnest(owngroup.tells) AS kind
          WHERE owngroup.establishment_id NOT IN (SELECT portal_showing(kind)))
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_person()
 RETURNS bigint
 LANGUAGE sql
 STABLE
AS $function$ SELECT portal_context(1)::bigint $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_plain_words(words text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
    SELECT ' ' || trim(regexp_replace(regexp_replace(words, '[''’‘`]', '', 'g'), '[^[:alnum:]]+', ' ', 'g')) || ' '
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_post_failed(number integer)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    INSERT INTO sharing_servicerun AS known (name, started_at, ended_at, outcome, about)
    VALUES ('post', clock_timestamp(), clock_timestamp(), 'failed', jsonb_build_object('failed', greatest(number, 0)))
    ON CONFLICT (name) DO UPDATE
    SET started_at = excluded.started_at, ended_at = excluded.ended_at, outcome = 'failed',
        about = jsonb_build_object('failed', greatest(number, 0) + CASE
            WHEN known.ended_at > excluded.ended_at - interval '1 day' THEN (known.about ->> 'failed')::int ELSE 0 END)
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_postpone_release(wanted bigint, why text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE release sharing_release := portal_take_release(wanted);
BEGIN
    IF release.id IS NULL THEN RETURN 'nothing there'; END IF;
    IF release.state <> 'scheduled' THEN RETURN 'moved on'; END IF;
    IF release.goes_out_at < clock_timestamp() + interval '1 minute' THEN RETURN 'too late'; END IF;
    IF trim(why) = '' THEN RETURN 'no reason'; END IF;
    UPDATE sharing_release SET state = 'checked', goes_out_at = NULL, scheduled_at = NULL, scheduled_by = '',
        announced_for = coalesce(announced_for, goes_out_at), put_off_because = why
    WHERE id = wanted;
    RETURN 'done';
END $function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_pupils_at()
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT portal_establishments('view_pupils')
    UNION ALL SELECT opening.establishment_id FROM sharing_opening AS opening
    WHERE opening.person_id = (SELECT portal_asker()) AND (SELECT portal_context(2)) = 'edunet'
      AND opening.starts_at <= now() AND opening.ends_at > now() AND opening.ended_at IS NULL
      AND opening.establishment_id IN (SELECT portal_establishments('view_establishment')) UNION ALL SELECT pupil.establishment_id FROM sharing_namedchild AS named JOIN sharing_child AS child ON child.id = named.child_id
    JOIN sharing_pupil AS pupil ON pupil.child_id IN (child.id, child.same_as_id)
    WHERE named.person_id = (SELECT portal_asker()) AND named.through = (SELECT portal_context(2)) AND named.ended_at IS NULL AND named.starts_on <= CURRENT_DATE AND named.ends_on >= CURRENT_DATE
      AND pupil.visible @> CURRENT_DATE
      AND CASE WHEN named.through = 'edunet'
          THEN pupil.establishment_id IN (SELECT portal_establishments('view_establishment'))
          ELSE EXISTS (SELECT FROM portal_establishments('view_establishment')) END EXCEPT SELECT portal_out_of_scope()
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_readable()
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    WITH own AS (SELECT portal_establishments('view_establishment') AS id),
         taking_part AS (
            SELECT establishment_id AS id FROM sharing_participation
            WHERE starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE))
    , readable AS (SELECT id FROM own
    UNION
    SELECT place.id FROM sharing_establishment AS place
    WHERE place.kind <> ''
      AND CASE WHEN portal_context(2) = 'edunet' THEN EXISTS (SELECT FROM own)
               ELSE place.id IN (SELECT id FROM taking_part)
                    AND EXISTS (SELECT FROM own JOIN taking_part USING (id)) END)
    SELECT id FROM readable UNION SELECT id FROM portal_earlier(ARRAY(SELECT id FROM readable))
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_release_contents(wanted bigint)
 RETURNS TABLE(measure_id bigint, establishments bigint, areas bigint, figures bigint, numbers bigint, small bigint, symbols jsonb)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT figure.measure_id, count(DISTINCT figure.establishment_id), count(DISTINCT nullif(figure.area, '')),
           count(*), count(figure.value), count(*) FILTER (WHERE figure.is_small),
           (SELECT coalesce(jsonb_object_agg(symbol, times), '{}') FROM (
                SELECT symbol, count(*) AS times FROM sharing_figure AS other
                WHERE other.release_id = wanted AND other.measure_id = figure.measure_id AND symbol > ''
                GROUP BY symbol) AS counted)
    FROM sharing_figure AS figure WHERE release_id = wanted AND portal_keeps_releases()
    GROUP BY figure.measure_id
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_release_differences(wanted bigint, earlier bigint)
 RETURNS TABLE(measure_id bigint, added bigint, gone bigint, differ bigint, biggest numeric[])
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT coalesce(new.measure_id, old.measure_id), count(*) FILTER (WHERE old.id IS NULL),
           count(*) FILTER (WHERE new.id IS NULL),
           count(*) FILTER (WHERE (new.value, new.symbol) IS DISTINCT FROM (old.value, old.symbol)
                            AND new.id IS NOT NULL AND old.id IS NOT NULL),
           (array_agg(DISTINCT abs(new.value - old.value) ORDER BY abs(new.value - old.value) DESC)
                FILTER (WHERE new.value <> old.value))[:3]
    FROM (SELECT * FROM sharing_figure WHERE release_id = wanted) AS new
    FULL JOIN (SELECT * FROM sharing_figure WHERE release_id = earlier) AS old
      ON (old.measure_id, coalesce(old.establishment_id, 0), old.area, old."group")
       = (new.measure_id, coalesce(new.establishment_id, 0), new.area, new."group")
    WHERE portal_keeps_releases()
    GROUP BY 1
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_releases_of_areas()
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    WITH own AS (SELECT portal_establishments('view_establishment') AS id),
         shares AS (
            SELECT portal_context(2) = 'edunet' OR EXISTS (
                SELECT FROM own JOIN sharing_participation AS part ON part.establishment_id = own.id
                WHERE part.starts_on <= CURRENT_DATE AND (part.ends_on IS NULL OR part.ends_on >= CURRENT_DATE)) AS yes)
    SELECT release.id FROM sharing_release AS release JOIN sharing_dataset AS stream ON stream.id = release.dataset_id
    WHERE EXISTS (SELECT FROM own) AND release.state = 'scheduled' AND release.goes_out_at <= now()
      AND (stream.is_published_elsewhere OR (SELECT yes FROM shares))
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_releases_out()
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT id FROM sharing_release WHERE state = 'scheduled' AND goes_out_at <= now()
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_same_locality()
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT other.establishment_id
    FROM sharing_localitymembership AS mine
    JOIN sharing_localitymembership AS other ON other.locality_id = mine.locality_id AND other.starts_on <= CURRENT_DATE AND (other.ends_on IS NULL OR other.ends_on >= CURRENT_DATE)
    JOIN sharing_participation AS part
      ON part.establishment_id = other.establishment_id AND part.starts_on <= CURRENT_DATE AND (part.ends_on IS NULL OR part.ends_on >= CURRENT_DATE)
    WHERE mine.establishment_id = ANY (ARRAY(SELECT portal_shares_from())) AND mine.starts_on <= CURRENT_DATE AND (mine.ends_on IS NULL OR mine.ends_on >= CURRENT_DATE)
    EXCEPT SELECT portal_establishments('view_establishment')
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_schedule_release(wanted bigint, instant timestamp with time zone)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE release sharing_release := portal_take_release(wanted);
BEGIN
    IF release.id IS NULL THEN RETURN 'nothing there'; END IF;
    IF release.state <> 'checked' THEN RETURN 'moved on'; END IF;
    IF EXISTS (SELECT FROM sharing_release AS other JOIN sharing_dataset AS stream ON stream.id = dataset_id
               WHERE slug = 'comparators' AND other.dataset_id = release.dataset_id
                 AND other.academic_year = release.academic_year AND other.version < release.version
                 AND other.state = 'stopped' AND other.stopped_at > release.prepared_at) THEN
        RETURN 'holds what is stopped';
    END IF;
    IF instant < clock_timestamp() + interval '1 minute' THEN RETURN 'in the past'; END IF;
    IF EXISTS (SELECT FROM sharing_release AS other
               WHERE other.dataset_id = release.dataset_id AND other.academic_year = release.academic_year
                 AND other.state IN ('scheduled', 'stopped') AND other.version > release.version) THEN
        RETURN 'newer version';
    END IF;
    IF EXISTS (SELECT FROM sharing_release AS other
               WHERE other.dataset_id = release.dataset_id AND other.academic_year = release.academic_year
                 AND other.state = 'scheduled' AND other.goes_out_at >= instant) THEN
        RETURN 'before the earlier version';
    END IF;
    
    IF EXISTS (SELECT FROM sharing_statisticsverdict AS verdict WHERE verdict.release_id = wanted
               AND (verdict.loss ->> 'before')::bigint IS DISTINCT FROM (
                   SELECT other.id FROM sharing_release AS other
                   WHERE other.dataset_id = release.dataset_id AND other.academic_year <= release.academic_year
                     AND other.state IN ('scheduled', 'stopped')
                   ORDER BY other.academic_year DESC, other.version DESC LIMIT 1)) THEN
        RETURN 'prepared beside another';
    END IF;

    UPDATE sharing_release SET state = 'scheduled', goes_out_at = instant, scheduled_at = clock_timestamp(),
        scheduled_by = (SELECT name FROM access_register_person WHERE id = portal_asker())
    WHERE id = wanted;
    RETURN 'done';
END $function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_sees_whole()
 RETURNS bigint[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    visit text := current_setting('portal.ctx', true);
    known text := current_setting('portal.sees_whole', true);
    who bigint;
    places bigint[];
    is_whole boolean;
    some_are_closed boolean;
BEGIN
    IF starts_with(known, visit || '=') THEN RETURN nullif(substr(known, length(visit) + 2), '')::bigint[]; END IF;
    who := portal_asker();
    SELECT coalesce(array_agg(establishment_id), '{}'),
           coalesce(bool_and(year_groups = '{}' AND withheld = '{}'), true)
           AND NOT EXISTS (SELECT FROM sharing_opening WHERE person_id = who AND ended_at IS NULL AND ends_at > now())
           AND NOT EXISTS (SELECT FROM sharing_namedchild
                           WHERE person_id = who AND ended_at IS NULL AND ends_on >= CURRENT_DATE)
           AND NOT EXISTS (SELECT FROM access_register_registerline
                           WHERE person_id = who AND role = 'third_party' AND withdrawn_at IS NULL),
           EXISTS (SELECT FROM sharing_closing WHERE ended_at IS NULL AND ends_at > now())
    INTO places, is_whole, some_are_closed
    FROM sharing_establishmentpermission
    WHERE user_id = who AND through = portal_context(2) AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)
      AND permission_id = (SELECT id FROM auth_permission WHERE codename = 'view_pupils');
    IF is_whole AND some_are_closed THEN
        is_whole := NOT EXISTS (SELECT FROM sharing_pupil WHERE establishment_id = ANY (places)
                                AND id = ANY (portal_sight(NULL::uuid[], 'closed')));
    END IF;
    IF visit <> '' THEN
        PERFORM set_config('portal.sees_whole', visit || '=' || CASE WHEN is_whole THEN places::text ELSE '' END, true);
    END IF;
    RETURN CASE WHEN is_whole THEN places END;
END $function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_service_queues()
 RETURNS TABLE(name text, waiting bigint, running bigint, failed bigint, oldest timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT 'imports', count(*) FILTER (WHERE state IN ('uploaded', 'to_apply')),
           count(*) FILTER (WHERE state IN ('checking', 'applying')),
           count(*) FILTER (WHERE state = 'failed' AND at > now() - interval '7 days'),
           min(at) FILTER (WHERE state IN ('uploaded', 'to_apply'))
    FROM sharing_import
    UNION ALL
    SELECT 'reports', count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'making'),
           count(*) FILTER (WHERE state = 'failed' AND asked_at > now() - interval '7 days'),
           min(asked_at) FILTER (WHERE state = 'waiting')
    FROM sharing_report

    UNION ALL
    SELECT 'letters', count(*), 0, count(*) FILTER (WHERE tries > 0), min(written_at)
    FROM access_register_waitingletter
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_service_releases()
 RETURNS TABLE(coming bigint, next timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT count(*), min(goes_out_at) FROM sharing_release WHERE state = 'scheduled' AND goes_out_at > now()
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_shares_from()
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT place.id FROM sharing_establishment AS place
    JOIN sharing_participation AS part ON part.establishment_id = place.id AND part.starts_on <= CURRENT_DATE AND (part.ends_on IS NULL OR part.ends_on >= CURRENT_DATE)
    WHERE portal_context(2) = 'schools_online' AND place.kind <> ''
      AND place.id = ANY (ARRAY(SELECT portal_establishments('view_establishment')))
      AND place.id <> ALL (ARRAY(SELECT portal_third_party_at()))
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_show_release_again(wanted bigint)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE release sharing_release := portal_take_out_release(wanted);
BEGIN
    IF release.id IS NULL THEN RETURN 'nothing there'; END IF;
    IF release.state <> 'stopped' THEN RETURN 'moved on'; END IF;
    IF release.stopped_by_id = portal_asker() THEN RETURN 'stopped by you'; END IF;
    IF EXISTS (SELECT FROM sharing_release AS other
               WHERE other.dataset_id = release.dataset_id AND other.academic_year = release.academic_year
                 AND other.state = 'stopped' AND other.version > release.version
                 AND other.stopped_at <> release.stopped_at) THEN
        RETURN 'a later one is stopped';
    END IF;
    UPDATE sharing_release SET state = 'scheduled', stopped_at = NULL, stopped_because = '', stopped_by_id = NULL,
        stopped_by = ''
    WHERE dataset_id = release.dataset_id AND academic_year = release.academic_year
      AND state = 'stopped' AND stopped_at = release.stopped_at;
    RETURN 'done';
END $function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_showing(category text)
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT establishment_id FROM sharing_establishmentpermission WHERE user_id = (SELECT portal_asker()) AND through = (SELECT portal_context(2))
      AND permission_id = (SELECT id FROM auth_permission WHERE codename = 'view_pupils') AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE) AND category <> ALL (withheld)
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_sight(kind anyarray, question text, about text DEFAULT ''::text)
 RETURNS anyarray
 LANGUAGE plpgsql
 STABLE
AS $function$
DECLARE
    visit text := current_setting('portal.ctx', true);
    setting text := 'portal.sees_' || question || '_' || about;
    known text := current_setting(setting, true);
    here text := current_setting('portal.here', true);
    whole bigint[];
    found kind%TYPE := '{}';
BEGIN
    IF starts_with(known, visit || '=') THEN RETURN substr(known, length(visit) + 2); END IF;
    IF question = 'establishments' THEN found := ARRAY(SELECT portal_establishments(about));
    ELSIF question = 'closed' THEN found := ARRAY(SELECT portal_closed());
    ELSE
        whole := portal_sees_whole();
        IF whole IS NULL THEN
            EXECUTE format('SELECT ARRAY(SELECT %I(%s))', 'portal_' || question,
                           CASE about WHEN '' THEN '' ELSE quote_literal(about) END) INTO found;
        ELSIF question IN ('pupils_at', 'showing') THEN found := whole;
        END IF;
        IF question = 'pupils_at' AND here <> '' THEN
            found := ARRAY(SELECT place FROM unnest(found) AS place WHERE place = here::bigint);
        END IF;
        IF whole IS NULL THEN RETURN found; END IF;
    END IF;
    IF visit <> '' THEN PERFORM set_config(setting, visit || '=' || found::text, true); END IF;
    RETURN found;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_signatories(wanted bigint)
 RETURNS TABLE(establishment_id bigint, person_id bigint, name character varying, accepted_until date, version character varying, accepted_on date)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    WITH mine AS (SELECT portal_establishments(
        CASE portal_context(2) WHEN 'edunet' THEN 'view_establishment' ELSE 'manage_register' END) AS id),
    people AS (
        SELECT DISTINCT line.establishment_id, line.person_id FROM access_register_registerline AS line
        WHERE line.establishment_id IN (SELECT id FROM mine) AND (wanted IS NULL OR line.establishment_id = wanted)
          AND line.withdrawn_at IS NULL AND line.awaiting_since IS NULL
          AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE)
        UNION
        SELECT NULL, officer.person_id FROM access_register_officerappointment AS officer
        WHERE wanted IS NULL AND portal_context(2) = 'edunet' AND EXISTS (SELECT FROM mine)
          AND officer.starts_on <= CURRENT_DATE AND (officer.ends_on IS NULL OR officer.ends_on >= CURRENT_DATE)
    )
    SELECT people.establishment_id, person.id, person.name, person.protocol_accepted_until,
           version.number, (acceptance.accepted_at AT TIME ZONE 'Europe/London')::date
    FROM people
    JOIN access_register_person AS person ON person.id = people.person_id
    LEFT JOIN access_register_acceptance AS acceptance ON acceptance.person_id = person.id
    LEFT JOIN access_register_protocolversion AS version ON version.id = acceptance.version_id
    ORDER BY person.name, person.id, acceptance.accepted_at DESC
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_small_figures()
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    WITH seen AS (SELECT portal_establishments('view_pupils') AS id
    INTERSECT SELECT portal_showing('sen') INTERSECT SELECT portal_showing('attainment')
    INTERSECT SELECT portal_showing('attendance') INTERSECT SELECT portal_showing('suspensions')
    EXCEPT SELECT portal_narrowed() EXCEPT SELECT portal_out_of_scope())
    SELECT id FROM seen UNION ALL SELECT id FROM portal_earlier(ARRAY(SELECT id FROM seen))
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_stop_release(wanted bigint, why text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE release sharing_release := portal_take_out_release(wanted);
BEGIN
    IF release.id IS NULL THEN RETURN 'nothing there'; END IF;
    IF release.state <> 'scheduled' THEN RETURN 'moved on'; END IF;
    IF trim(why) = '' THEN RETURN 'no reason'; END IF;
    UPDATE sharing_release SET state = 'stopped', stopped_at = now(), stopped_because = why,
        stopped_by_id = portal_asker(),
        stopped_by = (SELECT name FROM access_register_person WHERE id = portal_asker())
    WHERE dataset_id = release.dataset_id AND academic_year = release.academic_year
      AND state = 'scheduled' AND goes_out_at <= clock_timestamp();
    RETURN 'done';
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_subject_requests()
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT request.id FROM sharing_subjectrequest AS request
    WHERE request.through = 'schools_online' AND request.state = 'open' AND portal_context(2) = 'edunet'
      AND EXISTS (SELECT FROM portal_establishments('manage_duties')) AND NOT EXISTS (
        SELECT FROM access_register_registerline AS line JOIN access_register_person AS head ON head.id = line.person_id
        WHERE line.establishment_id = request.establishment_id AND line.seat = 0 AND line.withdrawn_at IS NULL
          AND line.suspended_at IS NULL AND line.awaiting_since IS NULL AND line.starts_on <= CURRENT_DATE
          AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE) AND head.is_active
          AND (head.suspended_until IS NULL OR head.suspended_until < CURRENT_DATE))
    UNION ALL
    SELECT id FROM sharing_subjectrequest
    WHERE through = 'edunet' AND portal_context(2) = 'edunet'
      AND EXISTS (SELECT FROM portal_establishments('manage_duties'))
    UNION ALL
    SELECT request.id FROM sharing_subjectrequest AS request
    WHERE request.through = 'schools_online' AND portal_context(2) = 'schools_online'
      AND request.establishment_id IN (SELECT portal_heads()) AND EXISTS (
        SELECT FROM sharing_pupil AS pupil JOIN sharing_child AS child ON child.id = request.child_id
        WHERE pupil.child_id IN (child.id, child.same_as_id) AND pupil.establishment_id = request.establishment_id
          AND pupil.visible @> CURRENT_DATE AND pupil.id <> ALL (ARRAY(SELECT portal_closed())))
    UNION ALL
    SELECT request.id FROM sharing_subjectrequest AS request
    WHERE request.through = 'schools_online' AND request.state = 'open' AND portal_context(2) = 'edunet'
      AND EXISTS (SELECT FROM portal_establishments('manage_duties')) AND NOT EXISTS (
        SELECT FROM sharing_pupil AS pupil JOIN sharing_child AS child ON child.id = request.child_id
        WHERE pupil.child_id IN (child.id, child.same_as_id) AND pupil.establishment_id = request.establishment_id
          AND pupil.visible @> CURRENT_DATE AND pupil.id <> ALL (ARRAY(SELECT portal_closed())))
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_suspensions()
 RETURNS TABLE(measure character varying, urn integer, name character varying, decided_on date, ends_on date, breach_id bigint)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT sanction.measure, place.urn, place.name, sanction.starts_on, sanction.ends_on,
           CASE WHEN portal_breach_is(sanction.breach_id, 'respondent') THEN sanction.breach_id END
    FROM access_register_sanction AS sanction
    LEFT JOIN sharing_establishment AS place ON place.id = sanction.establishment_id
    WHERE lifted_at IS NULL AND starts_on <= CURRENT_DATE AND ends_on >= CURRENT_DATE AND (
        sanction.measure = 'suspend_person' AND sanction.person_id = portal_accepted()
        OR sanction.measure = 'suspend_establishment'
           AND sanction.establishment_id IN (SELECT portal_establishments('view_establishment')))
    ORDER BY sanction.ends_on DESC, sanction.id
$function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.portal_take_advice(wanted bigint, seen integer, VARIADIC states text[])
 RETURNS sharing_adviceversion
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE taken sharing_adviceversion;
BEGIN
    IF NOT portal_writes_advice() THEN RETURN NULL; END IF;
    PERFORM 1 FROM sharing_advicepage WHERE id = wanted FOR UPDATE;
    SELECT * INTO taken FROM sharing_adviceversion
    WHERE page_id = wanted AND state = ANY (states) AND (seen IS NULL OR edits = seen);
    RETURN taken;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_take_down_advice(wanted bigint, why text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE standing sharing_adviceversion := portal_take_advice(wanted, NULL, 'published');
BEGIN
    IF standing.id IS NULL THEN RETURN 'moved on'; END IF;
    IF trim(why) = '' THEN RETURN 'no reason'; END IF;
    UPDATE sharing_adviceversion SET state = 'taken_down' WHERE id = standing.id;
    PERFORM portal_tell_advice(standing.id, 'taken_down', why);
    RETURN 'done';
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.portal_take_out_release(wanted bigint)
 RETURNS sharing_release
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE taken sharing_release;
BEGIN
    IF portal_context(2) IS DISTINCT FROM 'edunet'
       OR NOT EXISTS (SELECT FROM portal_establishments('manage_duties')) THEN RETURN NULL; END IF;
    PERFORM 1 FROM sharing_release AS each, sharing_release AS wished
    WHERE wished.id = wanted AND each.dataset_id = wished.dataset_id AND each.academic_year = wished.academic_year
    ORDER BY each.id FOR UPDATE OF each;
    SELECT * INTO taken FROM sharing_release WHERE id = wanted AND goes_out_at <= clock_timestamp();
    RETURN taken;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.portal_take_release(wanted bigint)
 RETURNS sharing_release
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE taken sharing_release;
BEGIN
    IF NOT coalesce(portal_keeps_releases(), false) THEN RETURN NULL; END IF;
    PERFORM 1 FROM sharing_release AS each, sharing_release AS wished
    WHERE wished.id = wanted AND each.dataset_id = wished.dataset_id AND each.academic_year = wished.academic_year
    ORDER BY each.id FOR UPDATE OF each;
    SELECT * INTO taken FROM sharing_release WHERE id = wanted;
    RETURN taken;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.portal_tell_advice(of_version bigint, what text, why text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    INSERT INTO sharing_advicestep (version_id, kind, at, by_id, by_name, because)
    VALUES (of_version, what, clock_timestamp(), portal_asker(),
            (SELECT name FROM access_register_person WHERE id = portal_asker()), why);
END $function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_third_party_at()
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT line.establishment_id FROM access_register_registerline AS line
    WHERE line.role = 'third_party' AND line.person_id = portal_asker() AND portal_context(2) = 'schools_online'
      AND line.withdrawn_at IS NULL AND line.suspended_at IS NULL AND line.awaiting_since IS NULL
      AND line.starts_on <= CURRENT_DATE AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE)
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_times_opened(wanted uuid)
 RETURNS TABLE(times bigint, people bigint)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    mine bigint[] := ARRAY(SELECT portal_establishments('view_pupils'));
    narrowed bigint[] := ARRAY(SELECT portal_narrowed());
    years text[] := CASE WHEN narrowed = '{}' THEN '{}' ELSE ARRAY(SELECT portal_years()) END;
BEGIN
    RETURN QUERY
    SELECT count(*), count(DISTINCT person_id) FROM sharing_ledgerentry
     WHERE action = 'show_pupil' AND outcome = 'shown' AND about -> 'pupils' ->> 0 = wanted::text
       AND at > now() - interval '12 months' AND NOT about ? 'not_for_the_head'
       AND wanted <> ALL (ARRAY(SELECT portal_closed())) AND (wanted IN (SELECT portal_opened()) OR EXISTS (SELECT FROM sharing_pupil AS pupil WHERE pupil.id = wanted
                   AND pupil.establishment_id = ANY (mine) AND pupil.visible @> CURRENT_DATE
       AND (pupil.establishment_id <> ALL (narrowed)
            OR pupil.establishment_id || ':' || pupil.year_group = ANY (years))));
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_ways_past(record uuid)
 RETURNS TABLE(way text, number bigint)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    WITH seen AS (
        SELECT pupil.id, pupil.child_id AS child, pupil.establishment_id AS place FROM sharing_pupil AS pupil
        WHERE pupil.id = record AND pupil.visible @> CURRENT_DATE AND pupil.id <> ALL (ARRAY(SELECT portal_closed()))
          AND pupil.establishment_id IN (SELECT portal_establishments('view_pupils'))
          AND pupil.establishment_id IN (SELECT portal_establishments(
              CASE portal_context(2) WHEN 'edunet' THEN 'manage_duties' ELSE 'manage_register' END))),
    identity AS (
        SELECT child, place FROM seen
        UNION SELECT other.id, place FROM seen JOIN sharing_child AS other ON other.same_as_id = seen.child)
    SELECT 'named', named.id FROM identity JOIN sharing_namedchild AS named ON named.child_id = identity.child
    WHERE named.ended_at IS NULL AND named.starts_on <= CURRENT_DATE AND (named.ends_on IS NULL OR named.ends_on >= CURRENT_DATE) AND (portal_context(2) = 'edunet' OR NOT named.head_barred)
      AND EXISTS (SELECT FROM sharing_establishmentpermission AS held
        WHERE held.user_id = named.person_id AND held.through = named.through AND held.starts_on <= CURRENT_DATE AND (held.ends_on IS NULL OR held.ends_on >= CURRENT_DATE)
          AND held.permission_id = (SELECT id FROM auth_permission WHERE codename = 'view_establishment')
          AND (named.through = 'schools_online' OR held.establishment_id = identity.place))
    UNION ALL
    SELECT 'opened', opening.id FROM seen JOIN sharing_opening AS opening ON opening.pupil_id = seen.id
    WHERE opening.starts_at <= now() AND opening.ends_at > now() AND opening.ended_at IS NULL AND EXISTS (SELECT FROM sharing_establishmentpermission AS held
        WHERE held.user_id = opening.person_id AND held.through = 'edunet' AND held.starts_on <= CURRENT_DATE AND (held.ends_on IS NULL OR held.ends_on >= CURRENT_DATE)
          AND held.permission_id = (SELECT id FROM auth_permission WHERE codename = 'view_establishment')
          AND held.establishment_id = seen.place)
      AND NOT opening.head_barred AND seen.place IN (SELECT portal_heads())
    UNION ALL
    SELECT 'closed', closing.id FROM identity JOIN sharing_closing AS closing ON closing.child_id = identity.child
    WHERE closing.starts_at <= now() AND closing.ends_at > now() AND closing.ended_at IS NULL
      AND (closing.agreed_at IS NOT NULL OR now() < closing.starts_at + interval '72 hours')
      AND (portal_context(2) = 'edunet' OR closing.id IN (SELECT portal_closings_to_head()))
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_with_key(sealed bytea)
 RETURNS bytea
 LANGUAGE sql
 STABLE STRICT SECURITY DEFINER
 SET search_path TO 'portal_keys', 'pg_temp'
AS $function$
    SELECT CASE WHEN substring(sealed FROM 1 FOR 1) <> '\x00' THEN sealed
        ELSE coalesce((SELECT '\x00'::bytea || set_byte('\x00', 0, length(wrapped)) || wrapped || sealed
                       FROM key WHERE id = encode(substring(sealed FROM 2 FOR 16), 'hex')::uuid), '\x0000') END
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_withdraw_release(wanted bigint, why text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE release sharing_release := portal_take_release(wanted);
BEGIN
    IF release.id IS NULL THEN RETURN 'nothing there'; END IF;
    IF release.state IN ('withdrawn', 'stopped') THEN RETURN 'moved on'; END IF;
    IF release.state = 'scheduled' AND release.goes_out_at < clock_timestamp() + interval '1 minute' THEN
        RETURN 'too late';
    END IF;
    IF trim(why) = '' THEN RETURN 'no reason'; END IF;
    -- One that is being prepared of it is waited for, as two files of one dataset wait for each other.
    PERFORM FROM sharing_dataset WHERE id = release.dataset_id AND slug = 'comparators' FOR SHARE;
    IF EXISTS (SELECT FROM sharing_release AS other JOIN sharing_dataset AS stream ON stream.id = dataset_id
               WHERE slug = 'comparators' AND other.dataset_id = release.dataset_id
                 AND other.academic_year = release.academic_year AND other.version > release.version AND other.state NOT IN ('withdrawn', 'stopped')
                 AND (other.state <> 'scheduled' OR other.goes_out_at > clock_timestamp())) THEN
        RETURN 'held by a newer version';
    END IF;
    UPDATE sharing_release SET state = 'withdrawn', announced_for = coalesce(announced_for, goes_out_at), goes_out_at = NULL, withdrawn_at = clock_timestamp(),
        withdrawn_because = why,
        withdrawn_by = (SELECT name FROM access_register_person WHERE id = portal_asker())
    WHERE id = wanted;
    RETURN 'done';
END $function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_withheld_figures(wanted bigint)
 RETURNS TABLE(release_id bigint, measure_id bigint, area character varying, is_covered boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    WITH newest AS (
        SELECT DISTINCT ON (dataset_id, academic_year) id FROM sharing_release
        WHERE id = ANY (ARRAY(SELECT portal_releases_out()))
        ORDER BY dataset_id, academic_year, version DESC),
    beside AS (
        SELECT 'authority' AS area
        UNION ALL SELECT 'locality:' || locality_id FROM sharing_localitymembership
        WHERE establishment_id = wanted AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)),
    own AS (
        SELECT DISTINCT ON (figure.release_id, figure.measure_id)
            figure.*, covered_by && ARRAY(SELECT id FROM sharing_release WHERE goes_out_at <= now()) AS is_covered
        FROM (SELECT wanted AS id, 0 AS steps, NULL::bigint AS release
              UNION ALL SELECT earlier, steps, release FROM portal_history(ARRAY[wanted])) AS under
        JOIN sharing_figure AS figure
            ON figure.establishment_id = under.id AND (under.steps = 0 OR figure.release_id = under.release)
        WHERE figure."group" = 'total'
        ORDER BY figure.release_id, figure.measure_id, under.steps)
    SELECT own.release_id, own.measure_id, own.area, own.is_covered AND NOT own.is_small
    FROM own JOIN newest ON newest.id = own.release_id
    WHERE wanted = ANY (ARRAY(SELECT portal_readable()))
      AND (own.is_covered
           OR own.is_small AND NOT wanted = ANY (ARRAY(SELECT portal_small_figures()))
           OR wanted = ANY (ARRAY(SELECT portal_narrowed_lines()))
           AND own.release_id = ANY (ARRAY(SELECT portal_counted_releases())))
    UNION ALL
    SELECT figure.release_id, figure.measure_id, figure.area, false
    FROM sharing_figure AS figure JOIN newest ON newest.id = figure.release_id
    WHERE figure.establishment_id IS NULL AND figure.area IN (SELECT area FROM beside) AND figure."group" = 'total'
      AND figure.release_id = ANY (ARRAY(SELECT portal_releases_of_areas()))
      AND (figure.is_small OR figure.release_id = ANY (ARRAY(SELECT portal_counted_releases())))
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_write_advice(wanted bigint, seen integer, a_title text, a_summary text, an_owner text, a_text text, again_on date)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    draft sharing_adviceversion := portal_take_advice(wanted, NULL, 'draft', 'waiting');
    saved int := (SELECT max(edits) FROM sharing_adviceversion WHERE page_id = wanted);
BEGIN
    IF NOT portal_writes_advice() OR NOT EXISTS (SELECT FROM sharing_advicepage WHERE id = wanted) THEN
        RETURN 'nothing there';
    END IF;
    IF (draft.title, draft.summary, draft.owner, draft.text, draft.review_on)
        = (a_title, a_summary, an_owner, a_text, again_on) THEN RETURN 'done'; END IF;
    IF draft.state = 'waiting' THEN RETURN 'waits'; END IF;
    IF coalesce(saved, 0) <> seen THEN RETURN 'changed meanwhile'; END IF;
    IF draft.id IS NULL THEN
        INSERT INTO sharing_adviceversion (page_id, number, state, edits, title, summary, owner, text, review_on)
        SELECT wanted, 1 + coalesce(max(number), 0), 'draft', seen + 1, a_title, a_summary, an_owner, a_text, again_on
        FROM sharing_adviceversion WHERE page_id = wanted
        RETURNING * INTO draft;
    ELSE
        UPDATE sharing_adviceversion SET title = a_title, summary = a_summary, owner = an_owner, text = a_text,
            review_on = again_on, edits = seen + 1
        WHERE id = draft.id;
    END IF;
    PERFORM portal_tell_advice(draft.id, 'written', '');
    RETURN 'done';
END $function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_write_ledger(person_id bigint, person_name text, through text, action text, permission text, urn integer, outcome text, about jsonb, purpose text)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    entry sharing_ledgerentry;
    lately timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sharing_ledgerentry'));
    entry.at := clock_timestamp();
    lately := entry.at - interval '35 days';
    SELECT before.id, before.hash INTO entry.id, entry.previous_hash
      FROM sharing_ledgerentry AS before WHERE before.at >= lately ORDER BY before.id DESC LIMIT 1;
    IF NOT FOUND THEN
        SELECT before.id, before.hash INTO entry.id, entry.previous_hash
          FROM sharing_ledgerentry AS before ORDER BY before.id DESC LIMIT 1;
    END IF;
    entry.id := coalesce(entry.id, 0) + 1;
    entry.previous_hash := coalesce(entry.previous_hash, '');
    entry.person_id := person_id;
    entry.person_name := person_name;
    entry.through := through;
    entry.action := action;
    entry.permission := permission;
    entry.urn := urn;
    entry.outcome := outcome;
    entry.about := about;
    entry.purpose := purpose;
    entry.hash := sharing_ledger_hash(entry);
    INSERT INTO sharing_ledgerentry SELECT entry.*;
    RETURN entry.id;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.portal_writes_advice()
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT coalesce(portal_context(2) = 'edunet' AND EXISTS (
        SELECT portal_establishments('view_pupils') UNION ALL SELECT portal_establishments('view_staff')
        UNION ALL SELECT portal_establishments('keep_records') UNION ALL SELECT portal_establishments('view_restricted')
        UNION ALL SELECT portal_establishments('manage_duties')), false)
$function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.portal_years()
 RETURNS SETOF text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    
    SELECT establishment_id || ':' || year FROM sharing_establishmentpermission AS held, unnest(year_groups) AS year
    WHERE user_id = (SELECT portal_asker()) AND through = (SELECT portal_context(2))
      AND permission_id = (SELECT id FROM auth_permission WHERE codename = 'view_pupils')
      AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)

$function$;
