"""The evidence that a mayor's adviser asks for, written from what the product is."""
