"""The acts about letters."""
