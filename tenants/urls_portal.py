"""URLs of the portal's own pages."""

from django.urls import path

from tenants import views


urlpatterns = [path("", views.portal_home, name="portal_home")]
