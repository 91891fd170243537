"""The Python of a page that has no kernel: it answers the questions of all its explorers."""

import json

from adam_course.figures import explorers


def answer(text):
    """Return the answer to a question, both as JSON, and the arrays that go with it.

    Args:
        text: {call, id, values, have}; call: "explorers." and the name of the explorer.
    """
    question = json.loads(text)
    recipe = getattr(explorers, question["call"].removeprefix("explorers."))
    told, buffers = recipe.answer({}, question)
    return json.dumps(told), buffers
