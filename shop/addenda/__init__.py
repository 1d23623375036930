"""Changes of an order that both sides sign, and stopping it."""
