"""The numbers of the TFLite schema, version 3.

Source: tensorflow/compiler/mlir/lite/schema/schema.fbs of TensorFlow 2.21
(fields are numbered in the order of their declaration, a union takes two).
Only what hilbench reads is here; tests/unit/test_tflite_schema.py compares it
with the accessors that TensorFlow ships.
"""

from __future__ import annotations

from dataclasses import dataclass

FILE_IDENTIFIER = b"TFL3"
VERSION = 3


class Model:
    VERSION, OPERATOR_CODES, SUBGRAPHS, DESCRIPTION, BUFFERS = range(5)
    METADATA_BUFFER, METADATA, SIGNATURE_DEFS = range(5, 8)
    EXTERNAL_BUFFER_GROUPS, EXTERNAL_BUFFERS = range(8, 10)


class OperatorCode:
    DEPRECATED_BUILTIN_CODE, CUSTOM_CODE, VERSION, BUILTIN_CODE = range(4)


class SubGraph:
    TENSORS, INPUTS, OUTPUTS, OPERATORS, NAME, DEBUG_METADATA_INDEX = range(6)


class Tensor:
    SHAPE, TYPE, BUFFER, NAME, QUANTIZATION, IS_VARIABLE, SPARSITY = range(7)
    SHAPE_SIGNATURE, HAS_RANK, VARIANT_TENSORS, EXTERNAL_BUFFER = range(7, 11)


class QuantizationParameters:
    MIN, MAX, SCALE, ZERO_POINT, DETAILS_TYPE, DETAILS, QUANTIZED_DIMENSION = range(7)


class Operator:
    OPCODE_INDEX, INPUTS, OUTPUTS, BUILTIN_OPTIONS_TYPE, BUILTIN_OPTIONS = range(5)
    CUSTOM_OPTIONS, CUSTOM_OPTIONS_FORMAT, MUTATING_VARIABLE_INPUTS, INTERMEDIATES = range(5, 9)
    LARGE_CUSTOM_OPTIONS_OFFSET, LARGE_CUSTOM_OPTIONS_SIZE = range(9, 11)
    BUILTIN_OPTIONS_2_TYPE, BUILTIN_OPTIONS_2, DEBUG_METADATA_INDEX = range(11, 14)


class Buffer:
    DATA, OFFSET, SIZE = range(3)


class Metadata:
    NAME, BUFFER = range(2)


# TensorType by number, in numpy's names where numpy has them.
_TENSOR_TYPES = """
float32 float16 int32 uint8 int64 string bool int16 complex64 int8 float64 complex128 uint64
resource variant uint32 uint16 int4 bfloat16 int2 uint4
"""
TENSOR_TYPES = tuple(_TENSOR_TYPES.split())

ACTIVATIONS = ("NONE", "RELU", "RELU_N1_TO_1", "RELU6", "TANH", "SIGN_BIT")
PADDINGS = ("SAME", "VALID")
MIRROR_PAD_MODES = ("REFLECT", "SYMMETRIC")


@dataclass(frozen=True)
class Field:
    """A field of an options table; `kind` is a scalar, "string", an enum or "int32[]".

    A name that begins with "_" holds the place of a field that the schema has given up.
    """

    name: str
    kind: str
    default: int | float = 0


@dataclass(frozen=True)
class Options:
    """An options table: its number in the union BuiltinOptions, and its fields in order."""

    number: int
    fields: tuple[Field, ...] = ()


_ACTIVATION = Field("fused_activation_function", "activation")
_PADDING = Field("padding", "padding")
_STRIDES = (Field("stride_w", "int32"), Field("stride_h", "int32"))
_DILATIONS = (Field("dilation_w_factor", "int32", 1), Field("dilation_h_factor", "int32", 1))
_POOL = Options(
    5,
    (
        _PADDING,
        *_STRIDES,
        Field("filter_width", "int32"),
        Field("filter_height", "int32"),
        _ACTIVATION,
    ),
)
_RESIZE = (Field("align_corners", "bool"), Field("half_pixel_centers", "bool"))
_REDUCER = Options(27, (Field("keep_dims", "bool"),))

