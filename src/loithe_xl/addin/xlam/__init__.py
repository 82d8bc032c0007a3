"""The Excel add-in as a file: made from text alone, equal bytes from equal sources."""
