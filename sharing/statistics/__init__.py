"""Open statistics (R10): counts, rates and means for anybody signed in, in which nobody can be identified (R11, R12).

The engine is plain Python and knows nothing of Django: a population goes in, and one release of published numbers comes
out. Its rules, and the reasons for them, are in docs/adr/0017-controlled-rounding.md; the files are described in
docs/formats/statistics.md.
"""
