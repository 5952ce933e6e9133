"""What an administrator types about a service: its words, length, documents and needs."""

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _, gettext_lazy

from booking.checklists import own_texts
from booking.document_texts import DOCUMENT_TEXTS
from booking.models import STEP, Resource, Service, ServiceLink, ServiceNeed
from booking.settings_forms import bound
from booking.words import people


MOST_PERSONS = 8
LONGEST = 480  # minutes
KINDS = tuple(Resource.Kind)
SWITCHES = (
    "is_active",
    "is_online",
    "is_cancellable_online",
    "has_waiting_list",
    "asks_presence",
    "is_confidential",
    "is_collection",
)


class ServiceForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A service; its durations are one field for each number of persons."""

    resources = forms.ModelMultipleChoiceField(
        Resource.objects.none(),
        label=gettext_lazy("Qui l’assure"),
        help_text=gettext_lazy("Sans choix, personne ne peut la réserver."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    documents = forms.MultipleChoiceField(
        label=gettext_lazy("Pièces à apporter"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    link_second = forms.ModelChoiceField(
        Service.objects.none(),
        label=gettext_lazy("Un second rendez-vous suit pour"),
        required=False,
        empty_label=gettext_lazy("Aucun"),
    )
    link_min = forms.IntegerField(
        label=gettext_lazy("Au plus tôt, en jours après"), required=False
    )
    link_max = forms.IntegerField(
        label=gettext_lazy("Au plus tard, en jours après"), required=False
    )

    class Meta:
        model = Service
        fields = (
            "name",
            "name_en",
            "text",
            "text_en",
            "titles",
            "completion_minutes",
            "buffer_before",
            "buffer_after",
            "notice_hours",
            "horizon_days",
            "terms",
            "instructions",
            "needs_no_document",
            *SWITCHES,
        )
        labels = {
            "text": gettext_lazy("En une ligne, pour le public"),
            "titles": gettext_lazy("Titres demandés"),
            "completion_minutes": gettext_lazy("Minutes pour revenir compléter un dossier"),
            "buffer_before": gettext_lazy("Minutes de préparation avant"),
            "buffer_after": gettext_lazy("Minutes de rangement après"),
            "notice_hours": gettext_lazy("Réserver au plus tard combien d’heures avant"),
            "horizon_days": gettext_lazy("Réserver au plus tôt combien de jours avant"),
            "terms": gettext_lazy("À accepter avant de réserver"),
            "instructions": gettext_lazy("À savoir une fois le rendez-vous pris"),
            "needs_no_document": gettext_lazy("Aucune pièce n’est à apporter"),
            "is_active": gettext_lazy("Proposée par la mairie"),
            "is_online": gettext_lazy("Réservable en ligne par les citoyens"),
            "is_cancellable_online": gettext_lazy("Annulable en ligne par le citoyen"),
            "has_waiting_list": gettext_lazy("Liste d’attente pour une date plus proche"),
            "asks_presence": gettext_lazy("Demander « Viendrez-vous ? » avant le jour"),
            "is_confidential": gettext_lazy("Ne pas nommer la démarche dans les messages"),
            "is_collection": gettext_lazy("C’est une remise de titres"),
        }
        help_texts = {
            "titles": gettext_lazy("Les pièces s’adaptent alors à la situation de chacun."),
            "is_active": gettext_lazy(
                "Sinon ni les citoyens ni les agents ne prennent de nouveau rendez-vous ; "
                "ceux déjà pris sont gardés."
            ),
        }
        widgets = {
            "terms": forms.Textarea(attrs={"rows": 3}),
            "instructions": forms.Textarea(attrs={"rows": 3}),
        }

    LIMITS = {
        "completion_minutes": (STEP, LONGEST),
        "buffer_before": (0, 120),
        "buffer_after": (0, 120),
        "notice_hours": (0, 720),
        "horizon_days": (1, 365),
        "link_min": (0, 365),
        "link_max": (0, 365),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (least, most) in self.LIMITS.items():
            bound(self.fields[name], least=least, most=most)
        self._offer_lengths()
        self._offer_needs()
        self._offer_documents()
        self._offer_resources()
        self._offer_link()

    def _offer_lengths(self) -> None:
        known = list(self.instance.minutes or [])
        for number in range(1, MOST_PERSONS + 1):
            field = forms.IntegerField(
                label=_("Minutes pour %(people)s") % {"people": people(number)},
                required=number == 1,
            )
            bound(field, least=STEP, most=LONGEST)
            field.widget.attrs |= {"step": STEP}
            self.fields[f"minutes_{number}"] = field
            if number <= len(known):
                self.initial[f"minutes_{number}"] = known[number - 1]

    def _offer_needs(self) -> None:
        asked = (
            {need.kind: need.count for need in self.instance.needs.all()}
            if self.instance.pk
            else {}
        )
        for kind in KINDS:
            field = forms.IntegerField(label=kind.label.capitalize(), required=False)
            bound(field, least=0, most=9)
            self.fields[f"need_{kind}"] = field
            self.initial[f"need_{kind}"] = asked.get(kind.value, 0)

    def _offer_documents(self) -> None:
        own = own_texts()
        named = {key: str(text.title) for key, text in DOCUMENT_TEXTS.items()}
        named |= {key: text.title for key, text in own.items() if text.title}
        chosen = list(self.instance.documents or [])
        order = [*chosen, *(key for key in named if key not in chosen)]
        self.fields["documents"].choices = [(key, named.get(key, key)) for key in order]  # type: ignore[attr-defined]
        self.initial["documents"] = chosen

    def _offer_resources(self) -> None:
        active = Resource.objects.filter(active=True)
        self.fields["resources"].queryset = active  # type: ignore[attr-defined]
        self.initial["resources"] = (
            list(self.instance.resources.filter(active=True)) if self.instance.pk else list(active)
        )

    def _offer_link(self) -> None:
        others = Service.objects.exclude(pk=self.instance.pk).order_by("position", "name", "pk")
        self.fields["link_second"].queryset = others  # type: ignore[attr-defined]
        link = self.instance.links.first() if self.instance.pk else None
        if link:
            self.initial.update(
                {
                    "link_second": link.second_id,
                    "link_min": link.min_days,
                    "link_max": link.max_days,
                }
            )

    def clean(self) -> dict[str, Any]:
        """Check the durations, the multiples of five and the days of the link."""
        cleaned = super().clean() or {}
        ended = False
        for number in range(1, MOST_PERSONS + 1):
            name = f"minutes_{number}"
            minutes = cleaned.get(name)
            if minutes and ended:
                self.add_error(name, _("Remplissez d’abord la durée pour moins de personnes."))
            ended = ended or minutes is None
        lengths = [f"minutes_{number}" for number in range(1, MOST_PERSONS + 1)]
        for name in (*lengths, "completion_minutes", "buffer_before", "buffer_after"):
            if cleaned.get(name) and cleaned[name] % STEP:
                self.add_error(name, _("Un multiple de 5 minutes."))
        least, most = cleaned.get("link_min") or 0, cleaned.get("link_max") or 90
        if cleaned.get("link_second") and least > most:
            self.add_error("link_max", _("La fin vient après le début."))
        self.instance.minutes = self.minutes
        self.instance.documents = cleaned.get("documents") or []
        if cleaned.get("needs_no_document") and self.instance.documents:
            self.add_error("documents", _("Aucune pièce, ou celles-ci : choisissez."))
        return cleaned

    @property
    def minutes(self) -> list[int]:
        """The durations, for 1, 2, 3… persons."""
        each = (self.cleaned_data.get(f"minutes_{n}") for n in range(1, MOST_PERSONS + 1))
        return [minutes for minutes in each if minutes]

    @property
    def length_fields(self) -> list[forms.BoundField]:
        """The durations, to be shown together."""
        return [self[f"minutes_{number}"] for number in range(1, MOST_PERSONS + 1)]

    @property
    def need_fields(self) -> list[forms.BoundField]:
        """How many of each kind, to be shown together."""
        return [self[f"need_{kind}"] for kind in KINDS]

    @property
    def switch_fields(self) -> list[forms.BoundField]:
        """What is on or off, to be shown together."""
        return [self[name] for name in SWITCHES]

    def write(self) -> None:
        """Save the service with its resources, needs and link."""
        service: Service = self.instance
        if not service.pk:
            service.slug = free_slug(service.name)
            service.position = Service.objects.count()
        service.save()
        retired = list(service.resources.filter(active=False))
        service.resources.set([*self.cleaned_data["resources"], *retired])
        self._write_needs(service)
        service.links.all().delete()
        if second := self.cleaned_data["link_second"]:
            most = self.cleaned_data["link_max"]
            ServiceLink.objects.create(
                first=service,
                second=second,
                min_days=self.cleaned_data["link_min"] or 0,
                max_days=90 if most is None else most,
            )

    def _write_needs(self, service: Service) -> None:
        for kind in KINDS:
            count = self.cleaned_data[f"need_{kind}"] or 0
            if count:
                ServiceNeed.objects.update_or_create(
                    service=service, kind=kind, defaults={"count": count}
                )
            else:
                service.needs.filter(kind=kind).delete()


def free_slug(name: str) -> str:
    """Make an address of a name, with a number when another service has it."""
    base = slugify(name)[:50].strip("-") or "demarche"
    taken = set(Service.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug
