import '../engine/execute/ort/noTelemetry.ts';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/** Decoded images of one size. */
export interface RgbImages {
  /** uint8 [count, height, width, 3]. */
  readonly pixels: Uint8Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

/** A written model, open for running. */
export interface ExportedModel {
  /** Every output by its name, row-major [count, …]. */
  run(images: RgbImages): Promise<Readonly<Record<string, Float32Array>>>;
  release(): Promise<void>;
}

/** Opens an exported .onnx file in ONNX Runtime on the CPU. Errors when ONNX Runtime refuses it. */
export async function openExportedModel(path: string): Promise<ExportedModel> {
  const session = await InferenceSession.create(path, {
    executionProviders: ['cpu'],
    logSeverityLevel: 3,
    // Between two images decoding needs the cores.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  return {
    run: async ({ pixels, count, height, width }) => {
      const images = new Tensor('uint8', pixels, [count, height, width, 3]);
      const results = await session.run({ images });
      return Object.fromEntries(
        session.outputNames.map((name) => [name, results[name].data as Float32Array]),
      );
    },
    release: () => session.release(),
  };
}
