"""What people type about accounts and teams, and where allauth's forms are made stricter."""

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    ConfirmLoginCodeForm,
    LoginForm,
    RequestLoginCodeForm,
)
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from audit import alerts
from identity import limits
from identity.access import roles_of
from identity.factors import needs_second_factor
from tenants.models import Association, Commune, User


class AccountForm(forms.Form):
    """How colleagues see a person, and the language she reads."""

    display_name = forms.CharField(
        label=_("Prénom et nom"),
        help_text=_("Vos collègues le voient à côté de ce que vous faites."),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=_("Langue"), choices=settings.LANGUAGES)


class AcceptForm(forms.Form):
    """The little an invited person must say about herself."""

    display_name = forms.CharField(
        label=_("Prénom et nom"),
        help_text=_("Vos collègues le voient à côté de ce que vous faites."),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Mot de passe"),
        help_text=_(
            "Douze caractères au moins ; une phrase convient très bien. "
            "Sans mot de passe, vous recevrez un code par courriel à chaque connexion."
        ),
        required=False,
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, needs_password: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if needs_password:
            self.fields["password"].required = True
            self.fields["password"].help_text = _(
                "Douze caractères au moins ; une phrase convient très bien."
            )

    def clean_password(self) -> str | None:
        """Refuse what is short or common."""
        password: str = self.cleaned_data["password"]
        if not password:
            return None
        validate_password(password)
        return password


class InvitationForm(forms.Form):
    """Whom to invite, to do what."""

    email = forms.EmailField(
        label=_("Adresse de courriel"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=_("Rôle"))

    def __init__(self, place: Commune | Association, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = _choices(place)  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """The role of somebody in the team."""

    role = forms.ChoiceField(label=_("Rôle"))

    def __init__(self, place: Commune | Association, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = _choices(place)  # type: ignore[attr-defined]


def _choices(place: Commune | Association) -> list[tuple[str, Any]]:
    """List the roles, the least powerful first: nobody becomes an administrator by default."""
    return [(role.value, capfirst(role.label)) for role in reversed(roles_of(place))]


# --- allauth's forms, with our limits -----------------------------------------------------


class PasswordLoginForm(LoginForm):  # type: ignore[misc]
    """E-mail and password, with labels above the fields and nothing inside them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Adresse de courriel")
        self.fields["password"].help_text = ""
        _empty_inputs(self)


class PasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """The password of today and the one of tomorrow."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.help_text = ""
        _empty_inputs(self)


def _empty_inputs(form: forms.Form) -> None:
    """Remove the words inside the fields: they repeat the labels, and vanish when one types."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


class CodeRequestForm(RequestLoginCodeForm):  # type: ignore[misc]
    """Send codes only where a mailbox is enough to enter."""

    _user: User | None

    def clean_email(self) -> str:
        """Treat somebody whose role demands more as unknown; her message says so."""
        email: str = super().clean_email()
        if self._user is not None and needs_second_factor(self._user) and not settings.DEMO:
            self._user = None
        return email


class _Told:
    """Write down that a proof was refused, whichever."""

    proof = "code"

    def is_valid(self) -> bool:
        """Tell the log of the process, and answer."""
        is_accepted: bool = super().is_valid()  # type: ignore[misc]
        if not is_accepted:
            alerts.tell(f"wrong-{self.proof}", context.request)
        return is_accepted


class MailCodeForm(_Told, ConfirmLoginCodeForm):  # type: ignore[misc]
    """The code that came by mail."""

    proof = "mail-code"


class _LimitedCode(_Told):
    """At most five wrong codes per account in five minutes, on every host together."""

    user: Any

    def clean_code(self) -> str:
        try:
            seat = limits.take(
                limits.SECOND_FACTOR,
                str(self.user.pk),
                now=timezone.now(),  # noqa: TID251 - allauth's forms know no clock
            )
        except limits.TooMany as refusal:
            raise ValidationError(str(refusal)) from refusal
        code: str = super().clean_code()  # type: ignore[misc]
        limits.release(limits.SECOND_FACTOR, str(self.user.pk), seat)
        return code


class SecondFactorForm(_LimitedCode, AuthenticateForm):  # type: ignore[misc]
    """The code of the application, or a recovery code, while logging in."""


class SecondFactorAgainForm(_LimitedCode, ReauthenticateForm):  # type: ignore[misc]
    """The same before a delicate change."""


class _WellFormed(_Told):
    """Refuse what no browser sends: allauth passes the JSON on without looking."""

    proof = "key"

    def clean(self) -> Any:
        """Look at the shape of the credential before anything else does."""
        try:
            return super().clean()  # type: ignore[misc]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValidationError(_("Votre clé n’a pas pu être lue. Recommencez.")) from error

    def clean_credential(self) -> Any:
        """Look at the shape of the credential before anything else does."""
        parent = getattr(super(), "clean_credential", None)
        try:
            return parent() if parent else self.cleaned_data["credential"]  # type: ignore[attr-defined]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValidationError(_("Votre clé n’a pas pu être lue. Recommencez.")) from error


class KeyForm(_WellFormed, AddWebAuthnForm):  # type: ignore[misc]
    """Add a key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Nom de la clé")
        self.fields["passwordless"].label = _("Entrer avec cette clé, sans mot de passe")
        self.fields["passwordless"].help_text = ""


class KeyNameForm(EditWebAuthnForm):  # type: ignore[misc]
    """Rename a key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Nom de la clé")


class KeyFactorForm(_WellFormed, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """Present a key as second factor."""


class KeyLoginForm(_WellFormed, LoginWebAuthnForm):  # type: ignore[misc]
    """Enter with a passkey alone."""


class KeyAgainForm(_WellFormed, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Present a key before a delicate change."""
