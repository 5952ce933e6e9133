"""URLs of the Open311 server: the same below the production and the test endpoint."""

from typing import Any

from django.urls import URLPattern, path, register_converter
from django.views.decorators.csrf import csrf_exempt

from incidents import open311_views as views, open311_write_views as writes
from incidents.open311_frame_views import endpoint


class FormConverter:
    """The end of an address: the format of the answer."""

    regex = "xml|json"

    def to_python(self, value: str) -> str:
        """Leave it as it is."""
        return value

    def to_url(self, value: str) -> str:
        """Leave it as it is."""
        return value


class WordConverter(FormConverter):
    """A code, a reference or a token: anything but a slash."""

    regex = "[^/]+"


class KindConverter(FormConverter):
    """The end of the address of a file."""

    regex = "csv|json"


register_converter(FormConverter, "open311_form")
register_converter(WordConverter, "open311_word")
register_converter(KindConverter, "open311_kind")
FORM = "<open311_form:form>"


def _below(base: str, name: str, **where: Any) -> list[URLPattern]:
    single = endpoint(views.single)
    return [
        path(f"{base}discovery.{FORM}", endpoint(views.discovery), where, f"{name}_discovery"),
        path(f"{base}services.{FORM}", endpoint(views.services), where, f"{name}_services"),
        path(
            f"{base}services/<open311_word:service_code>.{FORM}",
            endpoint(views.definition),
            where,
            f"{name}_definition",
        ),
        path(
            f"{base}requests.{FORM}",
            endpoint(views.requests, writes.create),
            where,
            f"{name}_requests",
        ),
        path(f"{base}requests/<open311_word:reference>.{FORM}", single, where, f"{name}_single"),
        path(f"{base}request/<open311_word:reference>.{FORM}", single, where, f"{name}_one"),
        path(
            f"{base}tokens/<open311_word:token>.{FORM}",
            endpoint(writes.token),
            where,
            f"{name}_token",
        ),
        path(
            f"{base}servicerequestupdates.{FORM}",
            endpoint(writes.updates, writes.update),
            where,
            f"{name}_updates",
        ),
    ]


urlpatterns = [
    path("", views.home, name="open311"),
    path(f"discovery.{FORM}", endpoint(views.discovery), name="open311_discovery"),
    path("export/requests.<open311_kind:kind>", views.bulk, name="open311_bulk"),
    *_below("v2/", "open311_v2", is_test=False),
    *_below("test/v2/", "open311_test", is_test=True),
    path("<path:rest>", csrf_exempt(views.nowhere), name="open311_nowhere"),
]
