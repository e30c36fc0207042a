"""The Data Sharing Protocol (R1, R19, R42): its texts, accepting it, who has accepted, and nothing before that."""
