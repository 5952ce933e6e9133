"""The documentation: one document for programs, one page for those who write them."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from api import limits, texts
from api.document import document
from connect import samples, scopes
from tenants.hosts import absolute_url


Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One operation, as the page tells it."""

    name: str
    method: str
    path: str
    title: str
    text: str
    scope: str
    curl: str
    answer: str
    parameters: list[tuple[str, str, str]] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """Give the OpenAPI document, from which programs are generated."""
    told = document(_site(request))
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show the same document as a page, with what to type for this commune."""
    server = _server(request)
    told = document(_site(request))
    operations = [
        (operation, _told(server, path, method, operation, told["components"]["schemas"]))
        for path, operations in told["paths"].items()
        for method, operation in operations.items()
    ]
    context = {
        "server": server,
        "version": told["info"]["version"],
        "groups": [
            (words, [each for raw, each in operations if name in raw["tags"]])
            for name, words in texts.GROUPS.items()
        ],
        "errors": [(code, *known) for code, known in texts.ERRORS.items()],
        "rights": list(scopes.REST.items()),
        "keyed": limits.KEYED.seats,
        "open": limits.OPEN.seats,
        "received": samples.EXAMPLE,
        "checking": samples.ALL,
        "first_call": f"curl '{server}/services'",
    }
    return render(request, "api/docs.html", context)


def _server(request: HttpRequest) -> str:
    return absolute_url(request.commune, "/api/v1")  # type: ignore[attr-defined]


def _site(request: HttpRequest) -> str:
    return absolute_url(request.commune, "")  # type: ignore[attr-defined]


def _told(server: str, path: str, method: str, raw: Node, named: Node) -> Told:
    scope = raw.get("x-scope", "")
    short = path.removeprefix("/api/v1")
    answered = next(iter(raw["responses"].values()))
    content = answered.get("content", {}).get("application/json", {})
    return Told(
        name=raw["operationId"],
        method=method.upper(),
        path=f"/api/v1{short}",
        title=raw["summary"],
        text=raw["description"],
        scope=scope,
        curl=_curl(f"{server}{short}", method, raw, scope),
        answer=_pretty(content["example"]) if "example" in content else "",
        parameters=[
            (each["name"], each.get("description", ""), _kind(each["schema"], named))
            for each in raw["parameters"]
        ],
        errors=[
            (int(status), code)
            for status, error in raw["responses"].items()
            if int(status) >= 400  # noqa: PLR2004
            for code in error["content"]["application/problem+json"]["examples"]
        ],
    )


def _curl(address: str, method: str, raw: Node, scope: str) -> str:
    """Write the command that sends the example of an operation to this commune."""
    asked = {}
    for each in raw["parameters"]:
        if each["in"] == "path" and "example" in each:
            address = address.replace(f"{{{each['name']}}}", each["example"])
        if each["in"] == "query" and "example" in each:
            asked[each["name"]] = each["example"]
    query = f"?{urlencode(asked)}" if asked else ""
    lines = ["curl" + ("" if method == "get" else f" -X {method.upper()}")]
    lines[0] += f" '{address}{query}'"
    if scope:
        lines.append('-H "Authorization: Bearer $PARVIS_KEY"')
    if any(each["name"] == "Idempotency-Key" for each in raw["parameters"]):
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    body = raw.get("requestBody", {}).get("content", {}).get("application/json", {})
    if "example" in body:
        lines.append("-H 'Content-Type: application/json'")
        lines.append(f"-d '{_pretty(body['example'])}'")
    return " \\\n  ".join(lines)


def _pretty(example: Any) -> str:
    return json.dumps(example, ensure_ascii=False, indent=2)


def _kind(schema: Node, named: Node) -> str:
    """Say in a word what a parameter is; ``named`` are the schemas that others refer to."""
    if "$ref" in schema:
        return _kind(named[schema["$ref"].rpartition("/")[2]], named)
    if "anyOf" in schema:
        kinds = [_kind(each, named) for each in schema["anyOf"] if each.get("type") != "null"]
        return kinds[0] if kinds else ""
    if "enum" in schema:
        return ", ".join(str(each) for each in schema["enum"])
    return str(schema.get("format") or schema.get("type") or "")
