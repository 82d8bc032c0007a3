"""Which files count, what they come to, and what the parent remembers of them."""
