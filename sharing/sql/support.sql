-- Offers of support, and requests for it (P8).
--
-- The policies say which rows. These triggers say which of the two sides may take which step, and that each is taken
-- once.

-- An offer that has been withdrawn stays withdrawn.
CREATE OR REPLACE FUNCTION sharing_support_offer_rules()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.withdrawn_at IS NOT NULL THEN
        RAISE EXCEPTION 'an offer that is withdrawn stays so' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER support_offer_rules BEFORE UPDATE ON sharing_supportoffer
    FOR EACH ROW EXECUTE FUNCTION sharing_support_offer_rules();

-- One side asks for what is offered today, the other answers. What has been answered stays so, except that an import
-- may carry it to the URN under which an establishment goes on. The web application may change neither establishment.
CREATE OR REPLACE FUNCTION sharing_support_request_rules()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- rotate_keys gives the words another key, as portal_batch, and changes nothing else.
    IF TG_OP = 'UPDATE' AND OLD.state <> 'waiting'
       AND (NEW.establishment_id, NEW.from_establishment_id) = (OLD.establishment_id, OLD.from_establishment_id)
       AND (current_user <> 'portal_batch'
            OR to_jsonb(NEW) - '{words,answer}'::text[] <> to_jsonb(OLD) - '{words,answer}'::text[]) THEN
        RAISE EXCEPTION 'a request is answered once' USING ERRCODE = 'check_violation';
    END IF;
    IF current_user = 'portal_app' THEN
        IF TG_OP = 'INSERT' AND NOT EXISTS (
            SELECT FROM sharing_supportoffer
            WHERE id = NEW.offer_id AND withdrawn_at IS NULL AND until >= CURRENT_DATE) THEN
            RAISE EXCEPTION 'the offer does not stand' USING ERRCODE = 'check_violation';
        END IF;
        IF (CASE WHEN NEW.state IN ('waiting', 'taken_back') THEN NEW.from_establishment_id
                 ELSE NEW.establishment_id END) <> ALL (ARRAY(SELECT portal_establishments('keep_records'))) THEN
            RAISE EXCEPTION 'one side asks, the other answers' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER support_request_rules BEFORE INSERT OR UPDATE ON sharing_supportrequest
    FOR EACH ROW EXECUTE FUNCTION sharing_support_request_rules();
