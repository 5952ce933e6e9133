"""Things of the inventory, typed one by one or brought in a file."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _, gettext_lazy

from incidents import inventory
from incidents.asset_files import KIND_MOST, MOST_BYTES, Fault, Table, Unreadable, read_table
from incidents.calendar import current_commune
from incidents.geo import Place
from incidents.models import Asset
from incidents.territory import territory


WORDS = {
    Fault.TOO_LARGE: gettext_lazy("Ce fichier est trop lourd : 2 Mo au plus."),
    Fault.NOT_TEXT: gettext_lazy("Ce fichier n’est pas un tableau de texte (CSV)."),
    Fault.NO_TABLE: gettext_lazy(
        "Ce fichier n’est pas un tableau : une ligne de titres, puis une ligne par équipement."
    ),
    Fault.NOT_POINTS: gettext_lazy("Ce fichier n’est pas un GeoJSON de points."),
    Fault.TOO_MANY: gettext_lazy("Ce fichier a trop de lignes : 10 000 au plus."),
    Fault.NO_KIND: gettext_lazy("la nature manque"),
    Fault.NO_CODE: gettext_lazy("le numéro manque"),
    Fault.TOO_LONG: gettext_lazy("la nature, le numéro ou le nom est trop long"),
    Fault.NO_PLACE: gettext_lazy("la latitude ou la longitude n’est pas un nombre"),
    Fault.LAMBERT: gettext_lazy("coordonnées en Lambert 93 : exportez en WGS 84 (EPSG:4326)"),
    Fault.NOT_DEGREES: gettext_lazy("ces coordonnées ne sont pas des degrés"),
    Fault.TWICE: gettext_lazy("cette nature et ce numéro sont déjà plus haut dans le fichier"),
    Fault.FAR: gettext_lazy("ce lieu n’est pas dans la commune"),
}
COLUMNS = {
    "kind": gettext_lazy("Nature"),
    "code": gettext_lazy("Numéro"),
    "name": gettext_lazy("Nom ou adresse"),
    "lat": gettext_lazy("Latitude"),
    "lon": gettext_lazy("Longitude"),
}


def is_here(place: Place) -> bool:
    """Tell whether a place may be the commune's."""
    return territory(current_commune().insee_code).box.holds(place)


class AssetForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """One thing: a street lamp, a bench, a bin."""

    kind = forms.CharField(
        label=gettext_lazy("Nature"),
        help_text=gettext_lazy("« Lampadaire », « Banc », « Corbeille »."),
        max_length=KIND_MOST,
        widget=forms.TextInput(attrs={"list": "kinds", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Dites ce que c’est.")},
    )
    lat = forms.FloatField(
        label=gettext_lazy("Latitude"),
        min_value=-90,
        max_value=90,
        error_messages={"required": gettext_lazy("Cliquez sur la carte, ou donnez la latitude.")},
    )
    lon = forms.FloatField(
        label=gettext_lazy("Longitude"),
        min_value=-180,
        max_value=180,
        error_messages={"required": gettext_lazy("Cliquez sur la carte, ou donnez la longitude.")},
    )

    class Meta:
        model = Asset
        fields = ("kind", "code", "name", "lat", "lon", "is_active")
        labels = {
            "code": gettext_lazy("Numéro, tel qu’il est sur l’équipement"),
            "name": gettext_lazy("Nom ou adresse"),
            "is_active": gettext_lazy("En place"),
        }
        help_texts = {
            "is_active": gettext_lazy("Sinon son autocollant ne mène plus à lui."),
        }
        error_messages = {"code": {"required": gettext_lazy("Donnez son numéro.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("lat", "lon"):
            self.fields[name].widget.attrs |= {"step": "any", "inputmode": "decimal"}

    def clean(self) -> dict[str, Any]:
        """Refuse another thing of the same kind and number, and a place elsewhere."""
        known = super().clean() or {}
        same = Asset.objects.filter(kind=known.get("kind"), code=known.get("code"))
        if known.get("code") and same.exclude(pk=self.instance.pk).exists():
            self.add_error("code", _("Cette nature a déjà un équipement de ce numéro."))
        lat, lon = known.get("lat"), known.get("lon")
        if lat is not None and lon is not None and not is_here(Place(lat, lon)):
            self.add_error("lat", _("Ce lieu n’est pas dans la commune."))
        return known

    def write(self) -> None:
        """Save it; a new one gets the secret of its sticker."""
        if not self.instance.token:
            self.instance.token = inventory.new_token()
        self.instance.save()


class AssetFileForm(forms.Form):
    """A file of things."""

    file = forms.FileField(
        label=gettext_lazy("Fichier CSV ou GeoJSON"),
        help_text=gettext_lazy(
            "2 Mo et 10 000 lignes au plus. Une ligne de titres, puis une ligne par équipement."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.geojson,.json"}),
        error_messages={
            "required": gettext_lazy("Choisissez un fichier."),
            "empty": gettext_lazy("Ce fichier est vide."),
        },
    )

    def clean_file(self) -> bytes:
        """Return the content of a file that can be read."""
        sent: UploadedFile[bytes] = self.cleaned_data["file"]
        content = bytes(sent.read(MOST_BYTES + 1))
        try:
            read_table(content)
        except Unreadable as refusal:
            raise forms.ValidationError(str(WORDS[refusal.fault])) from refusal
        return content


class ColumnsForm(forms.Form):
    """Which column of a file holds what; guessed, and corrected."""

    same_kind = forms.CharField(
        label=gettext_lazy("Nature, si aucune colonne ne la dit"),
        max_length=KIND_MOST,
        required=False,
    )

    def __init__(self, table: Table, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(n), title or str(n + 1)) for n, title in enumerate(table.header)]
        guessed = table.guess()
        for what, label in COLUMNS.items():
            is_free = what in {"kind", "name"}
            choices = [("", _("Aucune colonne")), *named] if is_free else named
            self.fields[what] = forms.TypedChoiceField(
                label=label,
                choices=choices if is_free else [("", _("Choisir…")), *named],
                coerce=int,
                empty_value="",
                required=not is_free,
                initial=guessed.get(what, ""),
                error_messages={"required": _("Dites dans quelle colonne c’est.")},
            )
        self.order_fields([*COLUMNS, "same_kind"])

    @property
    def columns(self) -> dict[str, int]:
        """Return the column of each part."""
        chosen = {what: self.cleaned_data[what] for what in COLUMNS}
        return {what: column for what, column in chosen.items() if column != ""}
