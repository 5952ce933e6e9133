"""Short addresses: which word leads where, and the way a commune changes one."""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _, gettext_lazy

from booking.models import Service
from booking.words import service_name
from parvis.errors import DomainError
from tenants.hosts import URLCONFS
from website.models import ShortLink
from website.words import as_word, words_of


LEAST = 2
SHORT = {"website:short", "website:short_anywhere"}


class NotAWord(DomainError):
    """Nothing that can be typed is left of what was asked for."""

    message = gettext_lazy("Écrivez un mot de 2 à 40 lettres ou chiffres, sans accent.")
    status = 422


class WordTaken(DomainError):
    """Another service has, or had, this word: what is printed must go on leading there."""

    message = gettext_lazy("Ce mot mène, ou a mené, à une autre démarche. Choisissez-en un autre.")
    status = 422


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the commune, and the short address that leads to it.

    ``key`` names it in addresses of ours. ``earlier`` are words that lead there too.
    """

    key: str
    title: str
    short: str
    path: str
    service: Service | None = None
    earlier: tuple[str, ...] = ()


def all_links() -> list[Link]:
    """List the commune's site, its reports, and each service that is booked online; 2 queries."""
    known = _Known()
    pages = [
        Link("site", _("Le site de la commune"), "/", _page("booking:home")),
        Link("signaler", _("Signaler un problème"), "/signaler", _page("incidents:report_form")),
    ]
    shown = sorted(
        (each for each in known.services if each.is_active and each.is_online),
        key=lambda each: (each.position, each.name, each.pk),
    )
    return pages + [known.link(each) for each in shown]


def link_of(key: str) -> Link | None:
    """Find one by its key."""
    return next((each for each in all_links() if each.key == key), None)


def destination(word: str) -> str:
    """Return the page that a word leads to, "" if there is none; 2 queries.

    What can no longer be booked online leads to what can.
    """
    known = _Known()
    service = known.named(word)
    if service is None:
        return ""
    is_booked = service.is_active and service.is_online
    return _path(service) if is_booked else _page("booking:services")


def page_named(word: str) -> str:
    """Return the page of ours at that address, which a final slash would open; "" if none."""
    path = f"/{word}/"
    return path if _leads_to_ours(path) else ""


@transaction.atomic
def rename(*, service: Service, typed: str) -> str:
    """Give a service another word; the one it had goes on leading to it.

    Raises:
        NotAWord: nothing of it can be an address.
        WordTaken: another service has it, or had it.
    """
    word = as_word(typed)
    if len(word) < LEAST:
        raise NotAWord
    Service.objects.select_for_update(no_key=True).get(pk=service.pk)
    known = _Known()
    before = known.words[service.pk]
    holder = known.named(word)
    if holder is not None and holder.pk != service.pk:
        raise WordTaken
    ShortLink.objects.filter(service=service, is_current=True).update(is_current=False)
    _keep(before, service, is_current=False)
    return _keep(word, service, is_current=True)


def _keep(word: str, service: Service, *, is_current: bool) -> str:
    try:
        with transaction.atomic():
            ShortLink.objects.update_or_create(
                word=word, defaults={"service": service, "is_current": is_current}
            )
    except IntegrityError as fault:  # two administrators at the same moment
        raise WordTaken from fault
    return word


class _Known:
    """All services and words of the commune."""

    def __init__(self) -> None:
        self.services = list(Service.objects.order_by("pk"))
        self.by_pk = {each.pk: each for each in self.services}
        rows = list(ShortLink.objects.values_list("word", "service_id", "is_current"))
        self.rows = {word: service for word, service, _is_current in rows}
        chosen = {service: word for word, service, is_current in rows if is_current}
        told = [(each.pk, each.slug, each.titles) for each in self.services]
        self.words = words_of(told, chosen, self.rows)

    def named(self, word: str) -> Service | None:
        holders = self.rows | {word: service for service, word in self.words.items()}
        return self.by_pk.get(holders.get(word, 0))

    def link(self, service: Service) -> Link:
        word = self.words[service.pk]
        return Link(
            key=f"motif-{service.pk}",
            title=service_name(service),
            short=_short(word),
            path=_path(service),
            service=service,
            earlier=tuple(
                _short(each)
                for each, holder in self.rows.items()
                if holder == service.pk and each != word
            ),
        )


def _path(service: Service) -> str:
    return _page("booking:situation", service.slug)


def _page(name: str, *arguments: str) -> str:
    return reverse(name, URLCONFS["commune"], args=arguments)


def _short(word: str) -> str:
    """Write the address of a word, out of the way of the pages that are called so."""
    return (
        f"/r/{word}" if _leads_to_ours(f"/{word}/") or _leads_to_ours(f"/{word}") else f"/{word}"
    )


def _leads_to_ours(path: str) -> bool:
    try:
        found: Any = resolve(path, URLCONFS["commune"])
    except Resolver404:
        return False
    return found.view_name not in SHORT
