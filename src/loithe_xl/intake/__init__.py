"""A received workbook's values become a form or a parent's book, with every fault found on the way."""
