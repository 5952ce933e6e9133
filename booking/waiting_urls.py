"""URLs of the waiting list at the counter, under ``/agent/attente/``."""

from django.urls import path

from booking import waiting_staff_views as views


urlpatterns = [
    path("", views.waiting_list, name="waiting"),
    path("<int:entry_id>/acceptation/", views.accept, name="waiting_accept"),
    path("<int:entry_id>/refus/", views.decline, name="waiting_decline"),
    path("<int:entry_id>/depart/", views.leave, name="waiting_leave"),
    path("<int:entry_id>/retour/", views.come_back, name="waiting_back"),
]
