"""E-mail addresses that anybody can get: no proof that somebody works where they say (R25)."""

from django.conf import settings


def is_webmail(email: str) -> bool:
    """Whether the address is at one of WEBMAIL_DOMAINS, or at a name below one. Refused for third parties."""
    domain = email.strip().rpartition("@")[2].lower().rstrip(".")
    return any(domain == known or domain.endswith(f".{known}") for known in settings.WEBMAIL_DOMAINS)
