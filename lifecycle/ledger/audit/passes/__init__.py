"""The passes of an audit that look at one thing each."""
