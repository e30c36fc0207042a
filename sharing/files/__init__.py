"""Files: what is kept encrypted, what may be uploaded, the virus scanner, and cells and texts that are read safely."""
