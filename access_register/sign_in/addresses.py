"""Email addresses: those that anybody can get (R25), and those that the council gives its officers (R38)."""

from django.conf import settings


def is_webmail(email: str) -> bool:
    """Whether the address is at one of WEBMAIL_DOMAINS, or at a subdomain of one. Refused for third parties."""
    domain = email.strip().rpartition("@")[2].lower().rstrip(".")
    return any(domain == known or domain.endswith(f".{known}") for known in settings.WEBMAIL_DOMAINS)


def is_the_councils(email: str) -> bool:
    """Whether the address is exactly at one of COUNCIL_EMAIL_DOMAINS, and not an alias of a mailbox (`me+you@`)."""
    mailbox, _, domain = email.strip().lower().rpartition("@")
    return "+" not in mailbox and domain in {known.strip().lower() for known in settings.COUNCIL_EMAIL_DOMAINS}
