"""A Django project as ``startproject`` makes it: no commune, no role, no guard."""
