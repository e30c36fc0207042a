"""The addresses of third parties, on Schools Online."""

from django.urls import path

from access_register.third_parties import views

HERE = "establishments/<urn:urn>/register/third-parties/"
CONTRACT = f"{HERE}<int:contract_id>/"
urlpatterns = [
    path(HERE, views.third_parties, name="third_parties"),
    path(f"{HERE}add/", views.add_contract, name="add_contract"),
    path(CONTRACT, views.contract, name="contract"),
    path(f"{CONTRACT}add/", views.add_third_party, name="add_third_party"),
    path(f"{CONTRACT}document/", views.document, name="contract_document"),
    path(f"{CONTRACT}dbs/", views.record_dbs, name="record_dbs"),
    path(f"{CONTRACT}last-day/", views.change_contract, name="change_contract"),
    path(f"{CONTRACT}end/", views.end_contract, name="end_contract"),
    path(f"{CONTRACT}certificate/", views.record_certificate, name="record_certificate"),
]
