"""The public download: OCDS, lines and totals, the fields of LKPP's systems. Personal data is left out by construction."""
