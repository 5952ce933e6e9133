"""The library of the demo: what everybody has, one update to decide, one that the law brings.

Every commune in service stands on the platform's presets. The association made two of them its
own: one where Pauillac says otherwise, one that the law changes on the next first of January.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from booking.models import Service
from demo import story
from demo.showcase import DESK
from incidents.models import Category
from library import actions, propagation
from library.models import (
    Suggestion,
    Template,
    TemplateApplication,
    TemplateVersion,
)
from library.seeding import seed
from shelf.kinds import KINDS
from shelf.models import Origin
from tenants.models import Association, Commune


ADVICE = "Arrivez dix minutes avant l’heure, avec les originaux\u00a0: une copie ne suffit pas."
RIGHTS = (
    "Chacun peut demander à être reçu dans un endroit fermé, à être accompagné, et à recevoir une "
    "réponse écrite.\n\nUne réclamation se fait au guichet ou par écrit, sans formulaire."
)
WELCOME = (
    "Le guichet reçoit sur rendez-vous et, selon les jours, sans rendez-vous.\n\n"
    "Les personnes qui se déplacent difficilement sont reçues en priorité\u00a0: dites-le à "
    "l’accueil."
)


def tell(*, association: Association, now: datetime) -> None:
    """Fill the library, the shelves of the communes in service, and who has what."""
    seed(now=now - timedelta(days=400))
    known = {each.insee_code: each for each in Commune.objects.with_schema()}
    communes = [known[live.insee_code] for live in story.LIVE if live.insee_code in known]
    _shelve(communes, now=now)
    advice = _adapted(association, "carte-identite", {"instructions": ADVICE})
    _publish(advice, "Une consigne avant de venir, la même partout.", now=now)
    page = _page(association, "accueil-au-guichet", "L’accueil au guichet", WELCOME, now=now)
    _optional_message(association, now=now)
    for commune in communes:
        with tenant_context(commune):
            propagation.arrive(
                template_id=advice.template_id, now=now, today=timezone.localdate(now)
            )
    with tenant_context(communes[0]):
        propagation.take(template=page, by=DESK, now=now, today=timezone.localdate(now))
    _planned(association, now=now)
    _suggested(communes[1:2], now=now)
    with schema_context("public"):
        actions.open_draft(template=page)


def new_year(now: datetime) -> date:
    """Return the next first of January."""
    return date(timezone.localdate(now).year + 1, 1, 1)


def _shelve(communes: list[Commune], *, now: datetime) -> None:
    """Attach what the communes installed to the first version, as the nightly task would."""
    versions = list(
        TemplateVersion.objects.filter(
            template__association=None, template__kind__in=propagation.RECOGNISED, number=1
        ).select_related("template")
    )
    told = []
    for commune in communes:
        with tenant_context(commune):
            services = dict(Service.objects.values_list("slug", "pk"))
            categories = dict(Category.objects.values_list("code", "pk"))
            origins = [
                origin
                for version in versions
                if (origin := _origin(version, services, categories, now)) is not None
            ]
            Origin.objects.bulk_create(origins)
            held = {origin.template_uuid for origin in origins}
        told += [
            TemplateApplication(
                template=version.template,
                version=version,
                commune=commune,
                state=TemplateApplication.State.APPLIED,
                held=1,
                at=now - timedelta(days=30),
            )
            for version in versions
            if version.template.uuid in held
        ]
    with schema_context("public"):
        TemplateApplication.objects.bulk_create(told)


def _origin(
    version: TemplateVersion, services: dict[str, int], categories: dict[str, int], now: datetime
) -> Origin | None:
    template = version.template
    items = version.payload.get("categories", ())
    keys = [[item["key"], categories[item["key"]]] for item in items if item["key"] in categories]
    if template.slug not in services and not keys:
        return None
    return Origin(
        kind=template.kind,
        object_id=services.get(template.slug),
        template_uuid=template.uuid,
        slug=template.slug,
        name=template.name,
        version=version.number,
        base=version.payload,
        keys=keys,
        last_merged_at=now - timedelta(days=30),
    )


def _adapted(association: Association, slug: str, changes: dict[str, Any]) -> TemplateVersion:
    with schema_context("public"):
        template = Template.objects.get(association=None, kind="service", slug=slug)
        draft = actions.adapt(template=template, association=association)
        actions.write_draft(version=draft, payload=draft.payload | changes)
        return draft


def _publish(
    draft: TemplateVersion, changelog: str, *, now: datetime, effective_on: date | None = None
) -> None:
    with schema_context("public"):
        draft.refresh_from_db()
        actions.write_draft(version=draft, payload=draft.payload, changelog=changelog)
        actions.publish(
            version=draft, effective_on=effective_on, now=now, today=timezone.localdate(now)
        )


def _page(
    association: Association, slug: str, title: str, text: str, *, now: datetime
) -> Template:
    with schema_context("public"):
        draft = actions.create_template(
            association=association, kind="page", slug=slug, name=title, policy="recommended"
        )
        payload = KINDS["page"].empty() | {"title": title, "text": text.partition("\n")[0]}
        actions.write_draft(version=draft, payload=payload)
    _publish(draft, "Première version.", now=now - timedelta(days=20))
    with schema_context("public"):
        draft = actions.open_draft(template=draft.template)
        actions.write_draft(version=draft, payload=payload | {"text": text})
    _publish(draft, "La priorité d’accueil est dite.", now=now - timedelta(days=2))
    return Template.objects.select_related("adapted_from").get(pk=draft.template_id)


def _optional_message(association: Association, *, now: datetime) -> None:
    with schema_context("public"):
        draft = actions.create_template(
            association=association,
            kind="message",
            slug="reminder",
            name="Rappel\u00a0: stationnement et accès",
            policy="optional",
        )
        text = "Le parc de la mairie est gratuit pendant votre rendez-vous."
        actions.write_draft(version=draft, payload=KINDS["message"].empty() | {"text": text})
    _publish(draft, "Une phrase à reprendre si elle est vraie chez vous.", now=now)


def _planned(association: Association, *, now: datetime) -> None:
    """Load in advance what the law brings."""
    documents = [{"key": "identity"}, {"key": "family_book_if_any"}, {"key": "address_proof"}]
    census = _adapted(association, "recensement-citoyen", {"documents": documents})
    with schema_context("public"):
        actions.describe(
            template=census.template, name=census.template.name, policy=Template.Policy.LEGAL
        )
    said = "Le justificatif de domicile devient obligatoire."
    _publish(census, said, now=now, effective_on=new_year(now))
    with schema_context("public"):
        rights = actions.create_template(
            association=association,
            kind="page",
            slug="vos-droits-au-guichet",
            name="Vos droits au guichet",
            policy="legal",
        )
        payload = {"title": "Vos droits au guichet", "text": RIGHTS}
        actions.write_draft(version=rights, payload=KINDS["page"].empty() | payload)
    _publish(
        rights, "Une page que chaque mairie doit publier.", now=now, effective_on=new_year(now)
    )


def _suggested(communes: list[Commune], *, now: datetime) -> None:
    """Let a neighbour propose its words."""
    for commune in communes:
        template = Template.objects.get(association=None, kind="service", slug="mariage")
        version = actions.published(template).get(number=1)
        Suggestion.objects.create(
            commune=commune,
            template=template,
            base_number=1,
            payload=version.payload | {"text": "Deux mois avant la cérémonie, les deux ensemble"},
            words="Nous recevons trop de dossiers déposés par un seul des deux.",
            at=now - timedelta(days=3),
        )
