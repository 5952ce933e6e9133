"""URLs of the settings of reports, for the administrators of the commune."""

from django.urls import path

from incidents import (
    settings_asset_file_views as asset_files,
    settings_assets_views as assets,
    settings_categories_views as categories,
    settings_handlers_views as handlers,
    settings_rules_views as rules,
    settings_views as home,
    settings_zones_views as zones,
)


app_name = "settings"
urlpatterns = [
    path("", home.home, name="home"),
    path("changements/<int:pk>/annulation/", home.undo, name="undo"),
    path("categories/", categories.categories, name="categories"),
    path("categories/nouvelle/", categories.add_category, name="add_category"),
    path("categories/<int:pk>/", categories.change_category, name="change_category"),
    path("categories/<int:pk>/ordre/", categories.move_category, name="move_category"),
    path("categories/<int:pk>/proposee/", categories.switch_category, name="switch_category"),
    path("categories/<int:pk>/suppression/", categories.delete_category, name="delete_category"),
    path("categories/lots/", categories.packs, name="packs"),
    path("categories/lots/<slug:slug>/", categories.pack, name="pack"),
    path("responsables/", handlers.handlers, name="handlers"),
    path("responsables/equipes/nouvelle/", handlers.add_team, name="add_team"),
    path("responsables/equipes/<int:pk>/", handlers.change_team, name="change_team"),
    path("responsables/equipes/<int:pk>/suppression/", handlers.delete_team, name="delete_team"),
    path("responsables/nouveau/", handlers.add_handler, name="add_handler"),
    path("responsables/<int:pk>/", handlers.change_handler, name="change_handler"),
    path("responsables/<int:pk>/suppression/", handlers.delete_handler, name="delete_handler"),
    path("regles/", rules.rules, name="rules"),
    path("regles/nouvelle/", rules.add_rule, name="add_rule"),
    path("regles/essai/", rules.trial, name="trial"),
    path("regles/<int:pk>/", rules.change_rule, name="change_rule"),
    path("regles/<int:pk>/ordre/", rules.move_rule, name="move_rule"),
    path("regles/<int:pk>/suppression/", rules.delete_rule, name="delete_rule"),
    path("zones/", zones.zones, name="zones"),
    path("zones/nouvelle/", zones.add_zone, name="add_zone"),
    path("zones/fichier/", zones.import_zones, name="import_zones"),
    path("zones/<int:pk>/", zones.change_zone, name="change_zone"),
    path("zones/<int:pk>/suppression/", zones.delete_zone, name="delete_zone"),
    path("equipements/", assets.assets, name="assets"),
    path("equipements/nouveau/", assets.add_asset, name="add_asset"),
    path("equipements/export.csv", assets.assets_csv, name="assets_csv"),
    path("equipements/autocollants.pdf", assets.sticker_sheet, name="sticker_sheet"),
    path("equipements/fichier/", asset_files.import_assets, name="import_assets"),
    path("equipements/fichier/colonnes/", asset_files.import_columns, name="import_columns"),
    path("equipements/<int:pk>/", assets.change_asset, name="change_asset"),
    path("equipements/<int:pk>/suppression/", assets.delete_asset, name="delete_asset"),
    path("equipements/<int:pk>/autocollant.pdf", assets.sticker, name="sticker"),
]
