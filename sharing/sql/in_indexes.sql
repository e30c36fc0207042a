-- What indexes are made of. The index holds what the function said of each row: another text asks for a REINDEX, by a
-- migration. These stay while all other rules are made anew (sharing/rules.py).

-- A name as it is compared: small letters without accents, a hyphen as a space, and no apostrophe, typed as ` or ´ or
-- not, no full stop and no letter that cannot be seen. PostgreSQL puts what a function says in the place of its call, but
-- not where something in it may change, as unaccent. So a function of its own asks that, for names that have a letter
-- beyond ASCII. Both say the same of a name.
CREATE OR REPLACE FUNCTION sharing_plain_of_any_letters(words text)
RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(lower(unaccent('unaccent'::regdictionary, translate(words, U&'\00AD\200B\200C\200D\2060\FEFF',
    ''))), '-''.`´', ' ');

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
