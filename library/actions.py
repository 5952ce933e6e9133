"""What the association does with its library: write a draft, ask for its effect, publish it."""

import hashlib
import json
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from library.models import (
    Impact,
    Suggestion,
    Template,
    TemplateApplication,
    TemplateVersion,
)
from parvis.db import rejects
from parvis.deferred import defer_to
from parvis.errors import DomainError
from shelf.kinds import KINDS, SCHEMA_VERSION
from shelf.merge import LOCAL, merge
from tenants.models import Association, Commune


class AddressTaken(DomainError):
    """Another template of this kind has the address."""

    message = _("Un autre modèle de cette nature a déjà cette adresse.")


class NothingToPublish(DomainError):
    """There is no draft any more."""

    message = _("Il n’y a plus de brouillon à publier : quelqu’un l’a peut-être déjà publié.")


class EarlierThanPlanned(DomainError):
    """A version planned before would come into force after this one."""

    message = _(
        "Une version déjà publiée entre en vigueur plus tard : choisissez la même date ou "
        "une date suivante."
    )


class Incomplete(DomainError):
    """A version lacks what it cannot do without."""

    message = _("Remplissez d’abord « %(field)s ».")


class AlreadySettled(DomainError):
    """A suggestion is answered once."""

    message = _("Quelqu’un a déjà répondu entre-temps. Rechargez la page.")


class AlreadyAdapted(DomainError):
    """The association has made it its own."""

    message = _("Votre association a déjà repris ce modèle.")


