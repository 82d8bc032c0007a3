"""What can be saved of an altered form."""
