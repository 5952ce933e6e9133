"""The OpenAPI document: what ninja reads in the code, with words, examples and errors.

It is written in the language that is asked for; what programs rely on is the same in each.
"""

import copy
from functools import cache
from http import HTTPStatus
from typing import Any

from django.utils.translation import get_language, gettext as _, override

from api import examples, problems, texts
from api.shapes import Problem
from api.v1 import VERSION, api
from booking.checklists import question_label


Node = dict[str, Any]
ERROR = "#/components/schemas/Problem"
USUAL = ("invalid_fields", "too_many", "server_error", "unavailable")
WITH_KEY = ("key_wanted", "key_unknown", "key_expired", "key_revoked", "scope_missing")
WITH_BODY = ("unreadable", "too_large", "not_json")
REPEATABLE = ("idempotency_key_missing", "idempotency_key_reused", "still_running")


def document(server: str) -> Node:
    """Return the document of a commune, in the language of the request."""
    return {**_written(get_language() or "fr"), "servers": [{"url": server}]}


@cache
def _written(language: str) -> Node:
    with override(language):
        return _complete(copy.deepcopy(dict(api.get_openapi_schema(path_prefix="/api/v1/"))))


def _complete(raw: Node) -> Node:
    """Add what the code does not say."""
    schemas = raw["components"]["schemas"]
    error = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= {**error.pop("$defs", {}), "Problem": error}
    raw["components"] = {"schemas": schemas, "securitySchemes": _security()}
    raw["info"] = {
        "title": "Parvis",
        "version": VERSION,
        "description": _(
            "Démarches, créneaux, rendez-vous, signalements et chiffres d’une commune."
        ),
        "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
    }
    raw["tags"] = [
        {"name": name, "description": str(words)} for name, words in texts.GROUPS.items()
    ]
    for operations in raw["paths"].values():
        operations.pop("head", None)  # as GET, without its content
        for method, operation in operations.items():
            operations[method] = _operation(operation)
    return raw


def _security() -> Node:
    return {
        "key": {
            "type": "http",
            "scheme": "bearer",
            "description": _("La clé que la mairie a donnée à votre logiciel."),
        }
    }


def _operation(raw: Node) -> Node:
    """Tell an operation in words, with its examples and all that it may refuse."""
    name = raw["operationId"]
    words = texts.OPERATIONS[name]
    told = {**raw, "summary": str(words.title), "description": str(words.text)}
    told["security"] = [{"key": [words.scope]}] if words.scope else [{}, {"key": []}]
    if words.scope:
        told["x-scope"] = words.scope
    told["parameters"] = [_parameter(each, name) for each in raw.get("parameters", ())]
    if name in examples.SENT:
        content = told["requestBody"]["content"]["application/json"]
        content["example"] = examples.SENT[name]
    told["responses"] = _answers(raw, words)
    return told


def _parameter(raw: Node, operation: str) -> Node:
    name = raw["name"]
    told = {**raw}
    if operation == "readService" and raw["in"] == "query":
        told["description"] = question_label(name)
    elif name in texts.PARAMETERS:
        told["description"] = str(texts.PARAMETERS[name])
    if name in examples.PATHS and raw["in"] == "path":
        told["example"] = examples.PATHS[name]
    asked = examples.QUERIES.get(operation, {})
    if raw["in"] == "query" and name in asked:
        told["example"] = asked[name]
    if name == "Idempotency-Key":
        told |= {"required": True, "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"}}
        told["example"] = "5f0c6c1e-2b0e-4d53-9f5b-0d9f6d5f2a61"
    return told


def _answers(raw: Node, words: texts.Words) -> Node:
    """Give the good answer its example, and list the errors by their status."""
    told: Node = {}
    for status, answer in raw["responses"].items():
        described = {**answer, "description": str(words.title)}
        if "content" in described:
            good = examples.ANSWERED[raw["operationId"]]
            described["content"]["application/json"]["example"] = good
        described["headers"] = _headers()
        told[str(status)] = described
    for status, codes in sorted(_errors(raw, words).items()):
        told[str(status)] = _error(status, codes)
    return told


def _errors(raw: Node, words: texts.Words) -> dict[int, list[str]]:
    codes = [*words.refused, *USUAL, *WITH_KEY]
    codes += WITH_BODY if "requestBody" in raw else ()
    codes += REPEATABLE if words.is_repeatable else ()
    found: dict[int, list[str]] = {}
    for code in codes:
        of_status = found.setdefault(texts.ERRORS[code][0], [])
        if code not in of_status:
            of_status.append(code)
    return found


def _error(status: int, codes: list[str]) -> Node:
    return {
        "description": HTTPStatus(status).phrase,
        "content": {
            problems.KIND: {
                "schema": {"$ref": ERROR},
                "examples": {code: {"value": _example(status, code)} for code in codes},
            }
        },
    }


def _example(status: int, code: str) -> Node:
    told: Node = {
        "type": f"{problems.DOCS}#{code}",
        "title": str(problems.TITLES[status]),
        "status": status,
        "detail": str(texts.ERRORS[code][1]),
        "code": code,
    }
    if code == "slot_taken":
        told["alternatives"] = ["2026-11-30T09:20:00+01:00"]
    if code == "invalid_fields":
        told["errors"] = [
            {"field": "people.0.name", "message": _("Cette donnée est obligatoire.")}
        ]
    return told


def _headers() -> Node:
    return {
        name: {"description": str(words), "schema": {"type": "string"}}
        for name, words in {
            "RateLimit": _("Ce qui reste de demandes, et sur combien de secondes."),
            "RateLimit-Policy": _(
                "Combien de demandes sont permises, et sur combien de secondes."
            ),
        }.items()
    }
