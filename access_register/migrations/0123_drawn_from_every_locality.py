"""The story of a case says that a panel was drawn from every Locality (P17, R41). No row is changed."""

from django.db import migrations, models

from access_register.breaches import others_sql
from access_register.models import BreachStep


class Migration(migrations.Migration):
    dependencies = [("access_register", "0122_back_once_all_are_lifted")]

    operations = [
        migrations.AlterField(
            model_name="breachstep",
            name="what",
            field=models.CharField(choices=BreachStep.What.choices, max_length=9),
        ),
        migrations.RunSQL(others_sql.DRAW, migrations.RunSQL.noop),
    ]
