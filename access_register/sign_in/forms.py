"""What a person types, or a passkey sends, to prove who they are."""

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest

from access_register.models import Person
from access_register.sign_in.reset_letters import LETTERS
from access_register.sign_in.second_factors import WRONG_CODES
from sharing.pages.form_fields import AS_AN_ADDRESS

ONE_TIME = {"autocomplete": "one-time-code", "class": "govuk-input--width-10", "spellcheck": "false"}

TOO_MANY_CODES = (
    "There were too many wrong codes for your account today. Choose a new password with “I cannot sign in”, and then "
    "you can enter a code again."
)

ASKED_FOR = {
    "login": "Enter your email address.",
    "email": "Enter your email address.",
    "password": "Enter your password.",
    "oldpassword": "Enter the password you have now.",
    "password1": "Enter a new password.",
    "password2": "Enter the new password again.",
}


LABELS = {"oldpassword": "The password you have now", "password1": "New password", "password2": "New password again"}


class AskedFor(forms.Form):
    """Names each field, and asks for what is missing, in the words of our own forms."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ASKED_FOR.keys() & self.fields.keys():
            self.fields[name].error_messages["required"] = ASKED_FOR[name]
            self.fields[name].label = LABELS.get(name, self.fields[name].label)
            if isinstance(self.fields[name], forms.EmailField):
                self.fields[name].error_messages["invalid"] = AS_AN_ADDRESS


class SignInForm(AskedFor, account.LoginForm):
    """Password managers fill it in, so nobody has to remember what they sign in with (WCAG 3.3.8)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class ChangePasswordForm(AskedFor, account.ChangePasswordForm):
    pass


class ForgottenPasswordForm(AskedFor, account.ResetPasswordForm):
    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Send the link. The page says the same to everybody. If an account is shut, our own email says so, because
        allauth's would say that there is no account.

        After a few emails in a day, no more are sent to an address, whichever it is, so a stranger cannot flood
        anybody's mailbox. Nor can a stranger lock anybody out: the links already sent go on working
        (PASSWORD_RESET_TIMEOUT), and once a sign-in or a new password has ended them, the count starts again.
        """
        email: str = self.cleaned_data["email"]
        if not ratelimit.consume(request, action=LETTERS, key=email.lower()):
            return email
        shut = Person.objects.of_address(email).filter(is_active=False).first()
        if shut is None:
            return super().save(request, **kwargs)
        get_adapter().send_mail("account/email/shut_account", shut.email, {})
        return email


class NewPasswordForm(AskedFor, account.ResetPasswordKeyForm):
    pass


class ConfirmForm(AskedFor, account.ReauthenticateForm):
    pass


def _code_field(label: str, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=20,
        widget=forms.TextInput(attrs=ONE_TIME),
        error_messages={"required": "Enter the code."},
    )


class CountedTries:
    """Wrong codes count as bad tries of that person from that address, and lock them out as wrong passwords do. From
    all addresses together there are only so many in a day (ACCOUNT_RATE_LIMITS): whoever types them has the password.
    """

    user: Any

    def clean_code(self) -> str:
        request, credentials = context.request, {"email": self.user.email}
        counted = {"action": WRONG_CODES, "key": str(self.user.pk)}
        if not AxesProxyHandler.is_allowed(request, credentials):
            request.axes_locked_out = True
            raise forms.ValidationError("Too many tries. Wait 15 minutes.")
        if not ratelimit.consume(request, dry_run=True, **counted):
            raise forms.ValidationError(TOO_MANY_CODES)
        try:
            return super().clean_code()  # type: ignore[misc]
        except forms.ValidationError:
            ratelimit.consume(request, **counted)
            user_login_failed.send(sender=type(self).__name__, credentials=credentials, request=request)
            raise


class GiveCodeForm(CountedTries, AuthenticateForm):
    code = _code_field("Code", "Enter the 6 digits your app shows now, or one of your recovery codes.")


class GiveCodeAgainForm(CountedTries, ReauthenticateForm):
    code = _code_field("Code", "Enter the 6 digits your app shows now, or one of your recovery codes.")


class SetUpAppForm(ActivateTOTPForm):
    code = _code_field("Code from the app", "Enter the 6 digits it shows now.")


class AddPasskeyForm(AddWebAuthnForm):
    """A passkey that also works without the password, so it is kept on the device and asks for finger, face or PIN."""

    name = forms.CharField(
        label="A name for it",
        required=False,
        max_length=100,
        help_text="This helps you recognise it, for example: my phone.",
    )
    passwordless = forms.BooleanField(initial=True, required=False, widget=forms.HiddenInput)


class RenamePasskeyForm(EditWebAuthnForm):
    name = forms.CharField(label="Name", max_length=100, error_messages={"required": "Enter a name."})
