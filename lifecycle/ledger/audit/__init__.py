"""The audit: everything judged again, streaming."""
