"""URLs of the counter."""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from booking import file_views, move_views, number_views, staff_views, ticket_views


class ReferenceConverter(StringConverter):
    """A reference as the database has it; anything else is no page."""

    regex = "[0-9A-HJKMNP-TV-Z]{8}"


register_converter(ReferenceConverter, "reference")

app_name = "agent"
urlpatterns = [
    path("", staff_views.today, name="today"),
    path("jour/", staff_views.choose_day, name="choose_day"),
    path("jour/<str:written>/", staff_views.day, name="day"),
    path("jour/<str:written>/feuille/", staff_views.sheet, name="sheet"),
    path("recherche/", staff_views.search, name="search"),
    path("rendez-vous/nouveau/", staff_views.new, name="new"),
    path("rendez-vous/<reference:reference>/", staff_views.booked, name="booked"),
    path("rendez-vous/<reference:reference>/arrivee/", staff_views.arrive, name="arrive"),
    path("rendez-vous/<reference:reference>/reception/", staff_views.receive, name="receive"),
    path("rendez-vous/<reference:reference>/absence/", staff_views.miss, name="miss"),
    path("rendez-vous/<reference:reference>/remise/", staff_views.reset, name="reset"),
    path("rendez-vous/<reference:reference>/annulation/", staff_views.cancel, name="cancel"),
    path("rendez-vous/<reference:reference>/retablissement/", staff_views.restore, name="restore"),
    path("rendez-vous/<reference:reference>/pieces/", file_views.ticks, name="ticks"),
    path("rendez-vous/<reference:reference>/incomplet/", file_views.incomplete, name="incomplete"),
    path("rendez-vous/<reference:reference>/reprise/", file_views.reopen, name="reopen"),
    path("rendez-vous/<reference:reference>/appel/", ticket_views.call_visit, name="call"),
    path(
        "rendez-vous/<reference:reference>/attente/", ticket_views.call_visit_back, name="uncall"
    ),
    path("rendez-vous/<reference:reference>/deplacement/", move_views.move, name="move"),
    path("rendez-vous/<reference:reference>/numeros/", number_views.staff_numbers, name="numbers"),
    path("rendez-vous/surnombre/", move_views.overbook, name="overbook"),
    path("", include("booking.ticket_urls")),
    path("attente/", include("booking.waiting_urls")),
    path("titres/", include("booking.title_urls")),
    path("panne/", include("booking.outage_urls")),
    path("reglages/", include("booking.settings_urls")),
    path("chiffres/", include("booking.figure_urls")),
]
