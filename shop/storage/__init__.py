"""Floor 2: files people upload: photos re-encoded, papers checked, kept under the hash of their content."""
