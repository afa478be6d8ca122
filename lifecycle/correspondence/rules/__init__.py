"""Rules on who writes what to whom, and how it is numbered."""
