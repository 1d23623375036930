"""Floor 0: plain values and rules that every room may use. Standard library only."""
