"""The computer: files written whole, workers that may die, LibreOffice, the process itself."""
