"""URLs of the link by which a citizen follows a report."""

from django.urls import path

from incidents import follow_views


urlpatterns = [
    path("suivi/retrouver/", follow_views.find, name="find_link"),
    path("suivi/retrouver/envoye/", follow_views.link_sent, name="link_sent"),
    path("suivi/<str:secret>/", follow_views.follow, name="follow"),
    path("suivi/<str:secret>/accuse-de-reception.pdf", follow_views.receipt, name="receipt"),
]
