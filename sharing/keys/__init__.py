"""Keys (R13): a data key for each child, keys that are rotated, and whether the store and its keys belong together."""
