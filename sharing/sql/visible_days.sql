-- On which days a child can be seen at both ends of a move (R5, R7, R8, A4): `visible` of a record.
--
-- Triggers keep it up to date, whoever writes an enrolment or a transfer, a census or a page.

-- The days on which a record can be seen. Attending: an enrolment covers the day. Coming: from the agreement until the
-- arrival or the lapse. Leaving, for a school of the community or outside: as long as the file is still to be sent (R8).
CREATE OR REPLACE FUNCTION sharing_days_seen(record uuid)
RETURNS datemultirange LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce((
        SELECT range_agg(days) FROM (
            SELECT daterange(starts_on, CASE
                WHEN file_until > ends_on THEN greatest(ends_on, least(file_until, file_made_on)) ELSE ends_on
                END, '[]') AS days
            FROM sharing_enrolment WHERE pupil_id = record AND cancelled_at IS NULL
            UNION ALL
            SELECT daterange(agreed_on, least(lapses_on + 1, arrived_on, (
                SELECT min(starts_on) FROM sharing_enrolment AS arrival
                WHERE arrival.pupil_id = record AND cancelled_at IS NULL AND starts_on >= agreed_on)), '[)')
            FROM sharing_transfer WHERE pupil_id = record AND cancelled_at IS NULL
            UNION ALL
            SELECT daterange(agreed_on, least(sender_keeps_until, file_sent_at::date), '[]')
            FROM sharing_transfer
            WHERE leaving_id = record AND cancelled_at IS NULL AND sender_keeps_until IS NOT NULL
              AND least(sender_keeps_until, file_sent_at::date) >= agreed_on
        ) AS stretches), '{}');
END
$$;

-- Takes an enrolment at the receiver as the arrival: it is noted on the transfer, and a single registration (C) at the
-- sender ends the day before. Its file goes by the transfer, so none is owed to a school outside.
--
-- It is the first enrolment from the agreement on, or one that began before it and continues, for a child who came
-- before the paper did; the latter stays the arrival when the child leaves again. At most 60 days before it: a first
-- day long ago, perhaps mistyped, is no reason to end what the sender has recorded in its own register.
--
-- A period of free meals that was open when the child once left the receiver then ends as the sender says, unless the
-- receiver knows newer. Not before: it is the receiver's own if the child does not come.
CREATE OR REPLACE FUNCTION sharing_note_arrivals(pupils uuid[])
RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE moved record;
BEGIN
    FOR moved IN
        SELECT transfer.id, transfer.leaving_id, transfer.pupil_id, arrival.*, receiver.name, sender.name AS sender
        FROM sharing_transfer AS transfer
        JOIN sharing_establishment AS receiver ON receiver.id = transfer.establishment_id
        LEFT JOIN sharing_establishment AS sender ON sender.id = transfer.from_establishment_id
        LEFT JOIN LATERAL (
            SELECT greatest(starts_on, agreed_on) AS came_on, kind,
                   CASE WHEN starts_on < agreed_on - 60 THEN agreed_on ELSE starts_on END AS first_day
            FROM sharing_enrolment
            WHERE pupil_id = transfer.pupil_id AND cancelled_at IS NULL AND starts_on <= lapses_on
              AND (starts_on >= agreed_on OR ends_on IS NULL OR (arrived_on = agreed_on AND ends_on >= agreed_on))
            ORDER BY starts_on LIMIT 1) AS arrival ON true
        WHERE transfer.pupil_id = ANY (pupils) AND transfer.cancelled_at IS NULL
          AND transfer.arrived_on IS DISTINCT FROM arrival.came_on
        ORDER BY transfer.id
    LOOP
        UPDATE sharing_transfer SET arrived_on = moved.came_on WHERE id = moved.id;
        UPDATE sharing_enrolment
        SET ends_on = moved.first_day - 1, file_until = NULL,
            destination = CASE WHEN destination = '' THEN moved.name ELSE destination END
        WHERE moved.kind = 'C' AND pupil_id = moved.leaving_id AND cancelled_at IS NULL AND kind = 'C'
          AND starts_on < moved.first_day AND (ends_on IS NULL OR ends_on >= moved.first_day);
        UPDATE sharing_freemealsperiod AS mine
        SET ends_on = theirs.ends_on, country = theirs.country, source = left('Record of ' || moved.sender, 100),
            as_of = theirs.as_of
        FROM sharing_freemealsperiod AS theirs
        WHERE moved.came_on IS NOT NULL AND mine.pupil_id = moved.pupil_id AND theirs.pupil_id = moved.leaving_id
          AND mine.starts_on = theirs.starts_on AND mine.as_of < theirs.as_of;
    END LOOP;
