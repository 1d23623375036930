"""Floor 2: spreadsheets people send and get: read within bounds, written without formulas. Knows no business."""
