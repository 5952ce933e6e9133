"""URLs of what everybody may read of the reports."""

from django.urls import path

from incidents import open_views, public_figure_views, public_views


urlpatterns = [
    path("signalements/chiffres/", public_figure_views.page, name="public_figures"),
    path("signalements/", public_views.listed, name="public_list"),
    path("signalements/carte/integrer/", open_views.embedded, name="embedded"),
    path("signalements/fil.xml", open_views.feed, name="feed"),
    path("signalements/mercis/", public_views.thanks, name="public_thanks"),
    path("signalements/carte.json", public_views.points, name="points"),
    path("signalements/<reference:reference>/", public_views.report, name="public_report"),
    path("signalements/<reference:reference>/moi-aussi/", public_views.join, name="join"),
    path("signalements/<reference:reference>/suivre/", public_views.follow, name="follow_by_mail"),
]
