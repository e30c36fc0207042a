-- What makes the community, kept by information managers (R4, A2).
--
-- The web application writes no establishment, participation or membership. These functions do, for somebody who has
-- the right to keep duties. They return an empty text, or one of the words of sharing.door.community.REFUSED.

-- Adds a type of establishment to those that count. Open establishments of that type in our area begin to take part, as
-- in an import. One whose participation has ended is not brought back (R16), unless it ended because of the type. A
-- type that has come off the list can be listed again, as a new stretch.
CREATE OR REPLACE FUNCTION sharing_list_type(
    code integer, as_kind text, our_area integer, closed integer, why text, decided date, who text
)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT sharing_manages_duties() THEN RETURN 'not_yours'; END IF;
    IF decided > CURRENT_DATE THEN RETURN 'days'; END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('sharing_listedtype', code));
    IF EXISTS (SELECT FROM sharing_listedtype
               WHERE type_code = code AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)) THEN
        RETURN 'listed';
    END IF;
    INSERT INTO sharing_listedtype (type_code, kind, reason, decided_on, recorded_by_name, recorded_at)
    VALUES (code, as_kind, why, decided, who, clock_timestamp());
    UPDATE sharing_establishment SET kind = as_kind WHERE type_code = code AND kind = '';
    INSERT INTO sharing_participation (establishment_id, starts_on, ended_because)
    SELECT place.id, CURRENT_DATE, '' FROM sharing_establishment AS place
    WHERE place.type_code = code AND place.la_code = our_area AND place.status_code IS DISTINCT FROM closed
      AND (place.open_date IS NULL OR place.open_date <= CURRENT_DATE)
      AND NOT EXISTS (
          SELECT FROM sharing_participation AS part
          WHERE part.establishment_id = place.id
            AND (part.ended_because <> 'Its type does not count any more' OR part.ends_on >= CURRENT_DATE));
    RETURN '';
END
$$;

-- Takes a type off the list. Its establishments take part until that day, and the night after it they are of no kind
-- (sharing.imports.listed_types). Until that day is over it can be changed, for those that took part until the day set
-- before.
CREATE OR REPLACE FUNCTION sharing_end_type(code integer, last date, why text, who text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT sharing_manages_duties() THEN RETURN 'not_yours'; END IF;
    IF last < CURRENT_DATE OR last > CURRENT_DATE + 366 THEN RETURN 'last_day'; END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('sharing_listedtype', code));
    UPDATE sharing_listedtype SET ends_on = last, ended_reason = why, ended_by_name = who
    WHERE type_code = code AND (ends_on IS NULL OR ends_on >= CURRENT_DATE);
    IF NOT FOUND THEN RETURN 'not_listed'; END IF;
    UPDATE sharing_participation AS part SET ends_on = last, ended_because = 'Its type does not count any more'
    FROM sharing_establishment AS place
    WHERE place.id = part.establishment_id AND place.type_code = code AND part.starts_on <= last
      AND (part.ends_on IS NULL OR part.ends_on > last
           OR part.ends_on >= CURRENT_DATE AND part.ended_because = 'Its type does not count any more');
    RETURN '';
END
$$;

-- Adds a children's centre. Returns its new URN, the next one from 900000, where no real ones are. NULL for somebody
-- who may not.
CREATE OR REPLACE FUNCTION sharing_add_centre(
    called text, our_area integer, street text, town text, postcode text, telephone text, manager text,
    locality bigint, since date, who text
)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    number int;
    place bigint;
BEGIN
    IF NOT sharing_manages_duties() THEN RETURN NULL; END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('sharing_add_centre', 0));
    SELECT coalesce(max(urn), 899999) + 1 INTO number FROM sharing_establishment WHERE urn BETWEEN 900000 AND 949999;
    INSERT INTO sharing_establishment (
        urn, la_code, name, kind, type_name, phase_name, status_name, open_date,
        gender_name, street, address3, locality_line, town, postcode, telephone, website,
        head_title, head_job_title, lsoa_code, ward_code, ukprn, trust_name, religious_character,
        source, as_of)
    VALUES (
        number, our_area, called, 'childrens_centre', 'Children''s centre', '', 'Open', since,
        '', street, '', '', town, postcode, telephone, '',
        '', manager, '', '', '', '', '',
        'Entered by hand on EduNet', CURRENT_DATE)
    RETURNING id INTO place;
    INSERT INTO sharing_participation (establishment_id, starts_on, ended_because) VALUES (place, since, '');
    IF locality IS NOT NULL THEN
        INSERT INTO sharing_localitymembership (establishment_id, locality_id, starts_on)
        VALUES (place, locality, since);
    END IF;
    RETURN number;
END
$$;

-- Closes a children's centre. For schools the national register does so, but for a centre an officer gives the last
-- day, and can change it until it is over. The consequences follow in the night after it (sharing.imports.ending).
CREATE OR REPLACE FUNCTION sharing_close_centre(number integer, last date)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT sharing_manages_duties() THEN RETURN 'not_yours'; END IF;
    IF last < CURRENT_DATE OR last > CURRENT_DATE + 366 THEN RETURN 'last_day'; END IF;
    UPDATE sharing_establishment SET close_date = last, as_of = CURRENT_DATE
    WHERE urn = number AND kind = 'childrens_centre' AND (open_date IS NULL OR open_date <= last)
      AND (close_date IS NULL OR close_date >= CURRENT_DATE);
    IF NOT FOUND THEN RETURN 'no_centre'; END IF;
    RETURN '';
END
$$;

-- Removes a last day that was wrong. Once the night has closed the centre, it takes part again from today, but its
-- records and its register stay ended. Not while it is suspended for a breach, nor where its head had left the protocol
-- before the night closed it (R16).
CREATE OR REPLACE FUNCTION sharing_reopen_centre(number integer)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE was_closed sharing_establishment;
BEGIN
    IF NOT sharing_manages_duties() THEN RETURN 'not_yours'; END IF;
    SELECT * INTO was_closed FROM sharing_establishment
    WHERE urn = number AND kind = 'childrens_centre' AND close_date IS NOT NULL FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 'no_last_day'; END IF;
    IF was_closed.status_code = 2 AND 'left' = (
        SELECT step.what FROM access_register_participationstep AS step
        WHERE step.establishment_id = was_closed.id
        ORDER BY step.at DESC, step.id DESC LIMIT 1) THEN
        RETURN 'left';
    END IF;
    UPDATE sharing_establishment SET close_date = NULL, status_code = NULL, status_name = 'Open', as_of = CURRENT_DATE
    WHERE id = was_closed.id;
    IF was_closed.status_code = 2 THEN
        INSERT INTO sharing_participation (establishment_id, starts_on, ended_because)
        VALUES (was_closed.id, CURRENT_DATE, '');
    END IF;
    RETURN '';
EXCEPTION WHEN check_violation THEN RETURN 'suspended';
END
$$;

GRANT EXECUTE ON FUNCTION sharing_list_type, sharing_end_type, sharing_add_centre, sharing_close_centre,
    sharing_reopen_centre TO portal_app;
