from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(StaticFilesConfig):
    """Leaves out the htmx extensions, which are unused and name files that miss."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "ext"]


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # untyped
    """Hashed names that also hold inside ES module imports."""

    support_js_module_import_aggregation = True
