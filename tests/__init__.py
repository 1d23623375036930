"""The tests: a mirror of shop/, plus the laws of the house."""
