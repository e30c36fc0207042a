"""Puts into the outbox what the termly review has decided to tell people, as portal_batch."""

from datetime import date

from django.db.models import DateField, Exists, OuterRef, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils import timezone

from access_register.models import LineEvent, ReviewNotice
from access_register.notices import mail


def waiting(today: date) -> list[int]:
    """The notices to send. A reminder whose last day has passed is of no use any more and is left out, as is one about
    what the head has undone since."""
    too_late = Q(kind=ReviewNotice.Kind.REMINDER, due_on__lt=today)
    undone = LineEvent.objects.annotate(due_on=Cast(KT("before__review_due_on"), DateField())).filter(
        line__person=OuterRef("person"), establishment=OuterRef("establishment"),
        undone_at__isnull=False, due_on=OuterRef("due_on"),
    )  # fmt: skip
    notices = ReviewNotice.objects.filter(sent_at=None, person__is_active=True).exclude(too_late)
    notices = notices.exclude(Exists(undone), kind=ReviewNotice.Kind.CHANGED)
    return list(notices.order_by("pk").values_list("pk", flat=True))


def send(notice_id: int) -> bool:
    """Write the email and note that it was written. Returns whether it still had to be."""
    held = ReviewNotice.objects.select_for_update(of=("self",), skip_locked=True)
    notice = held.select_related("person", "establishment").filter(pk=notice_id, sent_at=None).first()
    if notice is None:
        return False
    keeps_it = notice.kind != ReviewNotice.Kind.CHANGED
    link = mail.link("review", notice.establishment.urn) if keeps_it else mail.link("home")
    mail.send_later(notice.kind, [notice.person.email], name=notice.person.name, link=link, **notice.about)
    notice.sent_at = timezone.now()
    notice.save(update_fields=["sent_at"])
    return True
