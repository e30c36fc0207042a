from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sharing", "0007_file_to_a_school_outside")]
    operations = [
        AddIndexConcurrently(
            model_name="enrolment",
            index=models.Index(
                condition=models.Q(("file_until__isnull", False)),
                fields=["establishment"],
                name="enrolments_with_a_file_to_send",
            ),
        ),
    ]
