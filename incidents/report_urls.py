"""URLs of the form by which a citizen says something."""

from django.urls import path

from incidents import report_views


urlpatterns = [path("signaler/", report_views.report, name="report_form")]
