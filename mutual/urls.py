"""URLs of what communes share on the association's site."""

from django.urls import path

from mutual import views


app_name = "mutual"
urlpatterns = [
    path("", views.agreements, name="agreements"),
    path("nouvelle/", views.add_agreement, name="add_agreement"),
    path("<int:pk>/", views.change_agreement, name="change_agreement"),
    path("standard/", views.desk, name="desk"),
    path("standard/personnes/", views.choose_agents, name="choose_agents"),
]
