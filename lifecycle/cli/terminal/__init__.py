"""What makes click speak Chinese, and text fit a terminal."""
