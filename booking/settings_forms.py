"""What an administrator types in the rules, the resources and the sites."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from booking import places
from booking.models import Resource, Service, Settings, Site


POSITION = r"^\s*-?[0-9]{1,2}(\.[0-9]{1,12})?\s*,\s*-?[0-9]{1,3}(\.[0-9]{1,12})?\s*$"
HIGHEST = 90.0  # degrees


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


class ResourceForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A counter, a station, an agent or a room, and the services it gives."""

    class Meta:
        model = Resource
        fields = ("name", "kind", "site", "services", "active")
        labels = {
            "name": _("Nom, par exemple Guichet 2 ou le prénom de l’agent"),
            "site": _("Lieu"),
            "services": _("Démarches assurées"),
            "active": _("En service"),
        }
        help_texts = {
            "services": _("Ce que cette personne ou ce poste sait faire."),
            "active": _("Hors service, aucun nouveau rendez-vous ne lui est donné."),
        }
        widgets = {"services": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sites = Site.objects.order_by("pk")
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]
        self.fields["site"].empty_label = None  # type: ignore[attr-defined]
        self.fields["services"].queryset = Service.objects.offered()  # type: ignore[attr-defined]
        self.fields["services"].required = False

    def write(self) -> None:
        """Save it at the end of the list; services that are stopped are kept."""
        resource: Resource = self.instance
        stopped = list(resource.services.filter(is_active=False)) if resource.pk else []
        if not resource.pk:
            resource.position = Resource.objects.count()
        resource.save()
        resource.services.set([*self.cleaned_data["services"], *stopped])


class SiteForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A place where citizens are received, and what France Titres must know of it.

    Position and code are not the commune's own configuration: they stay when a change is undone.
    """

    position = forms.RegexField(
        POSITION,
        label=_("Position (latitude, longitude)"),
        required=False,
        max_length=60,
        help_text=_(
            "Par exemple 45.1997, -0.7461. À moins de 250 mètres de l’entrée, sinon le site de "
            "l’État montre ce lieu deux fois."
        ),
        error_messages={
            "invalid": _("Écrivez deux nombres séparés par une virgule, comme 45.1997, -0.7461.")
        },
    )
    ugf = forms.RegexField(
        r"^[0-9A-Za-z]{5}$",
        label=_("Code UGF de la station biométrique"),
        required=False,
        max_length=5,
        help_text=_("Cinq caractères donnés par France Titres. Laissez vide sans station."),
        error_messages={"invalid": _("Un code UGF a cinq lettres ou chiffres.")},
    )

    class Meta:
        model = Site
        fields = ("name", "address")
        help_texts = {"address": _("Elle est écrite dans les messages aux citoyens.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = str(self.initial.get("address", "")).splitlines()
        self.initial["address"] = ", ".join(filter(None, map(str.strip, lines)))
        point = places.point_of(self.instance) if self.instance.pk else None
        if point is not None:
            self.initial["ugf"] = point.ugf
            if point.latitude is not None:
                self.initial["position"] = f"{point.latitude}, {point.longitude}"

    def clean_position(self) -> tuple[float, float] | None:
        """Read latitude and longitude; None when nothing is said."""
        text = self.cleaned_data["position"]
        if not text:
            return None
        latitude, longitude = (float(part) for part in text.split(","))
        if abs(latitude) > HIGHEST or abs(longitude) > 2 * HIGHEST:
            raise forms.ValidationError(self.fields["position"].error_messages["invalid"])
        return latitude, longitude

    def write(self) -> None:
        """Save the place, and what others must know of it."""
        self.save()
        places.publish()
        places.correct(
            self.instance,
            position=self.cleaned_data["position"],
            ugf=self.cleaned_data["ugf"].upper(),
        )
