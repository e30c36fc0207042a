"""Letters by e-mail: plain text, and the same text as HTML. They name no child and carry no data."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string


def send(letter: str, *, to: list[str], subject: str, **facts: Any) -> None:
    """Send `email/<letter>.txt` to each of `to`, once what it tells is committed."""
    text = render_to_string(f"email/{letter}.txt", facts)
    html = render_to_string("email/letter.html", {"subject": subject, "text": text})

    def deliver() -> None:
        for address in to:
            message = EmailMultiAlternatives(subject, text, settings.DEFAULT_FROM_EMAIL, [address])
            message.attach_alternative(html, "text/html")
            message.send()

    transaction.on_commit(deliver)
