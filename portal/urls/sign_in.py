"""Addresses for signing in, on both sites: second factors, confirming, sessions, and single sign-on."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount import views as social
from django.urls import path

from access_register.sign_in import views
from access_register.sign_in.second_factors import given_first

# allauth finds its pages by these names.
urlpatterns = [
    path("account/", views.my_sign_in, name="mfa_index"),
    path("account/second-factor/", views.second_factor, name="second_factor"),
    path("account/sign-out-everywhere/", views.sign_out_everywhere, name="sign_out_everywhere"),
    path("account/stay-signed-in/", views.stay_signed_in, name="stay_signed_in"),
    path("account/app/", given_first(views.set_up_app), name="mfa_activate_totp"),
    path("account/app/remove/", given_first(views.all_or_nothing(app.DeactivateTOTPView)), name="mfa_deactivate_totp"),
    path("account/recovery-codes/", given_first(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "account/recovery-codes/new/", given_first(recovery.generate_recovery_codes), name="mfa_generate_recovery_codes"
    ),
    path(
        "account/recovery-codes/file/",
        given_first(recovery.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("account/passkeys/", given_first(passkeys.list_webauthn), name="mfa_list_webauthn"),
    path("account/passkeys/add/", given_first(views.all_or_nothing(passkeys.AddWebAuthnView)), name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/rename/", given_first(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
    path(
        "account/passkeys/<int:pk>/remove/",
        given_first(views.all_or_nothing(passkeys.RemoveWebAuthnView)),
        name="mfa_remove_webauthn",
    ),
    path("confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("confirm/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("confirm/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("sign-in/code/", mfa.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("sign-in/with/<slug:provider_id>/", views.to_provider, name="openid_connect_login"),
    path("sign-in/with/<slug:provider_id>/back/", views.back_from_provider, name="openid_connect_callback"),
    path("sign-in/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
]
