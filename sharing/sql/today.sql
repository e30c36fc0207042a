-- What is in force today (R2, R6, R28). Other functions call these, so that each rule is written once.
--
-- They have neither the owner's rights nor settings of their own. So PostgreSQL inlines the text of each, and plans the
-- whole. The application has no right to call them.

-- The rows of a permission, for everybody and at both sites.
CREATE OR REPLACE FUNCTION sharing_held_today(wanted text)
RETURNS SETOF sharing_establishmentpermission LANGUAGE sql STABLE AS $$
    SELECT * FROM sharing_establishmentpermission
    WHERE permission_id = (SELECT id FROM auth_permission WHERE codename = wanted)
      AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)
$$;

-- Which establishments take part in the protocol.
CREATE OR REPLACE FUNCTION sharing_taking_part_today()
RETURNS SETOF sharing_participation LANGUAGE sql STABLE AS $$
    SELECT * FROM sharing_participation
    WHERE starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)
$$;

-- Which establishments are in which Locality.
CREATE OR REPLACE FUNCTION sharing_memberships_today()
RETURNS SETOF sharing_localitymembership LANGUAGE sql STABLE AS $$
    SELECT * FROM sharing_localitymembership
    WHERE starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)
$$;
