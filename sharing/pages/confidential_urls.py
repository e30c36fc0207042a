"""The addresses of confidential items: `urlpatterns` on both sites, those of heads and of officers on one site each."""

from django.urls import path

from sharing.pages import confidential as views

urlpatterns = [
    path("establishments/<urn:urn>/confidential/", views.items, name="confidential_items"),
    path("confidential/<uuid:item_id>/", views.item, name="confidential_item"),
    path("confidential/<uuid:item_id>/files/<uuid:file_id>/", views.file, name="confidential_file"),
]
for_heads = [
    path("confidential/<uuid:item_id>/consent/", views.consents, name="consents"),
    path("confidential/<uuid:item_id>/level/", views.narrow, name="narrow_item"),
    path(
        "confidential/<uuid:item_id>/consent/<uuid:consent_id>/withdraw/",
        views.withdraw_consent,
        name="withdraw_consent",
    ),
    path(
        "confidential/<uuid:item_id>/consent/<uuid:consent_id>/confirm/", views.confirm_consent, name="confirm_consent"
    ),
]
for_officers = [
    path("establishments/<urn:urn>/confidential/add/", views.add, name="add_confidential"),
    path("confidential/<uuid:item_id>/files/add/", views.add_file, name="add_confidential_file"),
    path("confidential/<uuid:item_id>/withdraw/", views.withdraw, name="withdraw_confidential"),
]
