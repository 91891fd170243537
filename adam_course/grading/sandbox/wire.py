"""Numbers and words as plain bytes, between the grader and the process that runs an answer.

Never pickle: what a learner's process sends is parsed as if an enemy had written it. Both sides
use this file, so it imports only NumPy and the standard library.
"""

import json
import math
import struct

import numpy as np

HEAD = struct.Struct("<II")
KINDS = ("?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16")
DTYPES = frozenset(np.dtype(kind).newbyteorder("<").str for kind in KINDS)
MOST_WORDS = 1 << 22  # bytes of JSON in one message
MOST_NUMBERS = 1 << 28  # bytes behind the JSON
MOST_AXES = 16


class Garbled(ValueError):
    """What came over the pipe is not a message."""


def pack(words, arrays=(), rest=b""):
    """Return a message: a dict of JSON values, then arrays of numbers, then any bytes.

    Raises:
        ValueError: an array's dtype cannot be sent.
    """
    forms, parts = [], []
    for array in arrays:
        array = np.asarray(array, order="C")
        if array.dtype.kind in "fc" and array.dtype.str not in DTYPES:  # long doubles
            array = array.astype("<f8" if array.dtype.kind == "f" else "<c16")
        array = array.astype(array.dtype.newbyteorder("<"), copy=False)
        if array.dtype.str not in DTYPES or array.ndim > MOST_AXES:
            raise ValueError(f"cannot send an array of {array.dtype} with {array.ndim} axes")
        forms.append([array.dtype.str, list(array.shape)])
        parts.append(array.tobytes())
    head = json.dumps({**words, "arrays": forms}).encode()
    body = b"".join([*parts, rest])
    return HEAD.pack(len(head), len(body)) + head + body


def sizes(head):
    """Return the lengths (words, numbers) that the first eight bytes of a message announce.

    Raises:
        Garbled: they are too large to be true.
    """
    words, numbers = HEAD.unpack(head)
    if words > MOST_WORDS or numbers > MOST_NUMBERS:
        raise Garbled("a message that is too long")
    return words, numbers


def unpack(data, start=0):
    """Return (words, arrays, rest, end) of the message that starts there in a bytes object.

    The arrays are copies of their own.

    Raises:
        Garbled: it is not a message, or not a whole one.
    """
    if len(data) - start < HEAD.size:
        raise Garbled("a message that breaks off")
    words, numbers = sizes(data[start : start + HEAD.size])
    middle = start + HEAD.size + words
    end = middle + numbers
    if end > len(data):
        raise Garbled("a message that breaks off")
    try:
        head = json.loads(bytes(data[start + HEAD.size : middle]))
    except (ValueError, RecursionError) as error:
        raise Garbled("a message that is not JSON") from error
    if not isinstance(head, dict):
        raise Garbled("a message that is not JSON")
    arrays = []
    for dtype, shape in forms(head.pop("arrays", None)):
        count = math.prod(shape)
        size = count * dtype.itemsize
        if size > end - middle:
            raise Garbled("an array that is longer than its message")
        try:
            whole = np.frombuffer(data, dtype, count, middle) if count else np.empty(0, dtype)
            arrays.append(whole.reshape(shape).copy())
        except ValueError as error:
            raise Garbled("an array with an impossible shape") from error
        middle += size
    return head, arrays, bytes(data[middle:end]), end


def forms(found):
    """Return the (dtype, shape) of each array of a message.

    Raises:
        Garbled: one of them is of a kind that is never sent.
    """
    if not isinstance(found, list):
        raise Garbled("a message without its arrays")
    for form in found:
        if not (isinstance(form, list) and len(form) == 2 and isinstance(form[1], list)):
            raise Garbled("an array without its shape")
        if not isinstance(form[0], str) or form[0] not in DTYPES:
            raise Garbled("an array of a kind that is never sent")
        if len(form[1]) > MOST_AXES or not all(type(n) is int and 0 <= n < 2**40 for n in form[1]):
            raise Garbled("an array with an impossible shape")
    return [(np.dtype(dtype), tuple(shape)) for dtype, shape in found]
