"""The whole portal under attack: every address, method, number and field, as tried by somebody who means harm.

What each page shows to whom is in tests/who_sees_what; here are requests that nobody meant to be sent. docs/security.md
names the threat that each test covers.
"""
