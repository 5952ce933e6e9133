"""What stands for a commune in an address."""

from django.urls import register_converter
from django.urls.converters import StringConverter


class InseeCodeConverter(StringConverter):
    """The INSEE code of a commune, the SIREN of an intercommunality; nothing else is looked up."""

    regex = "[0-9A-Z]{1,9}"


register_converter(InseeCodeConverter, "insee_code")
