"""The addresses of the real servers that the tests run beside."""

import os

import pytest


def app_address() -> str:
    """Return the address that the serving processes use."""
    return _address("PARVIS_APP_DATABASE_URL")


def owner_address() -> str:
    """Return the address of the owner of the database."""
    return _address("DATABASE_URL")


def _address(name: str) -> str:
    if name not in os.environ:
        pytest.skip(f"{name} is not set: run through platform/bin/with-servers")
    return os.environ[name]


def queue_address() -> str:
    """Return the address of Valkey."""
    return _address("REDIS_URL")
