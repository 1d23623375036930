"""Bargaining with one producer, and one sealed request to several."""
