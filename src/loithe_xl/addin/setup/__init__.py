"""One user's Windows PC: the add-in is put there, taken away, and what hinders it is named."""
