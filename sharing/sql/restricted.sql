-- Who can see confidential items (R26 to R28, A10, A11).
--
-- All of this is worked out on the day of the request: a change of Locality, head, line or consent takes effect at
-- once.

-- The asker's own establishments that take part. Third parties see what is their sponsor's, but are not part of its
-- Locality: they do not widen what anybody can see (R24).
CREATE OR REPLACE FUNCTION portal_shares_from()
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT place.id FROM sharing_establishment AS place
    JOIN sharing_taking_part_today() AS part ON part.establishment_id = place.id
    WHERE portal_context(2) = 'schools_online' AND place.kind <> ''
      AND place.id = ANY (ARRAY(SELECT portal_establishments('view_establishment')))
      AND place.id <> ALL (ARRAY(SELECT portal_third_party_at()))
$$;

-- The establishments whose items the asker can see because they are in the same Locality.
CREATE OR REPLACE FUNCTION portal_same_locality()
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT other.establishment_id
    FROM sharing_memberships_today() AS mine
    JOIN sharing_memberships_today() AS other USING (locality_id)
    JOIN sharing_taking_part_today() AS part ON part.establishment_id = other.establishment_id
    WHERE mine.establishment_id = ANY (ARRAY(SELECT portal_shares_from()))
    EXCEPT SELECT portal_establishments('view_establishment')
$$;

-- Today's consents that open an item of another establishment to the asker.
CREATE OR REPLACE FUNCTION portal_consents_to_me()
RETURNS TABLE(id uuid, item_id uuid) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT consent.id, consent.item_id
    FROM sharing_consent AS consent
    JOIN sharing_taking_part_today() AS part ON part.establishment_id = consent.establishment_id
    WHERE consent.withdrawn_at IS NULL
      AND consent.starts_on <= CURRENT_DATE AND (consent.ends_on IS NULL OR consent.ends_on >= CURRENT_DATE)
      AND consent.establishment_id <> ALL (ARRAY(SELECT portal_establishments('view_establishment')))
      AND CASE consent.recipients
          WHEN 'community' THEN EXISTS (SELECT FROM portal_shares_from())
          WHEN 'establishments' THEN consent.to_establishments && ARRAY(SELECT portal_shares_from())
          ELSE EXISTS (SELECT FROM sharing_memberships_today() AS mine
                       WHERE mine.locality_id = consent.to_locality_id
                         AND mine.establishment_id = ANY (ARRAY(SELECT portal_shares_from()))) END
$$;

-- The policies say at which establishment. This says whether the head or an officer may do what there. Imports and the
-- demonstration are held to the same order of events.
CREATE OR REPLACE FUNCTION sharing_item_rules()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- rotate_keys gives the words another key, as portal_batch, and changes nothing else.
    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NOT NULL AND NEW.establishment_id = OLD.establishment_id
       AND (current_user <> 'portal_batch'
            OR to_jsonb(NEW) - '{title,words,figures}'::text[] <> to_jsonb(OLD) - '{title,words,figures}'::text[]) THEN
        RAISE EXCEPTION 'an item that is withdrawn stays so' USING ERRCODE = 'check_violation';
    END IF;
    IF current_user = 'portal_app' THEN
        IF portal_context(2) IS DISTINCT FROM 'edunet'
           AND (TG_OP = 'INSERT' OR NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at) THEN
            RAISE EXCEPTION 'officers add and withdraw items' USING ERRCODE = 'check_violation';
        END IF;
        IF portal_context(2) IS DISTINCT FROM 'schools_online'
           AND TG_OP = 'UPDATE' AND NEW.level_1_only <> OLD.level_1_only THEN
            RAISE EXCEPTION 'the head narrows items' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER item_rules BEFORE INSERT OR UPDATE ON sharing_restricteditem
    FOR EACH ROW EXECUTE FUNCTION sharing_item_rules();

-- The same for consents: a consent always names the head who gives or confirms it (`stands_for_id`).
CREATE OR REPLACE FUNCTION sharing_consent_rules()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NOT NULL AND NEW.establishment_id = OLD.establishment_id THEN
        RAISE EXCEPTION 'a consent that is withdrawn stays so' USING ERRCODE = 'check_violation';
    END IF;
    IF current_user = 'portal_app' AND NEW.withdrawn_at IS NULL AND NEW.stands_for_id <> portal_asker() THEN
        RAISE EXCEPTION 'a consent stands for the head who gives or confirms it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER consent_rules BEFORE INSERT OR UPDATE ON sharing_consent
    FOR EACH ROW EXECUTE FUNCTION sharing_consent_rules();

GRANT EXECUTE ON FUNCTION portal_shares_from, portal_same_locality, portal_consents_to_me TO portal_app, portal_batch;
