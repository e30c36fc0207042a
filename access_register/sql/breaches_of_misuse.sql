-- Makes a case from a report of misuse (P17, R41).

-- By the officer who has just closed the report, and once: the case knows its report, and who passed it on. Whoever
-- closes it has no part in the case and cannot ask who is at its desk, so that is returned here.
CREATE OR REPLACE FUNCTION access_register_breach_of_misuse(
    wanted bigint, told bytea, named bytea, sealed bytea, who text
)
RETURNS TABLE(breach bigint, desk bigint[]) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    misuse sharing_misusereport;
    made bigint;
BEGIN
    SELECT * INTO misuse FROM sharing_misusereport
    WHERE id = wanted AND outcome = 'to_refer' AND reported_by_id <> portal_asker() FOR UPDATE;
    IF NOT FOUND OR told IS NULL OR portal_context(2) <> 'edunet'
       OR NOT EXISTS (SELECT FROM portal_establishments('keep_records'))
       OR EXISTS (SELECT FROM access_register_breach WHERE of_misuse = misuse.id) THEN
        RETURN;
    END IF;
    INSERT INTO access_register_breach (
        whose, about_id, categories, children, happened, whom, aware_at, reported_at,
        state, of_misuse, passed_on_by_id)
    VALUES (
        'unknown', misuse.about_id, '{establishment}', '0', told, named, misuse.reported_at, now(),
        'reported', misuse.id, portal_asker())
    RETURNING id INTO made;
    INSERT INTO access_register_breachreport (breach_id, person_id, person_name, name_withheld, form_key)
    SELECT made, person.id, '', true, gen_random_uuid()
    FROM access_register_person AS person WHERE person.id = misuse.reported_by_id;
    PERFORM access_register_breach_step(made, 'reported', '', NULL, 'all');
    PERFORM access_register_breach_step(made, 'misuse', who, sealed, 'desk');
    RETURN QUERY SELECT made, ARRAY(SELECT access_register_breach_desk(made));
END
$$;

GRANT EXECUTE ON FUNCTION access_register_breach_of_misuse TO portal_app;
