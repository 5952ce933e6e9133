"""What an administrator says in a rule, and what she asks of the table."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from incidents import where
from incidents.geo import Place
from incidents.models import Category, Handler, RoutingRule, Zone
from incidents.models.catalogue import RoadClass


Subjects = list[Any]
LAST = "last"


def subjects(*, everything: str) -> Subjects:
    """List the categories in their groups, as choices; each group is one as well."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in Category.objects.exclude(door=Category.Door.REDIRECT):
        groups.setdefault(each.group, []).append((f"c{each.pk}", each.name))
    whole = _("%(group)s : tout le groupe")
    listed: Subjects = [("", everything)]
    for name, kept in groups.items():
        listed.append((name, [(f"g{name}", whole % {"group": name}), *kept]))
    return listed


class RuleForm(forms.Form):
    """What × where × which road → who; what is left open holds for everything."""

    subject = forms.ChoiceField(label=gettext_lazy("Pour"), required=False)
    zone = forms.ModelChoiceField(
        Zone.objects.none(),
        label=gettext_lazy("Dans la zone"),
        required=False,
        empty_label=gettext_lazy("Partout"),
    )
    road_class = forms.ChoiceField(
        label=gettext_lazy("Sur"),
        choices=[("", gettext_lazy("Toutes les voies")), *RoadClass.choices],
        required=False,
    )
    handler = forms.ModelChoiceField(
        Handler.objects.none(),
        label=gettext_lazy("C’est l’affaire de"),
        empty_label=gettext_lazy("Choisir…"),
        error_messages={"required": gettext_lazy("Dites qui s’en occupe.")},
    )
    explanation = forms.CharField(
        label=gettext_lazy("Dit au citoyen"),
        help_text=gettext_lazy(
            "Par exemple : « Route départementale : c’est le Département qui répare. »"
        ),
        max_length=200,
        required=False,
    )
    before = forms.ChoiceField(
        label=gettext_lazy("Place dans la table"),
        help_text=gettext_lazy("La première règle qui convient l’emporte."),
        required=False,
    )

    def __init__(
        self, *args: Any, rule: RoutingRule | None, others: Sequence[tuple[int, str]], **kw: Any
    ) -> None:
        if rule is not None:
            group = f"g{rule.group}" if rule.group else ""
            kw["initial"] = {
                "subject": f"c{rule.category_id}" if rule.category_id else group,
                "zone": rule.zone_id,
                "road_class": rule.road_class,
                "handler": rule.handler_id,
                "explanation": rule.explanation,
            }
        super().__init__(*args, **kw)
        self.rule = rule
        everything = _("Tous les signalements")
        self.fields["subject"].choices = subjects(everything=everything)  # type: ignore[attr-defined]
        self.fields["zone"].queryset = Zone.objects.defer("outline")  # type: ignore[attr-defined]
        known = Handler.objects.filter(is_active=True)
        if rule is not None:
            known = known | Handler.objects.filter(pk=rule.handler_id)
            del self.fields["before"]
        else:
            places = [(str(pk), _("Avant : %(rule)s") % {"rule": words}) for pk, words in others]
            self.fields["before"].choices = [(LAST, _("À la fin")), *places]  # type: ignore[attr-defined]
        self.fields["handler"].queryset = known  # type: ignore[attr-defined]

    def columns(self) -> dict[str, Any]:
        """Return the columns of the rule."""
        known = self.cleaned_data
        subject = known["subject"]
        return {
            "category_id": int(subject[1:]) if subject.startswith("c") else None,
            "group": subject[1:] if subject.startswith("g") else "",
            "zone": known["zone"],
            "road_class": known["road_class"],
            "handler": known["handler"],
            "explanation": known["explanation"],
        }


class TrialForm(forms.Form):
    """A report that somebody might make: what, where, on which road."""

    category = forms.ModelChoiceField(
        Category.objects.none(),
        label=gettext_lazy("Catégorie"),
        empty_label=None,
        error_messages={"required": gettext_lazy("Choisissez une catégorie.")},
    )
    road_class = forms.ChoiceField(
        label=gettext_lazy("Sur"),
        choices=[("", gettext_lazy("Voie inconnue")), *RoadClass.choices],
        required=False,
    )
    address = forms.CharField(
        label=gettext_lazy("Adresse"),
        help_text=gettext_lazy("Ou cliquez sur la carte, ou donnez latitude et longitude."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    lat = forms.FloatField(
        label=gettext_lazy("Latitude"), min_value=-90, max_value=90, required=False
    )
    lon = forms.FloatField(
        label=gettext_lazy("Longitude"), min_value=-180, max_value=180, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Category.objects.exclude(door=Category.Door.REDIRECT)
        self.fields["category"].queryset = known  # type: ignore[attr-defined]
        for name in ("lat", "lon"):
            self.fields[name].localize = False
            self.fields[name].widget.attrs |= {"step": "any", "inputmode": "decimal"}
        self.place: Place | None = None

    def clean(self) -> dict[str, Any]:
        """Find where it is: the point first, else the address."""
        known = super().clean() or {}
        lat, lon = known.get("lat"), known.get("lon")
        if (lat is None) != (lon is None) and not self.errors:
            self.add_error("lat" if lat is None else "lon", _("Donnez les deux nombres."))
        if lat is not None and lon is not None:
            self.place = Place(lat, lon)
        elif known.get("address") and not self.errors:
            found = where.find(known["address"])
            if found is None:
                words = _("Adresse introuvable. Cliquez plutôt sur la carte.")
                self.add_error("address", words)
            else:
                self.place = found.place
        return known
