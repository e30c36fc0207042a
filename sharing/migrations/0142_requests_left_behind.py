"""A request for a child's own records goes to the information manager where the school cannot answer it any more (R18)."""

from django.db import migrations

from sharing.sql.subject_access import LEFT_BEHIND, LEFT_BEHIND_NO_MORE


class Migration(migrations.Migration):
    dependencies = [("sharing", "0141_items_go_along")]

    operations = [migrations.RunSQL(LEFT_BEHIND, LEFT_BEHIND_NO_MORE)]
