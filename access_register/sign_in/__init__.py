"""Accounts and proving who one is (R13, A9): invitations, signing in, second factors, sessions, addresses."""
