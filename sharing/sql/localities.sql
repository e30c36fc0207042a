-- An establishment moves to another Locality (R28, A11).
--
-- The web application writes no membership and no move. These functions do, for somebody who may keep duties at the
-- establishment (a right that exists only on EduNet). A stretch that has begun is ended the day before and never
-- rewritten. One that never began is removed. Both return an empty text when it is done, or one of the words of
-- sharing.door.localities.REFUSED.

-- Moves the establishment to another Locality from that day on.
CREATE OR REPLACE FUNCTION sharing_move_locality(place bigint, target bigint, day date, why text, who text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    stretch sharing_localitymembership;
BEGIN
    IF place NOT IN (SELECT portal_establishments('manage_duties')) THEN RETURN 'not_yours'; END IF;
    PERFORM FROM sharing_establishment WHERE id = place FOR NO KEY UPDATE;
    IF day < CURRENT_DATE OR day > CURRENT_DATE + 366 THEN RETURN 'days'; END IF;
    IF EXISTS (SELECT FROM sharing_localitymove
               WHERE establishment_id = place AND "on" > CURRENT_DATE AND taken_back_at IS NULL) THEN
        RETURN 'under_way';
    END IF;
    -- The first stretch of a centre that opens later: no move began it, so none can be taken back.
    IF EXISTS (SELECT FROM sharing_localitymembership
               WHERE establishment_id = place AND starts_on > CURRENT_DATE AND starts_on >= day) THEN
        RETURN 'begins_later';
    END IF;
    SELECT * INTO stretch FROM sharing_localitymembership
    WHERE establishment_id = place AND starts_on <= day AND (ends_on IS NULL OR ends_on >= day);
    IF stretch.locality_id = target THEN RETURN 'same'; END IF;
    IF stretch.starts_on = day THEN RETURN 'began_today'; END IF;
    UPDATE sharing_localitymembership SET ends_on = day - 1 WHERE id = stretch.id;
    INSERT INTO sharing_localitymembership (establishment_id, locality_id, starts_on) VALUES (place, target, day);
    INSERT INTO sharing_localitymove (
        establishment_id, from_locality_id, to_locality_id, "on", stretch_was_to_end_on, reason,
        recorded_by_id, recorded_by_name, recorded_at)
    VALUES (
        place, stretch.locality_id, target, day, stretch.ends_on, why,
        portal_asker(), who, clock_timestamp());
    RETURN '';
END
$$;

-- Cancels a move whose day has not come: the stretch before it continues. Locks the establishment first, as whoever
-- moves or ends it does.
CREATE OR REPLACE FUNCTION sharing_take_back_move(wanted bigint, who text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    move sharing_localitymove;
BEGIN
    PERFORM FROM sharing_establishment
    WHERE id = (SELECT establishment_id FROM sharing_localitymove WHERE id = wanted) FOR NO KEY UPDATE;
    SELECT * INTO move FROM sharing_localitymove WHERE id = wanted FOR UPDATE;
    IF move.id IS NULL OR move.establishment_id NOT IN (SELECT portal_establishments('manage_duties')) THEN
        RETURN 'not_yours';
    END IF;
    IF move.taken_back_at IS NOT NULL OR move."on" <= CURRENT_DATE THEN RETURN 'moved_on'; END IF;
    DELETE FROM sharing_localitymembership
    WHERE establishment_id = move.establishment_id AND starts_on = move."on" AND locality_id = move.to_locality_id;
    UPDATE sharing_localitymembership SET ends_on = move.stretch_was_to_end_on
    WHERE establishment_id = move.establishment_id AND ends_on = move."on" - 1
      AND locality_id = move.from_locality_id;
    UPDATE sharing_localitymove SET taken_back_at = clock_timestamp(), taken_back_by_name = who WHERE id = wanted;
    RETURN '';
END
$$;

GRANT EXECUTE ON FUNCTION sharing_move_locality, sharing_take_back_move TO portal_app;
