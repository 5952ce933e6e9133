"""What a client sends to make a report: every parameter read, every fault told at once.

Contract: section "Creating a request" (H16 to H32, H56, H57) and "Media". Nothing is written here.
"""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from incidents import where
from incidents.calendar import current_commune
from incidents.geo import Place
from incidents.geocoder_client import BOROUGHS
from incidents.models import Category, CategoryAttribute
from incidents.open311_asking import NUMBER, Faults, read_degrees
from incidents.open311_formats import Unclear, clean, read_instant
from incidents.open311_parameters import asked
from incidents.pictures import MOST_BYTES, PHOTOS_MOST, Unfit, read_header


LONGEST = 4000
LONGEST_WORDS = 500
URL_MOST = 2000
ATTRIBUTE = re.compile(r"attribute\[([A-Za-z0-9_-]{1,64})\](?:\[\d{0,3}\])?", re.ASCII)
ADDRESS_ID = re.compile(r"(\d{5}|\d[ABab]\d{3})([_-][0-9A-Za-z_-]{1,24})?", re.ASCII)
DATA = re.compile(r"data:image/[a-z+.-]{2,20};base64,", re.ASCII | re.IGNORECASE)
FILE = re.compile(r"media(\[\d{0,2}\])?|photo\d{0,2}", re.ASCII)
UNKNOWN_MOST = 40
Datatype = CategoryAttribute.Datatype


@dataclass(slots=True, kw_only=True)
class Media:
    """Photos as they came: those that are here, those to fetch, and how many are left out."""

    contents: list[bytes] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    unreadable: int = 0
    ignored: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who reports, as far as the client says it."""

    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A report as a client sends it, found to be in order."""

    category: Category
    text: str
    place: Place | None
    address: str
    address_id: str
    person: Person
    answers: list[dict[str, Any]]
    unknown: dict[str, list[str]]
    media: Media
    is_to_place: bool = False
    """Whether nobody knows yet where on the map it is."""


def read(
    values: QueryDict, files: "MultiValueDict[str, UploadedFile[Any]]", *, category: Category
) -> Asked:
    """Read what is sent.

    Raises:
        Refused: 400, with every fault.
    """
    faults = Faults()
    place = read_degrees(values, faults)
    address, address_id = asked(values, "address_string")[:200], asked(values, "address_id")
    if not any([place, address, address_id, faults]):
        faults.append(_("Dites où c’est : lat et long, address_string ou address_id."))
    address_id = _address_id(address_id, faults)
    if place is not None:
        _check_here(place, faults)
    answers, unknown = read_answers(values, list(category.attributes.all()), faults)
    text = read_text(values, faults)
    person = read_person(values, faults)
    media = read_media(values, files, faults)
    faults.check()
    if place is None and address and (known := where.find(address)) is not None:
        place, address_id = known.place, address_id or known.key
    return Asked(
        category=category,
        text=text,
        place=place,
        address=address or (f"BAN {address_id}" if address_id and place is None else ""),
        address_id=address_id,
        person=person,
        answers=answers,
        unknown=unknown,
        media=media,
        is_to_place=place is None,
    )


def read_text(values: QueryDict, faults: Faults) -> str:
    """Read the description: any text, shown as text (H30)."""
    text = asked(values, "description")
    if len(text) > LONGEST:
        faults.append(_("description : 4000 caractères au plus."))
    return text


def read_person(values: QueryDict, faults: Faults) -> Person:
    """Read who reports."""
    email = asked(values, "email")
    if email:
        try:
            validate_email(email)
        except ValidationError:
            faults.append(_("email : cette adresse n’est pas valable."))
    if len(email) > 254 or len(asked(values, "phone")) > 20:  # noqa: PLR2004 - as columns hold
        faults.append(_("email ou phone : c’est trop long."))
    name = " ".join(filter(None, [asked(values, "first_name"), asked(values, "last_name")]))
    return Person(name=name[:120], email=email, phone=asked(values, "phone"))


def read_answers(
    values: QueryDict, attributes: list[CategoryAttribute], faults: Faults
) -> tuple[list[dict[str, Any]], dict[str, list[str]]]:
    """Read the answers to what the category asks, and what was sent beside (H25 to H29, H56)."""
    given: dict[str, list[str]] = {}
    for name, several in values.lists():
        if known := ATTRIBUTE.fullmatch(name):
            texts = [clean(each).strip() for each in several]
            given.setdefault(known[1], []).extend(each for each in texts if each)
    answers = []
    for each in attributes:
        found = given.pop(each.code, [])
        if not each.is_variable:
            continue
        if not found and each.is_required:
            faults.append(
                _("Champ obligatoire : %(question)s (%(code)s required).")
                % {"question": each.description, "code": each.code}
            )
        if found and (names := _names(each, found, faults)):
            answers.append(
                {
                    "code": each.code,
                    "label": each.description,
                    "values": found,
                    "names": names,
                    "is_public": each.is_public,
                }
            )
    beside = list(given.items())[:UNKNOWN_MOST]
    return answers, {code: [each[:LONGEST_WORDS] for each in texts] for code, texts in beside}


