"""URLs of the hall: the queue, its calls, and who arrives; under ``/agent/``."""

from django.urls import path

from booking import arrival_views, ticket_views


urlpatterns = [
    path("accueil/", arrival_views.arrivals, name="arrivals"),
    path("accueil/<reference:reference>/", arrival_views.arrival, name="arrival"),
    path("file/", ticket_views.queue, name="queue"),
    path("file/suivant/", ticket_views.call_next, name="call_next"),
    path("file/sans-rendez-vous/", ticket_views.walk_in, name="walk_in"),
    path("file/<int:ticket_id>/", ticket_views.slip, name="slip"),
    path("file/<int:ticket_id>/appel/", ticket_views.call, name="call_ticket"),
    path("file/<int:ticket_id>/attente/", ticket_views.call_back, name="call_back"),
    path("file/<int:ticket_id>/reception/", ticket_views.serve, name="serve"),
    path("file/<int:ticket_id>/depart/", ticket_views.leave, name="leave"),
    path("file/<int:ticket_id>/retour/", ticket_views.put_back, name="put_back"),
    path("file/<int:ticket_id>/oubli/", ticket_views.forget, name="forget"),
]
