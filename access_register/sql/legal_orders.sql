-- Legal overrides that open something (P7, R18): the named authoriser's agreement, and the end.

-- By the authoriser named. Opens only what the order itself says, whatever other rows its recorder has added.
CREATE OR REPLACE FUNCTION access_register_authorise_order(wanted bigint)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE said access_register_order;
BEGIN
    UPDATE access_register_order SET authorised_at = now()
    WHERE id = wanted AND authoriser_id = portal_asker() AND portal_context(2) = 'edunet'
      AND authorised_at IS NULL AND ended_at IS NULL AND ends_on >= CURRENT_DATE
      AND EXISTS (SELECT FROM portal_establishments('view_establishment'))
    RETURNING * INTO said;
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE sharing_namedchild SET starts_on = said.starts_on, ends_on = said.ends_on
    WHERE source = 'order:' || wanted AND ended_at IS NULL AND child_id = said.child_id AND person_id = said.person_id
      AND through = said.through AND withheld = said.withheld AND head_barred = said.head_barred;
    UPDATE sharing_establishmentpermission SET starts_on = said.starts_on, ends_on = said.ends_on
    WHERE source = 'order:' || wanted AND establishment_id = said.establishment_id AND user_id = said.person_id
      AND through = said.through AND withheld = said.withheld
      AND permission_id = (SELECT id FROM auth_permission WHERE codename = said.data);
    RETURN true;
END
$$;

-- Ends an order, by the authoriser, or by somebody who keeps duties: what it opened is shut.
CREATE OR REPLACE FUNCTION access_register_end_order(wanted bigint, who text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE access_register_order SET ended_at = now(), ended_by_name = who
    WHERE id = wanted AND ended_at IS NULL AND portal_context(2) = 'edunet'
      AND (authoriser_id = portal_asker() OR EXISTS (SELECT FROM portal_establishments('manage_duties')));
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE sharing_namedchild SET ended_at = now() WHERE source = 'order:' || wanted AND ended_at IS NULL;
    DELETE FROM sharing_establishmentpermission WHERE source = 'order:' || wanted;
    RETURN true;
END
$$;

GRANT EXECUTE ON FUNCTION access_register_authorise_order, access_register_end_order TO portal_app;
