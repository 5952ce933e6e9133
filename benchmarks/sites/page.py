"""The same page on both sides: one query, one template."""

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template


TEMPLATE = Template(
    "<!DOCTYPE html><html lang=fr><title>Motifs</title><h1>Motifs</h1><ul>"
    "{% for service in services %}<li>{{ service.name }} – {{ service.slug }}</li>{% endfor %}"
    "</ul></html>"
)


def services(_request: HttpRequest) -> HttpResponse:
    """List ten services."""
    rows = apps.get_model("booking", "Service").objects.order_by("pk")
    return HttpResponse(TEMPLATE.render(Context({"services": rows})))
