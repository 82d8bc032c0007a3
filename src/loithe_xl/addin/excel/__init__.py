"""The bridge to the Excel that is running: an open workbook as values, and values put back into it."""
