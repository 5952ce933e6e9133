"""What the association types about paths and their steps."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from learning.exercises import WORDS
from tenants.models import Association
from training import quiz
from training.forms import capital
from training.models import Material, PathStep
from training.words import Learner


class PathForm(forms.Form):
    """Whom a path is for."""

    title = forms.CharField(label=gettext_lazy("Titre"), max_length=120)
    role = forms.ChoiceField(label=gettext_lazy("Pour qui"), choices=capital(Learner.choices))
    summary = forms.CharField(label=gettext_lazy("En une phrase"), max_length=200, required=False)


class StepForm(forms.Form):
    """One more step: something to read, questions, or an exercise."""

    title = forms.CharField(label=gettext_lazy("Titre"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("Nature"), choices=capital(PathStep.Kind.choices))
    material = forms.ModelChoiceField(
        label=gettext_lazy("Ressource à lire"),
        queryset=Material.objects.none(),
        required=False,
        empty_label=gettext_lazy("aucune"),
    )
    exercise = forms.ChoiceField(
        label=gettext_lazy("Exercice"),
        choices=[("", gettext_lazy("aucun")), *WORDS.items()],
        required=False,
    )
    questions = forms.CharField(
        label=gettext_lazy("Questions"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy(
            "Cinq questions, une ligne vide entre deux. Sous chacune : « - » pour un mauvais"
            " choix, « + » pour le bon, « = » pour dire pourquoi."
        ),
    )

    def __init__(self, data: Any = None, *, association: Association) -> None:
        super().__init__(data)
        known = Material.objects.filter(association=association)
        self.fields["material"].queryset = known  # type: ignore[attr-defined]

    def clean_questions(self) -> list[dict[str, Any]]:
        """Read the questions; say which one cannot be."""
        text = self.cleaned_data["questions"]
        try:
            return quiz.read(text) if text else []
        except quiz.Unreadable as fault:
            said = _(
                "Question %(number)s : il faut deux choix au moins, dont un seul précédé de « + »."
            )
            raise ValidationError(said % {"number": fault.number}) from fault

    def clean(self) -> dict[str, Any]:
        """Ask for what the kind of step is made of, and forget the rest."""
        known = super().clean() or {}
        needed = {"material": "material", "quiz": "questions", "exercise": "exercise"}
        name = needed.get(known.get("kind", ""), "")
        if name and not known.get(name) and name not in self.errors:
            self.add_error(name, _("Indiquez-le pour cette nature d’étape."))
        if name == "questions" and 0 < len(known.get(name, ())) != quiz.COUNT:
            self.add_error(name, _("Écrivez cinq questions."))
        return known

    def columns(self) -> dict[str, Any]:
        """Return what the step keeps."""
        typed = self.cleaned_data
        kind = typed["kind"]
        return {
            "title": typed["title"],
            "kind": kind,
            "material": typed["material"] if kind == PathStep.Kind.MATERIAL else None,
            "exercise": typed["exercise"] if kind == PathStep.Kind.EXERCISE else "",
            "questions": typed["questions"] if kind == PathStep.Kind.QUIZ else [],
        }
