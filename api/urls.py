"""URLs of the API on a commune's site."""

from django.urls import URLPattern, include, path

from api import doc_views
from api.v1 import api


app_name = "api"
operations = [
    each for each in api.urls[0] if isinstance(each, URLPattern) and each.name != "api-root"
]
urlpatterns = [
    path("api/v1/docs", doc_views.docs, name="docs"),
    path("api/v1/openapi.json", doc_views.openapi, name="openapi"),
    path("api/v1/", include(operations)),
]
