-- Advice of the council (R37, R43, R45; docs/adr/0044).
--
-- Anybody can read what is published, signed in or not. Everything else is for officers with a recorded duty, on
-- EduNet. The web application writes none of the three tables: each step is a function of the owner, and returns a
-- word: `done`, or why not. Whoever wrote a version, or asked for agreement to it, can never agree to it.

-- Whether the asker is an officer with a recorded duty, on EduNet.
CREATE OR REPLACE FUNCTION portal_writes_advice()
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(portal_context(2) = 'edunet' AND EXISTS (
        SELECT portal_establishments('view_pupils')
        UNION ALL SELECT portal_establishments('view_staff')
        UNION ALL SELECT portal_establishments('keep_records')
        UNION ALL SELECT portal_establishments('view_restricted')
        UNION ALL SELECT portal_establishments('manage_duties')), false)
$$;

-- The words with one space between them and at both ends, and nothing but letters and digits. Capitals are kept.
CREATE OR REPLACE FUNCTION portal_plain_words(words text)
RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT ' ' || trim(regexp_replace(regexp_replace(words, '[''’‘`]', '', 'g'), '[^[:alnum:]]+', ' ', 'g')) || ' '
$$;

-- What in the words identifies somebody or something in the store: an establishment's URN or name, or the name or
-- address of somebody who signs in. A name of one word, or of "The" and one word, counts only with its capitals as
-- written, because it may be an everyday word.
--
-- All the words are searched at once, and a name is compared only where its first word occurs: there are tens of
-- thousands of names.
CREATE OR REPLACE FUNCTION portal_advice_identifies(given text[], numbers integer[], addresses text[])
RETURNS TABLE(place bigint, kind text, found text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH looked AS MATERIALIZED (
        SELECT place, portal_plain_words(words) AS words, lower(portal_plain_words(words)) AS small
        FROM unnest(given) WITH ORDINALITY AS told (words, place) WHERE portal_writes_advice()),
    named AS MATERIALIZED (
        SELECT 'establishment' AS kind, name, portal_plain_words(name) AS plain
        FROM sharing_establishment
        UNION ALL
        SELECT 'person', name, portal_plain_words(name)
        FROM access_register_person WHERE trim(name) LIKE '% %'),
    begun AS (SELECT DISTINCT place, string_to_table(trim(small), ' ') AS first FROM looked)
    SELECT place, kind, name
    FROM named
    JOIN begun ON first = split_part(lower(ltrim(plain)), ' ', 1)
    JOIN looked USING (place)
    WHERE CASE WHEN regexp_replace(trim(plain), '^The ', '') LIKE '% %' THEN strpos(small, lower(plain)) > 0
               ELSE strpos(words, plain) > 0 END
    UNION ALL
    SELECT NULL, 'urn', urn::text FROM sharing_establishment WHERE urn = ANY (numbers) AND EXISTS (SELECT FROM looked)
    UNION ALL
    SELECT NULL, 'address', email FROM access_register_person
    WHERE lower(email) = ANY (addresses) AND EXISTS (SELECT FROM looked)
$$;

-- The version of a page that is in one of these states, if it is the text that the asker has seen. Locks its page, so
-- that of two steps at once the second sees what the first has done.
CREATE OR REPLACE FUNCTION portal_take_advice(wanted bigint, seen integer, VARIADIC states text[])
RETURNS sharing_adviceversion LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE taken sharing_adviceversion;
BEGIN
    IF NOT portal_writes_advice() THEN RETURN NULL; END IF;
    PERFORM 1 FROM sharing_advicepage WHERE id = wanted FOR UPDATE;
    SELECT * INTO taken FROM sharing_adviceversion
    WHERE page_id = wanted AND state = ANY (states) AND (seen IS NULL OR edits = seen);
    RETURN taken;
END
$$;

-- Records a step, and who took it.
CREATE OR REPLACE FUNCTION portal_tell_advice(of_version bigint, what text, why text, listed text DEFAULT '')
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO sharing_advicestep (version_id, kind, at, by_id, by_name, because, reason)
    VALUES (of_version, what, clock_timestamp(), portal_asker(),
            (SELECT name FROM access_register_person WHERE id = portal_asker()), why, listed);
END
$$;

-- Gives a page its address. It follows the title until the page is first published, and then stays the same until the
-- words of everything that has been published are destroyed. It is never one of `reserved`, nor another page's.
CREATE OR REPLACE FUNCTION portal_address_advice(wanted bigint, address text, reserved text[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE free text := address; times int := 1;
BEGIN
    IF NOT portal_writes_advice() THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('portal_begin_advice'));
    IF EXISTS (SELECT FROM sharing_adviceversion
               WHERE page_id = wanted AND published_at IS NOT NULL AND words <> 'gone') THEN
        RETURN;
    END IF;
    WHILE free = ANY (reserved) OR EXISTS (SELECT FROM sharing_advicepage WHERE slug = free AND id <> wanted) LOOP
        times := times + 1;
        free := address || '-' || times;
    END LOOP;
    UPDATE sharing_advicepage SET slug = free WHERE id = wanted;
END
$$;

-- Begins a page. The form's key makes sure that a form sent twice makes only one page.
CREATE OR REPLACE FUNCTION portal_begin_advice(key uuid, address text, reserved text[])
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE begun bigint;
BEGIN
    IF NOT portal_writes_advice() THEN RETURN NULL; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('portal_begin_advice'));
    SELECT id INTO begun FROM sharing_advicepage WHERE form_key = key;
    IF FOUND THEN RETURN begun; END IF;
    INSERT INTO sharing_advicepage (slug, form_key) VALUES ('new-' || key, key) RETURNING id INTO begun;
    PERFORM portal_address_advice(begun, address, reserved);
    RETURN begun;
END
$$;

-- Saves a draft. `edits` counts on from one version of a page to the next: no two texts of a page have the same number,
-- so nobody can agree to a text that they have not seen.
CREATE OR REPLACE FUNCTION portal_write_advice(
    wanted bigint, seen integer, a_title text, a_summary text, an_owner text, a_text text, again_on date
)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    draft sharing_adviceversion := portal_take_advice(wanted, NULL, 'draft', 'waiting');
    saved int := (SELECT max(edits) FROM sharing_adviceversion WHERE page_id = wanted);
BEGIN
    IF NOT portal_writes_advice() OR NOT EXISTS (SELECT FROM sharing_advicepage WHERE id = wanted) THEN
        RETURN 'nothing there';
    END IF;
    IF (draft.title, draft.summary, draft.owner, draft.text, draft.review_on)
       = (a_title, a_summary, an_owner, a_text, again_on) THEN
        RETURN 'done';
    END IF;
    IF draft.state = 'waiting' THEN RETURN 'waits'; END IF;
    IF coalesce(saved, 0) <> seen THEN RETURN 'changed meanwhile'; END IF;
    IF draft.id IS NULL THEN
        INSERT INTO sharing_adviceversion (page_id, number, state, edits, title, summary, owner, text, review_on)
        SELECT wanted, 1 + coalesce(max(number), 0), 'draft', seen + 1, a_title, a_summary, an_owner, a_text, again_on
        FROM sharing_adviceversion WHERE page_id = wanted
        RETURNING * INTO draft;
    ELSE
        UPDATE sharing_adviceversion SET title = a_title, summary = a_summary, owner = an_owner, text = a_text,
            review_on = again_on, edits = seen + 1
        WHERE id = draft.id;
    END IF;
    PERFORM portal_tell_advice(draft.id, 'written', '');
    RETURN 'done';
END
$$;

-- Asks another officer to agree to a draft.
CREATE OR REPLACE FUNCTION portal_ask_advice(wanted bigint, seen integer)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE draft sharing_adviceversion := portal_take_advice(wanted, seen, 'draft');
BEGIN
    IF draft.id IS NULL THEN RETURN 'moved on'; END IF;
    UPDATE sharing_adviceversion SET state = 'waiting' WHERE id = draft.id;
    PERFORM portal_tell_advice(draft.id, 'asked', '');
    RETURN 'done';
END
$$;

-- Hands a version back, with the reason, for an officer who does not agree to it.
CREATE OR REPLACE FUNCTION portal_hand_back_advice(wanted bigint, seen integer, why text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE waiting sharing_adviceversion := portal_take_advice(wanted, seen, 'waiting');
BEGIN
    IF waiting.id IS NULL THEN RETURN 'moved on'; END IF;
    IF trim(why) = '' THEN RETURN 'no reason'; END IF;
    UPDATE sharing_adviceversion SET state = 'draft' WHERE id = waiting.id;
    PERFORM portal_tell_advice(waiting.id, 'handed_back', why);
    RETURN 'done';
END
$$;

-- Discards a draft: its words are deleted, but the fact that there was one is kept.
CREATE OR REPLACE FUNCTION portal_discard_advice(wanted bigint, seen integer)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE draft sharing_adviceversion := portal_take_advice(wanted, seen, 'draft');
BEGIN
    IF draft.id IS NULL THEN RETURN 'moved on'; END IF;
    UPDATE sharing_adviceversion SET state = 'discarded', title = '', summary = '', owner = '', text = ''
    WHERE id = draft.id;
    UPDATE sharing_advicestep SET because = '' WHERE version_id = draft.id AND because <> '';
    PERFORM portal_address_advice(wanted, 'discarded', '{discarded}');
    PERFORM portal_tell_advice(draft.id, 'discarded', '');
    RETURN 'done';
END
$$;

-- Publishes the version that is waiting, in place of the published one. Not for whoever wrote it or asked for
-- agreement.
CREATE OR REPLACE FUNCTION portal_agree_advice(wanted bigint, seen integer)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE waiting sharing_adviceversion := portal_take_advice(wanted, seen, 'waiting');
BEGIN
    IF waiting.id IS NULL THEN RETURN 'moved on'; END IF;
    IF EXISTS (SELECT FROM sharing_advicestep
               WHERE version_id = waiting.id AND by_id = portal_asker() AND kind IN ('written', 'asked')) THEN
        RETURN 'yours';
    END IF;
    UPDATE sharing_adviceversion SET state = 'replaced' WHERE page_id = wanted AND state = 'published';
    UPDATE sharing_adviceversion SET state = 'published', published_at = clock_timestamp() WHERE id = waiting.id;
    PERFORM portal_tell_advice(waiting.id, 'published', '');
    RETURN 'done';
END
$$;

-- Takes down what is published, and says why.
CREATE OR REPLACE FUNCTION portal_take_down_advice(wanted bigint, seen integer, why text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE standing sharing_adviceversion := portal_take_advice(wanted, seen, 'published');
BEGIN
    IF standing.id IS NULL THEN RETURN 'moved on'; END IF;
    IF trim(why) = '' THEN RETURN 'no reason'; END IF;
    UPDATE sharing_adviceversion SET state = 'taken_down' WHERE id = standing.id;
    PERFORM portal_tell_advice(standing.id, 'taken_down', why);
    RETURN 'done';
END
$$;

-- Asks another officer to destroy the words of a version that is no longer published.
CREATE OR REPLACE FUNCTION portal_ask_to_destroy_advice(wanted bigint, seen integer, why text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE past sharing_adviceversion := portal_take_advice(wanted, seen, 'published', 'replaced', 'taken_down');
BEGIN
    IF past.id IS NULL OR past.words <> 'kept' THEN RETURN 'moved on'; END IF;
    IF past.state = 'published' THEN RETURN 'is out'; END IF;
    UPDATE sharing_adviceversion SET words = 'asked' WHERE id = past.id;
    PERFORM portal_tell_advice(past.id, 'words_asked', '', why);
    RETURN 'done';
END
$$;

-- Keeps the words after all. Whoever asked for them to be destroyed, or another officer, may do so.
CREATE OR REPLACE FUNCTION portal_keep_advice(wanted bigint, seen integer)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE past sharing_adviceversion := portal_take_advice(wanted, seen, 'replaced', 'taken_down');
BEGIN
    IF past.id IS NULL OR past.words <> 'asked' THEN RETURN 'moved on'; END IF;
    UPDATE sharing_adviceversion SET words = 'kept' WHERE id = past.id;
    PERFORM portal_tell_advice(past.id, 'words_kept', '');
    RETURN 'done';
END
$$;

-- Destroys the words for good, and the reasons typed about them. Not for whoever asked for it. This counts as a new
-- edit, so anybody who has a form open with the words is told.
CREATE OR REPLACE FUNCTION portal_destroy_advice(wanted bigint, seen integer)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE past sharing_adviceversion := portal_take_advice(wanted, seen, 'replaced', 'taken_down');
BEGIN
    IF past.id IS NULL OR past.words <> 'asked' THEN RETURN 'moved on'; END IF;
    IF portal_asker() = (SELECT by_id FROM sharing_advicestep
                         WHERE version_id = past.id AND kind = 'words_asked' ORDER BY id DESC LIMIT 1) THEN
        RETURN 'you asked';
    END IF;
    PERFORM portal_tell_advice(past.id, 'words_gone', '');
    UPDATE sharing_adviceversion SET words = 'gone', title = '', summary = '', owner = '', text = '',
        edits = (SELECT 1 + max(edits) FROM sharing_adviceversion WHERE page_id = wanted)
    WHERE id = past.id;
    UPDATE sharing_advicestep SET because = '' WHERE version_id = past.id AND because <> '';
    PERFORM portal_address_advice(wanted, 'removed', '{removed}');
    RETURN 'done';
END
$$;

-- Whoever writes: what has been published keeps its words, until one officer has asked to destroy them and another has
-- done so.
CREATE OR REPLACE FUNCTION sharing_advice_stands()
RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := CASE WHEN NEW.words = OLD.words THEN '{state, published_at}'
                        WHEN NEW.words = 'gone' THEN '{words, title, summary, owner, text, edits}'
                        ELSE '{words}' END;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'the history of advice is append-only' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.words <> OLD.words THEN
        IF NEW.state <> OLD.state
           OR (OLD.words, NEW.words) NOT IN (('kept', 'asked'), ('asked', 'kept'), ('asked', 'gone')) THEN
            RAISE EXCEPTION 'words of advice cannot go from % to %', OLD.words, NEW.words
                USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.words = 'gone' AND NOT EXISTS (
            SELECT FROM sharing_advicestep AS done
            WHERE done.version_id = OLD.id AND done.kind = 'words_gone'
              AND done.by_id <> (SELECT by_id FROM sharing_advicestep
                                 WHERE version_id = OLD.id AND kind = 'words_asked' ORDER BY id DESC LIMIT 1)) THEN
            RAISE EXCEPTION 'words of advice are destroyed by two officers' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF (OLD.state, NEW.state) NOT IN (
        ('draft', 'draft'), ('draft', 'waiting'), ('draft', 'discarded'), ('waiting', 'draft'),
        ('waiting', 'published'), ('published', 'replaced'), ('published', 'taken_down')) THEN
        RAISE EXCEPTION 'advice cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state <> 'draft' AND to_jsonb(OLD) - free <> to_jsonb(NEW) - free
       OR OLD.state = 'published' AND NEW.published_at <> OLD.published_at THEN
        RAISE EXCEPTION 'words that wait for agreement or have been out never change'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER advice_stands BEFORE DELETE OR UPDATE ON sharing_adviceversion
    FOR EACH ROW EXECUTE FUNCTION sharing_advice_stands();

-- Whoever writes: no step is changed or removed. Only the reasons typed about words that are destroyed or discarded go
-- with those words.
CREATE OR REPLACE FUNCTION sharing_advice_step_stands()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.because = '' AND to_jsonb(OLD) - 'because' = to_jsonb(NEW) - 'because'
       AND EXISTS (SELECT FROM sharing_adviceversion
                   WHERE id = OLD.version_id AND (words = 'gone' OR state = 'discarded')) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the history of advice is append-only' USING ERRCODE = 'check_violation';
END
$$;
CREATE OR REPLACE TRIGGER advice_step_stands BEFORE DELETE OR UPDATE ON sharing_advicestep
    FOR EACH ROW EXECUTE FUNCTION sharing_advice_step_stands();

GRANT EXECUTE ON FUNCTION portal_writes_advice, portal_plain_words, portal_advice_identifies, portal_address_advice,
    portal_begin_advice, portal_write_advice, portal_ask_advice, portal_hand_back_advice, portal_discard_advice,
    portal_agree_advice, portal_take_down_advice, portal_ask_to_destroy_advice, portal_keep_advice,
    portal_destroy_advice TO portal_app;
