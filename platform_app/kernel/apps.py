"""Kernel."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    name = "platform_app.kernel"
    verbose_name = _("Platform records")
    label = "kernel"

    def ready(self) -> None:
        """Give every process and thread, not only workers, the Celery app `jobs` hands work to.

        By name: the composition above imports the kernel, never the other way round.
        """
        composition = import_module("platform_app.celery")
        composition.app.set_default()
        for app in composition.APPS_WITH_TASKS:
            import_module(f"{app}.tasks")
