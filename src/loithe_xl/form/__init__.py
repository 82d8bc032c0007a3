"""One form: its addresses, its inputs, its checks, its figures."""
