"""Floor 2: what happened, who did it, in an order nobody can rewrite."""
