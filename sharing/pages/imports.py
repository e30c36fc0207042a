"""The pages by which files are brought in: the same on both sites. Without a URN they are the whole authority's."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sharing import door
from sharing.cannot import ChangedMeanwhile
from sharing.door.imports import SHOWN_ALONE
from sharing.files.safe_files import NotAcceptable
from sharing.imports.uploads import received
from sharing.pages.answers import file_to_keep, form_page, moving_part, waiting_for_the_worker
from sharing.pages.import_forms import UploadForm
from sharing.records.imports import ImportList
from sharing.requests import PortalRequest, page_number

DONE = {
    True: "The file is being applied. You can close this page. The work continues in the background.",
    False: "The file is discarded. Nothing was changed.",
}


def imports(request: PortalRequest, urn: int | None = None) -> HttpResponse:
    state = request.GET.get("state", "")
    found = door.list_imports(request.asker, urn, state=state, number=page_number(request))
    shown = {"state": state if state in SHOWN_ALONE else "", "states": SHOWN_ALONE.items()}
    return render(request, "imports/list.html", {"found": found, "base": _address(urn)} | shown)


def bring_in(request: PortalRequest, urn: int | None = None) -> HttpResponse:
    found = door.list_imports(request.asker, urn)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(
        *sent,
        initial={"kind": request.GET["kind"]} if "kind" in request.GET else None,
        kinds=found.kinds,
        largest=found.largest,
    )
    if form.is_valid():
        try:
            return redirect(_address(urn, _put_away(request, urn, found, form)))
        except NotAcceptable as refused:
            form.add_error("file", str(refused))
    return form_page(request, "imports/upload.html", form, found=found, base=_address(urn))


def _put_away(request: PortalRequest, urn: int | None, found: ImportList, form: UploadForm) -> int | None:
    kind = next(kind for kind in found.kinds if kind.slug == form.cleaned_data["kind"])
    others = [other for other in found.kinds if other != kind]
    with received(form.cleaned_data["file"], kind, others) as upload:
        try:
            return door.upload_import(request.asker, urn, kind=kind.slug, upload=upload)
        except door.AlreadyHere as known:
            messages.info(request, "This file is already here. Nothing was added.")
            return known.import_id


def one_import(request: PortalRequest, import_id: int, urn: int | None = None) -> HttpResponse:
    found = door.show_import(request.asker, urn, import_id)
    waits = waiting_for_the_worker(is_moving=found.line.is_moving)
    return render(request, "imports/page.html", {"found": found, "base": _address(urn)} | waits)


def progress(request: PortalRequest, import_id: int, urn: int | None = None) -> HttpResponse:
    line = door.show_progress(request.asker, urn, import_id)
    return moving_part(request, "imports/progress.html", is_moving=line.is_moving, line=line)


def report(request: PortalRequest, import_id: int, urn: int | None = None) -> HttpResponse:
    found = door.download_problems(request.asker, urn, import_id)
    return file_to_keep(found.name, f"\ufeff{found.content}", "text/csv; charset=utf-8")


def people(request: PortalRequest, import_id: int, urn: int | None = None) -> HttpResponse:
    found = door.list_people_behind(request.asker, urn, import_id)
    facts = {"found": found, "base": _address(urn), "back": _address(urn, import_id)}
    return render(request, "imports/people.html", facts)


@require_POST
def settle(request: PortalRequest, import_id: int, urn: int | None = None) -> HttpResponse:
    apply = request.POST.get("what") == "apply"
    try:
        door.settle_import(request.asker, urn, import_id, apply=apply, version=request.POST.get("version"))
    except ChangedMeanwhile as changed:
        messages.info(request, changed.message)
    except door.NotAnyMore:
        messages.info(request, "This import is no longer waiting for that. Below is its state now.")
    else:
        messages.success(request, DONE[apply])
    return redirect(_address(urn, import_id))


def _address(urn: int | None, import_id: int | None = None) -> str:
    base = reverse("imports", args=[urn] if urn is not None else [])
    return f"{base}{import_id}/" if import_id else base
