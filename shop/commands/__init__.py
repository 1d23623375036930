"""Below the command line: thin commands by subject. Each opens a unit of work, calls one verb, prints."""
