"""Pages whose address is their key: kept out of caches, and out of what browsers tell others."""

from django.http import HttpResponse


def private(answer: HttpResponse) -> HttpResponse:
    """Keep a page with a secret in its address out of caches and other sites."""
    answer["Referrer-Policy"] = "same-origin"
    answer["Cache-Control"] = "no-store"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
