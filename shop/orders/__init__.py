"""Floor 7: from basket to closed: placing, confirming, delivering, receiving, paying."""
