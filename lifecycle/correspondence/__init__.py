"""A letter's life: the rules it is issued by, its number, its way, its proof."""
