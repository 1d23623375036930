"""Floor 6: products, certificates, categories, pricing, indexing, browsing."""
