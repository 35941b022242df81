class Problem(Exception):
    """Its text is one sentence: what is in the way, and what to do about it."""
