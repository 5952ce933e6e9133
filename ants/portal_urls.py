"""What the State's platform asks, on the host of all communes."""

from django.urls import path

from ants import views


app_name = "ants"
urlpatterns = [
    path("getManagedMeetingPoints", views.managed_meeting_points, name="points"),
    path("availableTimeSlots", views.available_time_slots, name="slots"),
    path("searchApplicationIds", views.search_application_ids, name="numbers"),
]
