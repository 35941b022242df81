"""What a framework says, as plain values."""
