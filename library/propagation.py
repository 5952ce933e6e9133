"""What the active commune does with the library: it looks, takes, and says how far it is.

Runs in the commune, under its role: it reads what is offered to it and writes counts about itself.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from booking.document_texts import DOCUMENT_TEXTS
from identity.members import Member
from library.models import (
    Impact,
    Suggestion,
    Template,
    TemplateApplication,
    TemplateVersion,
)
from parvis.guard import current_schema
from shelf import answering, receiving
from shelf.history import standing
from shelf.models import Origin
from shelf.offers import Offer, Outcome
from tenants.models import Commune


State = TemplateApplication.State
RECOGNISED = ("service", "pack")
"""Kinds that communes had before there was a library."""


def here() -> Commune:
    """Return the active commune."""
    return Commune.objects.select_related("association").get(schema_name=current_schema())


def offered(commune: Commune) -> list[Template]:
    """List what the commune may take; an adaptation hides what it was made from."""
    found = list(
        Template.objects.offered_to(commune.association)
        .filter(versions__published_at__isnull=False)
        .select_related("adapted_from")
        .distinct()
    )
    hidden = {each.adapted_from_id for each in found}
    return [each for each in found if each.pk not in hidden]


def offers_of(templates: Iterable[Template], *, today: date) -> dict[int, list[Offer]]:
    """Return the versions in force of some templates, the newest first; one query."""
    known = {each.pk: each for each in templates}
    versions = TemplateVersion.objects.filter(
        _in_force(today), template__in=known, published_at__isnull=False
    ).order_by("template_id", "-number")
    offers: dict[int, list[Offer]] = {}
    for version in versions:
        offer = offer_of(known[version.template_id], version)
        offers.setdefault(version.template_id, []).append(offer)
    return offers


def begun(templates: Iterable[Template], *, today: date) -> set[int]:
    """Return the keys of those that have a version in force; one query."""
    versions = TemplateVersion.objects.filter(
        _in_force(today), template__in=list(templates), published_at__isnull=False
    )
    return set(versions.values_list("template_id", flat=True))


def offer_of(template: Template, version: TemplateVersion) -> Offer:
    """Say what a version offers, in plain values."""
    return Offer(
        uuid=template.uuid,
        kind=template.kind,
        slug=template.slug,
        name=template.name,
        number=version.number,
        payload=version.payload,
        policy=template.policy,
        adapted_from=template.adapted_from.uuid if template.adapted_from else None,
    )


@transaction.atomic
def arrive(
    *, template_id: int, now: datetime, today: date, me: Commune | None = None
) -> Outcome | None:
    """Bring the newest version in force into the active commune, and say so; safe to repeat.

    ``me`` is the active commune, where it is known already.

    None when there is nothing in force for this commune.
    """
    newest = (
        TemplateVersion.objects.filter(
            _in_force(today), template=template_id, published_at__isnull=False
        )
        .select_related("template__adapted_from")
        .order_by("-number")
        .first()
    )
    if newest is None:
        return None
    template, offer, me = newest.template, offer_of(newest.template, newest), me or here()
    outcome = receiving.receive(offer=offer, now=now)
    _tell(template, offer.number, outcome, now, me=me)
    _bring_documents(offer, now=now, today=today, me=me)
    return outcome


def forecast(*, version_id: int, now: datetime) -> Outcome | None:
    """Write what a draft would do here, counts only; None when nobody asked."""
    version = (
        TemplateVersion.objects.select_related("template__adapted_from")
        .filter(pk=version_id)
        .first()
    )
    if version is None:
        return None
    outcome = receiving.forecast(offer=offer_of(version.template, version))
    Impact.objects.filter(version=version, commune=here()).update(
        state=outcome.state, conflicts=outcome.conflicts, replaced=outcome.replaced, at=now
    )
    return outcome


def catch_up(*, now: datetime, today: date) -> int:
    """Do what is still to be done here: what was interrupted, and what came into force."""
    me = here()
    in_force = Q(version__effective_on=None) | Q(version__effective_on__lte=today)
    due = TemplateApplication.objects.filter(in_force, commune=me, state=State.PENDING)
    templates = list(due.order_by("template_id").values_list("template_id", flat=True).distinct())
    for template_id in templates:
        arrive(template_id=template_id, now=now, today=today, me=me)
    asked = Impact.objects.filter(commune=me, state=State.PENDING)
    drafts = list(asked.values_list("version", flat=True))
    for version_id in drafts:
        forecast(version_id=version_id, now=now)
    return len(templates) + len(drafts)


def attach(*, now: datetime, today: date) -> tuple[int, int]:
    """Recognise what was installed before; return how much untouched, and how much changed."""
    me = here()
    known = set(Origin.objects.values_list("template_uuid", flat=True))
    templates = [
        each
        for each in offered(me)
        if each.kind in RECOGNISED
        and each.uuid not in known
        and (each.adapted_from is None or each.adapted_from.uuid not in known)
    ]
    offers = offers_of(templates, today=today) if templates else {}
    untouched = changed = 0
    for template in templates:
        if template.pk not in offers:
            continue
        is_alike = receiving.attach(offers=offers[template.pk], now=now)
        if is_alike is not None:
            untouched += is_alike
            changed += not is_alike
            arrive(template_id=template.pk, now=now, today=today, me=me)
    return untouched, changed


@transaction.atomic
def take(*, template: Template, by: Member, now: datetime, today: date) -> Outcome | None:
    """Give the commune something it chose in the library; None when nothing is in force.

    Raises:
        shelf.offers.AlreadyTaken: the commune has it.
    """
    offer = _newest(template, today)
    if offer is None:
        return None
    me = here()
    outcome = receiving.take(offer=offer, by=by, now=now)
    _tell(template, offer.number, outcome, now, me=me)
    _bring_documents(offer, now=now, today=today, me=me)
    return outcome


@transaction.atomic
def report(*, origin: Origin, now: datetime) -> None:
    """Say to the library where something stands after the commune has decided: counts only."""
    told = TemplateApplication.objects.filter(
        template__uuid=origin.template_uuid, commune=here()
    ).order_by("-version__number")
    if (last := told.first()) is not None:
        now_is = standing(origin=origin)
        last.state, last.held = now_is.state, now_is.held
        last.conflicts, last.at = now_is.conflicts, now
        last.save(update_fields=["state", "held", "conflicts", "at"])


@transaction.atomic
def follow_again(
    *, origin: Origin, template: Template, by: Member, now: datetime, today: date
) -> None:
    """Follow the library again, with all that was published meanwhile."""
    offer = _newest(template, today)
    if offer is not None:
        outcome = answering.reattach(origin=origin, offer=offer, by=by, now=now)
        _tell(template, offer.number, outcome, now, me=here())


def suggest(
    *, origin: Origin, payload: dict[str, Any], words: str, now: datetime
) -> Suggestion | None:
    """Propose the commune's wording to the library; None when the template is gone."""
    template = Template.objects.filter(uuid=origin.template_uuid).first()
    if template is None:
        return None
    return Suggestion.objects.create(
        commune=here(),
        template=template,
        base_number=origin.version,
        payload=payload,
        words=words,
        at=now,
    )


