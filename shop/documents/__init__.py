"""Papers as they were issued: numbered, frozen, checkable by anybody, bundled for the SPJ."""
