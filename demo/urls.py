"""URLs of the demo, mounted on every site in demo mode only."""

from django.urls import path

from demo import views


app_name = "demo"
urlpatterns = [
    path("mairie/", views.town_hall, name="town_hall"),
    path("outbox/", views.outbox, name="outbox"),
    path("outbox/<int:number>/", views.message, name="message"),
    path("outbox/<int:number>/html/", views.html, name="html"),
    path("outbox/<slug:slug>/", views.outbox, name="channel"),
    path("outbox/<slug:slug>/<int:number>/", views.message, name="channel_message"),
]
