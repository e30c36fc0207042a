"""The pages of unusual patterns in the ledger (R43, P17)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from sharing.door import unusual as door
from sharing.pages.answers import form_page
from sharing.pages.unusual_forms import EXPLAIN, SettleForm
from sharing.requests import PortalRequest, page_number

DONE = {
    True: "It is marked as explained.",
    False: "It is referred. Report it now as a breach: what the pattern says is already filled in.",
}


def here(request: PortalRequest, urn: int) -> HttpResponse:
    found = door.list_patterns(request.asker, urn, number=page_number(request))
    return render(request, "unusual/here.html", {"found": found})


def everywhere(request: PortalRequest) -> HttpResponse:
    found = door.list_all_patterns(request.asker, number=page_number(request))
    return render(request, "unusual/all.html", {"found": found})


def one(request: PortalRequest, pattern_id: int) -> HttpResponse:
    form = SettleForm(request.POST or None)
    if form.is_valid():
        is_explained = form.cleaned_data["outcome"] == EXPLAIN
        settle = door.explain_pattern if is_explained else door.refer_pattern
        try:
            settle(request.asker, pattern_id, reason=form.cleaned_data["reason"])
        except door.AlreadyLookedAt:
            messages.warning(request, "Nothing was changed: somebody else has settled it in the meantime.")
        else:
            messages.success(request, DONE[is_explained])
            if not is_explained:
                return redirect(f"{reverse('report_breach')}?pattern={pattern_id}")
            return redirect("unusual_pattern", pattern_id)
    return form_page(request, "unusual/page.html", form, found=door.show_pattern(request.asker, pattern_id))
