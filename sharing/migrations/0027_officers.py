"""The permission to record officers and their duties, and what it lets the web application write (R9)."""

from django.db import migrations

from sharing.rls import replace_reads, replace_writes

TABLE = "sharing_establishmentpermission"


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0026_statistics"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="establishment",
            options={
                "permissions": [
                    ("view_pupils", "Can see pupil information"),
                    ("view_staff", "Can see staff information"),
                    ("manage_register", "Can see and keep the Access Register"),
                    ("keep_records", "Can bring in files, arrange transfers and answer challenges"),
                    ("manage_duties", "Can record officers and their duties"),
                    ("view_restricted", "Can see and keep the confidential items of an establishment"),
                ]
            },
        ),
        migrations.RunSQL(replace_reads(TABLE) + replace_writes(TABLE), migrations.RunSQL.noop),
    ]
