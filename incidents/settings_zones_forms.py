"""Zones as an administrator brings them: a file, corners in a list, or corners on the map."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _, gettext_lazy

from incidents.calendar import current_commune
from incidents.geo import Outline
from incidents.models import Zone
from incidents.territory import territory
from incidents.zone_files import (
    MOST_BYTES,
    MOST_CORNERS,
    MOST_POINTS,
    MOST_ZONES,
    Drawn,
    Fault,
    Unreadable,
    corners_of,
    read_corners,
    read_file,
)


CORNERS_LENGTH = 20_000
WORDS = {
    Fault.TOO_LARGE: gettext_lazy("Ce fichier est trop lourd : 2 Mo au plus."),
    Fault.NOT_JSON: gettext_lazy("Ce fichier n’est pas du GeoJSON lisible, en UTF-8."),
    Fault.NOT_GEOJSON: gettext_lazy(
        "Ce fichier n’est pas un GeoJSON de zones (FeatureCollection, Polygon, MultiPolygon)."
    ),
    Fault.NOTHING: gettext_lazy("Ce fichier ne contient aucune zone."),
    Fault.TOO_MANY: gettext_lazy("Ce fichier contient trop de zones : %(most)s au plus."),
    Fault.NO_POLYGON: gettext_lazy("Objet n° %(number)s : ce n’est pas une surface."),
    Fault.LAMBERT: gettext_lazy(
        "Objet n° %(number)s : ces coordonnées sont en Lambert 93. "
        "Exportez le fichier en WGS 84 (EPSG:4326)."
    ),
    Fault.NOT_DEGREES: gettext_lazy(
        "Objet n° %(number)s : ces coordonnées ne sont pas des degrés WGS 84 (EPSG:4326)."
    ),
    Fault.BROKEN: gettext_lazy("Objet n° %(number)s : ce contour est faux et irréparable."),
    Fault.TOO_DETAILED: gettext_lazy(
        "Objet n° %(number)s : ce contour a trop de points, %(points)s au plus."
    ),
    Fault.SAME_NAME: gettext_lazy("Objet n° %(number)s : un autre du fichier a le même nom."),
    Fault.BAD_LINE: gettext_lazy(
        "Ligne %(number)s : écrivez une latitude puis une longitude, comme « 45.1995, -0.7475 »."
    ),
    Fault.TOO_FEW: gettext_lazy("Une zone a au moins trois coins."),
}
CORNER_WORDS = {
    Fault.BROKEN: gettext_lazy("Les côtés se croisent : donnez les coins dans l’ordre du tour."),
    Fault.TOO_DETAILED: gettext_lazy("Trop de coins : %(corners)s au plus."),
    Fault.NOT_DEGREES: gettext_lazy("Ces nombres ne sont pas des degrés."),
}


def explain(refusal: Unreadable, *, is_drawn: bool = False) -> str:
    """Say in a sentence what is wrong with a file or with corners."""
    facts = {
        "number": refusal.number,
        "most": MOST_ZONES,
        "points": MOST_POINTS,
        "corners": MOST_CORNERS,
    }
    words = (CORNER_WORDS if is_drawn else {}).get(refusal.fault) or WORDS[refusal.fault]
    return str(words) % facts


def is_near(outline: dict[str, Any]) -> bool:
    """Tell whether an outline touches the commune or what surrounds it."""
    around, box = territory(current_commune().insee_code).box, Outline(outline).box
    return (
        box.south <= around.north
        and box.north >= around.south
        and box.west <= around.east
        and box.east >= around.west
    )


class ZoneFileForm(forms.Form):
    """A GeoJSON file of zones."""

    file = forms.FileField(
        label=gettext_lazy("Fichier GeoJSON"),
        help_text=gettext_lazy("2 Mo au plus, en WGS 84 (EPSG:4326). Une zone par objet."),
        widget=forms.ClearableFileInput(attrs={"accept": ".geojson,.json,application/geo+json"}),
        error_messages={
            "required": gettext_lazy("Choisissez un fichier."),
            "empty": gettext_lazy("Ce fichier est vide."),
        },
    )
    named_by = forms.CharField(
        label=gettext_lazy("Propriété qui porte le nom"),
        help_text=gettext_lazy("Vide : nom, name, libelle ou quartier, selon le fichier."),
        max_length=60,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Read the zones; nothing is kept of a file in which one is wrong."""
        known = super().clean() or {}
        sent: UploadedFile[bytes] | None = known.get("file")
        if sent is None or self.errors:
            return known
        content = sent.read(MOST_BYTES + 1)
        try:
            known["zones"] = read_file(content, named_by=known.get("named_by", ""))
        except Unreadable as refusal:
            self.add_error("file", explain(refusal))
            return known
        for each in known["zones"]:
            if not is_near(each.outline):
                words = _("Objet n° %(number)s : il est loin de la commune. Vérifiez le fichier.")
                self.add_error("file", words % {"number": each.number})
        return known

    def write(self) -> None:
        """Add the zones; one of the same name is drawn again."""
        known = {each.name: each for each in Zone.objects.all()}
        for each in self.drawn:
            name = each.name or self._free_name(known)
            zone = known.get(name) or Zone(name=name)
            zone.outline = each.outline
            zone.save()
            known[name] = zone

    @property
    def drawn(self) -> list[Drawn]:
        """The zones of the file."""
        return list(self.cleaned_data["zones"])

    @staticmethod
    def _free_name(known: dict[str, Zone]) -> str:
        number = 1
        while (name := _("Zone %(number)s") % {"number": number}) in known:
            number += 1
        return name


class ZoneForm(forms.Form):
    """A zone's name and its corners; what has holes or several parts keeps its outline."""

    name = forms.CharField(
        label=gettext_lazy("Nom de la zone"),
        max_length=80,
        error_messages={"required": gettext_lazy("Donnez un nom à la zone.")},
    )
    corners = forms.CharField(
        label=gettext_lazy("Coins, dans l’ordre du tour"),
        help_text=gettext_lazy(
            "Cliquez sur la carte, ou écrivez un coin par ligne : latitude, longitude."
        ),
        max_length=CORNERS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 8, "data-corners": True, "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Donnez au moins trois coins.")},
    )

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        corners = corners_of(zone.outline) if zone.pk else ""
        kwargs["initial"] = {"name": zone.name, "corners": corners}
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.outline: dict[str, Any] = zone.outline
        if zone.pk and not corners:
            del self.fields["corners"]

    def clean_name(self) -> str:
        """Refuse the name of another zone."""
        name = str(self.cleaned_data["name"])
        if Zone.objects.filter(name=name).exclude(pk=self.zone.pk).exists():
            raise forms.ValidationError(_("Une autre zone a déjà ce nom."))
        return name

    def clean_corners(self) -> str:
        """Read the polygon."""
        typed = str(self.cleaned_data["corners"])
        if self.zone.pk and typed.splitlines() == corners_of(self.outline).splitlines():
            return typed
        try:
            self.outline = read_corners(typed)
        except Unreadable as refusal:
            raise forms.ValidationError(explain(refusal, is_drawn=True)) from refusal
        if not is_near(self.outline):
            raise forms.ValidationError(_("Cette zone est loin de la commune."))
        return typed

    def write(self) -> None:
        """Save the zone."""
        self.zone.name = self.cleaned_data["name"]
        self.zone.outline = self.outline
        self.zone.save()
