"""Measures: what is measured of establishments, the releases that bring figures out, and how a figure is written."""
