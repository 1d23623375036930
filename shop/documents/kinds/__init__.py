"""One kind of paper a file: what it says, what it cannot do without, and how it is drawn. `table.py` lists them all."""
