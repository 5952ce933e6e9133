"""URLs of the record of who did what, under ``/agent/commune/journal/``."""

from django.urls import path

from journal import views


app_name = "journal"
urlpatterns = [
    path("", views.journal, name="journal"),
    path("journal.csv", views.journal_csv, name="journal_csv"),
    path("verification/", views.verify, name="verify"),
    path("assistance/<int:pk>/fin/", views.end_support, name="end_support"),
]
