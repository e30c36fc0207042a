"""Standard reports of an establishment: the page, asking for one, and the PDF. The same on both sites."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sharing import door
from sharing.records.reports import TITLES
from sharing.requests import PortalRequest


def reports(request: PortalRequest, urn: int) -> HttpResponse:
    return render(request, "reports/page.html", {"found": door.list_reports(request.asker, urn)})


def reports_progress(request: PortalRequest, urn: int) -> HttpResponse:
    """The part of the page that moves, for the script that asks again and again."""
    found = door.list_reports(request.asker, urn)
    response = render(request, "reports/lines.html", {"found": found})
    response["X-Is-Moving"] = "yes" if found.is_moving else "no"
    return response


@require_POST
def ask_for_report(request: PortalRequest, urn: int, report: str) -> HttpResponse:
    door.ask_for_report(request.asker, urn, _known(report))
    return redirect("reports", urn)


def report_file(request: PortalRequest, urn: int, report: str) -> HttpResponse:
    try:
        file = door.download_report(request.asker, urn, _known(report))
    except door.NotMadeYet:
        messages.info(request, "This report is not made yet for the figures that are out now. You can follow it here.")
        return redirect("reports", urn)
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return HttpResponse(file.content, content_type="application/pdf", headers=headers)


def _known(report: str) -> str:
    if report not in TITLES:
        raise Http404
    return report
