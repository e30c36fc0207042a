"""Children named individually for casework, and legal overrides that open access (P3, P7, R9, R18)."""
