"""What the association types of an agreement, and who answers its telephone."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from mutual.models import Agreement
from mutual.names import read_names
from parvis.inputs import DayInput
from tenants.models import Association, Commune, User


MOST_EUROS = 1_000_000
NAME_MOST = 100
WEEKDAYS = [
    (0, gettext_lazy("lundi")),
    (1, gettext_lazy("mardi")),
    (2, gettext_lazy("mercredi")),
    (3, gettext_lazy("jeudi")),
    (4, gettext_lazy("vendredi")),
    (5, gettext_lazy("samedi")),
]


class AgreementForm(forms.Form):
    """Who receives for whom, since when, on which days, at whose cost."""

    name = forms.CharField(
        label=gettext_lazy("Nom de la convention"),
        max_length=120,
        error_messages={"required": gettext_lazy("Donnez un nom à cette convention.")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Nature"), choices=Agreement.Kind.choices, widget=forms.RadioSelect
    )
    host = forms.ModelChoiceField(
        label=gettext_lazy("Commune qui reçoit"), queryset=Commune.objects.none()
    )
    communes = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Communes pour lesquelles elle reçoit"),
        queryset=Commune.objects.none(),
        error_messages={"required": gettext_lazy("Choisissez au moins une commune.")},
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    services = forms.CharField(
        label=gettext_lazy("Démarches, une par ligne"),
        help_text=gettext_lazy(
            "Comme la commune qui reçoit les nomme. Vide : les titres d’identité ; pour une "
            "intercommunalité, toutes ses démarches."
        ),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Jours qui leur sont proposés"),
        choices=WEEKDAYS,
        coerce=int,
        required=False,
        help_text=gettext_lazy("Aucun : tous les jours."),
        widget=forms.CheckboxSelectMultiple,
    )
    after_days = forms.IntegerField(
        label=gettext_lazy("Entraide : à partir de combien de jours d’attente"),
        min_value=0,
        max_value=365,
        required=False,
    )
    starts_on = forms.DateField(label=gettext_lazy("À partir du"), widget=DayInput())
    ends_on = forms.DateField(
        label=gettext_lazy("Jusqu’au, inclus"), widget=DayInput(), required=False
    )
    cost_key = forms.ChoiceField(
        label=gettext_lazy("Partage des frais"),
        choices=Agreement.CostKey.choices,
        widget=forms.RadioSelect,
    )
    yearly_euros = forms.DecimalField(
        label=gettext_lazy("Frais par an, en euros"),
        min_value=0,
        max_value=MOST_EUROS,
        decimal_places=2,
        required=False,
        localize=True,
    )

    def __init__(self, association: Association, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ours = Commune.objects.filter(association=association).real().with_schema()
        for name in ("host", "communes"):
            self.fields[name].queryset = ours  # type: ignore[attr-defined]

    def clean_services(self) -> list[str]:
        """Read the names, each as long as a name can be."""
        names = read_names(self.cleaned_data["services"])
        if any(len(each) > NAME_MOST for each in names):
            raise forms.ValidationError(_("Un nom de démarche a cent caractères au plus."))
        return names

    def clean(self) -> dict[str, Any]:
        """Check that it ends after it begins."""
        known = super().clean() or {}
        if (
            known.get("ends_on")
            and known.get("starts_on")
            and known["ends_on"] < known["starts_on"]
        ):
            self.add_error("ends_on", _("La fin vient après le début."))
        return known

    @property
    def terms(self) -> dict[str, Any]:
        """What :func:`mutual.actions.agree` takes."""
        known = self.cleaned_data
        names = ("name", "kind", "host", "starts_on", "ends_on", "cost_key", "services")
        return {
            **{name: known[name] for name in names},
            "after_days": known["after_days"] or 0,
            "yearly_cents": int((known["yearly_euros"] or 0) * 100),
            "members": dict.fromkeys(known["communes"], known["weekdays"]),
        }


class PhoneAgentsForm(forms.Form):
    """Who answers the telephone for the communes that wish it."""

    agents = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Personnes du standard"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, association: Association, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agents"].queryset = User.objects.filter(  # type: ignore[attr-defined]
            memberships__association=association, memberships__is_active=True, is_active=True
        ).order_by("display_name", "email")
