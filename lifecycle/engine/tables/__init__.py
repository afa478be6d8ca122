"""Facts that are tables: read as officers enter them, told as they change."""
