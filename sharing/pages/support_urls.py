"""The addresses of mutual support: `urlpatterns` on both sites, `for_schools` on Schools Online too."""

from django.urls import path

from sharing.pages import support as views

_HERE = "establishments/<urn:urn>/support/"
_REQUEST = f"{_HERE}requests/<int:request_id>/"
urlpatterns = [path(_HERE, views.support, name="support")]
for_schools = [
    path(f"{_HERE}offers/add/", views.publish_offer, name="publish_offer"),
    path(f"{_HERE}offers/<int:offer_id>/change/", views.change_offer, name="change_offer"),
    path(f"{_HERE}offers/<int:offer_id>/withdraw/", views.withdraw_offer, name="withdraw_offer"),
    path(f"{_HERE}ask/<int:offer_id>/", views.ask_for_support, name="ask_for_support"),
    path(_REQUEST, views.support_request, name="support_request"),
    path(f"{_REQUEST}take-back/", views.take_back_support_request, name="take_back_support_request"),
]
