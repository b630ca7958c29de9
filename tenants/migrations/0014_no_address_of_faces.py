from django.db import migrations


class Migration(migrations.Migration):
    """The page a face check opens holds a one-time secret: it is shown once and not kept."""

    dependencies = [("tenants", "0013_orders_of_visits")]

    operations = [migrations.RemoveField(model_name="facecheck", name="url")]