def digest(payload: dict[str, Any]) -> str:
    """Return the fingerprint of a payload, whatever the order of its fields."""
    text = json.dumps(payload, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def create_template(
    *, association: Association | None, kind: str, slug: str, name: str, policy: str
) -> TemplateVersion:
    """Begin a template with an empty draft.

    Raises:
        AddressTaken: the slug is taken.
    """
    with rejects("one_template_per_slug", AddressTaken):
        template = Template.objects.create(
            association=association, kind=kind, slug=slug, name=name, policy=policy
        )
    return _new_draft(template, KINDS[kind].empty(), 1)


@transaction.atomic
def describe(*, template: Template, name: str, policy: str) -> None:
    """Name a template otherwise, or change how its next versions arrive."""
    template.name, template.policy = name, policy
    template.save(update_fields=["name", "policy"])


@transaction.atomic
def adapt(*, template: Template, association: Association) -> TemplateVersion:
    """Make a template of the platform the association's own; its communes follow it from then on.

    Raises:
        AlreadyAdapted: it did so before.
        AddressTaken: it has another template of this name.
        NothingToPublish: the platform has published nothing of it.
    """
    if Template.objects.filter(association=association, adapted_from=template).exists():
        raise AlreadyAdapted
    last = published(template).first()
    if last is None:
        raise NothingToPublish
    with rejects("one_template_per_slug", AddressTaken):
        own = Template.objects.create(
            uuid=uuid4(),
            association=association,
            adapted_from=template,
            kind=template.kind,
            slug=template.slug,
            name=template.name,
            policy=template.policy,
        )
    return _new_draft(own, last.payload, last.number + 1)


@transaction.atomic
def open_draft(*, template: Template) -> TemplateVersion:
    """Return the draft of a template; a new one begins with what was published last."""
    Template.objects.select_for_update().get(pk=template.pk)
    draft = drafts(template).first()
    if draft is not None:
        return draft
    last = published(template).first()
    if last is None:
        return _new_draft(template, KINDS[template.kind].empty(), 1)
    return _new_draft(template, last.payload, last.number + 1)


@transaction.atomic
def write_draft(
    *,
    version: TemplateVersion,
    payload: dict[str, Any],
    changelog: str | None = None,
    changelog_en: str | None = None,
) -> None:
    """Change what a draft says; what its effect was found to be is forgotten.

    Raises:
        NothingToPublish: it was published meanwhile.
    """
    current = _draft(version)
    current.payload, current.sha256 = payload, digest(payload)
    current.changelog = current.changelog if changelog is None else changelog
    current.changelog_en = current.changelog_en if changelog_en is None else changelog_en
    current.impact_asked_at = None
    current.save()
    current.impacts.all().delete()


@transaction.atomic
def drop_draft(*, version: TemplateVersion) -> None:
    """Give a draft up.

    Raises:
        NothingToPublish: it was published meanwhile.
    """
    _draft(version).delete()


@transaction.atomic
def ask_impact(*, version: TemplateVersion, now: datetime) -> int:
    """Ask each commune what the draft would change there; return how many are asked.

    Raises:
        NothingToPublish: it was published meanwhile.
    """
    current = _draft(version)
    current.impact_asked_at = now
    current.save(update_fields=["impact_asked_at"])
    current.impacts.all().delete()
    communes = list(concerned(current.template))
    Impact.objects.bulk_create(Impact(version=current, commune=each) for each in communes)
    for each in communes:
        defer_to(each.schema_name, "library.forecast", version_id=current.pk)
    return len(communes)


@transaction.atomic
def publish(
    *, version: TemplateVersion, effective_on: date | None, now: datetime, today: date
) -> int:
    """Publish a draft: each commune takes it in on its own; return how many are told.

    Raises:
        NothingToPublish: it was published meanwhile.
        EarlierThanPlanned: a version before it comes into force later.
    """
    current = _draft(version)
    planned = (
        published(current.template)
        .exclude(effective_on=None)
        .order_by("-effective_on")
        .values_list("effective_on", flat=True)
        .first()
    )
    starts = effective_on or today
    if planned is not None and planned > starts:
        raise EarlierThanPlanned
    current.effective_on = effective_on
    current.impact_asked_at = None
    current.published_at = now
    current.save()
    current.impacts.all().delete()
    communes = list(concerned(current.template))
    TemplateApplication.objects.bulk_create(
        [
            TemplateApplication(template=current.template, version=current, commune=each)
            for each in communes
        ],
        ignore_conflicts=True,
    )
    if starts <= today:
        _send(current, communes)
    return len(communes)


@transaction.atomic
def resume(*, version: TemplateVersion) -> int:
    """Wake the communes that have not taken a version in; return how many."""
    waiting = version.applications.filter(state=TemplateApplication.State.PENDING)
    communes = list(Commune.objects.filter(pk__in=waiting.values("commune")))
    _send(version, communes)
    return len(communes)


@transaction.atomic
def set_status(*, template: Template, status: str) -> None:
    """Archive a template, so that nobody takes it any more, or offer it again."""
    template.status = status
    template.save(update_fields=["status"])


@transaction.atomic
def accept(*, suggestion: Suggestion, answer: str, now: datetime) -> TemplateVersion:
    """Bring what a commune suggests into the draft; its own items stay its own.

    Where both the library and the commune changed a text since, the commune's is taken: the
    draft is read again before it is published.

    Raises:
        AlreadySettled: it was answered before.
    """
    _answer(suggestion, Suggestion.State.ACCEPTED, answer, now)
    draft = open_draft(template=suggestion.template)
    base = published(suggestion.template).filter(number=suggestion.base_number).first()
    lists = KINDS[suggestion.template.kind].lists
    wished = {
        name: [item for item in value if not item["key"].startswith(LOCAL)]
        if name in lists
        else value
        for name, value in suggestion.payload.items()
    }
    merged = merge(base.payload if base else {}, draft.payload, wished, lists=lists)
    write_draft(version=draft, payload=merged.payload)
    draft.refresh_from_db()
    return draft


@transaction.atomic
def decline(*, suggestion: Suggestion, answer: str, now: datetime) -> None:
    """Say no to what a commune suggests, and why.

    Raises:
        AlreadySettled: it was answered before.
    """
    _answer(suggestion, Suggestion.State.DECLINED, answer, now)


def published(template: Template) -> QuerySet[TemplateVersion]:
    """List the published versions of a template, the newest first."""
    return template.versions.filter(published_at__isnull=False).order_by("-number")


def drafts(template: Template) -> QuerySet[TemplateVersion]:
    """Find the draft of a template."""
    return template.versions.filter(published_at=None)


def concerned(template: Template) -> QuerySet[Commune]:
    """List the communes with a site that a template is offered to."""
    communes = Commune.objects.with_schema().real().order_by("pk")
    if template.association_id is None:
        return communes
    return communes.filter(association=template.association_id)


def _send(version: TemplateVersion, communes: list[Commune]) -> None:
    for each in communes:
        defer_to(each.schema_name, "library.arrive", template_id=version.template_id)


def _new_draft(template: Template, payload: dict[str, Any], number: int) -> TemplateVersion:
    return TemplateVersion.objects.create(
        template=template,
        number=number,
        payload=payload,
        sha256=digest(payload),
        schema_version=SCHEMA_VERSION,
    )


def _draft(version: TemplateVersion) -> TemplateVersion:
    current = TemplateVersion.objects.select_for_update().filter(pk=version.pk).first()
    if current is None or current.published_at is not None:
        raise NothingToPublish
    return current


def _answer(suggestion: Suggestion, state: str, words: str, now: datetime) -> None:
    open_ones = Suggestion.objects.filter(pk=suggestion.pk, state=Suggestion.State.OPEN)
    if not open_ones.update(state=state, answer=words, answered_at=now):
        raise AlreadySettled
