"""Time limits that run, the next day due, and what makes itself on a day."""
