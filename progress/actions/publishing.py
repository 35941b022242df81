"""What of the figures of a year others than its two may see."""

from progress.models import GrowthPlan, PublishedFigure


def publish_figure(*, plan: GrowthPlan, figure: str) -> None:
    """Lets who reads the record see it; once more changes nothing."""
    PublishedFigure.objects.get_or_create(
        plan=plan, figure=figure, defaults={"organisation_id": plan.organisation_id}
    )


def withdraw_figure(*, plan: GrowthPlan, figure: str) -> None:
    PublishedFigure.objects.filter(plan=plan, figure=figure).delete()
