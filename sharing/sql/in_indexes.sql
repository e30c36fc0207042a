-- What indexes are built on: an index stores what the function returned for each row. So these functions stay while all
-- other rules are made again (sharing/rules.py), and a change of their meaning needs a REINDEX.

-- A name with a letter beyond ASCII, in the form in which it is compared. PostgreSQL inlines a function's text at its
-- call, but not if something in it may change, such as unaccent. So this is a function of its own.
CREATE OR REPLACE FUNCTION sharing_plain_of_any_letters(words text)
RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(
    lower(unaccent('unaccent'::regdictionary, translate(words, U&'\00AD\200B\200C\200D\2060\FEFF', ''))),
    '-''.`´', ' ');

-- A name in the form in which it is compared: lower case without accents, and with a space for each hyphen. No
-- apostrophe (including one typed as ` or ´), no full stop and no invisible letter. Both functions return the same for
-- a name.
CREATE OR REPLACE FUNCTION sharing_plain(words text)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN octet_length(words) = length(words) THEN translate(lower(words), '-''.`', ' ')
            ELSE sharing_plain_of_any_letters(words) END;

-- How the words of a name sound, in one or two codes each (double metaphone): Muhammad as Mohammed, Hussein as Hussain.
-- What has no Latin letter has no sound.
CREATE OR REPLACE FUNCTION sharing_sounds(words text)
RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY(
    SELECT sound FROM string_to_table(sharing_plain(words), ' ') AS word,
    LATERAL unnest(ARRAY[dmetaphone(word), dmetaphone_alt(word)]) AS sound WHERE sound <> '');

-- An establishment and a day as one number. With an index on the two columns, PostgreSQL would also use it for lists by
-- name, and sort a whole school for fifty rows.
CREATE OR REPLACE FUNCTION sharing_record_day(place bigint, day date)
RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN place * 100000 + (day - DATE '2000-01-01');

GRANT EXECUTE ON FUNCTION sharing_plain_of_any_letters, sharing_plain, sharing_sounds, sharing_record_day
TO portal_app, portal_batch;
