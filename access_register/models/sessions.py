"""Where a person is signed in."""

from django.conf import settings
from django.db import models

from sharing.authorise import Through


class PersonSession(models.Model):
    """One browser in which a person is signed in at one site. It says nothing once the session has ended."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sessions")
    through = models.CharField(max_length=20, choices=Through)
    session_key = models.CharField(max_length=40, unique=True)
    device = models.CharField(max_length=100, help_text="The browser and system, in words.")
    address = models.GenericIPAddressField(null=True)
    began_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Session {self.pk}"
