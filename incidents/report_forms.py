"""The form by which a citizen says something about a place: what, where, and how to be told."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _, gettext_lazy

from incidents import drafts, pictures, references
from incidents.darkroom import place_hint
from incidents.forms import TEXT_MOST, PhotosInput
from incidents.geo import Place
from incidents.models import Asset, Category, Report
from incidents.workflow import Status
from parvis.report_pieces import CategoryTile


USED_LATELY = timedelta(days=180)
COUNTED_FOR_S = 3600
FIRST_TILES = 6


@dataclass(frozen=True, slots=True)
class Chosen:
    """The photos that can be kept, and of the others why not; never a reason to lose a form."""

    kept: list[bytes] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


class ForgivingPhotosField(forms.FileField):
    """Photos, judged one by one; none makes the form wrong."""

    widget = PhotosInput(attrs={"accept": "image/*"})

    def clean(self, data: Any, initial: Any = None) -> Chosen:  # noqa: ARG002 (Django's signature)
        """Part what can be kept from what cannot."""
        chosen = Chosen()
        for each in data if isinstance(data, list) else [data] if data else []:
            name = each.name[:60]
            if len(chosen.kept) == pictures.PHOTOS_MOST:
                why: object = _("cinq photos au plus.")
            elif each.size > pictures.MOST_BYTES:
                why = _("cette photo est trop lourde : 12 Mo au plus.")
            elif why := self._keep(each.read(), chosen):
                pass
            else:
                continue
            chosen.refused.append(
                _("« %(name)s » n’a pas été gardée : %(why)s") % {"name": name, "why": why}
            )
        return chosen

    def _keep(self, content: bytes, chosen: Chosen) -> str:
        """Keep a photo, or return why not, within a sentence."""
        try:
            pictures.read_header(content)
        except pictures.Unfit as refusal:
            words = str(refusal)
            return words[:1].lower() + words[1:]
        chosen.kept.append(content)
        return ""


class ForgivingInstantField(forms.Field):
    """When a telephone without network says it was written; nonsense makes no form wrong."""

    def clean(self, value: Any) -> datetime | None:
        """Read an instant with its zone, or nothing."""
        try:
            found = parse_datetime(str(value or "")[:40])
        except ValueError:
            return None
        return found if found is not None and found.tzinfo is not None else None


class ReportForm(forms.Form):
    """One screen; a photo and a place say nearly everything."""

    photos = ForgivingPhotosField(
        label=gettext_lazy("Photos"),
        help_text=gettext_lazy("Cinq au plus. Pas de visage ni de plaque."),
        required=False,
    )
    category = forms.ChoiceField(
        label=gettext_lazy("De quoi s’agit-il ?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez ce dont il s’agit.")},
    )
    danger = forms.BooleanField(
        label=gettext_lazy("Quelqu’un est en danger en ce moment"), required=False
    )
    address = forms.CharField(
        label=gettext_lazy("Adresse ou repère"),
        help_text=gettext_lazy("Par exemple « devant l’école »."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "enterkeyhint": "next"}),
    )
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    named = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("Précisions"),
        max_length=TEXT_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocapitalize": "sentences"}),
    )
    merci = forms.CharField(
        label=gettext_lazy("Référence du travail que vous saluez"),
        help_text=gettext_lazy("Si c’est à propos d’un signalement clos."),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Courriel pour suivre"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Téléphone"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    captured_at = ForgivingInstantField(required=False)

    def __init__(
        self, door: str, *args: Any, now: datetime, asset: Asset | None = None, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"key": uuid4()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.door, self.asset = door, asset
        doors = [door, Category.Door.REDIRECT] if door == Category.Door.REPORT else [door]
        offered = Category.objects.offered().filter(door__in=doors)
        self.offered = {each.code: each for each in offered}
        choices = [(code, each.label) for code, each in self.offered.items()]
        self.fields["category"].choices = choices  # type: ignore[attr-defined]
        self.now = now
        if door != Category.Door.COMPLIMENT:
            del self.fields["merci"]
        if door != Category.Door.REPORT:
            self.fields["text"].label = _("Votre message")
            self.fields["text"].required = not self.is_bound
        self.needs_place = door == Category.Door.REPORT and asset is None
        self.fields["address"].required = self.needs_place and not self.is_bound
        if len(self.offered) == 1 and not self.is_bound:
            self.initial["category"] = next(iter(self.offered))

    @property
    def tiles(self) -> list[CategoryTile]:
        """Show the categories, the most used here first, then by group."""
        rank = {code: position for position, code in enumerate(_most_used(self.door, self.now))}
        first = sorted(self.offered, key=lambda code: rank.get(code, len(rank)))[:FIRST_TILES]
        order = sorted(self.offered, key=lambda code: code not in first)
        return [_tile(self.offered[code], is_first=code in first) for code in order]

    @property
    def chosen(self) -> Category | None:
        """Return the category chosen, if any."""
        return self.offered.get(self.cleaned_data.get("category", ""))

    @property
    def elsewhere(self) -> Category | None:
        """Return the category chosen when it is not the commune's to receive."""
        chosen = self.chosen if self.is_bound else None
        return chosen if chosen and chosen.door == Category.Door.REDIRECT else None

    @property
    def room(self) -> int:
        """Return how many photos may still be added."""
        return pictures.PHOTOS_MOST - len(self.kept_names)

    @property
    def kept_names(self) -> list[str]:
        """Name the photos that were kept from an earlier sending of this form."""
        key = self.cleaned_data.get("key") if self.is_bound else None
        return drafts.names(key) if key else []

    @property
    def place(self) -> Place | None:
        """Return the point that was given, else where the object is, else where a photo says.

        A point that was found for an address (``named``) goes with it, when another is typed.
        """
        lat, lon = self.cleaned_data.get("lat"), self.cleaned_data.get("lon")
        address = self.cleaned_data.get("address", "")
        is_of_it = address.startswith(self.cleaned_data.get("named", ""))
        if lat is not None and lon is not None and is_of_it:
            return Place(lat, lon)
        if self.asset is not None:
            return Place(self.asset.lat, self.asset.lon)
        found = (place_hint(content) for content in self.contents)
        return next((Place(*each) for each in found if each), None)

    @property
    def contents(self) -> list[bytes]:
        """Return the photos to keep: those of an earlier sending of this form, then the new."""
        key, photos = self.cleaned_data.get("key"), self.cleaned_data.get("photos") or Chosen()
        return [*(drafts.read(key) if key else []), *photos.kept][: pictures.PHOTOS_MOST]

    def clean_merci(self) -> Report | None:
        """Find the closed report that thanks are about; an unknown one is simply not named."""
        reference = references.typed(self.cleaned_data["merci"])
        done = Report.objects.published().filter(status=Status.RESOLVED, reference=reference)
        return done.first() if reference else None

    def clean(self) -> dict[str, Any]:
        """Ask for a place where there is a problem, and for words elsewhere."""
        known = super().clean() or {}
        chosen = self.chosen
        if chosen is not None and chosen.door == Category.Door.REDIRECT:
            return known
        if self.door == Category.Door.REPORT:
            self.fields["address"].required = self.needs_place  # as the page says
            if not (known.get("address") or self.place or "address" in self.errors):
                where = _("Dites où c’est : une adresse ou un repère.")
                self.add_error("address", ValidationError(where))
        else:
            self.fields["text"].required = True
            if not known.get("text") and "text" not in self.errors:
                self.add_error("text", ValidationError(_("Écrivez quelques mots.")))
        return known


def _tile(category: Category, *, is_first: bool) -> CategoryTile:
    is_redirect = category.door == Category.Door.REDIRECT
    return CategoryTile(
        code=category.code,
        icon=category.icon,
        group=category.group_label,
        words=f"{category.label} {category.group_label} {category.keywords}",
        is_first=is_first,
        danger=category.danger_text,
        elsewhere=category.redirect_text if is_redirect else "",
        phone=category.redirect_phone,
        url=category.redirect_url,
    )


def _most_used(door: str, now: datetime) -> list[str]:
    """List the codes of the categories that citizens choose most here, counted once an hour."""
    key = f"report:used:{door}"
    known: list[str] | None = cache.get(key)
    if known is None:
        lately = Report.objects.filter(submitted_at__gte=now - USED_LATELY, category__door=door)
        counted = lately.values("category__code").annotate(n=Count("pk"))
        known = [row["category__code"] for row in counted.order_by("-n", "category__code")]
        cache.set(key, known, COUNTED_FOR_S)
    return known