# Options by operator. An operator that is missing here has options that no engine asks for.
OPTIONS = {
    "ADD": Options(11, (_ACTIVATION, Field("pot_scale_int16", "bool", 1))),
    "ARG_MAX": Options(40, (Field("output_type", "dtype"),)),
    "ARG_MIN": Options(57, (Field("output_type", "dtype"),)),
    "ASSIGN_VARIABLE": Options(113),
    "AVERAGE_POOL_2D": _POOL,
    "BATCH_MATMUL": Options(
        101,
        (
            Field("adj_x", "bool"),
            Field("adj_y", "bool"),
            Field("asymmetric_quantize_inputs", "bool"),
        ),
    ),
    "CALL_ONCE": Options(103, (Field("init_subgraph_index", "int32"),)),
    "CAST": Options(37, (Field("in_data_type", "dtype"), Field("out_data_type", "dtype"))),
    "CONCATENATION": Options(10, (Field("axis", "int32"), _ACTIVATION)),
    "CONV_2D": Options(1, (_PADDING, *_STRIDES, _ACTIVATION, *_DILATIONS)),
    "CUMSUM": Options(102, (Field("exclusive", "bool"), Field("reverse", "bool"))),
    "DEPTHWISE_CONV_2D": Options(
        2, (_PADDING, *_STRIDES, Field("depth_multiplier", "int32"), _ACTIVATION, *_DILATIONS)
    ),
    "DEPTH_TO_SPACE": Options(94, (Field("block_size", "int32"),)),
    "DEQUANTIZE": Options(38),
    "DIV": Options(29, (_ACTIVATION,)),
    "EXPAND_DIMS": Options(52),
    "FULLY_CONNECTED": Options(
        8,
        (
            _ACTIVATION,
            Field("weights_format", "int8"),
            Field("keep_num_dims", "bool"),
            Field("asymmetric_quantize_inputs", "bool"),
        ),
    ),
    "GATHER": Options(23, (Field("axis", "int32"), Field("batch_dims", "int32"))),
    "GELU": Options(116, (Field("approximate", "bool"),)),
    "IF": Options(
        92, (Field("then_subgraph_index", "int32"), Field("else_subgraph_index", "int32"))
    ),
    "L2_NORMALIZATION": Options(12, (_ACTIVATION,)),
    "L2_POOL_2D": _POOL,
    "LEAKY_RELU": Options(75, (Field("alpha", "float32"),)),
    "MAX_POOL_2D": _POOL,
    "MEAN": _REDUCER,
    "MIRROR_PAD": Options(77, (Field("mode", "mirror"),)),
    "MUL": Options(21, (_ACTIVATION,)),
    "ONE_HOT": Options(61, (Field("axis", "int32"),)),
    "PACK": Options(59, (Field("values_count", "int32"), Field("axis", "int32"))),
    "QUANTIZE": Options(89),
    "REDUCE_ALL": _REDUCER,
    "REDUCE_ANY": _REDUCER,
    "REDUCE_MAX": _REDUCER,
    "REDUCE_MIN": _REDUCER,
    "RESHAPE": Options(17, (Field("new_shape", "int32[]"),)),
    "RESIZE_BILINEAR": Options(
        15,
        (
            Field("_new_height", "int32"),
            Field("_new_width", "int32"),
            *_RESIZE,
        ),
    ),
    "RESIZE_NEAREST_NEIGHBOR": Options(74, _RESIZE),
    "SHAPE": Options(55, (Field("out_type", "dtype"),)),
    "SLICE": Options(48),
    "SOFTMAX": Options(9, (Field("beta", "float32"),)),
    "SPACE_TO_DEPTH": Options(19, (Field("block_size", "int32"),)),
    "SPLIT": Options(35, (Field("num_splits", "int32"),)),
    "SPLIT_V": Options(79, (Field("num_splits", "int32"),)),
    "SQUEEZE": Options(30, (Field("squeeze_dims", "int32[]"),)),
    "STRIDED_SLICE": Options(
        32,
        (
            Field("begin_mask", "int32"),
            Field("end_mask", "int32"),
            Field("ellipsis_mask", "int32"),
            Field("new_axis_mask", "int32"),
            Field("shrink_axis_mask", "int32"),
            Field("offset", "bool"),
        ),
    ),
    "SUB": Options(28, (_ACTIVATION, Field("pot_scale_int16", "bool", 1))),
    "SUM": _REDUCER,
    "SVDF": Options(
        6,
        (
            Field("rank", "int32"),
            _ACTIVATION,
            Field("asymmetric_quantize_inputs", "bool"),
        ),
    ),
    "TRANSPOSE": Options(26),
    "TRANSPOSE_CONV": Options(49, (_PADDING, *_STRIDES, _ACTIVATION)),
    "UNIDIRECTIONAL_SEQUENCE_LSTM": Options(
        71,
        (
            _ACTIVATION,
            Field("cell_clip", "float32"),
            Field("proj_clip", "float32"),
            Field("time_major", "bool"),
            Field("asymmetric_quantize_inputs", "bool"),
            Field("diagonal_recurrent_tensors", "bool"),
        ),
    ),
    "UNPACK": Options(64, (Field("num", "int32"), Field("axis", "int32"))),
    "VAR_HANDLE": Options(111, (Field("container", "string"), Field("shared_name", "string"))),
    "WHILE": Options(
        93, (Field("cond_subgraph_index", "int32"), Field("body_subgraph_index", "int32"))
    ),
}

CUSTOM = "CUSTOM"

