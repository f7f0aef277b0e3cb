"""The database: every function takes the session or connection; the use case above owns the transaction."""
