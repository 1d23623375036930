"""Outside parties over HTTP, one file each; returns values, raises errors of the house. Knows no order."""
