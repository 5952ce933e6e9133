"""URLs of the login host where an agent chooses where to practise, and as whom."""

from django.urls import path

from onboarding import sandbox_views


urlpatterns = [path("", sandbox_views.practice, name="practice")]
