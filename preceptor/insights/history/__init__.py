"""Who changed what, when, from what: the page of owners, and everybody's own."""