END
$$;

-- Runs after enrolments have changed. The rows are locked before they are read, so that of two changes at once the
-- later sees the earlier.
CREATE OR REPLACE FUNCTION sharing_refresh_visibility()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE coming uuid[];
BEGIN
    SELECT array_agg(DISTINCT pupil_id) INTO coming FROM sharing_transfer
    WHERE pupil_id IN (SELECT pupil_id FROM touched) AND cancelled_at IS NULL;
    PERFORM 1 FROM sharing_pupil
    WHERE id IN (SELECT pupil_id FROM touched
                 UNION ALL SELECT leaving_id FROM sharing_transfer WHERE pupil_id = ANY (coming))
    ORDER BY id FOR NO KEY UPDATE;
    UPDATE sharing_pupil SET visible = sharing_days_seen(id)
    WHERE id IN (SELECT pupil_id FROM touched);
    IF coming IS NOT NULL THEN
        PERFORM sharing_note_arrivals(coming);
    END IF;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER enrolment_delete AFTER DELETE ON sharing_enrolment REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_refresh_visibility();
CREATE OR REPLACE TRIGGER enrolment_insert AFTER INSERT ON sharing_enrolment REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_refresh_visibility();
CREATE OR REPLACE TRIGGER enrolment_update AFTER UPDATE ON sharing_enrolment REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_refresh_visibility();

-- The same after transfers have changed, for both ends.
CREATE OR REPLACE FUNCTION sharing_refresh_moves()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE ends uuid[] := ARRAY(SELECT pupil_id FROM touched UNION SELECT leaving_id FROM touched);
BEGIN
    PERFORM 1 FROM sharing_pupil WHERE id = ANY (ends) ORDER BY id FOR NO KEY UPDATE;
    UPDATE sharing_pupil SET visible = sharing_days_seen(id) WHERE id = ANY (ends);
    PERFORM sharing_note_arrivals(ends);
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER transfer_delete AFTER DELETE ON sharing_transfer REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_refresh_moves();
CREATE OR REPLACE TRIGGER transfer_insert AFTER INSERT ON sharing_transfer REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_refresh_moves();
CREATE OR REPLACE TRIGGER transfer_update AFTER UPDATE ON sharing_transfer REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_refresh_moves();

-- A transfer that another record is leaving by, as where the school has a new URN, gives the record before no days.
CREATE OR REPLACE FUNCTION sharing_leave_behind()
RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE sharing_pupil SET visible = sharing_days_seen(id) WHERE id = OLD.leaving_id;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER transfer_leaves_behind AFTER UPDATE ON sharing_transfer
    FOR EACH ROW WHEN (OLD.leaving_id IS DISTINCT FROM NEW.leaving_id) EXECUTE FUNCTION sharing_leave_behind();

-- Gives a new record the days that its enrolments and transfers say. Only the triggers here can set them.
CREATE OR REPLACE FUNCTION sharing_keep_visibility()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.visible := CASE TG_OP WHEN 'INSERT' THEN sharing_days_seen(NEW.id) ELSE OLD.visible END;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER keep_visibility BEFORE INSERT OR UPDATE OF visible ON sharing_pupil
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION sharing_keep_visibility();

-- An enrolment or transfer cannot move to another pupil, whose days would then change too.
CREATE OR REPLACE FUNCTION sharing_stay_with_the_pupil()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'an enrolment or transfer stays with its pupil'; END
$$;
CREATE OR REPLACE TRIGGER enrolment_stays BEFORE UPDATE ON sharing_enrolment
    FOR EACH ROW WHEN (OLD.pupil_id <> NEW.pupil_id) EXECUTE FUNCTION sharing_stay_with_the_pupil();
CREATE OR REPLACE TRIGGER transfer_stays BEFORE UPDATE ON sharing_transfer
    FOR EACH ROW WHEN (OLD.pupil_id <> NEW.pupil_id) EXECUTE FUNCTION sharing_stay_with_the_pupil();

-- For a child who stays after all, whoever says so, no file has to be sent any more.
CREATE OR REPLACE FUNCTION sharing_owe_no_file()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.file_until := NULL;
    NEW.file_made_on := NULL;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER enrolment_owes_no_file BEFORE UPDATE ON sharing_enrolment
    FOR EACH ROW WHEN (NEW.ends_on IS NULL AND OLD.ends_on IS NOT NULL) EXECUTE FUNCTION sharing_owe_no_file();

GRANT EXECUTE ON FUNCTION sharing_days_seen TO portal_batch;
