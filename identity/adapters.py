"""How allauth behaves here: invitation only, one limiter, mail through the outbox."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from audit import alerts
from identity import limits
from identity.actions import end_sessions
from identity.factors import has_second_factor, needs_second_factor
from identity.sessions import OPENED, open_session
from parvis import encryption, error_views
from tenants.models import User


JUST_NOW_S = 300
# Messages that need no login. Notices of a change are never counted: the change has been made.
ASKED_BY_ANYBODY = frozenset(
    {
        "account/email/account_already_exists",
        "account/email/email_confirmation",
        "account/email/login_code",
        "account/email/password_reset_code",
        "account/email/unknown_account",
    }
)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Passwords, codes and mails of accounts."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("L’adresse ou le mot de passe n’est pas le bon."),
        "too_many_login_attempts": _(
            "Trop de tentatives. Patientez cinq minutes, puis recommencez."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: accounts are born from an invitation."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Accept a path of the login host and nothing else."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def pre_login(self, request: HttpRequest, user: User, **hooks: Any) -> HttpResponse | None:
        """Trust the address of an account that never had to prove it: it came by invitation."""
        if not EmailAddress.objects.filter(user=user).exists():
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        answer: HttpResponse | None = super().pre_login(request, user, **hooks)
        return answer

    def login(self, request: HttpRequest, user: User) -> None:
        """Open a session of the login host."""
        super().login(request, user)
        alerts.tell("login", request, account=user.email)
        open_session(request, now=timezone.now())

    def logout(self, request: HttpRequest) -> None:
        """Log out of every site at once: this is the door of all of them."""
        user = request.user
        if isinstance(user, User):
            alerts.tell("logout", request, account=user.email)
        super().logout(request)
        if isinstance(user, User):
            end_sessions(user=user)

    def set_password(self, user: User, password: str) -> None:
        """Change the password and end the other sessions."""
        user.set_password(password)
        user.save(update_fields=["password"])
        end_sessions(user=user, keep=[self.request.session.session_key])

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Check a password; at most five wrong ones per account in five minutes."""
        email = str(credentials.get("email", ""))
        try:
            seat = limits.take(limits.LOGIN, email, now=timezone.now())
        except limits.TooMany as refusal:
            alerts.tell("too-many-passwords", request, account=email)
            raise self.validation_error("too_many_login_attempts") from refusal
        user: User | None = super().authenticate(request, **credentials)
        if user is None:
            alerts.tell("wrong-password", request, account=email)
        else:
            limits.release(limits.LOGIN, email, seat)
        return user

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask again before a delicate change, unless the person has just logged in."""
        age = timezone.now().timestamp() - float(self.request.session.get(OPENED, 0))
        return age > JUST_NOW_S

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the message to the outbox; strangers can only cause so many to one address."""
        if template_prefix in ASKED_BY_ANYBODY:
            self._count_mail(email)
        words = {"email": email, "base_domain": settings.BASE_DOMAIN, **context}
        subject = render_to_string(f"{template_prefix}_subject.txt", words, using="text")
        body = render_to_string(f"{template_prefix}_message.txt", words, using="text")
        with transaction.atomic():
            EmailMessage(" ".join(subject.split()), body.strip(), to=[email]).send()

    def _count_mail(self, email: str) -> None:
        try:
            limits.take(limits.CODE_MAIL, email, now=timezone.now())
        except limits.TooMany as refusal:
            raise ImmediateHttpResponse(
                error_views.too_many(self.request, retry_after_s=3600)
            ) from refusal


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: their secrets are never stored in clear."""

    def encrypt(self, text: str) -> str:
        """Encrypt with the newest key."""
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt with whichever key of the ring fits."""
        return encryption.decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        """Name the account in the application of the telephone."""
        return "Parvis"

    def _get_site_name(self) -> str:
        return "Parvis"

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002
        """Propose a name for a key."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return str(_("Clé n° %(number)s") % {"number": count + 1})

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Keep the last factor of somebody whose role demands one."""
        user = authenticator.user
        others = has_second_factor(user, but=authenticator.pk)
        return others or settings.DEMO or not needs_second_factor(user)
