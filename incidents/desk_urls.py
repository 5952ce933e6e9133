"""URLs of the reports, for the team."""

from django.urls import path

from incidents import (
    bulk_views,
    capture_views,
    desk_map_views,
    desk_views,
    export_views,
    list_views,
    move_views,
    open_views,
    redaction_views,
    walk_views,
)


urlpatterns = [
    path("", list_views.listed, name="list"),
    path("carte.json", desk_map_views.points, name="marks"),
    path("chaleur.json", desk_map_views.warmth, name="heat"),
    path("export/", export_views.export, name="export"),
    path("bons.pdf", export_views.orders, name="work_orders"),
    path("<reference:reference>/bon.pdf", export_views.order, name="work_order"),
    path("plusieurs/", bulk_views.many, name="many"),
    path("filtres/", list_views.save, name="save_filter"),
    path("filtres/<int:pk>/suppression/", list_views.forget, name="forget_filter"),
    path("nouveau/", capture_views.capture, name="capture"),
    path("integrer/", open_views.snippet, name="snippet"),
    path("tournee-elu/", walk_views.walk, name="walk"),
    path("tournee-elu/tri/", walk_views.sort, name="sort_walk"),
    path("<reference:reference>/", desk_views.report, name="report"),
    path("<reference:reference>/passer/", move_views.move, name="move"),
    path("<reference:reference>/modifier/", desk_views.edit, name="edit"),
    path("<reference:reference>/photo/<int:pk>/", redaction_views.photo, name="photo"),
    path(
        "<reference:reference>/photo/<int:pk>/<slug:what>/", redaction_views.act, name="photo_act"
    ),
    path("<reference:reference>/recepisse/", capture_views.slip, name="slip"),
    path("<reference:reference>/<slug:what>/", desk_views.act, name="act"),
]
