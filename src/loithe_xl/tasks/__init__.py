"""What the product does, one function per command and button: composition only."""
