"""The page and the file of a child who leaves, the same on both sites."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from sharing import door
from sharing.pages.answers import file_to_keep
from sharing.records.transfer_files import TransferFile
from sharing.requests import PortalRequest, numbers_chosen


def transfer_file(request: PortalRequest, urn: int, transfer_id: int) -> HttpResponse:
    if request.method == "POST":
        also = numbers_chosen(request, "also")
        return _sent(door.make_transfer_file(request.asker, urn, transfer_id, also=also))
    found = door.show_transfer_file(request.asker, urn, transfer_id)
    return render(request, "transfer_file/make.html", {"found": found})


def leaver_file(request: PortalRequest, urn: int, pupil_id: UUID) -> HttpResponse:
    if request.method == "POST":
        return _sent(door.make_leaver_file(request.asker, urn, pupil_id))
    return render(request, "transfer_file/make.html", {"found": door.show_leaver_file(request.asker, urn, pupil_id)})


def _sent(file: TransferFile) -> HttpResponse:
    return file_to_keep(file.name, file.content, "application/xml; charset=utf-8")
