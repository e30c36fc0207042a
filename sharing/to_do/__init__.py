"""What waits for a person, for their home page (signals `home_counted` and `home_opened`)."""
