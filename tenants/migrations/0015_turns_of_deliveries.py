from django.db import migrations, models


class Migration(migrations.Migration):
    """What waits, by endpoint: each has its turn without a look at what the others wait for."""

    dependencies = [("tenants", "0014_no_address_of_faces")]

    operations = [
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                fields=["endpoint", "next_attempt_at", "id"],
                condition=models.Q(("status", "pending")),
                name="tenants_webhookdelivery_turn",
            ),
        ),
    ]
