"""Headships handed over, registers carried over, third parties in scope: columns, functions and policies."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from access_register.headships import headship_sql
from access_register.third_parties import third_party_sql
from sharing.rls import protect, unprotect

HANDOVER, CARRIED = "access_register_handover", "access_register_carriedregister"
POLICIES = ("owner_all", "batch_all", "app_base", "app_reads", "app_inserts", "app_updates", "app_deletes")
ANEW = "".join(f"DROP POLICY IF EXISTS {policy} ON {HANDOVER};" for policy in POLICIES)
# A handover is begun by the web application; the functions take it further.
BEGUN_ONLY = f"REVOKE UPDATE, DELETE ON {HANDOVER} FROM portal_app;"


class Migration(migrations.Migration):
    dependencies = [
        ("access_register", "0010_reviews"),
        ("sharing", "0003_narrowing"),
    ]

    operations = [
        migrations.CreateModel(
            name="CarriedRegister",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_name", models.CharField(max_length=200)),
                ("on", models.DateField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("confirmed_by_name", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.AddField(
            model_name="contract",
            name="destruction_asked_at",
            field=models.DateTimeField(help_text="When its people were asked for a certificate.", null=True),
        ),
        migrations.AddField(
            model_name="handover",
            name="cancelled_because",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="handover",
            name="cancelled_by_name",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="handover",
            name="cut",
            field=models.JSONField(default=list, help_text="The lines that gave way to it, as they were before."),
        ),
        migrations.AddField(
            model_name="handover",
            name="incoming",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="access_register.registerline",
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="named_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="contract",
            name="document",
            field=models.BinaryField(help_text="Encrypted (sharing.crypto).", null=True),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__isnull", True), ("until__gte", models.F("on")), _connector="OR"),
                name="acting_ends_after_start",
            ),
        ),
        migrations.AddField(
            model_name="carriedregister",
            name="establishment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
            ),
        ),
        migrations.AlterModelOptions(name="contract", options={"base_manager_name": "objects"}),
        migrations.RunSQL(ANEW + protect(HANDOVER) + BEGUN_ONLY, unprotect(HANDOVER)),
        migrations.RunSQL(protect(CARRIED), unprotect(CARRIED)),
        migrations.RunSQL(headship_sql.CREATE, headship_sql.DROP),
        migrations.RunSQL(third_party_sql.CREATE, third_party_sql.DROP),
    ]
