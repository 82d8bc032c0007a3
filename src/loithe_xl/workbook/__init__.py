"""A workbook as a value, and that value as bytes."""
