"""What TensorFlow's converter means: its words, the cause and the remedy, a row each.

Its own text is pages of C++ and stays in the log.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hilbench.core.errors import ConvertError


@dataclass(frozen=True)
class Symptom:
    """`pattern` is looked for in the log and in the way the child ended.

    `cause` may quote its groups: {0} is the first. `variant` is one that helps as well; it
    is not named to whoever asked for it.
    """

    pattern: str
    cause: str
    remedy: str = ""
    variant: str = ""

    def remedy_for(self, variant: str) -> str:
        """What to do when the conversion to `variant` failed."""
        other = f"variant {self.variant}" if self.variant not in ("", variant) else ""
        return ", or ".join(filter(None, (self.remedy, other))) or _LAST


_KERAS_FILE = "in place of a SavedModel the .keras or .h5 file"
_LAST = "convert it yourself and give the .tflite file"


TABLE = (
    Symptom(
        r"killed by SIG(?:SEGV|ABRT)(?s:.*)Keras 2 cannot unroll (\w+)",
        "TensorFlow's converter crashes on recurrent loops in integers, such as that of {0}",
        "build it with Keras 3",
        variant="basic",
    ),
    Symptom(
        r"killed by SIG(?:SEGV|ABRT)",
        "TensorFlow's converter crashes on this network; it does so on recurrent loops in integers",
        f"unroll=True in GRU, SimpleRNN and such layers, or {_KERAS_FILE}",
        variant="basic",
    ),
    Symptom(
        r"Quantization to 16x8-bit not yet supported for op: '?(\w+)",
        "the converter has no 16x8 form of the operator {0}",
        variant="int8_only",
    ),
    Symptom(
        r"Max and min for dynamic tensors should be recorded",
        "the quantizer has no range of an integer input, which it wants in 16x8",
        variant="int8_only",
    ),
    Symptom(
        r"(?:Tried to export a function which references|Failed to convert) .*untracked",
        "a layer keeps variables that the export does not find, as stateful layers do",
        "stateful=False, or give the converted .tflite file",
    ),
    Symptom(
        r"TensorListReserve|element_shape to be static|requires element_shape",
        "a loop runs over a dimension that the network leaves open",
        f"a fixed number of steps in its Input, or {_KERAS_FILE}",
    ),
    Symptom(
        r"^(?:TF Select|Flex|Custom) ops: .*HashTable",
        "it looks values up in a hash table, which TFLite lacks",
        "begin the network after IntegerLookup or such, and give ids as samples",
    ),
    Symptom(
        r"^(?:TF Select|Flex|Custom) ops: ([\w, ]+)$",
        "TFLite lacks the operators {0}",
        "use layers that TFLite knows",
    ),
    Symptom(
        r"not supported by the native TFLite runtime|Some ops in the model are custom ops",
        "it has operators that TFLite lacks",
        "use layers that TFLite knows",
    ),
    Symptom(
        r"(\w+)'? op (?:is not|isn't) (?:yet )?supported|'tf\.(\w+)' op is neither",
        "TFLite lacks the operator {0}",
        "use layers that TFLite knows",
    ),
    Symptom(
        r"[Ss]ize of (?:input|the) .*?mismatch|Dimension mismatch|Cannot set tensor: ",
        "the samples do not fit the network",
        "see the shapes of its inputs",
    ),
    Symptom(
        r"inference_(?:in|out)put_type.*?must be|Unsupported (?:in|out)put type INT(\d+)",
        "the converter does not give this network inputs and outputs of the variant's type",
        variant="basic",
    ),
    Symptom(
        r"loc\(\"([^\"]+)\"\): error: 'tfl\.\w+' op quantization parameters violate",
        "the quantizer gives '{0}' another scale than what it is a part of",
        "layers in place of slices there, such as Dense for each part",
        variant="basic",
    ),
    Symptom(
        r"NotImplementedError|quantiz\w+ (?:is )?not (?:yet )?supported",
        "the converter cannot quantize this network",
        variant="basic",
    ),
    Symptom(
        r"MemoryError|std::bad_alloc|killed by SIGKILL",
        "the converter ran out of memory",
        "a smaller network, or fewer unrolled steps",
    ),
)

_OURS = re.compile(r"^conversion (?:failed: )?(?!.*(?:Error|Exception)\b)")


def explained(
    error: ConvertError, log: str, variant: str, notes: Sequence[str] = ()
) -> ConvertError:
    """The error in words; one that the child has said in words of our own stays.

    `notes` are what is known of the network, such as why its loops are not unrolled.
    """
    if error.remedy:
        return error
    known = "\n".join((error.message, log, *notes))
    for symptom in TABLE:
        if match := re.search(symptom.pattern, known, re.MULTILINE):
            group = next((group for group in match.groups() if group), "see the log")
            cause = symptom.cause.format(group.strip())
            message = "; ".join((f"conversion to {variant}: {cause}", *notes))
            return ConvertError(message, remedy=symptom.remedy_for(variant))
    if "Error" not in error.message and "killed by" not in error.message:
        return error
    kind = re.search(r"\b(\w*(?:Error|Exception))\b", error.message)
    said = f"an error of kind {kind[1]}" if kind else "an unknown error"
    message = f"conversion to {variant}: TensorFlow's converter ended with {said}"
    other = "" if variant == "basic" else "; try variant basic"
    return ConvertError(message, remedy=f"its own words are in the log{other}")
