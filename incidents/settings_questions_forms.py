"""What an administrator says about a question that a category asks."""

import re
from typing import Any

from django import forms
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _, gettext_lazy

from incidents.models import CategoryAttribute


CODE_MOST = 40
CHOICES_MOST = 60
KEYED = re.compile(r"([A-Za-z0-9_-]{1,40})\s*=\s*(.+)", re.ASCII)
Datatype = CategoryAttribute.Datatype
LISTS = {Datatype.ONE_OF, Datatype.SOME_OF}


class QuestionForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A question; its code is made of its first words and never changes."""

    choices = forms.CharField(
        label=gettext_lazy("Choix de la liste, un par ligne"),
        help_text=gettext_lazy(
            "Seulement pour une liste. Un choix peut avoir sa clé : « g = à gauche »."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=6000,
        required=False,
    )

    class Meta:
        model = CategoryAttribute
        fields = (
            *("description", "datatype", "datatype_description", "is_variable", "is_required"),
            "is_public",
        )
        labels = {
            "description": gettext_lazy("Question"),
            "datatype": gettext_lazy("Réponse attendue"),
            "datatype_description": gettext_lazy("Aide à la réponse"),
            "is_variable": gettext_lazy("Attend une réponse"),
            "is_required": gettext_lazy("La réponse est obligatoire"),
            "is_public": gettext_lazy("La réponse est publiée avec le signalement"),
        }
        help_texts = {
            "is_variable": gettext_lazy("Sinon ce n’est qu’une information à lire."),
        }
        widgets = {"datatype": forms.RadioSelect}
        error_messages = {
            "description": {"required": gettext_lazy("Écrivez la question.")},
            "datatype": {"required": gettext_lazy("Dites quelle réponse est attendue.")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["datatype"]
        field.choices = [pair for pair in field.choices if pair[0]]  # type: ignore[attr-defined]
        self.initial["choices"] = "\n".join(
            f"{each['key']} = {each['name']}" for each in self.instance.values
        )

    def clean(self) -> dict[str, Any]:
        """Ask for the choices of a list, and forget them elsewhere."""
        known = super().clean() or {}
        values = _values(known.get("choices", ""))
        if known.get("datatype") not in LISTS:
            values = []
        elif not values:
            self.add_error("choices", _("Une liste a au moins un choix."))
        elif len(values) > CHOICES_MOST or len({each["key"] for each in values}) < len(values):
            self.add_error("choices", _("Soixante choix au plus, chacun différent."))
        self.instance.values = values
        return known

    def write(self) -> None:
        """Save it; a new one comes last."""
        question: CategoryAttribute = self.instance
        if not question.pk:
            others = CategoryAttribute.objects.filter(category=question.category)
            question.position = (others.aggregate(last=Max("position"))["last"] or 0) + 1
            question.code = _free_code(question)
        question.save()


def _values(text: str) -> list[dict[str, str]]:
    """Read the choices: a key and a name, or a name that gives its key."""
    values: list[dict[str, str]] = []
    for line in filter(None, (each.strip() for each in text.splitlines())):
        keyed = KEYED.fullmatch(line)
        key, name = (keyed[1], keyed[2].strip()) if keyed else (slugify(line)[:CODE_MOST], line)
        values.append({"key": key or f"choix-{len(values) + 1}", "name": name[:200]})
    return values


def _free_code(question: CategoryAttribute) -> str:
    base = slugify(question.description)[: CODE_MOST - 4].strip("-") or "question"
    others = CategoryAttribute.objects.filter(category=question.category)
    taken = set(others.values_list("code", flat=True))
    code, number = base, 2
    while code in taken:
        code, number = f"{base}-{number}", number + 1
    return code
