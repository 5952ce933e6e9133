"""What a citizen may say about a place, and what is asked of her."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from incidents import pictures
from incidents.models.reports import REASON_WORDS
from incidents.workflow import REASONS, Status


TEXT_MOST = 2000


class PhotosInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Up to five photos; one that cannot be kept makes the form wrong."""

    widget = PhotosInput(attrs={"accept": "image/*"})

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        """Return the content of the photos that can be kept."""
        files = data if isinstance(data, list) else [data] if data else []
        if len(files) > pictures.PHOTOS_MOST:
            raise ValidationError(_("Choisissez cinq photos au plus."))
        kept = []
        for each in files:
            content = super().clean(each, initial).read()
            try:
                pictures.read_header(content)
            except pictures.Unfit as refusal:
                raise ValidationError(str(refusal)) from refusal
            kept.append(content)
        return kept


class AfterPhotoField(forms.FileField):
    """One photo of the work done, taken or chosen; it becomes its content."""

    widget = forms.FileInput(attrs={"accept": "image/*", "capture": "environment"})

    def clean(self, data: object, initial: object = None) -> bytes | None:
        """Read the photo, if it can be kept."""
        sent = super().clean(data, initial)
        if not sent:
            return None
        if sent.size > pictures.MOST_BYTES:
            raise ValidationError(_("Cette photo est trop lourde : 12 Mo au plus."))
        content: bytes = sent.read()
        try:
            pictures.read_header(content)
        except pictures.Unfit as refusal:
            raise ValidationError(str(refusal)) from refusal
        return content


class WordsForm(forms.Form):
    """Some words, and perhaps a photo."""

    text = forms.CharField(
        label=gettext_lazy("Votre message"),
        max_length=TEXT_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Écrivez quelques mots.")},
    )


class ContestForm(forms.Form):
    """Why it is not over."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Qu’est-ce qui ne va pas ?"),
        widget=forms.RadioSelect,
        choices=[(str(each), REASON_WORDS[each]) for each in REASONS[Status.REOPENED]],
        error_messages={"required": gettext_lazy("Choisissez une raison.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Précisions"),
        max_length=TEXT_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
