"""URLs of whoever reads messages, citizen or staff: she chooses without an account."""

from django.urls import path

from messaging import reader_views


app_name = "reading"
urlpatterns = [
    path("messages/<str:secret>/", reader_views.choose, name="choose"),
    path("messages/<str:secret>/arreter/<slug:kind>/", reader_views.refuse, name="refuse"),
    path("agent/mes-messages/", reader_views.mine, name="mine"),
]
