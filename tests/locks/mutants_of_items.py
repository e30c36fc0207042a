"""Ways of weakening the second lock for confidential items, their files and consents."""

from sharing.conditions import BY_DUTY, MY_OWN, OF_MY_LOCALITY, STANDS
from sharing.rls import BY_TABLE
from tests.locks.weakening import MAY, READABLE, in_function, of_that_day, replace_policy


def _items(instead: dict[str, str]) -> tuple[str, ...]:
    """The policy of confidential items, with one part of it changed."""
    using = BY_TABLE["sharing_restricteditem"].reads
    for part, other in instead.items():
        assert part in using
        using = using.replace(part, other)
    return replace_policy("sharing_restricteditem", using)


OF_ITEMS: dict[str, tuple[str, ...]] = {
    "item policy dropped": ("DROP POLICY app_reads ON sharing_restricteditem",),
    "items not protected": ("ALTER TABLE sharing_restricteditem DISABLE ROW LEVEL SECURITY",),
    "items without their days": _items({STANDS: "true"}),
    "items that were withdrawn": _items({"withdrawn_at IS NULL AND": ""}),
    "items that are over": _items({"AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)": ""}),
    "items to come": _items({"AND starts_on <= CURRENT_DATE": ""}),
    "items of every establishment that one reads of": _items({OF_MY_LOCALITY: READABLE}),
    "items narrowed to Level 1 for all levels": _items({"NOT level_1_only": "true"}),
    "items of a sponsor not chosen": _items({MY_OWN: MY_OWN.replace("portal_out_of_scope()", "portal_heads()")}),
    "items for officers without a duty": _items({BY_DUTY: BY_DUTY.replace("view_restricted", "view_establishment")}),
    "items by another duty": _items({BY_DUTY: BY_DUTY.replace("view_restricted", "keep_records")}),
    "file policy dropped": ("DROP POLICY app_reads ON sharing_restrictedfile",),
    "files not protected": ("ALTER TABLE sharing_restrictedfile DISABLE ROW LEVEL SECURITY",),
    "files of one's establishments, whatever the item": replace_policy(
        "sharing_restrictedfile", MAY.format("view_establishment")
    ),
    "files may be added by anybody": ("DROP POLICY app_inserts ON sharing_restrictedfile",),
    "consents not protected": ("ALTER TABLE sharing_consent DISABLE ROW LEVEL SECURITY",),
    "consents for all of Level 1 to read": replace_policy("sharing_consent", MAY.format("manage_register")),
    "every consent to read": replace_policy("sharing_consent", "true"),
    "consents may be given by anybody": ("DROP POLICY app_inserts ON sharing_consent",),
    "consents may be changed at will": ("GRANT UPDATE ON sharing_consent TO portal_app",),
    "consents of Level 1": (
        "DROP POLICY app_inserts ON sharing_consent",
        "CREATE POLICY app_inserts ON sharing_consent AS RESTRICTIVE FOR INSERT TO portal_app "
        f"WITH CHECK ({MAY.format('manage_register')})",
    ),
    "all of Level 1 are heads": in_function("portal_heads", "line.seat = 0", "line.level = 1"),
    "consents in another's name": ("DROP TRIGGER consent_rules ON sharing_consent",),
    "items may be withdrawn by the head": ("DROP TRIGGER item_rules ON sharing_restricteditem",),
    "items may be changed at will": ("GRANT UPDATE ON sharing_restricteditem TO portal_app",),
    "items may be deleted": (
        "GRANT DELETE ON sharing_restricteditem, sharing_restrictedfile, sharing_consent TO portal_app",
        "DROP POLICY app_deletes ON sharing_restricteditem",
        "ALTER TABLE sharing_restrictedfile DROP CONSTRAINT file_at_the_items_establishment",
        "DELETE FROM sharing_consent",
        "DELETE FROM sharing_restrictedfile",
    ),
    "items may be added by anybody": (
        "DROP POLICY app_inserts ON sharing_restricteditem",
        "DROP TRIGGER item_rules ON sharing_restricteditem",
    ),
    "third parties are of the Locality": in_function(
        "portal_shares_from", "AND place.id <> ALL (ARRAY(SELECT portal_third_party_at()))", ""
    ),
    "the excluded share": in_function("portal_shares_from", "sharing_taking_part_today()", "sharing_participation"),
    "the Locality of the excluded": in_function(
        "portal_same_locality", "sharing_taking_part_today()", "sharing_participation"
    ),
    "a Locality of another day": in_function(
        "portal_same_locality", "sharing_memberships_today() AS other", "sharing_localitymembership AS other"
    ),
    "one's own as a neighbour's": in_function(
        "portal_same_locality", "EXCEPT SELECT portal_establishments('view_establishment')", ""
    ),
    "consents that were withdrawn": in_function("portal_consents_to_me", "consent.withdrawn_at IS NULL", "true"),
    "consents of another day": in_function("portal_consents_to_me", of_that_day("consent"), ""),
    "consents of the excluded": in_function(
        "portal_consents_to_me", "sharing_taking_part_today()", "sharing_participation"
    ),
    "consents to others": in_function(
        "portal_consents_to_me", "consent.to_establishments && ARRAY(SELECT portal_shares_from())", "true"
    ),
    "consents to another Locality": in_function(
        "portal_consents_to_me", "mine.locality_id = consent.to_locality_id", "true"
    ),
}
