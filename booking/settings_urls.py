"""URLs of the settings, for the administrators of the commune."""

from django.urls import path

from booking import (
    settings_closures_views as closures,
    settings_diagnosis_views as diagnosis,
    settings_hours_views as hours,
    settings_places_views as places,
    settings_services_views as services,
    settings_views as home,
    settings_words_views as words,
)


app_name = "settings"
urlpatterns = [
    path("", home.home, name="home"),
    path("changements/<int:pk>/annulation/", home.undo, name="undo"),
    path("regles/", home.rules, name="rules"),
    path("hors-horaires/", home.outside, name="outside"),
    path("horaires/", hours.week, name="hours"),
    path("horaires/nouvelle/", hours.add_opening, name="add_opening"),
    path("horaires/<int:pk>/", hours.change_opening, name="change_opening"),
    path("horaires/<int:pk>/suppression/", hours.delete_opening, name="delete_opening"),
    path("horaires/jour/", hours.choose_day, name="choose_day"),
    path("horaires/<int:pk>/jour/<str:written>/", hours.occurrence, name="occurrence"),
    path(
        "horaires/jour/<int:pk>/retablissement/",
        hours.restore_occurrence,
        name="restore_occurrence",
    ),
    path("fermetures/", closures.closures, name="closures"),
    path("fermetures/nouvelle/", closures.add_closure, name="add_closure"),
    path("fermetures/<int:pk>/suppression/", closures.delete_closure, name="delete_closure"),
    path("demarches/", services.services, name="services"),
    path("demarches/catalogue/", services.catalogue, name="catalogue"),
    path("demarches/nouvelle/", services.add_service, name="add_service"),
    path("demarches/<int:pk>/", services.change_service, name="change_service"),
    path("demarches/<int:pk>/ordre/", services.move_service, name="move_service"),
    path("demarches/<int:pk>/en-ligne/", services.switch_service, name="switch_service"),
    path("guichets/", places.resources, name="resources"),
    path("guichets/nouveau/", places.add_resource, name="add_resource"),
    path("guichets/<int:pk>/", places.change_resource, name="change_resource"),
    path("lieux/nouveau/", places.add_site, name="add_site"),
    path("lieux/<int:pk>/", places.change_site, name="change_site"),
    path("pieces/", words.documents, name="documents"),
    path("pieces/nouvelle/", words.add_document, name="add_document"),
    path("pieces/<slug:key>/", words.change_document, name="change_document"),
    path("pieces/<slug:key>/retour/", words.reset_document, name="reset_document"),
    path("messages/", words.messages, name="messages"),
    path("messages/<slug:event>/<slug:language>/", words.change_message, name="change_message"),
    path("pourquoi/", diagnosis.diagnosis, name="diagnosis"),
]
