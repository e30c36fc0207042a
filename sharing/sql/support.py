"""What PostgreSQL does for offers of support, in SQL for migration 0057 (P8).

The policies say whose rows; these say who of the two may do which step, and that each is done once.
"""

from sharing.sql.overrides import within

CREATE = """
CREATE FUNCTION sharing_support_offer_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.withdrawn_at IS NOT NULL THEN
        RAISE EXCEPTION 'an offer that is withdrawn stays so' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER support_offer_rules BEFORE UPDATE ON sharing_supportoffer
    FOR EACH ROW EXECUTE FUNCTION sharing_support_offer_rules();

CREATE FUNCTION sharing_support_request_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state <> 'waiting' THEN
        RAISE EXCEPTION 'a request is answered once' USING ERRCODE = 'check_violation';
    END IF;
    IF current_user = 'portal_app' THEN
        IF TG_OP = 'INSERT' AND NOT EXISTS (
            SELECT FROM sharing_supportoffer WHERE id = NEW.offer_id AND withdrawn_at IS NULL AND until >= CURRENT_DATE)
        THEN
            RAISE EXCEPTION 'the offer does not stand' USING ERRCODE = 'check_violation';
        END IF;
        IF (CASE WHEN NEW.state IN ('waiting', 'taken_back') THEN NEW.from_establishment_id
                 ELSE NEW.establishment_id END) <> ALL (ARRAY(SELECT portal_establishments('keep_records')))
        THEN
            RAISE EXCEPTION 'one side asks, the other answers' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER support_request_rules BEFORE INSERT OR UPDATE ON sharing_supportrequest
    FOR EACH ROW EXECUTE FUNCTION sharing_support_request_rules();

ALTER TABLE sharing_supportrequest ADD CONSTRAINT support_request_at_the_offers_establishment
    FOREIGN KEY (offer_id, establishment_id) REFERENCES sharing_supportoffer (id, establishment_id)
    DEFERRABLE INITIALLY DEFERRED;

REVOKE UPDATE, DELETE ON sharing_supportoffer, sharing_supportrequest FROM portal_app;
GRANT UPDATE (challenge, what, for_whom, how, until, withdrawn_at, withdrawn_by_name) ON sharing_supportoffer
    TO portal_app;
GRANT UPDATE (state, answer, answered_at, answered_by_name) ON sharing_supportrequest TO portal_app;
"""
DROP = """
ALTER TABLE sharing_supportrequest DROP CONSTRAINT support_request_at_the_offers_establishment;
DROP TRIGGER support_request_rules ON sharing_supportrequest;
DROP TRIGGER support_offer_rules ON sharing_supportoffer;
DROP FUNCTION sharing_support_request_rules, sharing_support_offer_rules;
"""

# For migration 0144: what is answered stays so, also where an import carries it to the URN under which an establishment
# goes on. The web application may change neither establishment.
_ONCE = "IF TG_OP = 'UPDATE' AND OLD.state <> 'waiting' THEN"
_ONCE_HERE = (
    "IF TG_OP = 'UPDATE' AND OLD.state <> 'waiting' AND (NEW.establishment_id, NEW.from_establishment_id) "
    "= (OLD.establishment_id, OLD.from_establishment_id) THEN"
)
GOES_ALONG = within("sharing_support_request_rules", (_ONCE, _ONCE_HERE))
GOES_ALONG_NO_MORE = within("sharing_support_request_rules", (_ONCE_HERE, _ONCE))
