"""The addresses of the termly review, under those of a register."""

from django.urls import path

from access_register.reviews import views

urlpatterns = [
    path("", views.review, name="review"),
    path("<int:line_id>/confirm/", views.confirm_line, name="confirm_line"),
    path("<int:line_id>/lower/", views.lower_line, name="lower_line"),
    path("undo/<int:event_id>/", views.undo_review, name="undo_review"),
]
