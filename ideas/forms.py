"""What may be asked of the board, and what is typed about an idea."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ideas.actions import Words
from ideas.models import Idea
from ideas.workflow import ANSWERS, Origin, Status
from tenants.models import Commune


ALL = ("", _("Toutes"))


class BoardFilter(forms.Form):
    """Narrow the board down; nonsense narrows nothing."""

    q = forms.CharField(label=_("Mots"), required=False, max_length=100)
    status = forms.ChoiceField(label=_("État"), required=False, choices=[ALL, *Status.choices])
    module = forms.ChoiceField(
        label=_("À propos de"), required=False, choices=[ALL, *Idea.Module.choices]
    )
    origin = forms.ChoiceField(label=_("Origine"), required=False, choices=[ALL, *Origin.choices])
    sort = forms.ChoiceField(
        label=_("Dans l’ordre"),
        required=False,
        choices=[
            ("", _("les plus demandées")),
            ("recent", _("les plus récentes")),
            ("unblocks", _("celles qui débloquent des communes")),
        ],
    )

    @property
    def asked(self) -> dict[str, Any]:
        """What is asked for; nothing when it makes no sense."""
        return self.cleaned_data if self.is_valid() else {}


class IdeaForm(forms.Form):
    """Something a member asks for."""

    title = forms.CharField(
        label=_("Votre idée en une phrase"),
        max_length=120,
        error_messages={"required": _("Dites votre idée en une phrase.")},
    )
    body = forms.CharField(
        label=_("Expliquez"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Que voulez-vous faire, et qu’est-ce qui vous en empêche aujourd’hui ?"),
    )
    module = forms.ChoiceField(
        label=_("À propos de"), choices=Idea.Module.choices, initial=Idea.Module.BOOKING
    )

    @property
    def words(self) -> Words:
        """What is asked for."""
        known = self.cleaned_data
        return Words(title=known["title"], body=known["body"], module=known["module"])


class MemberIdeaForm(IdeaForm):
    """The same, of somebody who may keep her name to herself."""

    hides_name = forms.BooleanField(
        label=_("Ne pas montrer mon nom ; ma commune reste affichée"), required=False
    )


class HeardIdeaForm(IdeaForm):
    """The same, heard by the association."""

    commune = forms.ModelChoiceField(
        label=_("Qui le demande"),
        queryset=Commune.objects.none(),
        required=False,
        empty_label=_("l’association"),
    )
    origin = forms.ChoiceField(
        label=_("Où cela a été dit"),
        choices=[each for each in Origin.choices if each[0] != Origin.TRAINING],
        initial=Origin.SUPPORT,
    )

    def __init__(self, *args: Any, communes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commune"].queryset = communes  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """What the association says of an idea."""

    status = forms.ChoiceField(
        label=_("État"), choices=[(status, status.label) for status in ANSWERS]
    )
    planned_for = forms.CharField(
        label=_("Prévue pour"),
        required=False,
        max_length=40,
        help_text=_("Par exemple « printemps 2027 ». Pour une idée prévue ou en cours."),
    )
    text = forms.CharField(
        label=_("Votre réponse"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": _("Écrivez une réponse : celles qui suivent l’idée la liront.")
        },
    )


class MergeForm(forms.Form):
    """The idea that asks for the same."""

    original = forms.ModelChoiceField(
        label=_("L’idée à garder"),
        queryset=Idea.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez l’idée à garder."),
            "invalid_choice": _("Choisissez une idée de la liste."),
        },
    )

    def __init__(self, *args: Any, ideas: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["original"].queryset = ideas  # type: ignore[attr-defined]


class NewsForm(forms.Form):
    """A change that members can use, and the ideas it answers."""

    title = forms.CharField(
        label=_("Titre"),
        max_length=120,
        error_messages={"required": _("Saisissez un titre.")},
    )
    body = forms.CharField(
        label=_("Ce qui change"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Dites ce qui change pour les agents.")},
    )
    ideas = forms.ModelMultipleChoiceField(
        label=_("Les idées réalisées"),
        queryset=Idea.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Elles seront closes, et celles et ceux qui les demandaient prévenus."),
    )

    def __init__(self, *args: Any, ideas: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ideas"].queryset = ideas  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Sequence[Idea]:
        """The ideas that are delivered."""
        return list(self.cleaned_data["ideas"])
