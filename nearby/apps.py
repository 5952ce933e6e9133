"""Free times of several communes, and telling people of them."""

from django.apps import AppConfig


class NearbyConfig(AppConfig):
    """Free times of several communes, and telling people of them."""

    name = "nearby"
    verbose_name = "Près de chez vous"
