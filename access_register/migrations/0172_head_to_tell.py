"""No e-mail of a record opened, a child closed or a confidential item to a head who cannot read it. No row is changed."""

from django.db import migrations

from access_register.headships import head_to_tell_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0153_closed_alone")]

    operations = [migrations.RunSQL(head_to_tell_sql.CREATE, head_to_tell_sql.DROP)]
