"""No figure that is withheld can be had by subtracting those that are not (R10, R11, R35).

The areas of releases that are out were counted of all pupils. What they say beside a withheld figure is withheld now:
`is_small` says who may read a figure, and its number stays as it was. Which establishments an area was of is not known
any more, so of each Locality those count that were ever in it, and of other areas all. Suspensions count children who
were on no roll: their areas wait for the next version.
"""

from django.db import migrations

from sharing.rls import replace_reads, replace_writes
from sharing.sql import covered_figures, narrowed_lines, withheld_figures

WITHHOLD_AREAS = """
ALTER TABLE sharing_figure DISABLE TRIGGER figures_changed;
ALTER TABLE sharing_figure DISABLE TRIGGER figures_moved;
WITH withheld AS MATERIALIZED (
    SELECT release_id, measure_id, "group", establishment_id FROM sharing_figure
    WHERE is_small AND establishment_id IS NOT NULL),
beside AS (
    SELECT release_id, measure_id, "group", '' AS locality FROM withheld
    UNION SELECT release_id, measure_id, "group", 'locality:' || locality_id
    FROM withheld JOIN sharing_localitymembership AS member USING (establishment_id))
UPDATE sharing_figure AS of_area SET is_small = true
FROM beside JOIN sharing_release AS release ON release.id = release_id
JOIN sharing_dataset AS stream ON stream.id = release.dataset_id
WHERE NOT stream.is_published_elsewhere AND of_area.establishment_id IS NULL AND NOT of_area.is_small
  AND (of_area.release_id, of_area.measure_id, of_area."group") = (beside.release_id, beside.measure_id, beside."group")
  AND CASE WHEN of_area.area LIKE 'locality:%' THEN of_area.area ELSE '' END = beside.locality;
UPDATE sharing_figure SET is_small = true
WHERE establishment_id IS NULL AND NOT is_small AND release_id IN (
    SELECT release.id FROM sharing_release AS release JOIN sharing_dataset AS stream ON stream.id = release.dataset_id
    WHERE stream.slug = 'suspensions');
ALTER TABLE sharing_figure ENABLE TRIGGER figures_changed;
ALTER TABLE sharing_figure ENABLE TRIGGER figures_moved;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0053_ledger_by_the_month"),
    ]

    operations = [
        migrations.RunSQL(WITHHOLD_AREAS, migrations.RunSQL.noop),
        migrations.RunSQL(narrowed_lines.CREATE, narrowed_lines.DROP),
        migrations.RunSQL(withheld_figures.WITHHELD_OF_AREAS_TOO, withheld_figures.WITHHELD_OF_PLACES_ONLY),
        migrations.RunSQL(replace_reads("sharing_figure", covered_figures.READS_BEFORE), migrations.RunSQL.noop),
        migrations.RunSQL(replace_reads("sharing_report") + replace_writes("sharing_report"), migrations.RunSQL.noop),
    ]
