"""Views and notes that officers keep for their work (R9). New tables only."""

import django.db.models.deletion
from django.db import migrations, models

import sharing.fields
from sharing.rls import protect, unprotect

TABLES = ("sharing_savedview", "sharing_visitnote")


class Migration(migrations.Migration):
    dependencies = [("sharing", "0068_listed_types_end"), ("access_register", "0068_second_officer")]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.BigIntegerField(db_index=True)),
                ("name", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("page", models.CharField(max_length=30)),
                ("query", models.CharField(blank=True, default="", max_length=300)),
                ("saved_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="VisitNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("author_id", models.BigIntegerField()),
                ("author_name", models.CharField(max_length=200)),
                ("text", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("for_head", models.BooleanField(default=False)),
                ("written_at", models.DateTimeField(auto_now_add=True)),
                ("changed_at", models.DateTimeField(null=True)),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["establishment", "-written_at"], name="notes_of_an_establishment")],
            },
        ),
        *[migrations.RunSQL(protect(table), unprotect(table)) for table in TABLES],
    ]
