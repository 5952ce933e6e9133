"""Decide which documents one person brings: no database, clock or settings.

For identity cards and passports, a table of rules over a :class:`Situation`; for the other
services, plain lists. Texts are in :mod:`booking.document_texts`. The answer is a
:class:`Checklist` that is kept with the appointment, so that it stays what the citizen was told.
Source of the rules: the fifteen sheets of service-public.fr on both titles, adults and minors.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, get_type_hints

from booking.situations import (
    TRUSTED,
    BirthPlace,
    Housing,
    Motive,
    Nationality,
    PreApplication,
    Protection,
    Situation,
    Title,
    TitleState,
    UsageName,
)
from booking.stamps import STAMP_RATES, Stamp, StampRate, charges, stamps_for


RULES_VERSION = 1
"""To be raised whenever a rule or a list below changes."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A document and the situations in which it is asked for. Keys never change."""

    key: str
    applies: Callable[[Situation], bool]


RULES: tuple[Rule, ...] = (
    Rule("pre_demande", lambda case: case.pre_application == PreApplication.DONE),
    Rule("paper_form", lambda case: case.pre_application == PreApplication.NONE),
    Rule("photo", lambda _case: True),
    Rule("proof_address", lambda case: case.housing == Housing.OWN and not case.has_two_homes),
    Rule(
        "justif_adresse",
        lambda case: case.housing == Housing.JUSTIF_ADRESSE and not case.has_two_homes,
    ),
    Rule("host_letter", lambda case: case.housing == Housing.HOSTED),
    Rule("host_proof", lambda case: case.housing == Housing.HOSTED),
    Rule("host_id", lambda case: case.housing == Housing.HOSTED),
    Rule("old_title", lambda case: case.old_title != TitleState.NONE),
    Rule("other_title", lambda case: case.is_proven and case.old_title not in TRUSTED),
    Rule(
        "birth_certificate",
        lambda case: not case.is_proven and case.birth_place == BirthPlace.OTHER,
    ),
    Rule(
        "nationality",
        lambda case: not case.is_proven and case.nationality == Nationality.PARTICULAR,
    ),
    Rule("loss_declaration", lambda case: case.motive == Motive.LOSS),
    Rule("theft_declaration", lambda case: case.motive == Motive.THEFT),
    Rule(
        "photo_document",
        lambda case: case.is_missing and case.other_title == TitleState.NONE,
    ),
    Rule("tax_stamp", lambda case: bool(charges(case))),
    Rule("parent_id", lambda case: case.is_minor),
    Rule("custody_decision", lambda case: case.has_two_homes),
    Rule("both_parents_address", lambda case: case.has_two_homes),
    Rule("both_parents_id", lambda case: case.has_two_homes),
    Rule("protection_judgment", lambda case: case.protection != Protection.NONE),
    Rule("guardian_id", lambda case: case.protection != Protection.NONE),
    Rule("guardian_presence", lambda case: case.protection == Protection.TUTELLE),
    Rule(
        "marriage_proof",
        lambda case: case.usage_name == UsageName.SPOUSE or case.motive == Motive.CIVIL_STATUS,
    ),
    Rule("ex_spouse_agreement", lambda case: case.usage_name == UsageName.EX_SPOUSE),
    Rule("spouse_death", lambda case: case.usage_name == UsageName.WIDOWED),
    Rule("other_parent_name", lambda case: case.usage_name == UsageName.OTHER_PARENT),
    Rule(
        "travel_proof",
        lambda case: (
            case.motive == Motive.RENEWAL
            and Title.CARD in case.titles
            and case.old_title == TitleState.LONG_VALID
        ),
    ),
)

SERVICE_DOCUMENTS: dict[str, tuple[str, ...]] = {
    "child_recognition": ("identity", "proof_address_3_months", "birth_record_if_born"),
    "pacs": (
        "pacs_agreement",
        "pacs_declaration",
        "both_identities",
        "birth_certificates",
        "family_book_if_any",
        "end_of_former_union",
    ),
    "marriage": (
        "both_identities",
        "birth_certificates",
        "domicile_proof",
        "witnesses",
        "notary_certificate",
        "foreign_capacity_certificate",
    ),
    "citizen_census": ("identity", "family_book", "address_proof_if_any"),
    "signature_certification": ("document_to_sign", "identity_with_signature"),
    "hosting_certificate": (
        "identity",
        "occupancy_title",
        "address_proof",
        "income_proof",
        "visitor_passport",
        "hosting_stamp",
    ),
    "hosting_certificate_collection": ("identity",),
    "first_name_change": (
        "identity",
        "birth_certificate_3_months",
        "address_proof",
        "first_name_evidence",
    ),
    "name_change": ("identity", "name_change_form", "birth_certificate_3_months"),
    "name_change_confirmation": ("identity",),
    "birth_declaration": ("medical_certificate_birth", "family_book_if_any", "both_identities"),
    "death_declaration": ("medical_certificate_death", "deceased_papers", "identity"),
    "electoral_roll": ("identity", "proof_address_3_months"),
    "family_book_copy": ("identity", "address_proof"),
    "civil_certificate": ("identity",),
    "planning_advice": ("parcel_reference", "plans"),
    "social_support": ("identity", "income_proof", "rent_receipt"),
    "school_enrolment": ("family_book", "vaccinations", "address_proof"),
    "grave_concession": ("identity", "kinship_proof"),
    "hall_booking": ("identity", "insurance_certificate"),
    "parking_card": ("identity", "address_proof", "vehicle_registration"),
    "titles_collection": ("collection_message", "old_title_back"),
}
"""What the services without titles ask for, by the key of the service in the catalogue."""


