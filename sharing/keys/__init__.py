"""Keys (R13): a data key for each child, rotating keys, and whether the store and its keys belong together."""
