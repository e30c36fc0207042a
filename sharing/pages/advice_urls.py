"""The addresses of the Council's advice: `for_officers` on EduNet. Anybody reads it under guidance/, on both sites."""

from django.urls import path

from sharing.pages import advice as views

for_officers = [
    path("advice/", views.desk, name="advice_desk"),
    path("advice/write/", views.write, name="write_advice"),
    path("advice/<int:page_id>/", views.page, name="advice_page"),
    path("advice/<int:page_id>/change/", views.change, name="change_advice"),
    path("advice/<int:page_id>/versions/<int:number>/", views.version, name="advice_version"),
    path("advice/<int:page_id>/versions/<int:number>/ask/", views.ask_to_destroy, name="ask_to_destroy_advice"),
    path("advice/<int:page_id>/versions/<int:number>/destroy/", views.destroy, name="destroy_advice"),
    path("advice/<int:page_id>/versions/<int:number>/keep/", views.keep, name="keep_advice"),
    path("advice/<int:page_id>/ask/", views.ask, name="ask_for_agreement"),
    path("advice/<int:page_id>/agree/", views.agree, name="agree_advice"),
    path("advice/<int:page_id>/hand-back/", views.hand_back, name="hand_back_advice"),
    path("advice/<int:page_id>/take-down/", views.take_down, name="take_down_advice"),
    path("advice/<int:page_id>/discard/", views.discard, name="discard_advice"),
]
