const read = 'jpe?g|jpe|jfif|png|apng|webp|gif|tiff?|avif|bmp|dib';
/** Not read, but told about: somebody expects to see them. */
const toldAbout =
  'hei[cf]s?|jxl|jp2|j2k|svgz?|pdf|psd|xcf|exr|hdr|ico|dcm|dicom|fits?' +
  '|dng|cr[23]|crw|nef|nrw|arw|srf|sr2|orf|rw2|raf|pef|srw|x3f|raw|rwl|iiq|3fr|erf|mef|mos|kdc' +
  '|mp4|m4v|mov|avi|mkv|webm|mpe?g|wmv|flv|3gp|mts|m2ts';
const known = new RegExp(`^(${read}|${toldAbout})$`, 'i');

/**
 * Whether a file belongs into the list of an import by its name (raw bytes): `yes` for images, and for photos and
 * videos of kinds that are not supported, which are listed with the reason; `unsaid` when it has no extension.
 */
export function looksLikeImage(name: Buffer): 'yes' | 'no' | 'unsaid' {
  const extension = /\.([^.]*)$/.exec(name.toString('latin1'))?.[1];
  if (extension === undefined) return 'unsaid';
  return known.test(extension) ? 'yes' : 'no';
}
