"""Floor 9: what every door shares: guard, errors to status, language, paging, headers."""
