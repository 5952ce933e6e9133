"""Who is spoken to at a town hall, what was said, who at the association answers for it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from identity.members import Member
from onboarding import todo
from onboarding.actions import signature
from onboarding.models import Contact, ExistingSolution, Interaction, Referent, Task
from onboarding.stages import Module
from tenants.models import Commune, User


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a town hall, as typed."""

    name: str
    function: str = ""
    phone: str = ""
    email: str = ""
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What was said with a commune, and what is done next and when."""

    kind: Interaction.Kind
    on: date
    text: str
    next_action: str = ""
    next_on: date | None = None


@transaction.atomic
def keep(*, commune: Commune, person: Person, contact: Contact | None = None) -> Contact:
    """Add somebody to the people of a town hall, or change what is known of her."""
    contact = contact or Contact(commune=commune)
    _alone_with(commune)
    if person.is_main:
        Contact.objects.filter(commune=commune, is_main=True).exclude(pk=contact.pk).update(
            is_main=False
        )
    contact.name, contact.function = person.name, person.function
    contact.phone, contact.email = person.phone, person.email
    contact.is_main = person.is_main
    contact.save()
    return contact


def _alone_with(commune: Commune) -> None:
    """Let one person at a time choose whom to call first, or who answers for a commune."""
    Commune.objects.select_for_update(of=("self",), no_key=True).get(pk=commune.pk)


@transaction.atomic
def forget(*, contact: Contact) -> None:
    """Erase somebody; what was said with her stays, without her name."""
    contact.delete()


@transaction.atomic
def log(
    *,
    commune: Commune,
    said: Said,
    by: Member,
    now: datetime,
    contact: Contact | None = None,
    task: Task | None = None,
) -> Interaction:
    """Write down what was said; the next action becomes a task, ``task`` is done by that.

    Raises:
        TaskSettled: the task is done already; nothing is written.
    """
    if task is not None:
        todo.finish(task=task, by=by, now=now)
    interaction = Interaction.objects.create(
        commune=commune,
        kind=said.kind,
        on=said.on,
        text=said.text,
        contact=contact,
        **signature(by),
    )
    if said.next_action and said.next_on:
        todo.add_task(commune=commune, title=said.next_action, due=said.next_on, by=by)
    return interaction


@transaction.atomic
def assign(*, commune: Commune, main: User | None, backup: User | None) -> None:
    """Say who answers for a commune and who stands in; nobody is both."""
    _alone_with(commune)
    Referent.objects.filter(commune=commune).delete()
    chosen = [(Referent.Rank.MAIN, main), (Referent.Rank.BACKUP, backup)]
    Referent.objects.bulk_create(
        Referent(commune=commune, user=user, rank=rank)
        for rank, user in chosen
        if user is not None and not (rank == Referent.Rank.BACKUP and user == main)
    )


@transaction.atomic
def describe_solution(*, commune: Commune, module: Module, known: dict[str, object]) -> None:
    """Write down what a commune uses today for a module, in the place of what was known."""
    ExistingSolution.objects.update_or_create(commune=commune, module=module, defaults=known)


@transaction.atomic
def forget_solution(*, commune: Commune, module: Module) -> None:
    """Say that a commune uses nothing else for a module."""
    ExistingSolution.objects.filter(commune=commune, module=module).delete()
