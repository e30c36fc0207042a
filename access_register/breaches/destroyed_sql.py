"""Saying that a download is destroyed, also while one is suspended, in SQL for migration 0130 (R14, R41).

Whoever is suspended is nobody to the policies, and is to destroy what they have taken away all the same. They read of
what is in their hands, and say how each was destroyed: for everybody this function alone writes that.
"""

from sharing import conditions as when
from sharing.rls import replace_reads

SAY = """
CREATE FUNCTION access_register_say_destroyed(wanted bigint, how text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE sharing_download SET disposed_at = now(), disposed_how = how
    WHERE id = wanted AND by_person_id = portal_accepted() AND state = 'collected' AND disposed_at IS NULL;
    RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION access_register_say_destroyed TO portal_app;
REVOKE UPDATE (disposed_at, disposed_how) ON sharing_download FROM portal_app;
"""
READS = f"{when.MY_DOWNLOAD} OR {when.IN_MY_HANDS} OR {when.DOWNLOADS_I_WATCH}"
CREATE = SAY + replace_reads("sharing_download", READS)
DROP = (
    replace_reads("sharing_download", f"{when.MY_DOWNLOAD} OR {when.DOWNLOADS_I_WATCH}")
    + """
GRANT UPDATE (disposed_at, disposed_how) ON sharing_download TO portal_app;
DROP FUNCTION access_register_say_destroyed;
"""
)
