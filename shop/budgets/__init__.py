"""Floor 5: RUP packages, their pagu, who was asked to spend them, and what is reserved."""
