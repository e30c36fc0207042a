"""What is chosen to bring in a file."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from sharing.records.imports import KindChoice


class SeveralFilesInput(forms.FileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """One file or several."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        chosen = data if isinstance(data, list) else [data]
        return [super(SeveralFilesField, self).clean(one, initial) for one in chosen or [None]]


class UploadForm(forms.Form):
    """The kind of file, and the file."""

    kind = forms.ChoiceField(
        label="What is it?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what kind of file it is.", "invalid_choice": "Choose one of these kinds."},
    )
    file = SeveralFilesField(
        label="The file",
        max_length=None,
        allow_empty_file=True,  # we say so in our own words, with the file's name
        error_messages={"required": "Choose a file."},
    )

    def __init__(self, *args: Any, kinds: Sequence[KindChoice], largest: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: forms.ChoiceField = self.fields["kind"]  # type: ignore[assignment]
        choice.choices = [(kind.slug, f"{kind.name}. {kind.hint}") for kind in kinds]
        if len(kinds) == 1:
            choice.initial = kinds[0].slug
        endings = dict.fromkeys(ending for kind in kinds for ending in kind.endings)
        together = " If an export consists of several tables, choose all of them together." if ".zip" in endings else ""
        self.fields["file"].help_text = (
            f"At most {largest // 1024**2} MB.{together} "
            "The file is kept encrypted, and deleted when you have applied or discarded it."
        )
        self.fields["file"].widget.attrs["accept"] = ",".join(endings)
