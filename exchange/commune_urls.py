"""URLs of what comes in and goes out on a commune's site."""

from django.urls import URLPattern, URLResolver, include, path


app_name = "exchange"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("exchange.import_urls")),
    path("", include("exchange.archive_urls")),
]
