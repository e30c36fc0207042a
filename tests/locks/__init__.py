"""The proof that a forgotten filter leaks nothing: each lock alone holds, and without both there is a leak."""
