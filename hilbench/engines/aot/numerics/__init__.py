"""What the compiler computes ahead of time, so that the kernels need not.

Pure functions from scales, shapes and weights to the constants of the structs
in firmware/kernels; a dataclass here has the field names of its C struct.
Results are exact: the int8 kernels must reproduce TensorFlow Lite Micro (TFLM)
bit by bit. A docstring that says "TFLM" states a fact found in tflite-micro
and checked against the `tflite-micro` wheel by tests/hostc.

    affine        scale and zero point, limits of fused activations
    fixed_point   multiplier and shift, and the two roundings, on numpy arrays
    elementwise   ADD, SUB, MUL, int8 QUANTIZE, RELU, RELU6
    weighted_sum  ADD and SUB as one weighted sum, where that is exact
    weighted      FULLY_CONNECTED, CONV_2D, DEPTHWISE_CONV_2D
    transcendental  TFLM's fixed-point exp, logistic and tanh
    tanh          the shared step table of TANH and LOGISTIC, and the fallback
    softmax       the table of exponentials
    mean          multiplier and axes
    strides       broadcast and strided copies
    window        padding and output size of sliding windows
"""
