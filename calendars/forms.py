"""What is said of a diary to share."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from booking.models import Resource, Site
from calendars.models import Agenda


class AgendaForm(forms.Form):
    """Whose diary, how much of it, and a name to find it again."""

    what = forms.ChoiceField(
        label=gettext_lazy("L’agenda de"),
        error_messages={
            "required": gettext_lazy("Choisissez un guichet, un agent ou un lieu."),
            "invalid_choice": gettext_lazy("Choisissez dans la liste."),
        },
    )
    detail = forms.ChoiceField(
        label=gettext_lazy("Ce que l’on y lit"),
        choices=Agenda.Detail.choices,
        initial=Agenda.Detail.BUSY,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Un agenda partagé quitte Parvis : ne montrez que ce dont vous avez besoin."
        ),
        error_messages={
            "required": gettext_lazy("Choisissez ce que l’on y lit."),
            "invalid_choice": gettext_lazy("Choisissez une des réponses proposées."),
        },
    )
    name = forms.CharField(
        label=gettext_lazy("Nom de l’agenda"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Facultatif : sans nom, celui du guichet ou du lieu."),
    )
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("submission", uuid4())
        self._resources = {f"r{each.pk}": each for each in Resource.objects.filter(active=True)}
        self._sites = {f"s{each.pk}": each for each in Site.objects.order_by("name", "pk")}
        self.fields["what"].choices = [  # type: ignore[attr-defined]
            ("", _("Choisissez")),
            (
                _("Guichets et agents"),
                [
                    (key, f"{each.name} ({each.get_kind_display()})")
                    for key, each in self._resources.items()
                ],
            ),
            (_("Lieux"), [(key, each.name) for key, each in self._sites.items()]),
        ]

    @property
    def told(self) -> dict[str, Any]:
        """What :func:`calendars.actions.share` takes."""
        known = self.cleaned_data
        return {
            "name": known["name"],
            "resource": self._resources.get(known["what"]),
            "site": self._sites.get(known["what"]),
            "detail": known["detail"],
            "submission": known["submission"],
        }
