"""What an administrator chooses when she brings a file in."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import capfirst
from django.utils.translation import gettext as _, gettext_lazy

from booking.models import Service
from exchange import sniff
from exchange.import_checks import READERS
from exchange.import_models import ImportBatch, ImportKind
from exchange.import_staff import ROLES
from exchange.import_words import FAULTS, FIELDS as LABELS, HINTS
from exchange.mapping import FIELDS, DateOrder
from incidents.models import Category


ORDERS = [
    (DateOrder.DAY_FIRST, gettext_lazy("jour/mois/année, comme 24/12/2026")),
    (DateOrder.MONTH_FIRST, gettext_lazy("mois/jour/année, comme 12/24/2026")),
]


class FileForm(forms.Form):
    """A file, and what it is about."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Ce que contient le fichier"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Dites ce que contient le fichier.")},
    )
    file = forms.FileField(
        label=gettext_lazy("Fichier CSV ou Excel"),
        help_text=gettext_lazy(
            "5 Mo et 20 000 lignes au plus. Une ligne de titres, puis une ligne par élément."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        max_length=120,
        error_messages={
            "required": gettext_lazy("Choisissez un fichier."),
            "empty": gettext_lazy("Ce fichier est vide."),
            "max_length": gettext_lazy("Le nom de ce fichier est trop long."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind.value, f"{kind.label} – {HINTS[kind.value]}")
            for kind in ImportKind
            if kind.value in READERS
        ]

    def clean_file(self) -> sniff.Table:
        """Read the table of a file."""
        sent: UploadedFile[bytes] = self.cleaned_data["file"]
        try:
            return sniff.read_table(bytes(sent.read(sniff.MOST_BYTES + 1)))
        except sniff.Unreadable as refusal:
            raise forms.ValidationError(str(FAULTS[refusal.fault])) from refusal


class ColumnsForm(forms.Form):
    """Which column holds what, how days are written, and what stands for all rows."""

    def __init__(self, batch: ImportBatch, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = _shown(batch)
        super().__init__(*args, **kwargs)
        self.batch = batch
        named = [("", _("– aucune –")), *((str(n), t) for n, t in enumerate(batch.header))]
        for field in FIELDS[batch.kind]:
            self.fields[field.name] = forms.ChoiceField(
                label=str(LABELS[field.name]),
                choices=named,
                required=field.is_required,
                error_messages={"required": _("Choisissez la colonne.")},
            )
        self.fields["date_order"] = forms.ChoiceField(
            label=_("Les dates s’écrivent"), choices=ORDERS, widget=forms.RadioSelect
        )
        if batch.kind == "appointments":
            self._ask_about_appointments()
        if batch.kind == "staff":
            del self.fields["date_order"]
            self._ask_about_people()
        if batch.kind == "reports":
            active = Category.objects.filter(is_active=True).exclude(door=Category.Door.REDIRECT)
            self._ask_for("all_category", _("Catégorie, si la ligne n’en dit pas"), active)

    def _ask_about_people(self) -> None:
        choices = [("", "–"), *((str(role), capfirst(role.label)) for role in ROLES)]
        label = _("Rôle, si la ligne n’en dit pas")
        self.fields["all_role"] = forms.ChoiceField(label=label, choices=choices, required=False)

    def _ask_about_appointments(self) -> None:
        offered = Service.objects.offered()
        self._ask_for("all_service", _("Motif, si la ligne n’en dit pas"), offered)
        self.fields["is_told"] = forms.BooleanField(
            label=_("Écrire aux usagers qui ont un courriel"),
            help_text=_("Ils reçoivent une confirmation avec leur lien pour changer ou annuler."),
            required=False,
        )

    def _ask_for(self, name: str, label: str, rows: Any) -> None:
        choices = [("", "–"), *((each.name, each.name) for each in rows)]
        self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False)

    @property
    def column_names(self) -> list[str]:
        """The fields that ask for a column, in order."""
        return [field.name for field in FIELDS[self.batch.kind]]

    @property
    def other_names(self) -> list[str]:
        """The fields that ask for something else."""
        return [name for name in self.fields if name not in self.column_names]

    def clean(self) -> dict[str, Any]:
        """Refuse one column for two fields, which is always a slip."""
        known = super().clean() or {}
        given: dict[str, str] = {}
        for name in self.column_names:
            column = known.get(name, "")
            if column and column in given:
                other = LABELS[given[column]]
                self.add_error(
                    name, _("Cette colonne sert déjà à « %(name)s ».") % {"name": other}
                )
            elif column:
                given[column] = name
        return known

    @property
    def columns(self) -> dict[str, int]:
        """The column of each field that has one."""
        known = self.cleaned_data
        return {name: int(known[name]) for name in self.column_names if known.get(name)}

    @property
    def settings(self) -> dict[str, Any]:
        """What stands for all rows."""
        known = self.cleaned_data
        return {
            "service": known.get("all_service", ""),
            "category": known.get("all_category", ""),
            "role": known.get("all_role", ""),
            "is_told": bool(known.get("is_told")),
        }


class RowForm(forms.Form):
    """What one row says, to be corrected; fields without a column are offered too."""

    def __init__(
        self, batch: ImportBatch, values: Mapping[str, str], *args: Any, **kwargs: Any
    ) -> None:
        kwargs["initial"] = dict(values)
        super().__init__(*args, **kwargs)
        for field in FIELDS[batch.kind]:
            self.fields[field.name] = forms.CharField(
                label=str(LABELS[field.name]), required=False, max_length=2_000
            )

    @property
    def changes(self) -> dict[str, str]:
        """The values that differ from those of the file."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if value != (self.initial.get(name) or "")
        }


def _shown(batch: ImportBatch) -> dict[str, Any]:
    columns = {name: str(column) for name, column in batch.columns.items()}
    settings = batch.settings
    return {
        **columns,
        "date_order": batch.date_order,
        "all_service": settings.get("service", ""),
        "all_category": settings.get("category", ""),
        "all_role": settings.get("role", ""),
        "is_told": settings.get("is_told", False),
    }
