"""My access in the browser, on both sites; leaving a register, on Schools Online."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from access_register.my_access import my_access as door
from sharing.requests import PortalRequest


def my_access(request: PortalRequest) -> HttpResponse:
    return render(request, "my_access/page.html", {"found": door.show_my_access(request.asker)})


def leave(request: PortalRequest, line_id: int) -> HttpResponse:
    line = door.show_my_line(request.asker, line_id)
    if not line.can_leave:
        messages.error(request, _why_not(line.is_head, line.establishment))
        return redirect("my_access")
    if request.method != "POST":
        return render(request, "my_access/leave.html", {"line": line})
    try:
        door.leave_register(request.asker, line_id=line_id)
    except door.CannotLeave:
        messages.error(request, _why_not(line.is_head, line.establishment))
    else:
        messages.success(request, f"You have left the Access Register of {line.establishment}.")
    return redirect("my_access")


def _why_not(is_head: bool, establishment: str) -> str:
    if is_head:
        return f"You are the head of {establishment}. You can leave when the headship is handed over."
    return f"Your access to {establishment} has already ended."
