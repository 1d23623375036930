"""Floor 7: curation. A listing is judged by its kecamatan, then by the province, before buyers see it."""
