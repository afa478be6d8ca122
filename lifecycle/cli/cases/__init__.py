"""What officers do to cases, and how they look at them."""
