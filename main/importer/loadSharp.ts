import type sharp from 'sharp';

type SharpModule = typeof sharp;

let loading: Promise<SharpModule> | undefined;

/** The large decoder, loaded when the first file needs it: a folder of small JPEGs never does. */
export function loadSharp(): Promise<SharpModule> {
  return (loading ??= load());
}

async function load(): Promise<SharpModule> {
  const { default: decoder } = await import('sharp');
  // Files are decoded several at a time, one thread each: that keeps all cores busy without waiting on each other.
  decoder.concurrency(1);
  decoder.cache(false);
  return decoder;
}
