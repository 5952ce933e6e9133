"""Photos, served from signed addresses only."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from incidents import links, photos


@require_safe
def photo(request: HttpRequest, signed: str) -> HttpResponseBase:
    """Send one clean rendition; the original is nowhere to be sent from."""
    found = links.photo_behind(signed)
    if found is None:
        raise Http404
    try:
        content = photos.rendition(*found).open("rb")
    except (KeyError, FileNotFoundError):
        raise Http404 from None
    answer = FileResponse(content, content_type="image/jpeg")
    answer["Cache-Control"] = "private, max-age=3600"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
