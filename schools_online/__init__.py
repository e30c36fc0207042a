"""Schools Online, for establishments: addresses and pages. It owns no data."""
