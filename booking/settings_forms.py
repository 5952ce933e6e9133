"""What an administrator types in the rules, the resources and the sites."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from booking.models import Settings


class RulesForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """What holds for all appointments of the commune."""

    class Meta:
        model = Settings
        fields = ("hold_minutes", "presence_days", "offer_minutes", "misses_allowed")
        labels = {
            "hold_minutes": _("Minutes pendant lesquelles un créneau choisi reste gardé"),
            "presence_days": _("Demander « Viendrez-vous ? » combien de jours avant"),
            "offer_minutes": _("Minutes pour répondre à une place de la liste d’attente"),
            "misses_allowed": _("Absences avant de devoir téléphoner pour réserver"),
        }
        help_texts = {
            "hold_minutes": _("Le temps de remplir le formulaire. 10 minutes conviennent."),
            "presence_days": _("Seulement pour les démarches où la présence est demandée."),
            "offer_minutes": _("Passé ce délai, la place est proposée à la personne suivante."),
            "misses_allowed": _("Laissez vide pour ne jamais l’imposer."),
        }

    LIMITS = {
        "hold_minutes": (5, 60),
        "presence_days": (1, 14),
        "offer_minutes": (15, 2880),
        "misses_allowed": (1, 20),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (least, most) in self.LIMITS.items():
            bound(self.fields[name], least=least, most=most)


def bound(field: forms.Field, *, least: int, most: int) -> None:
    """Hold a number between two others, both allowed."""
    known: dict[str, Any] = {"least": least, "most": most}
    message = _("Indiquez un nombre entre %(least)s et %(most)s.") % known
    field.widget.attrs |= {"min": least, "max": most}
    field.validators = [_Between(least, most, str(message))]


class _Between:
    """Refuse a number outside two limits, with one sentence for both."""

    def __init__(self, least: int, most: int, message: str) -> None:
        self.least, self.most, self.message = least, most, message

    def __call__(self, value: int) -> None:
        if not self.least <= value <= self.most:
            raise forms.ValidationError(self.message)
