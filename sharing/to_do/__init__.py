"""What waits for a person, for their home page (signal `home_counted`)."""
