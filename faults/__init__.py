"""Faults on the real product: what is killed, cut, filled and sent twice, and what must hold."""
