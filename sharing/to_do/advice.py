"""The Council's advice that waits for a second officer, or has to be reviewed, for the home page (R37).

A second officer agrees to a page, or destroys the words of one that is not out.
"""

from collections.abc import Iterable
from typing import Any

from django.dispatch import receiver

from sharing.authorise import Visit
from sharing.door.advice import writes_advice
from sharing.models import AdviceVersion
from sharing.signals import workbench_opened
from sharing.to_do.officers import Waiting


@receiver(workbench_opened)
def advice_to_see_to(here: Visit, **kwargs: Any) -> Iterable[Waiting]:
    """For officers with a duty, who may agree or destroy, except for what they have written or asked for themselves."""
    if not here.asker.second_factor or not writes_advice(here):
        return
    waiting = AdviceVersion.objects.to_be_agreed_by(here.asker.person_id)
    due = AdviceVersion.objects.to_look_at_again(here.today)
    words = "page of advice to agree to", "pages of advice to agree to"
    yield Waiting("Advice and guidance", waiting, *words, "advice_desk")
    to_destroy = AdviceVersion.objects.to_be_destroyed_by(here.asker.person_id)
    words = "request to destroy words of advice", "requests to destroy words of advice"
    yield Waiting("Advice and guidance", to_destroy, *words, "advice_desk")
    words = "page of advice to look at again", "pages of advice to look at again"
    yield Waiting("Advice and guidance", due, *words, "advice_desk")
