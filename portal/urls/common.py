"""Addresses that are the same on both sites."""

from allauth.account import views as account
from django.urls import include, path, re_path

from access_register.sign_in import views as sign_in_views
from access_register.sign_in.second_factors import given_first
from portal import views
from sharing.pages import service

urlpatterns = [
    path("guidance/", views.guidance, name="guidance"),
    path("guidance/<slug:slug>/", views.guide, name="guide"),
    path("same-data/", service.same_data, name="same_data"),
    path("demo/sign-in/", views.demo_sign_in, name="demo_sign_in"),
    path("", include("portal.urls.sign_in")),
    path("sign-in/", account.login, name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("password/change/", given_first(sign_in_views.change_password), name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        sign_in_views.choose_password,
        name="account_reset_password_from_key",
    ),
    path("password/reset/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("sign-up/", account.signup, name="account_signup"),
    path("", include("access_register.own_urls")),
    path("", include("sharing.pages.urls")),
]
