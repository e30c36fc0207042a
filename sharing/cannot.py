"""What stands in the way of a step that somebody asks for, in words for the form that asked."""


class CannotDo(Exception):
    """The step cannot be taken as asked, and nothing was changed. `message` says why and what would do; `field` is the
    form's field that it belongs to, None the form as a whole."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message, self.field = message, field
