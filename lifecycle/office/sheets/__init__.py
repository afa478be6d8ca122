"""What comes in from tables as offices keep them: cases, and a directory."""
