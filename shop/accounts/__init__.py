"""Floor 3: people, offices (OPD), roles with many hats, sessions, tokens, permissions."""
