"""Taking part in the protocol (P6, R4, R16, R17): who does, leaving, signing up again, and who answers for it."""
