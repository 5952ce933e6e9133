"""The login host. Every way to log in is in this list, and nowhere else."""

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from django.urls import URLPattern, URLResolver, include, path

from identity import team_views, views


def team(kind: str) -> list[URLPattern | URLResolver | Any]:
    """List the pages of a team, for communes or for associations."""
    extra = {"kind": kind}
    return [
        path("", team_views.team, extra, name=f"{kind}_team"),
        path("inviter/", team_views.invite, extra, name=f"{kind}_invite"),
        path("invitation/<int:pk>/renvoyer/", team_views.resend, extra, name=f"{kind}_resend"),
        path("invitation/<int:pk>/annuler/", team_views.cancel, extra, name=f"{kind}_cancel"),
        path("membre/<int:pk>/", team_views.member, extra, name=f"{kind}_member"),
        path("membre/<int:pk>/retirer/", team_views.remove, extra, name=f"{kind}_remove"),
        path(
            "membre/<int:pk>/sessions/",
            team_views.end_sessions,
            extra,
            name=f"{kind}_end_sessions",
        ),
    ]


urlpatterns = [
    path("", views.home, name="home"),
    path("lieux/", views.places, name="places"),
    path("autoriser/", views.authorise, name="authorise"),
    path("invitation/", views.invitation, name="invitation"),
    path("invitation/<str:token>/", views.follow_invitation, name="follow_invitation"),
    path("equipe/association/<slug:slug>/", include(team("association"))),
    path("equipe/<slug:slug>/", include(team("commune"))),
    # Ways in
    path("connexion/", account.login, name="account_login"),
    path("connexion/", account.login, name="login"),
    path("connexion/code/", account.request_login_code, name="account_request_login_code"),
    path("connexion/code/saisir/", account.confirm_login_code, name="account_confirm_login_code"),
    path("connexion/cle/", keys.login_webauthn, name="mfa_login_webauthn"),
    path("connexion/second-facteur/", factors.authenticate, name="mfa_authenticate"),
    path(
        "connexion/adresse/",
        account.email_verification_sent,
        name="account_email_verification_sent",
    ),
    path("connexion/inactif/", account.account_inactive, name="account_inactive"),
    path("inscription/", account.signup, name="account_signup"),
    path("mot-de-passe/", account.password_reset, name="account_reset_password"),
    path(
        "mot-de-passe/code/",
        account.confirm_password_reset_code,
        name="account_confirm_password_reset_code",
    ),
    path(
        "mot-de-passe/nouveau/",
        account.complete_password_reset,
        name="account_complete_password_reset",
    ),
    path(
        "mot-de-passe/change/",
        account.password_reset_from_key_done,
        name="account_password_reset_completed",
    ),
    # One's own account
    path("compte/", views.account, name="account"),
    path("compte/courriel/", account.email, name="account_email"),
    path("compte/mot-de-passe/", account.password_change, name="account_change_password"),
    path("compte/mot-de-passe/choisir/", account.password_set, name="account_set_password"),
    path("compte/confirmer/", account.reauthenticate, name="account_reauthenticate"),
    path("compte/confirmer/code/", factors.reauthenticate, name="mfa_reauthenticate"),
    path(
        "compte/confirmer/cle/", keys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"
    ),
    path("compte/second-facteur/", factors.index, name="mfa_index"),
    path("compte/second-facteur/application/", totp.activate_totp, name="mfa_activate_totp"),
    path(
        "compte/second-facteur/application/retirer/",
        totp.deactivate_totp,
        name="mfa_deactivate_totp",
    ),
    path(
        "compte/second-facteur/codes/",
        recovery.view_recovery_codes,
        name="mfa_view_recovery_codes",
    ),
    path(
        "compte/second-facteur/codes/nouveaux/",
        recovery.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path("compte/second-facteur/cles/", keys.list_webauthn, name="mfa_list_webauthn"),
    path("compte/second-facteur/cles/ajouter/", keys.add_webauthn, name="mfa_add_webauthn"),
    path("compte/second-facteur/cles/<int:pk>/", keys.edit_webauthn, name="mfa_edit_webauthn"),
    path(
        "compte/second-facteur/cles/<int:pk>/retirer/",
        keys.remove_webauthn,
        name="mfa_remove_webauthn",
    ),
    path("compte/sessions/", views.list_sessions, name="usersessions_list"),
]
