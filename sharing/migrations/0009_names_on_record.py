from django.db import migrations

import sharing.fields


class Migration(migrations.Migration):
    dependencies = [("sharing", "0008_files_to_schools_outside_are_found")]
    operations = [
        migrations.AddField(
            model_name="importperson",
            name="on_record",
            field=sharing.fields.EncryptedTextField(db_column="sealed_on_record", editable=True, null=True),
        ),
    ]
