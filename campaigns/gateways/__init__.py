"""The outside world of campaigns."""
