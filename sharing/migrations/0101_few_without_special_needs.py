"""Fewer than ten pupils without special needs beside many with are told by no measure of a release that is out (R11).

`sharing/measures/cells.py` withholds so when a release is made; this does the same with those that are out, by their
own numbers: what tells of special needs and another dimension together, and of the two kinds the rarer. The figures of
areas that such an establishment may have been counted in are withheld with it. `is_small` says who may read a figure;
its number stays as it was, and the next version brings back what is safe.
"""

from django.db import migrations

WITHHOLD = """
ALTER TABLE sharing_figure DISABLE TRIGGER figures_changed;
ALTER TABLE sharing_figure DISABLE TRIGGER figures_moved;
CREATE TEMP TABLE giving_away ON COMMIT DROP AS
WITH counted AS (
    SELECT figure.release_id, figure.establishment_id, figure."group", code, figure.numerator, figure.denominator
    FROM sharing_figure AS figure JOIN sharing_measure AS measure ON measure.id = measure_id
    WHERE code IN ('roll_sen_support', 'roll_ehc_plan') AND establishment_id IS NOT NULL),
kinds AS (
    SELECT support.release_id, support.establishment_id, support."group", support.numerator AS support,
           plan.numerator AS plan, support.denominator AS whole,
           support.denominator - support.numerator - plan.numerator AS neither
    FROM counted AS support JOIN counted AS plan USING (release_id, establishment_id, "group")
    WHERE support.code = 'roll_sen_support' AND plan.code = 'roll_ehc_plan')
SELECT release_id, establishment_id, CASE
           WHEN NOT bool_or("group" = 'total' AND least(support, plan) >= 10 AND neither BETWEEN 1 AND 9)
               THEN ARRAY[]::text[]
           WHEN max(support) < max(plan) THEN ARRAY['roll_sen_support', 'sen:K']
           ELSE ARRAY['roll_ehc_plan', 'sen:E'] END AS rarer
FROM kinds GROUP BY release_id, establishment_id
HAVING bool_or(neither < 10 AND greatest(support, plan) >= 10)
   AND NOT bool_or("group" = 'total' AND greatest(support, plan) = whole);
UPDATE sharing_figure AS figure SET is_small = true
FROM giving_away, sharing_measure AS measure
WHERE measure.id = figure.measure_id AND figure.release_id = giving_away.release_id AND NOT figure.is_small
  AND (figure.establishment_id IS NULL OR figure.establishment_id = giving_away.establishment_id)
  AND (code = ANY (rarer) OR (code = 'roll_pupils' AND "group" = ANY (rarer))
       OR (code IN ('roll_sen_support', 'roll_ehc_plan') AND "group" <> 'total')
       OR (code LIKE 'roll_%' AND strpos("group", 'sen:') > 0
           AND (code <> 'roll_pupils' OR strpos("group", '|') > 0)));
ALTER TABLE sharing_figure ENABLE TRIGGER figures_changed;
ALTER TABLE sharing_figure ENABLE TRIGGER figures_moved;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0099_children_taken_away"),
    ]

    operations = [migrations.RunSQL(WITHHOLD, migrations.RunSQL.noop)]
