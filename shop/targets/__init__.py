"""What share of its spending each office promised, how far it is, where the year will end."""
