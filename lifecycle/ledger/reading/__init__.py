"""Entries read in order: chains, cases as of a day, the office, and what every entry must be."""
