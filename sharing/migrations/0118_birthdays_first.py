"""A search by number or date of birth looks up its few children and then asks where they are, not both at once."""

from django.db import migrations

from sharing.sql.finding import AS_BEFORE, CHILDREN_FIRST


class Migration(migrations.Migration):
    dependencies = [("sharing", "0115_disposal_stopped")]

    operations = [migrations.RunSQL(CHILDREN_FIRST, AS_BEFORE)]
