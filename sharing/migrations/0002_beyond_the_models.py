"""Tables, keys and indexes that Django's models cannot tell: see each. What PostgreSQL enforces beside: sharing.rules."""

from django.db import migrations

# Foreign-key checks pass row-level security by: without the establishment in the key, somebody could hang a row of
# their own establishment on a child whom they cannot see (R6).
OF_PUPILS = (
    "enrolment", "pupilneeds", "senneed", "attendance", "suspension", "result", "contact", "homeaddress",
    "freemealsperiod", "pupilchange", "challenge", "opening",
)  # fmt: skip
OF_MEMBERS = ("staffcontract", "staffabsence", "challenge")
SAME_ESTABLISHMENT = (
    *((table, f"{table}_at_the_pupils_establishment", "pupil_id, establishment_id", "pupil") for table in OF_PUPILS),
    *(
        (table, f"{table}_at_the_members_establishment", "member_id, establishment_id", "staffmember")
        for table in OF_MEMBERS
    ),
    ("transfer", "transfer_to_the_pupils_establishment", "pupil_id, establishment_id", "pupil"),
    ("transfer", "transfer_leaves_the_pupils_establishment", "leaving_id, from_establishment_id", "pupil"),
    ("owngroupmember", "own_group_member_at_the_pupils_establishment", "pupil_id, establishment_id", "pupil"),
    ("owngroupmember", "own_group_member_at_the_groups_establishment", "group_id, establishment_id", "owngroup"),
    ("consent", "consent_at_the_items_establishment", "item_id, establishment_id", "restricteditem"),
    ("restrictedfile", "file_at_the_items_establishment", "item_id, establishment_id", "restricteditem"),
    ("supportrequest", "support_request_at_the_offers_establishment", "offer_id, establishment_id", "supportoffer"),
)
# As portal_find_pupils searches it, to the letter (sql/finding.sql).
PUPILS_BY_NAME = """
CREATE INDEX pupils_by_part_of_name ON sharing_pupil USING gin (sharing_plain(
    ' ' || surname || ' ' || forename || ' ' || middle_names || ' ' || preferred_surname) gin_trgm_ops)
"""

# The keys of children's facts, in a schema that ordinary backups leave out (R13), with what has been disposed of, so
# that it is known when an older copy of the rest is put back. The web application has no way into the schema, and
# portal_backup has none either: a dump by it must leave the schema out.
KEYS = """
CREATE SCHEMA portal_keys;
REVOKE ALL ON SCHEMA portal_keys FROM PUBLIC;
GRANT USAGE ON SCHEMA portal_keys TO portal_batch;
CREATE TABLE portal_keys.key (id uuid PRIMARY KEY, child_id uuid NOT NULL, wrapped bytea NOT NULL);
CREATE INDEX key_of_a_child ON portal_keys.key (child_id);
CREATE TABLE portal_keys.disposal (
    id uuid PRIMARY KEY, at timestamptz NOT NULL, as_of date NOT NULL, gone bigint NOT NULL);
CREATE TABLE portal_keys.gone (
    disposal_id uuid NOT NULL REFERENCES portal_keys.disposal, kind text NOT NULL, row_id text NOT NULL,
    PRIMARY KEY (kind, row_id));
CREATE INDEX gone_by_disposal ON portal_keys.gone (disposal_id, kind, row_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON portal_keys.key TO portal_batch;
GRANT SELECT, INSERT, UPDATE ON portal_keys.disposal, portal_keys.gone TO portal_batch;
"""

# The ledger is kept by the month (docs/adr/0024): a first part until the end of next month, one for each month after
# that (sharing_make_ledger_month), and one for what finds none. Its indexes are those of the parts.
OF_THE_MODEL = {"ledger_of_an_establishment": "(urn, id)", "ledger_of_a_person": "(person_id, id)"}
INDEXES = {
    "openings_of_pupils": "((about -> 'pupils' ->> 0), at) WHERE action = 'show_pupil' AND outcome = 'shown'",
    "children_beyond_their_page": "USING gin ((about -> 'pupils')) "
    "WHERE (urn IS NULL OR action IN ('make_transfer_file', 'make_leaver_file')) AND about ? 'pupils'",
}
LATER_INDEXES = {
    "children_taken_away": "USING gin ((about -> 'pupils')) "
    "WHERE action IN ('ask_for_download', 'make_download', 'print_records') AND about ? 'pupils'",
    "openings_of_staff": "(urn, id) WHERE action IN ('show_member', 'ask_for_download', 'make_download', 'print_records')",
}
LEDGER = [
    """
ALTER TABLE sharing_ledgerentry DROP CONSTRAINT sharing_ledgerentry_pkey;
ALTER TABLE sharing_ledgerentry RENAME TO sharing_ledgerentry_before;
ALTER TABLE sharing_ledgerentry_before ADD PRIMARY KEY (id, at);
CREATE TABLE sharing_ledgerentry (LIKE sharing_ledgerentry_before INCLUDING CONSTRAINTS) PARTITION BY RANGE (at);
ALTER TABLE sharing_ledgerentry ADD PRIMARY KEY (id, at);
DO $$
DECLARE
    ends timestamptz := (date_trunc('month', timezone('UTC', now()) + interval '1 day') + interval '1 month')
                        AT TIME ZONE 'UTC';
BEGIN
    EXECUTE format('ALTER TABLE sharing_ledgerentry_before ADD CONSTRAINT ledger_before_the_months CHECK (at < %L)', ends);
    EXECUTE format('ALTER TABLE sharing_ledgerentry ATTACH PARTITION sharing_ledgerentry_before '
                   'FOR VALUES FROM (MINVALUE) TO (%L)', ends);
END $$;
""",
    *(
        f"ALTER INDEX {name} RENAME TO {name}_before; CREATE INDEX {name} ON sharing_ledgerentry {what}"
        for name, what in OF_THE_MODEL.items()
    ),
    *(
        f"CREATE INDEX {name}_before ON sharing_ledgerentry_before {what}; CREATE INDEX {name} ON sharing_ledgerentry {what}"
        for name, what in INDEXES.items()
    ),
    "CREATE TABLE sharing_ledgerentry_other PARTITION OF sharing_ledgerentry DEFAULT",
    *(
        f"CREATE INDEX {name}_before ON sharing_ledgerentry_before {what};"
        f"CREATE INDEX {name}_other ON sharing_ledgerentry_other {what}; CREATE INDEX {name} ON sharing_ledgerentry {what}"
        for name, what in LATER_INDEXES.items()
    ),
    "ALTER TABLE sharing_ledgerentry_before FORCE ROW LEVEL SECURITY",
]


class Migration(migrations.Migration):
    dependencies = [("sharing", "0001_initial")]

    operations = [
        *(
            migrations.RunSQL(
                f"ALTER TABLE sharing_{table} ADD CONSTRAINT {name} FOREIGN KEY ({columns}) "
                f"REFERENCES sharing_{named} (id, establishment_id) DEFERRABLE INITIALLY DEFERRED"
            )
            for table, name, columns, named in SAME_ESTABLISHMENT
        ),
        migrations.RunSQL(PUPILS_BY_NAME),
        migrations.RunSQL(KEYS),
        *(migrations.RunSQL(step) for step in LEDGER),
    ]
