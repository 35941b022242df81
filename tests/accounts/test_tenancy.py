from django.apps import apps
from django.db import models

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import OrganisationRow


def test_every_reference_between_tenant_rows_is_a_tenant_key() -> None:
    missing = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if issubclass(model, OrganisationRow)
        for field in model._meta.fields
        if isinstance(field, models.ForeignKey)
        and issubclass(field.related_model, OrganisationRow)
        and field.name
        not in {k.field for k in model._meta.constraints if isinstance(k, TenantKey)}
    ]
    assert missing == []
