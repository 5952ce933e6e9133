"""Anchors tell nothing about people."""

from parvis.personal import NOT_PERSONAL, Table


MODELS: Table = {"Anchor": {NOT_PERSONAL: "id commune position hash at"}}
