"""URL by which other programs read a diary."""

from django.urls import path

from calendars import views


app_name = "agenda"
urlpatterns = [path("agenda/<str:token>.ics", views.read, name="read")]
