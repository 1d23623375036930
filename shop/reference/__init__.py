"""Reference: regions, account codes, KBLI, holidays and dated rules. Facts of others, loaded from our own files."""
