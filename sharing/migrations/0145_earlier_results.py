"""Groups by their children's earlier results: `prior` is the bands that the Department publishes, of no single child."""

from django.db import migrations

RENAMED = """
UPDATE sharing_owngroup SET criteria = criteria - '{0}' || jsonb_build_object('{1}', criteria -> '{0}')
WHERE criteria ? '{0}';
"""


class Migration(migrations.Migration):
    dependencies = [("sharing", "0144_support_goes_along")]

    operations = [migrations.RunSQL(RENAMED.format("prior", "earlier"), RENAMED.format("earlier", "prior"))]
