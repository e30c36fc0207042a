"""The addresses of downloads, on both sites."""

from django.urls import path

from sharing.pages import downloads as views

_FILE = "establishments/<urn:urn>/downloads/<slug:kind>/<int:download_id>"

urlpatterns = [
    path("my-downloads/", views.mine, name="my_downloads"),
    path("my-downloads/of/<urn:urn>/", views.mine, name="my_downloads_of"),
    path("my-downloads/<int:download_id>/", views.one, name="download"),
    path("my-downloads/<int:download_id>/progress/", views.progress, name="download_progress"),
    path("establishments/<urn:urn>/downloads/", views.here, name="downloads_here"),
    path("establishments/<urn:urn>/downloads/<slug:kind>/new/", views.ask, name="ask_for_download"),
    path(f"{_FILE}/passphrase/", views.passphrase, name="download_passphrase"),
    path(f"{_FILE}/file/", views.collect, name="collect_download"),
]
