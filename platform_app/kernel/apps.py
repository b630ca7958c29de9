"""Kernel."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "platform_app.kernel"
    label = "kernel"
