"""The login host: identities of others that open an account, and citizens on their way."""

from django.urls import path

from stateid import identity_views, views


PLACES = [("equipe/<slug:slug>/", "commune"), ("equipe/association/<slug:slug>/", "association")]

urlpatterns = [
    path("stateid/franceconnect/demande/", views.citizen, name="stateid_citizen"),
    path("stateid/franceconnect/retour/", views.citizen_back, name="stateid_citizen_back"),
    path("stateid/<slug:provider_id>/login/", views.login, name="stateid_login"),
    path("stateid/<slug:provider_id>/login/callback/", views.callback, name="stateid_callback"),
    path("deconnexion/", views.log_out_everywhere, name="account_logout"),
    path("compte/identites/", identity_views.mine, name="identities"),
    path("compte/identites/<int:pk>/retirer/", identity_views.unlink, name="unlink_identity"),
    *(
        path(f"{place}identites/", identity_views.waiting, {"kind": kind}, f"{kind}_identities")
        for place, kind in PLACES
    ),
    *(
        path(
            f"{place}identites/<int:pk>/accepter/",
            identity_views.accept,
            {"kind": kind},
            f"{kind}_accept_identity",
        )
        for place, kind in PLACES
    ),
    *(
        path(
            f"{place}identites/<int:pk>/refuser/",
            identity_views.refuse,
            {"kind": kind},
            f"{kind}_refuse_identity",
        )
        for place, kind in PLACES
    ),
]
