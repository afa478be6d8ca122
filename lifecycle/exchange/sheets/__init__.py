"""Tables as offices keep them: read, understood, proposed as a map, and read by the map."""
