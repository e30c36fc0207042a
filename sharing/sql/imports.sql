-- The steps of an import: a file on its way into the portal. Triggers hold everybody to them, and nobody calls these
-- functions.

-- Nobody can apply what was not checked, and a settled import stays settled.
CREATE OR REPLACE FUNCTION sharing_import_steps()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'to_apply' AND OLD.state <> 'ready'
       OR NEW.state = 'applying' AND OLD.state <> 'to_apply'
       OR OLD.state IN ('refused', 'applied', 'discarded', 'failed') THEN
        RAISE EXCEPTION 'an import does not go from % to %', OLD.state, NEW.state;
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER steps BEFORE UPDATE OF state ON sharing_import
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION sharing_import_steps();

-- Deletes the file when its import ends, whoever ends it: the web application may not delete pieces by itself. The
-- names behind its errors stay for a week where it was refused: they are what somebody corrects it by.
CREATE OR REPLACE FUNCTION sharing_forget_file()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM sharing_importpiece WHERE of_id = NEW.id;
    DELETE FROM sharing_importperson WHERE of_id = NEW.id AND NEW.state <> 'refused';
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER forget_file AFTER UPDATE OF state ON sharing_import
    FOR EACH ROW WHEN (NEW.state IN ('refused', 'applied', 'discarded', 'failed'))
    EXECUTE FUNCTION sharing_forget_file();
