"""Advice and guidance of the council (R37): its words as a page, and what may not stand in them."""
