"""Floor 5: producers. Later also programme facilities, curation and outlets."""
