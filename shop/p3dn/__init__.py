"""Floor 4: what was planned, ordered and paid, and how much of it counts as domestic product (P3DN)."""
