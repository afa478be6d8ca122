"""The gates of transitions, and the co-sign among them."""
