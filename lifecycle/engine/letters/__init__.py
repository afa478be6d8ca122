"""The life of letters within their case, as gates and steps see it."""
