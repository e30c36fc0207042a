"""Advice and guidance of the council (R37): its text as a page, and what the text may not contain."""
