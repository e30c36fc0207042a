"""Who sees confidential items, in SQL for migration 0025 (R26 to R28, A10, A11).

All of it is asked on the day of the request: a change of Locality, of head, of a line or of a consent acts at once.
"""

from sharing.sql.overrides import within

_READS = "LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp"
_TODAY = "{0}.starts_on <= CURRENT_DATE AND ({0}.ends_on IS NULL OR {0}.ends_on >= CURRENT_DATE)"

# Third parties see what is their sponsor's, and are no part of its Locality: they widen nothing (R24).
WHO = f"""
CREATE FUNCTION portal_shares_from() RETURNS SETOF bigint {_READS} AS $$
    SELECT place.id FROM sharing_establishment AS place
    JOIN sharing_participation AS part ON part.establishment_id = place.id AND {_TODAY.format("part")}
    WHERE portal_context(2) = 'schools_online' AND place.kind <> ''
      AND place.id = ANY (ARRAY(SELECT portal_establishments('view_establishment')))
      AND place.id <> ALL (ARRAY(SELECT portal_third_party_at()))
$$;
CREATE FUNCTION portal_same_locality() RETURNS SETOF bigint {_READS} AS $$
    SELECT other.establishment_id
    FROM sharing_localitymembership AS mine
    JOIN sharing_localitymembership AS other ON other.locality_id = mine.locality_id AND {_TODAY.format("other")}
    JOIN sharing_participation AS part
      ON part.establishment_id = other.establishment_id AND {_TODAY.format("part")}
    WHERE mine.establishment_id = ANY (ARRAY(SELECT portal_shares_from())) AND {_TODAY.format("mine")}
    EXCEPT SELECT portal_establishments('view_establishment')
$$;
CREATE FUNCTION portal_consents_to_me() RETURNS TABLE (id uuid, item_id uuid) {_READS} AS $$
    SELECT consent.id, consent.item_id
    FROM sharing_consent AS consent
    JOIN sharing_participation AS part
      ON part.establishment_id = consent.establishment_id AND {_TODAY.format("part")}
    WHERE consent.withdrawn_at IS NULL AND {_TODAY.format("consent")}
      AND consent.establishment_id <> ALL (ARRAY(SELECT portal_establishments('view_establishment')))
      AND CASE consent.recipients
          WHEN 'community' THEN EXISTS (SELECT FROM portal_shares_from())
          WHEN 'establishments' THEN consent.to_establishments && ARRAY(SELECT portal_shares_from())
          ELSE EXISTS (SELECT FROM sharing_localitymembership AS mine
                       WHERE mine.locality_id = consent.to_locality_id AND {_TODAY.format("mine")}
                         AND mine.establishment_id = ANY (ARRAY(SELECT portal_shares_from()))) END
$$;
GRANT EXECUTE ON FUNCTION portal_shares_from, portal_same_locality, portal_consents_to_me TO portal_app, portal_batch;
"""

# The policies say at which establishment; these say who of the two may do what there. Imports and the demonstration
# are held to the same order of events.
RULES = """
CREATE FUNCTION sharing_item_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NOT NULL THEN
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
END $$;
CREATE TRIGGER item_rules BEFORE INSERT OR UPDATE ON sharing_restricteditem
    FOR EACH ROW EXECUTE FUNCTION sharing_item_rules();

CREATE FUNCTION sharing_consent_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NOT NULL THEN
        RAISE EXCEPTION 'a consent that is withdrawn stays so' USING ERRCODE = 'check_violation';
    END IF;
    IF current_user = 'portal_app' AND NEW.withdrawn_at IS NULL AND NEW.stands_for_id <> portal_asker() THEN
        RAISE EXCEPTION 'a consent stands for the head who gives or confirms it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consent_rules BEFORE INSERT OR UPDATE ON sharing_consent
    FOR EACH ROW EXECUTE FUNCTION sharing_consent_rules();

ALTER TABLE sharing_restrictedfile ADD CONSTRAINT file_at_the_items_establishment
    FOREIGN KEY (item_id, establishment_id) REFERENCES sharing_restricteditem (id, establishment_id)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE sharing_consent ADD CONSTRAINT consent_at_the_items_establishment
    FOREIGN KEY (item_id, establishment_id) REFERENCES sharing_restricteditem (id, establishment_id)
    DEFERRABLE INITIALLY DEFERRED;

REVOKE UPDATE, DELETE ON sharing_restricteditem, sharing_restrictedfile, sharing_consent FROM portal_app;
GRANT UPDATE (level_1_only, withdrawn_at, withdrawn_by_name) ON sharing_restricteditem TO portal_app;
GRANT UPDATE (stands_for_id, confirmed_at, withdrawn_at, withdrawn_by_name) ON sharing_consent TO portal_app;
"""

CREATE = WHO + RULES
DROP = """
ALTER TABLE sharing_consent DROP CONSTRAINT consent_at_the_items_establishment;
ALTER TABLE sharing_restrictedfile DROP CONSTRAINT file_at_the_items_establishment;
DROP TRIGGER consent_rules ON sharing_consent;
DROP TRIGGER item_rules ON sharing_restricteditem;
DROP FUNCTION sharing_item_rules, sharing_consent_rules, portal_consents_to_me, portal_same_locality,
    portal_shares_from;
"""

# For migration 0141: what is withdrawn stays so, also where an import carries it to the URN under which the
# establishment goes on. The web application may change no establishment of either.
_STAYS_SO = "IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NOT NULL THEN"
_STAYS_SO_HERE = (
    "IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NOT NULL AND NEW.establishment_id = OLD.establishment_id THEN"
)
_RULES = ("sharing_item_rules", "sharing_consent_rules")
GOES_ALONG = "".join(within(rules, (_STAYS_SO, _STAYS_SO_HERE)) for rules in _RULES)
GOES_ALONG_NO_MORE = "".join(within(rules, (_STAYS_SO_HERE, _STAYS_SO)) for rules in _RULES)
