"""Where a .tflite comes from."""
