"""What a body or a company says about a report it was given."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from incidents.forms import TEXT_MOST, AfterPhotoField
from incidents.models.reports import REASON_WORDS
from incidents.workflow import Reason
from parvis.inputs import DayInput


FARTHEST = timedelta(days=2 * 366)
DONE_REASONS = (Reason.REPAIRED, Reason.MADE_SAFE, Reason.NOTHING_TO_DO)


def words(label: Any, *, required: Any = "") -> forms.CharField:
    """Ask for a few words; ``required`` is what is said when there are none."""
    return forms.CharField(
        label=label,
        max_length=TEXT_MOST,
        required=bool(required),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": required} if required else None,
    )


class PlanForm(forms.Form):
    """When somebody will come, if that is known."""

    day = forms.DateField(
        label=gettext_lazy("Intervention prévue le"),
        required=False,
        widget=DayInput(),
    )
    text = words(gettext_lazy("Un mot pour la mairie"))

    def __init__(self, *args: object, today: date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.today = today

    def clean_day(self) -> date | None:
        """A promise lies ahead, and not in another decade."""
        day: date | None = self.cleaned_data["day"]
        if day is not None and day < self.today:
            raise ValidationError(_("Choisissez un jour à venir."))
        if day is not None and day > self.today + FARTHEST:
            raise ValidationError(_("Choisissez un jour plus proche."))
        return day


class BeginForm(forms.Form):
    """The work has begun."""

    text = words(gettext_lazy("Un mot pour la mairie"))


class DoneForm(forms.Form):
    """It is done: how, and what it looks like now."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Qu’avez-vous fait ?"),
        widget=forms.RadioSelect,
        choices=[(str(each), REASON_WORDS[each]) for each in DONE_REASONS],
        error_messages={"required": gettext_lazy("Choisissez ce que vous avez fait.")},
    )
    picture = AfterPhotoField(label=gettext_lazy("Photo après travaux"), required=False)
    text = words(gettext_lazy("Un mot pour la mairie"))


class DeclineForm(forms.Form):
    """It is somebody else's: why."""

    text = words(
        gettext_lazy("Pourquoi ? Pour qui, à votre avis ?"),
        required=gettext_lazy("Dites pourquoi ce n’est pas pour vous."),
    )


class WriteForm(forms.Form):
    """Something for the town hall to read."""

    text = words(gettext_lazy("Votre message"), required=gettext_lazy("Écrivez quelques mots."))
