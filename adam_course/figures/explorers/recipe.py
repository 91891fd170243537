"""How an explorer is made: a pure function from parameters to a picture, and its controls."""

from functools import update_wrapper

from adam_course.figures.picture import encode


def explorer(*controls, presets=None):
    """Turn ``picture(parameters) → Picture`` into an explorer with these controls, by name.

    Args:
        presets: name → parameters, for a button that sets them: a sentence can name it.
    """
    return lambda picture: Recipe(picture, controls, presets or {})


class Recipe:
    """An explorer before it is shown: call it in a notebook cell.

    Attributes:
        name: of the explorer. controls: name → control, in the order in which they are shown.
        presets: name → the parameters that its button sets.
    """

    def __init__(self, function, controls, presets):
        update_wrapper(self, function)
        self.function = function
        self.name = function.__name__.replace("_", " ")
        self.controls = {control.name: control for control in controls}
        self.presets = presets

    def __call__(self, controls=None, presets=None, **start):
        """Return the explorer as a widget: as the last line of a cell, it displays itself.

        Args:
            controls: names of the controls to show; None for all. The rest keep their start.
            presets: name → parameters that a button of this name sets; None for the explorer's
                own.
            start: parameter → value to start with, instead of the explorer's own.

        Raises:
            TypeError: there is no control or parameter of that name.
            ValueError: a parameter cannot have that value.
        """
        from adam_course.figures.explorers.widget import Explorer  # slow, and only needed live

        presets = self.presets if presets is None else presets
        for parameters in presets.values():
            self.checked(parameters)
        shown = self._known(controls or self.controls)
        return Explorer(self, self.checked(start), shown, presets)

    def picture(self, **parameters):
        """Return the `Picture` for these parameters; those not given have their start value."""
        return self.function(**self.checked(parameters))

    def declaration(self, values, shown, presets):
        """Return what a front end needs to know of the explorer when it starts at ``values``.

        Args:
            shown: names of the controls to show. presets: name → parameters of its button.
        """
        return {
            "name": self.name,
            "call": f"explorers.{self.__name__}",
            "controls": [
                control.starting_at(values[name]) | {"shown": name in shown, "own": control.start}
                for name, control in self.controls.items()
            ],
            "presets": [{"name": name, "values": presets[name]} for name in presets],
        }

    def answer(self, values, question):
        """Return the answer to a front end's question, and its arrays: a picture or an error.

        Args:
            values: parameters that the question says nothing of.
            question: {id, values, have}; have: keys of the arrays that need not be sent again.
        """
        answer, buffers = {"question": question["id"]}, []
        try:
            values = self.checked(values | (question["values"] or {}))
            answer["picture"] = encode(self.picture(**values), buffers, question["have"])
            answer["values"] = values
        except Exception as error:  # a handler's traceback would be seen by nobody
            answer["error"] = f"{type(error).__name__}: {error}"
        return answer, buffers

    def checked(self, parameters):
        """Return all parameters by name, after a look at each."""
        self._known(parameters)
        given = {name: control.start for name, control in self.controls.items()} | parameters
        return {name: self.controls[name].check(value) for name, value in given.items()}

    def _known(self, names):
        unknown = [name for name in names if name not in self.controls]
        if unknown:
            raise TypeError(
                f"{self.__name__} has no parameter {unknown[0]!r}; it has "
                f"{', '.join(self.controls)}."
            )
        return list(names)
