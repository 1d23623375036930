"""QRIS codes: reading, checking and building the EMVCo string; limits and fees by date. Pure."""
