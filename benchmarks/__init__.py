"""Benchmarks, measured side by side in one run, so that a busy machine slows both sides: read the ratios."""
