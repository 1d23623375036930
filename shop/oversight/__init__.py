"""The auditor's room: search, samples, annotations, verification, and who exported what."""
