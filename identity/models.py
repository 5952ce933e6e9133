"""Tickets between hosts, invitations, and attempts counted when the cache is down."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from tenants.models import Association, Commune, Membership, User


class Ticket(models.Model):
    """A proof, good for one use and a few seconds, that somebody has logged in.

    The browser carries it from the login host to one site. Neither the ticket nor the state is
    kept: only their SHA-256.
    """

    digest = models.CharField(_("empreinte"), max_length=64)
    state_digest = models.CharField(_("empreinte de l’état"), max_length=64)
    host = models.CharField(_("nom d’hôte"), max_length=253)
    user = models.ForeignKey(User, models.CASCADE, related_name="tickets")
    has_second_factor = models.BooleanField(_("second facteur présenté"), default=False)
    proved_at = models.DateTimeField(_("preuve donnée le"), null=True)
    expires_at = models.DateTimeField(_("expire le"))
    used_at = models.DateTimeField(_("utilisé le"), null=True)

    class Meta:
        verbose_name = _("ticket de connexion")
        constraints = [
            models.UniqueConstraint(name="one_ticket_per_digest", fields=["digest"]),
        ]
        indexes = [models.Index(name="ticket_expiry", fields=["expires_at"])]


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations, narrowed down."""

    def pending(self) -> "InvitationQuerySet":
        """Those that nobody has accepted or cancelled; they may have expired."""
        return self.filter(accepted_at__isnull=True, cancelled_at__isnull=True)

    def to(self, place: Commune | Association) -> "InvitationQuerySet":
        """Those into one commune or association."""
        return self.filter(**where(place))


class Invitation(models.Model):
    """An offer to join the team of a commune or an association, sent by e-mail."""

    email = models.EmailField(_("courriel"))
    commune = models.ForeignKey(Commune, models.CASCADE, null=True, related_name="invitations")
    association = models.ForeignKey(
        Association, models.CASCADE, null=True, related_name="invitations"
    )
    role = models.CharField(_("rôle"), choices=Membership.Role.choices, max_length=20)
    name = models.CharField(_("nom proposé"), max_length=80, default="", blank=True)
    digest = models.CharField(_("empreinte du lien"), max_length=64)
    invited_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="sent_invitations"
    )
    sent_at = models.DateTimeField(_("envoyée le"), db_default=Now())
    expires_at = models.DateTimeField(_("expire le"))
    accepted_at = models.DateTimeField(_("acceptée le"), null=True)
    cancelled_at = models.DateTimeField(_("annulée le"), null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="one_invitation_per_link", fields=["digest"]),
            models.UniqueConstraint(
                Lower("email"),
                "commune",
                name="one_pending_invitation_per_commune",
                condition=Q(
                    commune__isnull=False, accepted_at__isnull=True, cancelled_at__isnull=True
                ),
            ),
            models.UniqueConstraint(
                Lower("email"),
                "association",
                name="one_pending_invitation_per_association",
                condition=Q(
                    association__isnull=False, accepted_at__isnull=True, cancelled_at__isnull=True
                ),
            ),
            models.CheckConstraint(
                name="invitation_role_fits_its_place",
                condition=Q(
                    commune__isnull=False,
                    association__isnull=True,
                    role__in=["admin", "booking_agent", "report_agent", "reader"],
                )
                | Q(
                    commune__isnull=True,
                    association__isnull=False,
                    role__in=["director", "referent"],
                ),
            ),
        ]

    @property
    def place(self) -> Commune | Association:
        """The commune or association to join."""
        place = self.commune or self.association
        if place is None:
            raise ValueError("An invitation leads somewhere: the database says so.")
        return place

    def has_expired(self, now: datetime) -> bool:
        """Whether the link is too old to be followed."""
        return self.expires_at <= now


class Attempt(models.Model):
    """A seat taken under a limit, counted here while Valkey is down."""

    key = models.CharField(_("clé"), max_length=64)
    seat = models.PositiveSmallIntegerField(_("rang"))
    until = models.DateTimeField(_("jusqu’à"))

    class Meta:
        verbose_name = _("tentative")
        constraints = [
            models.UniqueConstraint(name="one_attempt_per_seat", fields=["key", "seat"]),
        ]


class SupportAccessQuerySet(models.QuerySet["SupportAccess"]):
    """Accesses, narrowed down."""

    def open(self) -> "SupportAccessQuerySet":
        """Those that let somebody in now, by the clock of the database.

        None does before its message to the commune is written.
        """
        return self.standing().filter(told_at__isnull=False)

    def standing(self) -> "SupportAccessQuerySet":
        """Those that are open, or will be once the commune is told."""
        return self.filter(ended_at__isnull=True, ends_at__gt=Now())


class SupportAccess(models.Model):
    """Somebody of the association or the platform reads in a commune, for four hours at most.

    It is no membership: nothing stands when it is over, and no list of the team shows it.
    """

    LONGEST = timedelta(hours=4)

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="support_accesses")
    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("compte"))
    user_name = models.CharField(_("qui"), max_length=80)
    reason = models.CharField(_("raison"), max_length=300)
    asked_by = models.CharField(_("demandé par"), max_length=120, db_default="", blank=True)
    opened_at = models.DateTimeField(_("ouvert le"))
    ends_at = models.DateTimeField(_("fermé au plus tard le"))
    told_at = models.DateTimeField(_("commune prévenue le"), null=True, blank=True)
    ended_at = models.DateTimeField(_("fermé le"), null=True, blank=True)
    ended_by_name = models.CharField(_("fermé par"), max_length=80, default="", blank=True)

    objects = SupportAccessQuerySet.as_manager()

    class Meta:
        verbose_name = _("accès d’assistance")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="support_lasts_four_hours_at_most",
                condition=Q(ends_at__gt=F("opened_at"))
                & Q(ends_at__lte=F("opened_at") + timedelta(hours=4)),
            ),
            models.CheckConstraint(name="support_says_why", condition=~Q(reason="")),
        ]

    def is_standing(self, now: datetime) -> bool:
        """Whether it is open, or will be once the commune is told."""
        return self.ended_at is None and self.ends_at > now

    @property
    def over_at(self) -> datetime:
        """When it ended, or ends by itself."""
        return min(self.ended_at or self.ends_at, self.ends_at)


def where(place: Commune | Association) -> dict[str, Any]:
    """Say "in this commune" or "for this association" to a filter or to ``create``."""
    return {"commune": place} if isinstance(place, Commune) else {"association": place}
