"""The explorer in a notebook: live where a kernel runs, a still with its words where none does."""

import anywidget
import traitlets

from adam_course.figures import front
from adam_course.figures.explorers.still import still
from adam_course.figures.show import display_both
from adam_course.figures.theme import THEME


class Explorer(anywidget.AnyWidget):
    """The kernel's half of an explorer: it answers the front end's parameters with a picture.

    Questions and answers are custom messages and not synchronised traits: a trait would be echoed
    to the front end, which waits for the kernel to be idle before it sends the next one.

    Attributes:
        recipe: the explorer shown. values: parameter → its value now.
        shown, presets: names of the controls to show; name → parameters of its button.
    """

    _esm = front.joined()
    _css = front.STYLE.read_text(encoding="utf-8")
    declaration = traitlets.Dict().tag(sync=True)

    def __init__(self, recipe, values, shown, presets):
        self.recipe, self.values, self.shown, self.presets = recipe, values, shown, presets
        super().__init__(declaration=recipe.declaration(values, shown, presets) | {"theme": THEME})
        self.on_msg(self._answer)

    def _answer(self, _, question, buffers):
        """Send the picture for the parameters asked for, or what is wrong with them in words."""
        answer, buffers = self.recipe.answer(self.values, question)
        self.values = answer.get("values", self.values)
        self.send(answer, buffers)

    def __repr__(self):
        return f"<explorer: {self.recipe.name}>"

    def _ipython_display_(self):
        """Display the still and then the live view, which hides the still."""
        display_both(still(self.recipe, self.values, self.shown, self.presets), self)
