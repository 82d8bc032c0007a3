"""One rule text and its two readings, Python's and Excel's; the one spelling in which formulas are compared."""
