"""What a person holds is told in as many rows as there are reasons; a search finds its second word by the index too."""

from django.db import migrations

from sharing.sql import finding, holdings


class Migration(migrations.Migration):
    dependencies = [("sharing", "0013_withheld_figures")]

    operations = [
        migrations.RunSQL(holdings.CREATE, holdings.DROP),
        migrations.RunSQL(finding.CREATE, finding.DROP),
    ]
