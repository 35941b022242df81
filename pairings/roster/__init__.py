"""A roster file: what it says, and what that would change. Plain Python."""
