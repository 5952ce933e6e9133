"""The HTML twin of an e-mail, made of its text when it leaves, in the look of whoever writes."""

from dataclasses import dataclass, field

from django.db import connection
from django.template.loader import render_to_string

from parvis.guard import PUBLIC, current_schema
from parvis.outbox import Piece, paragraphs
from parvis.theme import DEFAULT_BRAND, Palette, palette
from parvis.typo import town_hall
from tenants.models import Association, Commune


TEMPLATE = "messaging/mail.html"
DASH, INDENT = "- ", "  "


@dataclass(frozen=True, slots=True)
class Look:
    """Who writes: a name, the colours of its site, where answers go."""

    name: str
    email: str
    colours: Palette
    is_commune: bool = True

    def named(self, language: str) -> str:
        """Name who writes as a reader knows it: "Mairie de Pauillac"."""
        return town_hall(self.name, language) if self.is_commune else self.name


@dataclass(slots=True)
class Block:
    """A part of a message: lines, items of a list (each of lines), or a link with its words."""

    lines: list[list[Piece]] = field(default_factory=list)
    items: list[list[list[Piece]]] = field(default_factory=list)
    href: str = ""
    label: str = ""


def look(association_id: int | None = None) -> Look:
    """Return the look of the active schema; one query in a commune that a task visits.

    In public, an association writes in its own name: one query, by its key.
    """
    if current_schema() == PUBLIC:
        return _of_association(association_id)
    commune = writer()
    return Look(commune.name, commune.email, palette(commune.brand_colour or DEFAULT_BRAND))


def _of_association(pk: int | None) -> Look:
    found = Association.objects.filter(pk=pk).first() if pk else None
    if found is None:
        return Look("Parvis", "", palette(DEFAULT_BRAND), is_commune=False)
    return Look(found.name, found.email, palette(found.brand_colour), is_commune=False)


def writer() -> Commune:
    """Return the commune that writes, the active one; one query where a task visits it."""
    tenant = connection.tenant  # type: ignore[attr-defined]
    if isinstance(tenant, Commune):
        return tenant
    return Commune.objects.get(schema_name=current_schema())


def twin(*, subject: str, text: str, language: str, by: Look) -> str:
    """Write the HTML of a message: its words and no others, its links to follow, no picture."""
    context = {
        "subject": subject,
        "blocks": blocks(text),
        "language": language,
        "name": by.named(language),
        "colours": by.colours,
    }
    return render_to_string(TEMPLATE, context, using="django")


def blocks(text: str) -> list[Block]:
    """Cut a text into paragraphs, lists, and links alone in their line, with the words before."""
    found: list[Block] = []
    for lines in paragraphs(text):
        current = Block()
        for pieces in map(_named, lines):
            words = "".join(each.text for each in pieces)
            if words.startswith(DASH):
                current = _item(found, current, pieces)
            elif current.items and words.startswith(INDENT):
                first = pieces[0]  # the item goes on
                current.items[-1].append([Piece(first.text.lstrip(), first.href), *pieces[1:]])
            elif len(pieces) == 1 and pieces[0].href == pieces[0].text:
                current = _link(found, current, pieces[0].href)
            elif current.items:
                found.append(current)
                current = Block(lines=[pieces])
            else:
                current.lines.append(pieces)
        found.append(current)
    return [each for each in found if each.lines or each.items or each.href]


def _named(pieces: list[Piece]) -> list[Piece]:
    """Let words that end with a colon stand for the address that ends their line."""
    if len(pieces) != 2 or not pieces[1].href:  # noqa: PLR2004
        return pieces
    words = pieces[0].text.strip()
    if not words.endswith(":") or len(words) <= len(DASH):
        return pieces
    indent = INDENT if pieces[0].text.startswith(INDENT) else ""
    return [Piece(indent + words.removesuffix(":").rstrip(), pieces[1].href)]


def _item(found: list[Block], current: Block, pieces: list[Piece]) -> Block:
    if current.lines:
        found.append(current)
        current = Block()
    first = pieces[0]
    current.items.append([[Piece(first.text.removeprefix(DASH), first.href), *pieces[1:]]])
    return current


def _link(found: list[Block], current: Block, href: str) -> Block:
    """Make a link of an address alone in its line; the line before says where it leads."""
    label = ""
    if current.lines and not any(each.href for each in current.lines[-1]):
        words = "".join(each.text for each in current.lines[-1]).strip()
        if words.endswith(":"):
            label = words.rstrip(":").rstrip()
            current.lines.pop()
    found.append(current)
    found.append(Block(href=href, label=label))
    return Block()
