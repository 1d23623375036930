"""Floor 8: naik kelas. Turnover from real orders beside what is declared, statements, letters for a bank, the recap."""
