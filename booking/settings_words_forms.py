"""What an administrator writes in the commune's own words: documents and messages."""

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from booking.models import DocumentText, MessageText, Service


LOCAL = "local-"


class DocumentForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A document in the commune's words; an empty field is the words of the rules."""

    class Meta:
        model = DocumentText
        fields = ("title", "text", "title_en", "text_en")
        widgets = {
            "text": forms.Textarea(attrs={"rows": 3}),
            "text_en": forms.Textarea(attrs={"rows": 3}),
        }

    def write(self) -> None:
        """Save the words, or forget the row when nothing is left of them."""
        words: DocumentText = self.instance
        if any(self.cleaned_data.values()) or words.key.startswith(LOCAL):
            words.save()
        elif words.pk:
            words.delete()


class OwnDocumentForm(DocumentForm):
    """A document that only this commune asks for, and the services that ask for it."""

    services = forms.ModelMultipleChoiceField(
        Service.objects.none(),
        label=_("Démarches qui la demandent"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = True
        offered = Service.objects.offered()
        self.fields["services"].queryset = offered  # type: ignore[attr-defined]
        key = self.instance.key
        self.initial["services"] = [each for each in offered if key and key in each.documents]

    def write(self) -> None:
        """Save the document and ask for it in the chosen services only."""
        words: DocumentText = self.instance
        if not words.key:
            words.key = free_key(words.title)
        words.save()
        chosen = {service.pk for service in self.cleaned_data["services"]}
        for service in Service.objects.offered():
            others = [key for key in service.documents if key != words.key]
            wanted = others + [words.key] * (service.pk in chosen)
            if service.pk in chosen and words.key in service.documents:
                continue
            if wanted != service.documents:
                service.documents = wanted
                service.save(update_fields=["documents"])


class MessageForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """What the commune adds to a message, in one language."""

    class Meta:
        model = MessageText
        fields = ("subject", "text")
        labels = {"subject": _("Objet"), "text": _("Texte ajouté à la fin")}
        help_texts = {
            "subject": _("Vide : l’objet habituel."),
            "text": _(
                "Vide : rien n’est ajouté. N’écrivez aucune donnée personnelle : "
                "ce texte part à tout le monde."
            ),
        }
        widgets = {"text": forms.Textarea(attrs={"rows": 5})}

    def write(self) -> None:
        """Save the words, or forget the row when nothing is left of them."""
        if any(self.cleaned_data.values()):
            self.instance.save()
        elif self.instance.pk:
            self.instance.delete()


def free_key(title: str) -> str:
    """Make a key of a title, with a number when another document has it."""
    base = f"{LOCAL}{slugify(title)[:28].strip('-') or 'piece'}"
    taken = set(DocumentText.objects.filter(key__startswith=base).values_list("key", flat=True))
    key, number = base, 2
    while key in taken:
        key, number = f"{base}-{number}", number + 1
    return key
