"""Addresses of data quality, challenges and returns, on both sites."""

from django.urls import path

from sharing.pages import accuracy as views

HERE = "establishments/<urn:urn>/"
urlpatterns = [
    path(f"{HERE}data-quality/", views.data_quality, name="data_quality"),
    path(f"{HERE}data-quality/<slug:key>/", views.finding, name="finding"),
    path(f"{HERE}challenges/", views.challenges, name="challenges"),
    path(f"{HERE}challenges/<int:challenge_id>/", views.challenge, name="challenge"),
    path(f"{HERE}challenges/<int:challenge_id>/pass-on/", views.pass_on_challenge, name="pass_on_challenge"),
    path(f"{HERE}challenges/<int:challenge_id>/take-back/", views.take_back_challenge, name="take_back_challenge"),
    path(f"{HERE}challenge/", views.challenge_figure, name="challenge_figure"),
    path(f"{HERE}pupils/<uuid:pupil_id>/challenge/", views.challenge_pupil, name="challenge_pupil"),
    path(f"{HERE}staff/<uuid:member_id>/challenge/", views.challenge_staff, name="challenge_staff"),
    path(f"{HERE}returns/", views.returns, name="returns"),
    path(f"{HERE}returns/confirm/", views.confirm_return, name="confirm_return"),
]
