"""What Pauillac offers other software by Open311: questions in two categories, a program."""

from datetime import datetime
from typing import Any

from connect import actions, scopes
from demo.furnishing import DESK
from incidents.models import Category, CategoryAttribute


Datatype = CategoryAttribute.Datatype
SIDES = [
    {"key": "chaussee", "name": "sur la chaussée"},
    {"key": "trottoir", "name": "sur le trottoir"},
    {"key": "piste", "name": "sur la piste cyclable"},
]
WASTE = [
    {"key": "gravats", "name": "gravats"},
    {"key": "meubles", "name": "meubles et matelas"},
    {"key": "vehicule", "name": "pièces de véhicule"},
    {"key": "vert", "name": "déchets verts"},
]
QUESTIONS: dict[str, list[dict[str, Any]]] = {
    "nid-de-poule": [
        {
            "code": "ou",
            "description": "Où exactement ?",
            "datatype": Datatype.ONE_OF,
            "values": SIDES,
            "is_required": True,
            "is_public": True,
        },
        {
            "code": "profondeur-cm",
            "description": "Quelle profondeur, en centimètres ?",
            "datatype": Datatype.NUMBER,
            "datatype_description": "À peu près suffit.",
        },
    ],
    "depot-sauvage": [
        {
            "code": "quoi",
            "description": "De quoi s’agit-il ?",
            "datatype": Datatype.SOME_OF,
            "values": WASTE,
            "is_public": True,
        },
        {
            "code": "conseil",
            "description": "Ne touchez à rien : les agents cherchent qui a déposé.",
            "datatype": Datatype.TEXT,
            "is_variable": False,
        },
    ],
}


def show(*, now: datetime) -> str:
    """Ask questions in two categories and give a program a key; return the key."""
    kinds = {each.code: each for each in Category.objects.filter(code__in=QUESTIONS)}
    CategoryAttribute.objects.bulk_create(
        CategoryAttribute(category=kinds[code], position=rank, **question)
        for code, questions in QUESTIONS.items()
        if code in kinds
        for rank, question in enumerate(questions, 1)
    )
    client = actions.create_client(
        name="Application de l’intercommunalité", contact="appli@medoc.example.org", by=DESK
    )
    _key, secret = actions.issue_key(client=client, scopes=scopes.OPEN311, by=DESK, now=now)
    return secret
