"""Third parties under contract (P10, R24, R25): contracts, people under them, documents."""
