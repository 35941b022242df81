from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.models import Lesson

# Generic for the type checker alone.
if TYPE_CHECKING:
    LessonModelForm = forms.ModelForm[Lesson]
else:
    LessonModelForm = forms.ModelForm


class PlainForm(forms.Form):
    """Labels without a colon, as every form of the product has them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class LessonForm(LessonModelForm):
    class Meta:
        model = Lesson
        fields = ["text"]
        labels = {"text": _("A lesson")}
        help_texts = {"text": _("One sentence that will still be true next year.")}
        widgets = {"text": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
