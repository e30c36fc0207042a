"""What is measured of establishments, and which number is shown to whom (R10, R11, R12, R16, R31, R35).

Three kinds of number. *Published* by the Department for Education: everybody reads it. *Whole*: counted by us, exact;
of few children, where fewer than ten are counted, or fewer than ten are not. *Protected*: a cell of open statistics,
rounded (docs/adr/0017). No page has a whole and a protected number of one group (docs/adr/0020). The code decides so:

1. Prepared (`cells`): a figure of few children is `is_small`; one of an area, if any that it is the sum of is.
2. Checked (`sql/covered_figures`): where open statistics have the establishment's number, `covered_by` names them. From
   when they have come out, the whole number is for who sees the pupils.
3. Read: by row-level security (`sharing/rls.py`) and by the door (`door/releases.py`), each by itself.
4. What is not read is said to be there (`withheld`), and never what it says. Stopped, it is in nothing (`stopped`).
5. Earlier URNs speak for their years (`history`); `key_data.cells_of` writes each figure, and the median of others.
6. Protected numbers (`protected`, of the measures in `shares`) are put where whole ones may not stand (`one_number`). A
   covered row has nothing whole also when its protected number is stopped, or not in a later version.
7. A published figure goes before our own count of its year (`key_data.published_first`).

Who *sees the pupils* sees all of them and all kinds of data, and has given a second factor. A line *narrowed* to year
groups could subtract those (`sql/narrowed_lines`). *Anybody else* is Level 3, another establishment, an officer without
the duty, and whoever has not given the second factor or is narrowed to kinds of data.

| figure | sees the pupils | anybody else | narrowed to year groups |
|---|---|---|---|
| of the establishment, ten children or more | whole | whole | Withheld |
| the same, of few children | whole | Withheld | Withheld |
| either, where its protected number is out: “covered” | whole | protected | protected |
| of an area, none of few children behind it | whole | whole; in a covered row as below | as below |
| of an area, withheld | protected¹ | protected¹; in a covered row any protected | the same |
| median of similar schools | whole; protected¹ once any of theirs is | whole; protected in a covered row | the same |

¹ If it counts the same children (`Share.beside_whole`); else “Withheld”. Areas of our own counting are for those who
share with others (R16). Key Data, dashboard and reports say this; the report for governors is what anybody else reads,
the full one what is read with the pupils. A median is of what all may read. Deeper Data shows a figure of few children
to nobody, nor its protected number, and has numbers counted now (`live`) for who sees the pupils. Lists by context have
what all may read, a protected share before a whole one of its year (`sharing/sql/context.sql`), so that they stand in
one order. What PostgreSQL does now, after all migrations, is in docs/database: `portal_withheld_figures`,
`portal_cover_figures`, and the policy of sharing_figure.
"""
