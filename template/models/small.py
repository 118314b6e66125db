"""The network `small`: what `build` returns. Its arguments are options of an experiment."""

import tf_keras as keras


def build(units=8):
    inputs = keras.layers.Input((4,))
    hidden = keras.layers.Dense(units, activation="relu")(inputs)
    return keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(hidden))
