"""The heads of the ledger that were signed (R43). A new table only, append-only as the ledger is."""

from django.db import migrations, models

APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sharing_signedhead
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_refuse_change();
REVOKE ALL ON sharing_signedhead FROM portal_app, portal_batch;
GRANT SELECT ON sharing_signedhead TO portal_app;
GRANT INSERT, SELECT ON sharing_signedhead TO portal_batch;
"""


class Migration(migrations.Migration):
    dependencies = [("sharing", "0050_download_rules")]

    operations = [
        migrations.CreateModel(
            name="SignedHead",
            fields=[
                (
                    "number",
                    models.PositiveIntegerField(
                        help_text="1, 2, 3 and so on: none may be missing.", primary_key=True, serialize=False
                    ),
                ),
                ("row", models.BigIntegerField(help_text="The id of the last row.")),
                ("hash", models.BinaryField(help_text="Its hash, which follows from all rows before it.")),
                ("signed_at", models.DateTimeField()),
                ("key_id", models.CharField(max_length=16)),
                ("signature", models.BinaryField()),
            ],
        ),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
    ]
