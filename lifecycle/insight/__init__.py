"""What the entries add up to: where a case stands, what waits for an officer, the board."""
