"""What the association's pages show: lists, differences between versions, who has what."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from library.forms import documents_of
from library.models import Impact, Template, TemplateApplication, TemplateVersion
from shelf import words
from shelf.kinds import KINDS
from shelf.merge import differences
from shelf.words import Line
from tenants.models import Association, Commune


State = TemplateApplication.State


@dataclass(slots=True)
class Row:
    """One template in the list."""

    template: Template
    number: int = 0
    has_draft: bool = False
    states: Counter[str] = field(default_factory=Counter)

    @property
    def holders(self) -> int:
        """How many communes have it and follow it."""
        return self.states[State.APPLIED] + self.states[State.CONFLICT]


@dataclass(slots=True)
class Progress:
    """How many communes are in each state, and how long it took."""

    total: int
    counts: Counter[str]
    replaced: int
    conflicts: int
    first: datetime | None
    last: datetime | None

    @property
    def done(self) -> int:
        """How many communes have answered."""
        return self.total - self.counts[State.PENDING]

    @property
    def is_finished(self) -> bool:
        """Whether nobody is waited for."""
        return not self.counts[State.PENDING]

    @property
    def seconds(self) -> int | None:
        """How long it took, once it is finished."""
        if not self.is_finished or self.first is None or self.last is None:
            return None
        return max(1, round((self.last - self.first).total_seconds()))

    @property
    def applied(self) -> int:
        """How many communes take it in without anything to decide."""
        return self.counts[State.APPLIED]

    @property
    def conflicting(self) -> int:
        """How many communes have something to decide."""
        return self.counts[State.CONFLICT]

    @property
    def detached(self) -> int:
        """How many communes have it and do not follow it."""
        return self.counts[State.DETACHED]

    @property
    def absent(self) -> int:
        """How many communes do not have it."""
        return self.counts[State.ABSENT]


def rows(association: Association, *, archived: bool = False) -> list[Row]:
    """List the templates offered to the communes of an association; three queries."""
    own = Q(association=association) | Q(association=None)
    templates = list(Template.objects.filter(own).order_by("name", "pk"))
    hidden = {each.adapted_from_id for each in templates if each.association_id}
    listed = {
        each.pk: Row(each)
        for each in templates
        if each.pk not in hidden and (archived or each.status == Template.Status.ACTIVE)
    }
    for version in TemplateVersion.objects.filter(template__in=listed).defer("payload"):
        row = listed[version.template_id]
        if version.published_at is None:
            row.has_draft = True
        else:
            row.number = max(row.number, version.number)
    before = {row.template.adapted_from_id: key for key, row in listed.items()}
    for key, states in _states(listed, before, association).items():
        listed[key].states = Counter(states.values())
    return list(listed.values())


def _states(
    listed: Mapping[int, Row], before: Mapping[int | None, int], association: Association
) -> dict[int, dict[int, str]]:
    """Say where each commune stands; with the platform's until an adaptation has reached it."""
    wanted = [*listed, *(key for key in before if key is not None)]
    found: dict[int, dict[int, str]] = {key: {} for key in listed}
    own: dict[int, dict[int, str]] = {key: {} for key in listed}
    for template_id, commune_id, state in _newest(wanted, association).values_list(
        "template_id", "commune_id", "state"
    ):
        into = own if template_id in listed else found
        into[template_id if template_id in listed else before[template_id]][commune_id] = state
    return {key: found[key] | own[key] for key in listed}


def _newest(templates: Iterable[int], association: Association) -> Any:
    """Find the newest answer of each commune about each template."""
    return (
        TemplateApplication.objects.filter(
            template__in=list(templates), commune__association=association
        )
        .exclude(state=State.PENDING)
        .order_by("template_id", "commune_id", "-version__number")
        .distinct("template_id", "commune_id")
    )


def holders(template: Template, association: Association) -> list[TemplateApplication]:
    """List the communes that have a template, with the version they hold; one query."""
    templates = [each for each in (template.adapted_from_id, template.pk) if each is not None]
    newest = _newest(templates, association).select_related("commune")
    found = {}
    for each in sorted(newest, key=lambda each: each.template_id == template.pk):
        found[each.commune_id] = each
    kept = [each for each in found.values() if each.state != State.ABSENT]
    return sorted(kept, key=lambda each: each.commune.slug)


def progress(found: Any, *, association: Association, first: datetime | None) -> Progress:
    """Count impacts or applications of one version; one query."""
    counted = list(
        found.filter(commune__association=association).values_list(
            "state", "replaced", "conflicts", "at"
        )
    )
    moments = [at for *_rest, at in counted if at is not None]
    return Progress(
        total=len(counted),
        counts=Counter(state for state, *_rest in counted),
        replaced=sum(replaced for _state, replaced, *_rest in counted),
        conflicts=sum(conflicts for _state, _replaced, conflicts, _at in counted),
        first=first,
        last=max(moments, default=None),
    )


def changes(
    template: Template, before: TemplateVersion | None, after: TemplateVersion
) -> list[Line]:
    """Say what differs between two versions, field by field."""
    kind = KINDS[template.kind]
    found = differences(
        before.payload if before else kind.empty(), after.payload, lists=kind.lists
    )
    return words.lines(kind, found, names=document_names(template.association))


def document_names(association: Association | None) -> dict[str, str]:
    """Name the documents of the rules and of the library; one query."""
    own = Template.objects.offered_to(association).filter(kind="document")
    return documents_of(dict(own.values_list("slug", "name")))


def concerned_names(version: TemplateVersion, association: Association) -> list[Impact]:
    """List the communes that a draft would leave something to decide, or replace words of."""
    return list(
        version.impacts.filter(
            Q(conflicts__gt=0) | Q(replaced__gt=0), commune__association=association
        )
        .select_related("commune")
        .order_by("commune__slug")
    )


def waiting(version: TemplateVersion) -> list[Commune]:
    """List the communes that have not taken a version in."""
    pending = version.applications.filter(state=State.PENDING)
    return list(Commune.objects.filter(pk__in=pending.values("commune")).order_by("slug"))


def open_conflicts(association: Association) -> int:
    """Count the proposals that wait in all communes, by their newest answers."""
    newest = (
        TemplateApplication.objects.filter(commune__association=association)
        .order_by("template_id", "commune_id", "-version__number")
        .distinct("template_id", "commune_id")
        .values_list("conflicts", flat=True)
    )
    return sum(newest)


def versions_with_counts(template: Template) -> list[TemplateVersion]:
    """List the versions of a template, the newest first, with how many communes answered."""
    return list(
        template.versions.annotate(
            told=Count("applications"),
            waiting=Count("applications", filter=Q(applications__state=State.PENDING)),
        ).order_by("-number")
    )
