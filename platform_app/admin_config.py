"""Django's admin with our site in place of its own."""

from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    default_site = "platform_app.admin.StaffSite"
