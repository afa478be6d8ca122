"""Corrections as acts: proposed, confirmed, declined; opinions renewed, steps settled."""
