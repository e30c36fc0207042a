"""The Data Sharing Protocol itself (R1, R19, R42): its texts, accepting it, who has, and nothing before it."""
