"""URLs of what one person has in several communes, on the login host."""

from django.urls import path

from mutual import my_day_views


app_name = "mutual"
urlpatterns = [
    path("", my_day_views.my_day, name="my_day"),
]
