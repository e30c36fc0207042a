"""Readers of the files that schools, the council and the Department for Education send.

They turn a file into frozen records, or into problems that each say how to correct them. The readers know nothing of
the database: the door decides what is applied.
"""
