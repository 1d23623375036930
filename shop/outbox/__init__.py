"""Floor 2: work that waits for the commit and survives a crash: mail, index, outside calls."""
