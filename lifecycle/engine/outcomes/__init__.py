"""What a transition computes, and what it does to other cases."""
