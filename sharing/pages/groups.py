"""A school's own groups, on both sites: the list, following one, and how one is made and changed."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sharing import door
from sharing.kept_names import keeps_names, kept_name
from sharing.pages.answers import form_page, refusals_on
from sharing.pages.group_forms import GroupForm, initial_of, year_typed
from sharing.requests import PortalRequest, page_number

GONE = {
    True: "is no longer on your register, and was left out.",
    False: "are no longer on your register, and were left out.",
}


def own_groups(request: PortalRequest, urn: int) -> HttpResponse:
    return render(request, "groups/list.html", {"found": door.list_own_groups(request.asker, urn)})


def own_group(request: PortalRequest, urn: int, group_id: int) -> HttpResponse:
    found = door.show_own_group(request.asker, urn, group_id, number=page_number(request))
    return render(request, "groups/page.html", {"found": found})


def make_own_group(request: PortalRequest, urn: int) -> HttpResponse:
    found = door.show_making(request.asker, urn)
    form = GroupForm(request.POST or None, found=found)
    if form.is_valid():
        with refusals_on(form):
            made = door.make_own_group(request.asker, urn, form.wanted())
            messages.success(request, "The group is made.")
            by_hand = form.cleaned_data["kind"] == "hand"
            return redirect("own_group_members" if by_hand else "own_group", urn, made)
    return form_page(request, "groups/form.html", form, found=found)


def change_own_group(request: PortalRequest, urn: int, group_id: int) -> HttpResponse:
    found = door.show_making(request.asker, urn, group_id)
    form = GroupForm(request.POST or None, found=found, initial=initial_of(found))
    if form.is_valid():
        with refusals_on(form):
            door.change_own_group(request.asker, urn, group_id, form.wanted(), version=form.cleaned_data["version"])
            messages.success(request, "The group is changed.")
            return redirect("own_group", urn, group_id)
    return form_page(request, "groups/form.html", form, found=found)


@require_POST
def archive_own_group(request: PortalRequest, urn: int, group_id: int) -> HttpResponse:
    archived = request.POST.get("do") != "take out"
    try:
        door.archive_own_group(request.asker, urn, group_id, archived=archived)
    except door.CannotGroup as refused:
        messages.warning(request, refused.message)
    else:
        messages.success(request, "The group is archived." if archived else "The group is in use again.")
    return redirect("own_groups", urn)


@keeps_names("year_group")
def own_group_members(request: PortalRequest, urn: int, group_id: int) -> HttpResponse:
    if request.method == "POST":
        put_in, take_out = _children(request, "put_in"), _children(request, "take_out")
        gone = door.change_members(request.asker, urn, group_id, put_in=put_in, take_out=take_out)
        if gone:
            messages.warning(request, f"{gone} of the children you ticked {GONE[gone == 1]}")
        if gone < len(put_in | take_out):
            messages.success(request, "The group is changed.")
        elif not gone:
            messages.warning(request, "Nothing was changed. Tick the children first.")
        return redirect(request.get_full_path())  # the search continues where it was
    named, year_group = kept_name(request), year_typed(request)
    found = door.show_members(request.asker, urn, group_id, named=named, year_group=year_group)
    return render(request, "groups/members.html", {"found": found, "named": named, "year_group": year_group})


def _children(request: PortalRequest, name: str) -> set[UUID]:
    """The children ticked on the page; what is not the id of a record counts as nothing."""
    found = set()
    for text in request.POST.getlist(name)[:500]:
        try:
            found.add(UUID(text))
        except ValueError:
            continue
    return found
