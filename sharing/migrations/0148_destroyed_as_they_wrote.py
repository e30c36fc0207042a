"""One more way in which a download came to be destroyed (R14). No row is changed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0147_lists_by_name_again"),
    ]

    operations = [
        migrations.AlterField(
            model_name="download",
            name="disposed_how",
            field=models.CharField(
                blank=True,
                choices=[
                    ("deleted", "Deleted from every place I kept it, and from the recycle bin"),
                    ("shredded", "Shredded"),
                    ("both", "The file is deleted, and what was printed is shredded"),
                    ("handed-on", "Sent to the school it was made for, and deleted here"),
                    ("never-had", "It never reached me or I could not open it"),
                    ("written", "They have no access any more, and wrote that it is destroyed"),
                ],
                db_default="",
                default="",
                max_length=9,
            ),
        ),
    ]
