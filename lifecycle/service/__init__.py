"""A resident service over the office on a Unix socket; the command line is its first client."""
