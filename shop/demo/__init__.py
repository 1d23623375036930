"""Demo: a city that looks like Jakarta at work, made from a seed. Nobody and no business in it is real."""
