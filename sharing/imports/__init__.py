"""Readers of the files that schools, the council and the Department for Education send.

They turn a file into frozen records or into problems with cures. They know no database:
the door decides what is applied.
"""
