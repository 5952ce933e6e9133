"""Which parts of a photo an agent covers: drawn, picked in a grid, or given as numbers."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from incidents.models import Photo
from incidents.photos import RECTANGLES_MOST


COLUMNS, ROWS = 6, 4
DRAWN_MOST = 2000
SIDES = 4
LEAST = 0.005  # of the width or height; less is a slip of the hand
WHOLE = 100


class RedactionForm(forms.Form):
    """What stays covered, and what is covered besides; fractions of the width and height."""

    kept = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Garder flouté"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    plates = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Plaques possibles : cochez celles à flouter"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    cells = forms.MultipleChoiceField(
        label=gettext_lazy("Cases à flouter, de gauche à droite et de haut en bas"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    x = forms.FloatField(label=gettext_lazy("À gauche, en %"), required=False)
    y = forms.FloatField(label=gettext_lazy("En haut, en %"), required=False)
    w = forms.FloatField(label=gettext_lazy("Largeur, en %"), required=False)
    h = forms.FloatField(label=gettext_lazy("Hauteur, en %"), required=False)
    drawn = forms.CharField(
        required=False, max_length=DRAWN_MOST, widget=forms.HiddenInput(attrs={"data-drawn": True})
    )

    def __init__(self, photo: Photo, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"kept": list(range(len(photo.blurred)))}
        super().__init__(*args, **kwargs)
        self.photo = photo
        self._offer("kept", [(n, _("zone %(n)s") % {"n": n + 1}) for n in _ranks(photo.blurred)])
        plates = [(n, _("plaque %(n)s") % {"n": n + 1}) for n in _ranks(photo.suggested)]
        self._offer("plates", plates)
        self._offer(
            "cells",
            [
                (f"{row}-{column}", f"{'ABCDEF'[column]}{row + 1}")
                for row in range(ROWS)
                for column in range(COLUMNS)
            ],
        )

    def _offer(self, name: str, choices: list[tuple[Any, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_drawn(self) -> list[list[float]]:
        """Read the rectangles that the script drew; it writes ``x,y,w,h;x,y,w,h``."""
        found = []
        for part in filter(None, self.cleaned_data["drawn"].split(";")):
            try:
                sides = [float(each) for each in part.split(",")]
            except ValueError as fault:
                raise ValidationError(
                    _("Ces zones sont illisibles : dessinez-les encore.")
                ) from fault
            if len(sides) != SIDES or not all(0 <= each <= 1 for each in sides):
                raise ValidationError(_("Ces zones sont illisibles : dessinez-les encore."))
            if sides[2] >= LEAST and sides[3] >= LEAST:
                found.append(sides)
        return found

    def clean(self) -> dict[str, Any]:
        """A rectangle has four numbers, within the photo; a photo has some, not hundreds."""
        known = super().clean() or {}
        sides = [known.get(name) for name in "xywh"]
        if any(each is not None for each in sides):
            if not all(each is not None and 0 <= each <= WHOLE for each in sides):
                self.add_error("x", ValidationError(_("Donnez quatre nombres entre 0 et 100.")))
            else:
                known["typed"] = [[each / WHOLE for each in sides if each is not None]]
        if len(self.rectangles(known)) > RECTANGLES_MOST:
            raise ValidationError(_("Trop de zones : couvrez-en plusieurs d’un seul rectangle."))
        return known

    def rectangles(self, known: dict[str, Any]) -> list[list[float]]:
        """List everything that will be covered, each as x, y, width and height."""
        cells = [
            [int(column) / COLUMNS, int(row) / ROWS, 1 / COLUMNS, 1 / ROWS]
            for row, column in (each.split("-") for each in known.get("cells", ()))
        ]
        return [
            *(self.photo.blurred[n] for n in known.get("kept", ())),
            *(self.photo.suggested[n] for n in known.get("plates", ())),
            *cells,
            *known.get("typed", ()),
            *(known.get("drawn") or ()),
        ]


def _ranks(rectangles: list[Any]) -> range:
    return range(len(rectangles))
