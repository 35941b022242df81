from django.db import models


class Pulse(models.Model):
    """The last sign of life of a part of the machinery.

    Of no organisation: `planner`, and `worker HOST` for each worker process.
    """

    name = models.CharField(max_length=200, primary_key=True)
    beaten_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
