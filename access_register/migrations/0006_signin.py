"""Where people are signed in, and the cache that all workers share."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Django's database cache: limits on tries, and codes that were used.
CACHE = """
CREATE TABLE portal_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX portal_cache_expires ON portal_cache (expires);
"""
# Providers of single sign-on come from the settings, and their tokens are not kept.
NO_PROVIDERS_BY_THE_WEB = "REVOKE ALL ON socialaccount_socialapp, socialaccount_socialtoken FROM portal_app;"


class Migration(migrations.Migration):
    dependencies = [
        ("access_register", "0005_rules_of_the_year"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]

    operations = [
        migrations.CreateModel(
            name="PersonSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "through",
                    models.CharField(
                        choices=[("schools_online", "Schools Online"), ("edunet", "EduNet")], max_length=20
                    ),
                ),
                ("session_key", models.CharField(max_length=40, unique=True)),
                ("device", models.CharField(help_text="The browser and system, in words.", max_length=100)),
                ("address", models.GenericIPAddressField(null=True)),
                ("began_at", models.DateTimeField(auto_now_add=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.RunSQL(CACHE, "DROP TABLE portal_cache;"),
        migrations.RunSQL(NO_PROVIDERS_BY_THE_WEB, migrations.RunSQL.noop),
    ]
