"""What an administrator writes for the citizens: ready answers, and who is in charge."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from incidents.models import Category, MessageText, ReplyTemplate, Settings
from incidents.models.reports import STATUS_WORDS


MARKS = ("{reference}", "{lieu}", "{date}")
BRACES = re.compile(r"\{[^{}]{0,40}\}?|\}")


class ReplyForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """Words ready for a public answer; what stands in braces is replaced, nothing else is."""

    status = forms.ChoiceField(
        label=gettext_lazy("Quand le signalement passe à"),
        choices=[
            ("", gettext_lazy("N’importe quel état")),
            *[(str(status), words) for status, words in STATUS_WORDS.items()],
        ],
        required=False,
    )

    class Meta:
        model = ReplyTemplate
        fields = ("title", "text", "status", "category")
        labels = {
            "title": gettext_lazy("Titre, pour les agents"),
            "category": gettext_lazy("Pour la catégorie"),
        }
        help_texts = {
            "text": gettext_lazy(
                "{reference}, {lieu} et {date} sont remplacés par ceux du signalement."
            )
        }
        widgets = {"text": forms.Textarea(attrs={"rows": 6})}
        error_messages = {
            "title": {
                "required": gettext_lazy("Donnez un titre."),
                "unique": gettext_lazy("Un autre modèle a déjà ce titre."),
            },
            "text": {"required": gettext_lazy("Écrivez la réponse.")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].max_length = 2000  # type: ignore[attr-defined]
        self.fields["category"].empty_label = _("Toutes les catégories")  # type: ignore[attr-defined]
        known = Category.objects.exclude(door=Category.Door.REDIRECT)
        self.fields["category"].queryset = known  # type: ignore[attr-defined]

    def clean_text(self) -> str:
        """Refuse what stands in braces and would not be replaced."""
        return only_known_marks(str(self.cleaned_data["text"]))


class MessageForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """What the commune adds to a message about a report, in one language."""

    class Meta:
        model = MessageText
        fields = ("subject", "text")
        labels = {
            "subject": gettext_lazy("Objet"),
            "text": gettext_lazy("Texte ajouté à la fin"),
        }
        help_texts = {
            "subject": gettext_lazy("Vide : l’objet habituel."),
            "text": gettext_lazy(
                "Vide : rien n’est ajouté. {reference}, {lieu} et {date} sont remplacés "
                "par ceux du signalement."
            ),
        }
        widgets = {"text": forms.Textarea(attrs={"rows": 5})}

    def clean_subject(self) -> str:
        """Refuse a mark that would not be replaced, and keep to one line."""
        return only_known_marks(" ".join(str(self.cleaned_data["subject"]).split()))

    def clean_text(self) -> str:
        """Refuse a mark that would not be replaced."""
        return only_known_marks(str(self.cleaned_data["text"]))

    def write(self) -> None:
        """Save the words, or forget the row when nothing is left of them."""
        if any(self.cleaned_data.values()):
            self.instance.save()
        elif self.instance.pk:
            self.instance.delete()


def only_known_marks(text: str) -> str:
    """Return a text whose braces will all be replaced.

    Raises:
        ValidationError: something else stands in braces.
    """
    for found in BRACES.findall(text):
        if found not in MARKS:
            words = _("« %(mark)s » ne sera pas remplacé : utilisez %(marks)s.")
            raise forms.ValidationError(words % {"mark": found, "marks": ", ".join(MARKS)})
    return text


class ServiceForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """The service in charge, as every acknowledgement has to name it."""

    class Meta:
        model = Settings
        fields = ("service", "service_address", "service_email", "service_phone")
        labels = {
            "service": gettext_lazy("Service chargé des signalements"),
            "service_address": gettext_lazy("Adresse postale"),
            "service_email": gettext_lazy("Courriel"),
            "service_phone": gettext_lazy("Téléphone"),
        }
        help_texts = {
            "service": gettext_lazy("Par exemple « Services techniques ». Vide : la mairie."),
            "service_address": gettext_lazy("Vide : celle de la mairie."),
            "service_email": gettext_lazy("Vide : celui de la mairie."),
            "service_phone": gettext_lazy("Vide : celui de la mairie."),
        }
