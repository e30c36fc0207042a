"""Names of imported files are encrypted like other free text (R13): people put children's names in them."""

from typing import Any

from django.db import migrations, models

from sharing.fields import EncryptedTextField

BATCH = 1000


def seal(apps: Any, schema_editor: Any) -> None:
    """Row by row under the new column's name; tens of rows a day are brought in, so the table is small."""
    imports = apps.get_model("sharing", "Import").objects
    for row in imports.only("pk", "file_name").iterator(BATCH):
        imports.filter(pk=row.pk).update(sealed_name=row.file_name)


def open_again(apps: Any, schema_editor: Any) -> None:
    imports = apps.get_model("sharing", "Import").objects
    for row in imports.only("pk", "sealed_name").iterator(BATCH):
        imports.filter(pk=row.pk).update(file_name=row.sealed_name)


class Migration(migrations.Migration):
    dependencies = [("sharing", "0086_challenges_of_leavers")]

    operations = [
        migrations.AddField("import", "sealed_name", EncryptedTextField(db_column="sealed_file_name")),
        migrations.RunPython(seal, open_again),
        # Going back, the old column comes again first: with a default for the rows that there are.
        migrations.AlterField("import", "file_name", models.CharField(max_length=255, default="", db_default="")),
        migrations.RemoveField("import", "file_name"),
        migrations.RenameField("import", "sealed_name", "file_name"),
    ]