def _bring_documents(offer: Offer, *, now: datetime, today: date, me: Commune) -> None:
    """Take the words of the documents that a service asks for and that no rule knows."""
    keys = {item["key"] for item in offer.payload.get("documents", ())} - set(DOCUMENT_TEXTS)
    if not keys or not Origin.objects.filter(template_uuid=offer.uuid, detached_at=None).exists():
        return
    held = set(
        Origin.objects.filter(kind="document", slug__in=keys).values_list("slug", flat=True)
    )
    wanted = [each for each in offered(me) if each.kind == "document" and each.slug in keys - held]
    for template in wanted:
        words = _newest(template, today)
        if words is not None:
            outcome = receiving.take(offer=words, by=None, now=now)
            _tell(template, words.number, outcome, now, me=me)


def _in_force(today: date) -> Q:
    return Q(effective_on=None) | Q(effective_on__lte=today)


def _newest(template: Template, today: date) -> Offer | None:
    return next(iter(offers_of([template], today=today).get(template.pk, [])), None)


def _tell(  # what came, how it ended, where and when
    template: Template, number: int, outcome: Outcome, now: datetime, *, me: Commune
) -> None:
    """Write how far this commune is; earlier versions that waited are overtaken."""
    values = {
        "state": outcome.state,
        "held": outcome.held,
        "conflicts": outcome.conflicts,
        "at": now,
    }
    if outcome.replaced:
        values["replaced"] = outcome.replaced
    told = TemplateApplication.objects.filter(template=template, commune=me)
    if not told.filter(version__number=number).update(**values):
        version = TemplateVersion.objects.get(template=template, number=number)
        TemplateApplication.objects.update_or_create(
            version=version, commune=me, defaults={**values, "template": template}
        )
    told.filter(state=State.PENDING, version__number__lt=number).update(
        state=outcome.state, held=outcome.held, at=now
    )
