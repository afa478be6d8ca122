"""Scenarios: how an administrator tries a workflow out before it is published."""
