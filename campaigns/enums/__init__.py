"""The words campaigns uses for states and kinds, one module a noun."""
