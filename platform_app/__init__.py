"""Composition: settings, URLs, Celery, and the kernel every app stands on."""
