"""The one expression language of guards, lists and letters."""
