"""Taking records away, and destroying them in time: the same on both sites (R14, R15)."""

from collections.abc import Mapping
from dataclasses import asdict

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sharing import door
from sharing.downloads.paper import facts_of
from sharing.kept_names import keeps_names
from sharing.models import Download
from sharing.pages.answers import file_to_keep, form_page, moving_part, waiting_for_the_worker
from sharing.pages.download_forms import AskForm, DisposalForm, NoteForm
from sharing.requests import PortalRequest, page_number, pupil_filter, sort_order, staff_filter, while_suspended

GONE = (
    "This file is no longer here. If you have just collected it, look in your browser’s downloads. "
    "Otherwise it was deleted after 24 hours, or because your access or the records in it changed: ask again."
)
SHOWN = "The passphrase has already been shown. It is shown only once. If you do not have it, ask for the file again."
NOT_TO_BE_NOTED = (
    "There is nothing to note. It is already recorded as destroyed, or the person still has access and has to say so."
)
LATE = (
    "You asked for this download more than 24 hours ago. The file is no longer here, and its passphrase can no longer "
    "be shown. Ask for the download again if you need it."
)
NOT_MADE = "The file is still being made. You can see its passphrase when it is ready to collect."
NO_PASSPHRASE = {door.StillBeingMade: NOT_MADE, door.TooLate: LATE, door.NotHereAnyMore: SHOWN}

# Kind of download -> the list that leads to it, with the same filters in its address.
LISTS = {
    Download.Kind.PUPILS.value: "pupils",
    Download.Kind.STAFF.value: "staff",
    Download.Kind.MOVES.value: "joiners_and_leavers",
}


@keeps_names()
def ask(request: PortalRequest, urn: int, kind: str) -> HttpResponse:
    asked = _asked(request, kind)
    found = door.show_asking(request.asker, urn, kind, asked)
    form = AskForm(request.POST or None, is_first=found.is_first, can_make_pdf=found.can_make_pdf)
    if request.method != "POST" or not form.is_valid():
        list_url = reverse(LISTS[kind], args=[urn], query=request.GET) if kind in LISTS else ""
        return form_page(request, "downloads/ask.html", form, found=found, list_url=list_url)
    purpose, way = form.cleaned_data["purpose"], form.cleaned_data["form"]
    if way == Download.Form.PAPER:
        paper = door.print_records(request.asker, urn, kind, asked, purpose=purpose)
        return render(request, "downloads/paper.html", {"found": paper, **facts_of(paper, paper.marking)})
    return redirect("download", door.ask_for_download(request.asker, urn, kind, asked, purpose=purpose, form=way))


@while_suspended
def mine(request: PortalRequest, urn: int | None = None) -> HttpResponse:
    """One's own downloads: all of them, or those of one establishment."""
    found = door.list_my_downloads(request.asker, of=urn, number=page_number(request))
    return render(request, "downloads/mine.html", {"found": found, "is_of_one": urn is not None})


def here(request: PortalRequest, urn: int) -> HttpResponse:
    """What people have taken from the establishment.

    A POST notes that one is destroyed whose person no longer has access.
    """
    if request.method == "POST":
        form = NoteForm(request.POST)
        if not form.is_valid():
            raise Http404
        try:
            door.note_destroyed(request.asker, urn, form.cleaned_data["download"])
        except door.AlreadyDestroyed:
            messages.info(request, NOT_TO_BE_NOTED)
        else:
            messages.success(request, f"D-{form.cleaned_data['download']} is recorded as destroyed.")
        return redirect("downloads_here", urn)
    found = door.list_downloads_here(request.asker, urn, number=page_number(request))
    return render(request, "downloads/here.html", {"found": found})


@while_suspended
def one(request: PortalRequest, download_id: int) -> HttpResponse:
    """One's own download. A POST says how it was destroyed."""
    form = DisposalForm(request.POST or None)
    if form.is_valid():
        try:
            door.confirm_disposal(request.asker, download_id, how=form.cleaned_data["how"])
        except door.AlreadyDestroyed:
            messages.info(
                request, "There is nothing to confirm: you have said how it was destroyed, or you never had it."
            )
        else:
            messages.success(request, f"Thank you. D-{download_id} is recorded as destroyed.")
        return redirect("my_downloads")
    found = door.show_download(request.asker, download_id)
    waits = waiting_for_the_worker(is_moving=found.line.is_moving)
    return form_page(request, "downloads/page.html", form, found=found, **waits)


def progress(request: PortalRequest, download_id: int) -> HttpResponse:
    found = door.show_download(request.asker, download_id)
    return moving_part(request, "downloads/progress.html", is_moving=found.line.is_moving, found=found)


@require_POST
def passphrase(request: PortalRequest, urn: int, kind: str, download_id: int) -> HttpResponse:
    found = door.show_download(request.asker, download_id)
    try:
        words = door.show_passphrase(request.asker, urn, kind, download_id)  # last: what failed after it would lose it
    except (door.StillBeingMade, door.NotHereAnyMore) as why:
        messages.warning(request, NO_PASSPHRASE[type(why)])
        return redirect("download", download_id)
    return render(request, "downloads/passphrase.html", {"found": found, "passphrase": words})


@require_POST
def collect(request: PortalRequest, urn: int, kind: str, download_id: int) -> HttpResponse:
    try:
        file = door.collect_download(request.asker, urn, kind, download_id)
    except door.NotHereAnyMore:
        messages.warning(request, GONE)
        return redirect("download", download_id)
    return file_to_keep(file.name, file.content, file.content_type)


def _asked(request: PortalRequest, kind: str) -> Mapping[str, str]:
    """What the address asks for. Nonsense is ignored, as on the page that leads here."""
    if kind == Download.Kind.PUPILS:
        return {**asdict(pupil_filter(request)), "sort": sort_order(request)}
    if kind == Download.Kind.STAFF:
        return asdict(staff_filter(request))
    since = request.GET.get("since", "")[:10].split("/")
    if kind == Download.Kind.MOVES and len(since) == 3:
        return {"since": "-".join(reversed([part.zfill(2) for part in since]))}
    return {name: request.GET.get(name, "")[:40] for name in ("pupil", "member", "finding")}
