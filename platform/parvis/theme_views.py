"""The stylesheet that carries one commune's colours."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parvis.templatetags.ui_site import brand_colour
from parvis.theme import DEFAULT_BRAND, palette


@login_not_required
@require_safe
def stylesheet(request: HttpRequest) -> HttpResponse:
    """Declare the palette; kept for a year under the address that names its version."""
    colours = palette(brand_colour(request) or DEFAULT_BRAND)
    answer = HttpResponse(colours.stylesheet, content_type="text/css; charset=utf-8")
    current = request.GET.get("v") == colours.version
    answer["Cache-Control"] = "public, max-age=31536000, immutable" if current else "no-cache"
    return answer
