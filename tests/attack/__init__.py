"""The whole portal under attack: every address, method, number and field, as somebody who means harm would try them.

What each page shows to whom is in tests/who_sees_what; here is what nobody meant to be sent. docs/security.md names the
threat that each test holds.
"""
