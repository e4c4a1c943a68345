/** Settings that TensorFlow reads when it is loaded: import this before anything that loads it. */
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
