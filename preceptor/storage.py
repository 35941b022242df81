from typing import ClassVar

from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(StaticFilesConfig):
    """Leaves out the htmx extensions, which are unused and name files that miss."""

    ignore_patterns: ClassVar[list[str]] = [
        *StaticFilesConfig.ignore_patterns,
        "ext",
    ]


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed names that also hold inside ES module imports."""

    support_js_module_import_aggregation = True
