"""A colleague says yes or no to what is about to be ordered, line by line, at prices that hold meanwhile."""
