"""What both locks cost at the size of England, beside plain django-guardian, one lock, and no authorisation at all."""
