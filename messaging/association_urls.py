"""URLs of the messages written in the name of an association, under ``/messages/``."""

from django.urls import path

from messaging import views


app_name = "messaging"
urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:slug>/", views.messages_of, name="list"),
    path("<slug:slug>/<int:pk>/", views.message, name="message"),
    path("<slug:slug>/<int:pk>/html/", views.twin, name="twin"),
    path("<slug:slug>/<int:pk>/renvoi/", views.send_again, name="send_again"),
    path("<slug:slug>/<int:pk>/parti/", views.note_sent, name="note_sent"),
    path("<slug:slug>/<int:pk>/abandon/", views.give_up, name="give_up"),
]
