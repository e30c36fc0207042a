"""The demonstration's people: who they are, and where they stand."""
