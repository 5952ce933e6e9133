"""What an agent keys in for somebody who phones, comes in or writes: one screen."""

import re
import unicodedata
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy, pgettext_lazy

from incidents.forms import TEXT_MOST, PhotosField
from incidents.models import Category, Report


CHANNELS = [
    (Report.Channel.PHONE, gettext_lazy("au téléphone")),
    (Report.Channel.COUNTER, gettext_lazy("au guichet")),
    (Report.Channel.EMAIL, gettext_lazy("par courriel ou message")),
]
SENDER = re.compile(
    r"^\s*(?:De|From|Expéditeur)[\s\u00a0]*:\s*(?P<name>[^<\n]*?)\s*<?(?P<email>[\w.+-]+@[\w.-]+\w)>?",
    re.IGNORECASE | re.MULTILINE,
)
PHONE = re.compile(r"(?<!\d)(?:\+33[ .]?|0)[1-9](?:[ .-]?\d{2}){4}(?!\d)")
NAMED_MOST = 5


def plain(words: str) -> str:
    """Write words without accents or capitals, so that they compare as people type them."""
    parts = unicodedata.normalize("NFKD", words.casefold())
    return " ".join("".join(each for each in parts if not unicodedata.combining(each)).split())


def find_categories(typed: str, offered: list[Category]) -> list[Category]:
    """Find the categories that somebody means: the one of that name, else all that fit."""
    wanted = plain(typed)
    exact = [each for each in offered if wanted in {plain(each.name), each.code}]
    if exact or not wanted:
        return exact
    starting = [
        each
        for each in offered
        if any(
            said.startswith(wanted) for said in (plain(each.name), *plain(each.keywords).split())
        )
    ]
    if starting:
        return starting
    return [
        each
        for each in offered
        if all(
            word in plain(f"{each.group} {each.name} {each.keywords}") for word in wanted.split()
        )
    ]


def sender_of(text: str) -> tuple[str, str]:
    """Read who wrote a message that was pasted: a name and an address, or nothing."""
    found = SENDER.search(text)
    if found is None:
        return "", ""
    return found["name"].strip().strip('"')[:120], found["email"]


def phone_of(text: str) -> str:
    """Read the number that somebody left in a message, or nothing."""
    found = PHONE.search(text)
    return found[0] if found else ""


def guess_categories(text: str, offered: list[Category]) -> list[Category]:
    """Find the categories that a message names: by their name, or by one of their words."""
    words = plain(re.sub(r"[^\w-]+", " ", text))
    said = f" {words} "
    return [
        each
        for each in offered
        if f" {plain(each.name)} " in said
        or any(
            f" {plain(word)} " in said for word in each.keywords.split() if len(word) >= NAMED_MOST
        )
    ]


class CaptureForm(forms.Form):
    """What, where, who; the category is typed, and found by its first letters."""

    channel = forms.ChoiceField(
        label=pgettext_lazy("signalement", "Reçu"), choices=CHANNELS, widget=forms.RadioSelect
    )
    category = forms.CharField(
        label=gettext_lazy("Catégorie"),
        help_text=gettext_lazy("Les premières lettres suffisent."),
        max_length=80,
        widget=forms.TextInput(
            attrs={"list": "categories", "autocomplete": "off", "autofocus": True}
        ),
        error_messages={"required": gettext_lazy("Dites de quoi il s’agit.")},
    )
    address = forms.CharField(
        label=gettext_lazy("Où ?"),
        max_length=200,
        required=False,
        widget=forms.TextInput(
            attrs={"list": "addresses", "autocomplete": "off", "data-suggest": "/adresse/"}
        ),
    )
    text = forms.CharField(
        label=gettext_lazy("Ce que dit la personne, ou son courriel collé ici"),
        max_length=TEXT_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    name = forms.CharField(label=gettext_lazy("Nom"), max_length=120, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Téléphone"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Courriel"),
        help_text=gettext_lazy("Elle reçoit alors l’accusé de réception."),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priorité"), choices=Report.Priority.choices, coerce=int
    )
    photos = PhotosField(label=gettext_lazy("Photos"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, offered: list[Category], channel: str, **kwargs: Any) -> None:
        known = {value for value, _label in CHANNELS}
        kwargs["initial"] = {
            "channel": channel if channel in known else Report.Channel.PHONE,
            "priority": Report.Priority.NORMAL,
            "key": uuid4(),
        }
        super().__init__(*args, **kwargs)
        self.offered = offered
        if self.is_bound and not self.data.get("category", "").strip():
            self._guess()

    def _guess(self) -> None:
        """Fill in the category when the message that was pasted names one, and one only."""
        guessed = guess_categories(self.data.get("text", ""), self.offered)
        if len(guessed) == 1:
            sent = self.data.copy()  # type: ignore[attr-defined]
            sent["category"] = guessed[0].name
            self.data = sent

    def clean_category(self) -> Category:
        """Find the category that the agent means."""
        found = find_categories(self.cleaned_data["category"], self.offered)
        if not found:
            raise ValidationError(_("Aucune catégorie ne correspond. Essayez un autre mot."))
        if len(found) > 1:
            names = ", ".join(each.name for each in found[:NAMED_MOST])
            raise ValidationError(_("Précisez : %(names)s.") % {"names": names}, code="several")
        [category] = found
        if category.door == Category.Door.REDIRECT:
            raise ValidationError(category.redirect_text)
        return category

    def clean(self) -> dict[str, Any]:
        """Find the sender in a pasted message; a problem is somewhere."""
        known = super().clean() or {}
        text = known.get("text", "")
        name, email = sender_of(text)
        if email:  # a message that was pasted, whatever the box says
            known["channel"] = Report.Channel.EMAIL
        if known.get("channel") == Report.Channel.EMAIL:
            known["email"] = known.get("email") or email
            known["name"] = known.get("name") or name
            known["phone"] = known.get("phone") or phone_of(text)
        category = known.get("category")
        if category and category.door == Category.Door.REPORT and not known.get("address"):
            self.add_error("address", ValidationError(_("Dites où c’est.")))
        return known
