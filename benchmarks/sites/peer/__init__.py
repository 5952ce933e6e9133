"""A Django project that uses django-appointment as its documentation says, and nothing of ours.

It runs in an environment of its own, which has neither our code's dependencies nor our settings.
"""
