"""A question in a notebook: where a kernel runs, it keeps the answers."""

import anywidget
import traitlets

from adam_course import answers
from adam_course.copying import home
from adam_course.figures import front


class Asked(anywidget.AnyWidget):
    """The kernel's half of a question: it keeps the answers in the learner's own folder.

    Attributes:
        page: the question as HTML. entries: all answers kept so far.
    """

    _esm = front.asking()
    _css = front.ASKING_STYLE.read_text(encoding="utf-8")
    page = traitlets.Unicode().tag(sync=True)
    entries = traitlets.List().tag(sync=True)

    def __init__(self, page):
        self.home = home()
        super().__init__(page=page, entries=answers.read(self.home))
        self.on_msg(self._keep)

    def _keep(self, _, entry, buffers):
        """Keep an answer, or say in words why it could not be kept."""
        if self.home is None:
            return
        try:
            answers.keep(self.home, entry)
        except (OSError, ValueError) as error:
            self.send({"error": f"Your answer could not be kept in {self.home}: {error}."})