def _names(attribute: CategoryAttribute, found: list[str], faults: Faults) -> list[str]:
    """Return how values read, or note what is wrong with them."""
    said = {"code": attribute.code}
    if attribute.datatype != Datatype.SOME_OF and len(found) > 1:
        faults.append(_("%(code)s : une seule valeur.") % said)
        return []
    if attribute.datatype in {Datatype.ONE_OF, Datatype.SOME_OF}:
        choices = {str(each["key"]): str(each["name"]) for each in attribute.values}
        if any(each not in choices for each in found):
            faults.append(_("%(code)s : cette valeur n’est pas dans la liste.") % said)
            return []
        return [choices[each] for each in found]
    if not _is_typed(attribute.datatype, found[0]):
        faults.append(
            {
                Datatype.NUMBER: _("%(code)s : un nombre, avec un point décimal."),
                Datatype.DATETIME: _(
                    "%(code)s : une date et une heure avec leur décalage, comme "
                    "2026-10-01T08:00:00+02:00."
                ),
            }.get(Datatype(attribute.datatype), _("%(code)s : ce texte est trop long."))
            % said
        )
        return []
    return found


def _is_typed(datatype: str, value: str) -> bool:
    if datatype == Datatype.NUMBER:
        return NUMBER.fullmatch(value) is not None
    if datatype == Datatype.DATETIME:
        try:
            return bool(read_instant(value))
        except Unclear:
            return False
    return len(value) <= (LONGEST if datatype == Datatype.TEXT else LONGEST_WORDS)


def read_media(
    values: QueryDict, files: "MultiValueDict[str, UploadedFile[Any]]", faults: Faults
) -> Media:
    """Read the photos: files first, then addresses and ``data:`` (H31, H32)."""
    media = Media()
    for name, several in files.lists():
        if FILE.fullmatch(name):
            for each in several:
                _take_file(each, media, faults)
    for url in values.getlist("media_url"):
        if url.strip():
            _take_url(url.strip(), media)
    room = max(0, PHOTOS_MOST - len(media.contents))
    media.ignored += max(0, len(media.urls) - room)
    del media.urls[room:]
    return media


def _take_file(sent: "UploadedFile[Any]", media: Media, faults: Faults) -> None:
    if len(media.contents) >= PHOTOS_MOST:
        media.ignored += 1
        return
    try:
        content = sent.read(MOST_BYTES + 1)
        read_header(content)
    except Unfit as refusal:
        faults.append(str(refusal))
    else:
        media.contents.append(content)


def _take_url(url: str, media: Media) -> None:
    """Keep an address for the worker; what a ``data:`` holds is here already."""
    if url[:5].lower() != "data:":
        if len(url) <= URL_MOST:
            media.urls.append(clean(url))
        else:
            media.unreadable += 1
        return
    if len(media.contents) >= PHOTOS_MOST:
        media.ignored += 1
        return
    begun = DATA.match(url)
    try:
        content = b64decode(url[begun.end() :].replace(" ", "+")) if begun else b""
        read_header(content)
    except (Unfit, NotBase64, ValueError):
        media.unreadable += 1
    else:
        media.contents.append(content)


def _address_id(text: str, faults: Faults) -> str:
    """Read a number of the BAN: it begins with the code of the commune (H18)."""
    if not text:
        return ""
    known = ADDRESS_ID.fullmatch(text)
    code = current_commune().insee_code.upper()
    prefix = BOROUGHS.get(code, code)
    is_ours = known is not None and known[1].upper().startswith(prefix)
    is_town = len(code) == 5  # noqa: PLR2004 - an intercommunality has several
    if known is None or len(text) > 30 or (is_town and not is_ours):  # noqa: PLR2004
        faults.append(_("address_id : cette adresse n’est pas dans la commune."))
        return ""
    return text


def _check_here(place: Place, faults: Faults) -> None:
    """Refuse a point outside the commune, and say whose it is (H22)."""
    if where.is_here(place):
        return
    other = where.whose(place)
    if other is None:
        faults.append(_("Ce lieu n’est pas dans la commune."))
    elif other.form:
        faults.append(
            _("Ce lieu est à %(name)s : signalez-le à cette commune, %(url)s.")
            % {"name": other.name, "url": other.form}
        )
    else:
        faults.append(
            _("Ce lieu est à %(name)s : adressez-vous à sa mairie.") % {"name": other.name}
        )


def moment(values: QueryDict, name: str, faults: Faults) -> datetime | None:
    """Read an instant that has to be there."""
    try:
        return read_instant(asked(values, name))
    except Unclear:
        faults.append(
            _(
                "%(name)s : une date et une heure avec leur décalage, comme "
                "2026-10-01T08:00:00+02:00."
            )
            % {"name": name}
        )
        return None
