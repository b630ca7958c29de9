"""The tables of campaigns in the back office, to look at."""
