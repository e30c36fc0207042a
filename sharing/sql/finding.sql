-- The search of all establishments (R6).
--
-- LIKE is not leakproof, so under a policy it cannot use an index. The function runs as the owner, whom no policy
-- narrows, and contains the whole of the policy on sharing_pupil itself. It returns the ids of records, their total,
-- and nothing else.

-- The records that the asker can see and that match the words, the UPN or the birthday, in the order of the lists
-- (sharing.models.plain). A third party finds and counts only the children of the sponsor they are acting for (R24).
--
-- With a UPN or birthday, the few matching children are looked up first. A plan made for any number of establishments
-- expects few of them, and would also read the index of all their pupils. Adding 0 to the column keeps it from that
-- index.
--
-- With words, EXECUTE makes a plan for what was typed, so conditions that were not asked for drop out of it. The two
-- longest words are looked for in the index, which LIKE ALL cannot use. A word of three letters is looked for anywhere
-- in a name. A shorter one is looked for at the beginning of a name, where the index has three letters (with spaces).
CREATE OR REPLACE FUNCTION portal_find_pupils(named text, upn_key text, birth date, number integer, page_size integer)
RETURNS TABLE(pupil_id uuid, total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    mine bigint[] := ARRAY(SELECT portal_establishments('view_pupils') EXCEPT SELECT portal_out_of_scope());
    narrowed bigint[] := ARRAY(SELECT portal_narrowed());
    years text[] := CASE WHEN narrowed = '{}' THEN '{}' ELSE ARRAY(SELECT portal_years()) END;
    patterns text[] := ARRAY(
        SELECT CASE WHEN length(word) < 3 THEN '% ' ELSE '%' END
               || replace(replace(replace(word, '\', '\\'), '%', '\%'), '_', '\_') || '%'
        FROM regexp_split_to_table(sharing_plain(named), '\s+') AS word
        WHERE word <> '' ORDER BY length(word) DESC);
    children uuid[] := ARRAY(SELECT coalesce(same_as_id, id) FROM sharing_child WHERE upn_index = upn_key);
BEGIN
    IF patterns = '{}' AND upn_key IS NULL AND birth IS NULL THEN
        RETURN;
    END IF;
    IF upn_key IS NOT NULL THEN
        RETURN QUERY
        SELECT pupil.id, count(*) OVER ()
        FROM sharing_pupil AS pupil
        WHERE pupil.establishment_id + 0 = ANY (mine) AND pupil.id <> ALL (ARRAY(SELECT portal_closed()))
          AND pupil.visible @> CURRENT_DATE
          AND (pupil.establishment_id <> ALL (narrowed)
               OR pupil.establishment_id || ':' || pupil.year_group = ANY (years))
          AND (upn_index = upn_key OR (former_upn_index <> '' AND former_upn_index = upn_key)
               OR child_id = ANY (children))
          AND (birth IS NULL OR born_on = birth)
          AND (patterns = '{}'
               OR sharing_plain(' ' || surname || ' ' || forename || ' ' || middle_names || ' ' || preferred_surname)
                  LIKE ALL (patterns))
        ORDER BY sharing_plain(surname), sharing_plain(forename), pupil.id
        OFFSET (number - 1) * page_size LIMIT page_size;
    ELSIF birth IS NOT NULL THEN
        RETURN QUERY
        SELECT pupil.id, count(*) OVER ()
        FROM sharing_pupil AS pupil
        WHERE pupil.establishment_id + 0 = ANY (mine) AND pupil.id <> ALL (ARRAY(SELECT portal_closed()))
          AND pupil.visible @> CURRENT_DATE
          AND (pupil.establishment_id <> ALL (narrowed)
               OR pupil.establishment_id || ':' || pupil.year_group = ANY (years))
          AND born_on = birth
          AND (patterns = '{}'
               OR sharing_plain(' ' || surname || ' ' || forename || ' ' || middle_names || ' ' || preferred_surname)
                  LIKE ALL (patterns))
        ORDER BY sharing_plain(surname), sharing_plain(forename), pupil.id
        OFFSET (number - 1) * page_size LIMIT page_size;
    ELSE
        RETURN QUERY EXECUTE $find$
        SELECT pupil.id, count(*) OVER ()
        FROM sharing_pupil AS pupil
        WHERE pupil.establishment_id = ANY ($1) AND pupil.id <> ALL (ARRAY(SELECT portal_closed()))
          AND pupil.visible @> CURRENT_DATE
          AND (pupil.establishment_id <> ALL ($2)
               OR pupil.establishment_id || ':' || pupil.year_group = ANY ($3))
          AND sharing_plain(' ' || surname || ' ' || forename || ' ' || middle_names || ' ' || preferred_surname)
              LIKE $4
          AND ($5 IS NULL
               OR sharing_plain(' ' || surname || ' ' || forename || ' ' || middle_names || ' ' || preferred_surname)
                  LIKE $5)
          AND (cardinality($6) < 3
               OR sharing_plain(' ' || surname || ' ' || forename || ' ' || middle_names || ' ' || preferred_surname)
                  LIKE ALL ($6))
        ORDER BY sharing_plain(surname), sharing_plain(forename), pupil.id
        OFFSET ($7 - 1) * $8 LIMIT $8
        $find$ USING mine, narrowed, years, patterns[1], patterns[2], patterns, number, page_size;
    END IF;
END
$$;

-- The records that the asker can see and whose name sounds as what was typed does, the closest spelling first: for a
-- name that somebody has heard. Each word has to sound like one of the name's. An initial has to begin one of them, and
-- “Mohd” is how Mohammed is written for short. Whom it may find is said above.
CREATE OR REPLACE FUNCTION portal_find_alike(named text, birth date, number integer, page_size integer)
RETURNS TABLE(pupil_id uuid, total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    mine bigint[] := ARRAY(SELECT portal_establishments('view_pupils') EXCEPT SELECT portal_out_of_scope());
    narrowed bigint[] := ARRAY(SELECT portal_narrowed());
    years text[] := CASE WHEN narrowed = '{}' THEN '{}' ELSE ARRAY(SELECT portal_years()) END;
    sounds_alike text := (
        SELECT string_agg(
            CASE WHEN word ~ '^[a-z]$'
                 THEN format($alike$sharing_plain(' ' || surname || ' ' || forename || ' ' || middle_names || ' ' || preferred_surname) LIKE %L$alike$,
                             '% ' || word || '%')
                 ELSE format($alike$sharing_sounds(surname || ' ' || forename || ' ' || middle_names || ' ' || preferred_surname) && %L$alike$,
                             sharing_sounds(word || CASE WHEN word IN ('md', 'mhd', 'mohd', 'muhd') THEN ' mohammed' ELSE '' END))
            END, ' AND ')
        FROM regexp_split_to_table(sharing_plain(named), '\s+') AS word WHERE word <> '');
BEGIN
    IF sounds_alike IS NULL OR sharing_plain(named) !~ '[^ ]{2}' THEN  -- initials alone would be half a school
        RETURN;
    END IF;
    RETURN QUERY EXECUTE $find$
    SELECT pupil.id, count(*) OVER ()
    FROM sharing_pupil AS pupil
    WHERE pupil.establishment_id = ANY ($1) AND pupil.id <> ALL (ARRAY(SELECT portal_closed()))
      AND pupil.visible @> CURRENT_DATE
      AND (pupil.establishment_id <> ALL ($2)
           OR pupil.establishment_id || ':' || pupil.year_group = ANY ($3))
      AND ($4 IS NULL OR born_on = $4) AND $find$ || sounds_alike || $find$
    ORDER BY word_similarity(sharing_plain($5), sharing_plain(surname || ' ' || forename)) DESC,
             sharing_plain(surname), sharing_plain(forename), pupil.id
    OFFSET ($6 - 1) * $7 LIMIT $7
    $find$ USING mine, narrowed, years, birth, named, number, page_size;
END
$$;

GRANT EXECUTE ON FUNCTION portal_find_pupils, portal_find_alike TO portal_app;
