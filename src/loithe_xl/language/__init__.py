"""What the program says, in both languages; Vietnamese notation; texts made clean."""
