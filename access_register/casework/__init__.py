"""Children named one by one for casework, and legal overrides that open (P3, P7, R9, R18)."""
