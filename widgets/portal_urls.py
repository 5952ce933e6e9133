"""The script of the widget on the portal: one address for all communes."""

from django.urls import path

from widgets import frame_views


urlpatterns = [path("w.js", frame_views.script, name="widget_script")]
