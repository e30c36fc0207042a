"""The proof that a forgotten filter leaks nothing: each lock holds alone, and without both there is a leak."""