@dataclass(frozen=True, slots=True)
class RequiredDocument:
    """One line of a checklist; ``amount_cents`` is what it costs, when it is to be bought."""

    key: str
    amount_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """What one person brings to an appointment of one day, as told when it was booked."""

    documents: tuple[RequiredDocument, ...]
    on: date
    """The day whose prices are told."""
    situation: Situation | None = None
    """None for the services without titles."""
    stamps: tuple[Stamp, ...] = ()
    rules_version: int = RULES_VERSION

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the documents, in the order they are read out."""
        return tuple(document.key for document in self.documents)

    @property
    def amount_cents(self) -> int:
        """What is to be paid in all."""
        return sum(document.amount_cents for document in self.documents)

    def to_snapshot(self) -> dict[str, Any]:
        """Return what JSON can keep; :func:`from_snapshot` reads it back."""
        return {
            "version": self.rules_version,
            "on": self.on.isoformat(),
            "situation": None if self.situation is None else _situation_to_json(self.situation),
            "documents": [
                {"key": document.key, "amount_cents": document.amount_cents}
                for document in self.documents
            ],
            "stamps": [
                {
                    "title": stamp.title.value,
                    "amount_cents": stamp.amount_cents,
                    "desk_photo_cents": stamp.desk_photo_cents,
                }
                for stamp in self.stamps
            ],
        }


def required_documents(
    situation: Situation, *, on: date, rates: Sequence[StampRate] = STAMP_RATES
) -> Checklist:
    """List what one person brings for her titles, with the prices of the day ``on``.

    Raises:
        LookupError: no price is known for that day.
    """
    stamps = stamps_for(situation, on=on, rates=rates)
    prices = {"tax_stamp": sum(stamp.amount_cents for stamp in stamps)}
    return Checklist(
        documents=tuple(
            RequiredDocument(rule.key, prices.get(rule.key, 0))
            for rule in RULES
            if rule.applies(situation)
        ),
        on=on,
        situation=situation,
        stamps=stamps,
    )


def listed_documents(keys: Sequence[str], *, on: date) -> Checklist:
    """Make a checklist of a plain list of keys, for the services without titles."""
    return Checklist(documents=tuple(RequiredDocument(key) for key in keys), on=on)


def asked_now(told: Checklist, wanted: Sequence[str]) -> Checklist:
    """Return a list as told, but with what the service asks for by itself as it is now.

    What the rules of titles asked for in her situation stays.
    """
    ruled = set() if told.situation is None else {rule.key for rule in RULES}
    kept = [each for each in told.documents if each.key in ruled or each.key in wanted]
    known = {each.key for each in kept}
    added = [RequiredDocument(key) for key in wanted if key not in known]
    return replace(told, documents=(*kept, *added))


def from_snapshot(snapshot: Mapping[str, Any]) -> Checklist:
    """Read a checklist back as it was told, whatever the rules have become.

    Raises:
        KeyError: the snapshot lacks a part.
        ValueError: a part is not what a checklist holds.
    """
    situation = snapshot["situation"]
    return Checklist(
        documents=tuple(RequiredDocument(**document) for document in snapshot["documents"]),
        on=date.fromisoformat(snapshot["on"]),
        situation=None if situation is None else _situation_from_json(situation),
        stamps=tuple(
            Stamp(Title(stamp["title"]), stamp["amount_cents"], stamp["desk_photo_cents"])
            for stamp in snapshot["stamps"]
        ),
        rules_version=snapshot["version"],
    )


def _situation_to_json(situation: Situation) -> dict[str, Any]:
    told = {
        field.name: str(getattr(situation, field.name))
        for field in fields(situation)
        if field.name != "titles"
    }
    return {"titles": sorted(situation.titles), **told}


def _situation_from_json(told: Mapping[str, Any]) -> Situation:
    kinds = get_type_hints(Situation)
    answers = {name: kinds[name](value) for name, value in told.items() if name != "titles"}
    return Situation(titles=frozenset(map(Title, told["titles"])), **answers)
