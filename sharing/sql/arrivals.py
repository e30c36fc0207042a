"""On which days a child is seen at both ends of a move, in SQL for migration 0010 (R5, R7, R8, A4).

The triggers of migration 0002 again, with the leaving side. An enrolment at the receiver is the arrival, whoever writes
it, a census or a page: it is noted on the transfer, and ends a single registration (C) at the sender the day before.
"""

# Attending; coming, until the arrival or the lapse; and leaving: as long as the file is still to be sent (R8).
DAYS = """coalesce((SELECT range_agg(days) FROM (
            SELECT daterange(starts_on, ends_on, '[]') AS days FROM sharing_enrolment
             WHERE pupil_id = pupil.id AND cancelled_at IS NULL
            UNION ALL
            SELECT daterange(agreed_on, least(lapses_on + 1, (
                SELECT min(starts_on) FROM sharing_enrolment AS arrival
                 WHERE arrival.pupil_id = pupil.id AND cancelled_at IS NULL AND starts_on >= agreed_on)), '[)')
              FROM sharing_transfer WHERE pupil_id = pupil.id AND cancelled_at IS NULL
            UNION ALL
            SELECT daterange(agreed_on, least(sender_keeps_until, file_sent_at::date), '[]')
              FROM sharing_transfer WHERE leaving_id = pupil.id AND cancelled_at IS NULL
               AND sender_keeps_until IS NOT NULL AND least(sender_keeps_until, file_sent_at::date) >= agreed_on
        ) AS stretches), '{}')"""

# The arrival is the first enrolment from the agreement on, or one that began before it and goes on (a child who came
# before the paper did). Sixty days before it at most: a first day long ago, perhaps mistyped, is no reason to end what
# the sender has told of its own register.
ARRIVALS = """
CREATE FUNCTION sharing_note_arrivals(pupils uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE moved record;
BEGIN
    FOR moved IN
        SELECT transfer.id, transfer.leaving_id, arrival.*, receiver.name
        FROM sharing_transfer AS transfer
        JOIN sharing_establishment AS receiver ON receiver.id = transfer.establishment_id
        LEFT JOIN LATERAL (
            SELECT greatest(starts_on, agreed_on) AS came_on, kind,
                   CASE WHEN starts_on < agreed_on - 60 THEN agreed_on ELSE starts_on END AS first_day
            FROM sharing_enrolment
            WHERE pupil_id = transfer.pupil_id AND cancelled_at IS NULL AND starts_on <= lapses_on
              AND (starts_on >= agreed_on OR ends_on IS NULL)
            ORDER BY starts_on LIMIT 1) AS arrival ON true
        WHERE transfer.pupil_id = ANY (pupils) AND transfer.cancelled_at IS NULL
          AND transfer.arrived_on IS DISTINCT FROM arrival.came_on
        ORDER BY transfer.id
    LOOP
        UPDATE sharing_transfer SET arrived_on = moved.came_on WHERE id = moved.id;
        UPDATE sharing_enrolment
        SET ends_on = moved.first_day - 1,
            destination = CASE WHEN destination = '' THEN moved.name ELSE destination END
        WHERE moved.kind = 'C' AND pupil_id = moved.leaving_id AND cancelled_at IS NULL AND kind = 'C'
          AND starts_on < moved.first_day AND (ends_on IS NULL OR ends_on >= moved.first_day);
    END LOOP;
END $$;
"""
OF_AN_ENROLMENT = f"""
CREATE OR REPLACE FUNCTION sharing_refresh_visibility() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE coming uuid[];
BEGIN
    SELECT array_agg(DISTINCT pupil_id) INTO coming FROM sharing_transfer
    WHERE pupil_id IN (SELECT pupil_id FROM touched) AND cancelled_at IS NULL;
    PERFORM 1 FROM sharing_pupil WHERE id IN (
        SELECT pupil_id FROM touched
        UNION ALL SELECT leaving_id FROM sharing_transfer WHERE pupil_id = ANY (coming)) ORDER BY id FOR UPDATE;
    UPDATE sharing_pupil AS pupil SET visible = {DAYS} WHERE pupil.id IN (SELECT pupil_id FROM touched);
    IF coming IS NOT NULL THEN
        PERFORM sharing_note_arrivals(coming);
    END IF;
    RETURN NULL;
END $$;
"""
OF_A_TRANSFER = f"""
CREATE FUNCTION sharing_refresh_moves() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE ends uuid[] := ARRAY(SELECT pupil_id FROM touched UNION SELECT leaving_id FROM touched);
BEGIN
    PERFORM 1 FROM sharing_pupil WHERE id = ANY (ends) ORDER BY id FOR UPDATE;
    UPDATE sharing_pupil AS pupil SET visible = {DAYS} WHERE pupil.id = ANY (ends);
    PERFORM sharing_note_arrivals(ends);
    RETURN NULL;
END $$;
"""
VERBS = ("insert", "update", "delete")


def _triggers(function: str) -> str:
    return "".join(
        f"""
DROP TRIGGER transfer_{verb} ON sharing_transfer;
CREATE TRIGGER transfer_{verb} AFTER {verb} ON sharing_transfer
    REFERENCING {"OLD" if verb == "delete" else "NEW"} TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION {function}();
"""
        for verb in VERBS
    )


CREATE = ARRIVALS + OF_AN_ENROLMENT + OF_A_TRANSFER + _triggers("sharing_refresh_moves")
DROP = (
    _triggers("sharing_refresh_visibility")
    + "DROP FUNCTION sharing_refresh_moves; DROP FUNCTION sharing_note_arrivals;"
)
# Transfers that there are already.
CATCH_UP = """
SELECT sharing_note_arrivals(array_agg(pupil_id)) FROM sharing_transfer WHERE pupil_id IS NOT NULL;
"""