# BuiltinOperator by number.
_BUILTIN_OPERATORS = """
ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE
EMBEDDING_LOOKUP FLOOR FULLY_CONNECTED HASHTABLE_LOOKUP L2_NORMALIZATION L2_POOL_2D
LOCAL_RESPONSE_NORMALIZATION LOGISTIC LSH_PROJECTION LSTM MAX_POOL_2D MUL RELU RELU_N1_TO_1 RELU6
RESHAPE RESIZE_BILINEAR RNN SOFTMAX SPACE_TO_DEPTH SVDF TANH CONCAT_EMBEDDINGS SKIP_GRAM CALL
CUSTOM EMBEDDING_LOOKUP_SPARSE PAD UNIDIRECTIONAL_SEQUENCE_RNN GATHER BATCH_TO_SPACE_ND
SPACE_TO_BATCH_ND TRANSPOSE MEAN SUB DIV SQUEEZE UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE
BIDIRECTIONAL_SEQUENCE_RNN EXP TOPK_V2 SPLIT LOG_SOFTMAX DELEGATE BIDIRECTIONAL_SEQUENCE_LSTM CAST
PRELU MAXIMUM ARG_MAX MINIMUM LESS NEG PADV2 GREATER GREATER_EQUAL LESS_EQUAL SELECT SLICE SIN
TRANSPOSE_CONV SPARSE_TO_DENSE TILE EXPAND_DIMS EQUAL NOT_EQUAL LOG SUM SQRT RSQRT SHAPE POW
ARG_MIN FAKE_QUANT REDUCE_PROD REDUCE_MAX PACK LOGICAL_OR ONE_HOT LOGICAL_AND LOGICAL_NOT UNPACK
REDUCE_MIN FLOOR_DIV REDUCE_ANY SQUARE ZEROS_LIKE FILL FLOOR_MOD RANGE RESIZE_NEAREST_NEIGHBOR
LEAKY_RELU SQUARED_DIFFERENCE MIRROR_PAD ABS SPLIT_V UNIQUE CEIL REVERSE_V2 ADD_N GATHER_ND COS
WHERE RANK ELU REVERSE_SEQUENCE MATRIX_DIAG QUANTIZE MATRIX_SET_DIAG ROUND HARD_SWISH IF WHILE
NON_MAX_SUPPRESSION_V4 NON_MAX_SUPPRESSION_V5 SCATTER_ND SELECT_V2 DENSIFY SEGMENT_SUM
BATCH_MATMUL PLACEHOLDER_FOR_GREATER_OP_CODES CUMSUM CALL_ONCE BROADCAST_TO RFFT2D CONV_3D IMAG
REAL COMPLEX_ABS HASHTABLE HASHTABLE_FIND HASHTABLE_IMPORT HASHTABLE_SIZE REDUCE_ALL
CONV_3D_TRANSPOSE VAR_HANDLE READ_VARIABLE ASSIGN_VARIABLE BROADCAST_ARGS RANDOM_STANDARD_NORMAL
BUCKETIZE RANDOM_UNIFORM MULTINOMIAL GELU DYNAMIC_UPDATE_SLICE RELU_0_TO_1 UNSORTED_SEGMENT_PROD
UNSORTED_SEGMENT_MAX UNSORTED_SEGMENT_SUM ATAN2 UNSORTED_SEGMENT_MIN SIGN BITCAST BITWISE_XOR
RIGHT_SHIFT STABLEHLO_LOGISTIC STABLEHLO_ADD STABLEHLO_DIVIDE STABLEHLO_MULTIPLY STABLEHLO_MAXIMUM
STABLEHLO_RESHAPE STABLEHLO_CLAMP STABLEHLO_CONCATENATE STABLEHLO_BROADCAST_IN_DIM
STABLEHLO_CONVOLUTION STABLEHLO_SLICE STABLEHLO_CUSTOM_CALL STABLEHLO_REDUCE STABLEHLO_ABS
STABLEHLO_AND STABLEHLO_COSINE STABLEHLO_EXPONENTIAL STABLEHLO_FLOOR STABLEHLO_LOG
STABLEHLO_MINIMUM STABLEHLO_NEGATE STABLEHLO_OR STABLEHLO_POWER STABLEHLO_REMAINDER
STABLEHLO_RSQRT STABLEHLO_SELECT STABLEHLO_SUBTRACT STABLEHLO_TANH STABLEHLO_SCATTER
STABLEHLO_COMPARE STABLEHLO_CONVERT STABLEHLO_DYNAMIC_SLICE STABLEHLO_DYNAMIC_UPDATE_SLICE
STABLEHLO_PAD STABLEHLO_IOTA STABLEHLO_DOT_GENERAL STABLEHLO_REDUCE_WINDOW STABLEHLO_SORT
STABLEHLO_WHILE STABLEHLO_GATHER STABLEHLO_TRANSPOSE DILATE STABLEHLO_RNG_BIT_GENERATOR
REDUCE_WINDOW STABLEHLO_COMPOSITE STABLEHLO_SHIFT_LEFT STABLEHLO_CBRT STABLEHLO_CASE
"""
BUILTIN_OPERATORS = tuple(_BUILTIN_OPERATORS.split())
