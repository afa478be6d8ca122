"""What the administrator does: people, units, the clock, rules."""
