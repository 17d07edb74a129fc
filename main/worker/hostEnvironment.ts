/**
 * What the process of a pretraining is started with. The C library of Linux keeps freed memory for itself, the more the
 * larger the pieces that it has seen freed: after a graph is prepared that is some 100 MB, which a training would hold
 * to its end. With a limit of our own it gives back what is free above 128 KB, its usual first limit. A step allocates nothing
 * large outside of ONNX Runtime's own arena, so it costs no time. Elsewhere this means nothing.
 */
export const pretrainingEnvironment: Readonly<Record<string, string>> = { MALLOC_TRIM_THRESHOLD_: '131072' };
