-- What indexes are made of: an index holds what the function said of each row. So these stay while all other rules
-- are made anew (sharing/rules.py), and another meaning asks for a REINDEX.

-- A name that has a letter beyond ASCII, as it is compared. PostgreSQL puts what a function says in the place of its
-- call, but not where something in it may change, as unaccent. So this is a function of its own.
CREATE OR REPLACE FUNCTION sharing_plain_of_any_letters(words text)
RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(
    lower(unaccent('unaccent'::regdictionary, translate(words, U&'\00AD\200B\200C\200D\2060\FEFF', ''))),
    '-''.`´', ' ');

-- A name as it is compared: small letters without accents, and a hyphen as a space. No apostrophe, typed as ` or ´ or
-- not, no full stop and no letter that cannot be seen. Both functions say the same of a name.
CREATE OR REPLACE FUNCTION sharing_plain(words text)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN octet_length(words) = length(words) THEN translate(lower(words), '-''.`', ' ')
            ELSE sharing_plain_of_any_letters(words) END;

-- An establishment and a day as one number. PostgreSQL takes an index of the two columns for lists by name as well,
-- and sorts a whole school for fifty rows.
CREATE OR REPLACE FUNCTION sharing_record_day(place bigint, day date)
RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN place * 100000 + (day - DATE '2000-01-01');

GRANT EXECUTE ON FUNCTION sharing_plain_of_any_letters, sharing_plain, sharing_record_day TO portal_app, portal_batch;
