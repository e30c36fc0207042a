"""What is measured of establishments, and which number is shown to whom (R10, R11, R12, R16, R31, R35).

There are three kinds of number. *Published* by the Department for Education: anybody may read it. *Whole*: counted by
us, and exact; it is "of few children" if fewer than ten are counted, or all but fewer than ten. *Protected*: a cell of
open statistics, rounded (docs/adr/0017). No page shows a whole and a protected number of one group (docs/adr/0020). The
code decides in these steps:

1. Prepared (`cells`): a figure of few children is `is_small`; an area's figure is, if any figure in its sum is.
2. Checked (`sql/covered_figures`): where open statistics have the establishment's number, `covered_by` names them. Once
   they have come out, only those who see the pupils may read the whole number.
3. Read: by row-level security (`sharing/rls.py`) and by the door (`door/releases.py`), each independently.
4. A figure that may not be read is said to exist (`withheld`), but its value is never given. If stopped, it is in
   nothing (`stopped`).
5. Earlier URNs speak for their years (`history`); `key_data.cells_of` writes each figure, and the median of others.
6. Protected numbers (`protected`, of the measures in `shares`) are used where whole ones may not be (`one_number`).
   A covered row shows nothing whole even if its protected number is stopped, or not in a later version.
7. A published figure takes precedence over our own count of its year (`key_data.published_first`).

Someone who *sees the pupils* sees all of them and all kinds of data, and has given a second factor. A line *narrowed*
to year groups could subtract those (`sql/narrowed_lines`). *Anybody else* is Level 3, another establishment, an officer
without the duty, and anyone who has not given the second factor or is narrowed to kinds of data.

| figure | sees the pupils | anybody else | narrowed to year groups |
|---|---|---|---|
| of the establishment, ten children or more | whole | whole | Withheld |
| the same, of few children | whole | Withheld | Withheld |
| either, where its protected number is out: “covered” | whole | protected | protected |
| of an area, none of few children behind it | whole | whole; in a covered row as below | as below |
| of an area, withheld | protected¹ | protected¹; in a covered row any protected | the same |
| median of similar schools | whole; protected¹ once any of theirs is | whole; protected in a covered row | the same |

¹ If it counts the same children (`Share.beside_whole`); else “Withheld”. Areas that we count ourselves are for those
who share with others (R16). Key Data, dashboard and reports follow this table. The report for governors shows what
anybody else may read, the full one what those who see the pupils may. A median is of figures that all may read. Deeper
Data shows nobody a figure of few children, nor its protected number, and has numbers counted now (`live`) for those who
see the pupils. Lists by context have what all may read, a protected share before a whole one of its year
(`sharing/sql/context.sql`), so that they have the same order for everybody. What PostgreSQL does now, after all
migrations, is in docs/database: `portal_withheld_figures`, `portal_cover_figures`, and the policy of sharing_figure.
"""
