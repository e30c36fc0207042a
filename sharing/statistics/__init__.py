"""Open statistics (R10): counts, rates and means for everybody signed in, in which nobody can be found (R11, R12).

The engine is plain Python and knows nothing of Django: a population goes in, one release of published numbers comes
out. Which rules it keeps and why stands in docs/adr/0017-controlled-rounding.md; the files are described in
docs/formats/statistics.md.
"""
