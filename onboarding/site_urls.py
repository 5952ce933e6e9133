"""URLs of a commune's site that exist while it is not open, or is not real."""

from django.urls import path

from onboarding import kept_views


urlpatterns = [
    path("messages/", kept_views.messages, name="kept_messages"),
    path("messages/<int:number>/", kept_views.message, name="kept_message"),
    path("essai/<str:key>/", kept_views.trial, name="trial"),
    path("essai/<str:key>/entrer/", kept_views.begin_trial, name="begin_trial"),
]
