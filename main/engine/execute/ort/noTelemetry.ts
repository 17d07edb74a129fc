/**
 * ONNX Runtime's binaries collect usage data and send it to their maker (from 1.30 on, also on Linux) unless this is
 * set before the first session. Nothing leaves the machine: imported, for its effect, wherever sessions are made.
 */
process.env.ORT_DISABLE_TELEMETRY = '1';

export {};
