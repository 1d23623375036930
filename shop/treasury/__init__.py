"""The treasurer's room: what is owed and how old it is, bank statements, what was withheld and must be remitted."""
