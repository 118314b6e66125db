"""What real TensorFlow Lite Micro answers, on the host."""
