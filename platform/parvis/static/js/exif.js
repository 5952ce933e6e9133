/* Where a JPEG photo was taken: the segments up to APP1, then the directories of TIFF and GPS. */
(() => {
  "use strict";
  const EXIF = 0x45786966, GPS = 0x8825;

  const position = (view, tiff) => {
    const little = view.getUint16(tiff) === 0x4949;
    const short = at => view.getUint16(tiff + at, little), long = at => view.getUint32(tiff + at, little);
    const entries = start => Object.fromEntries(Array.from({ length: short(start) },
      (_, i) => [short(start + 2 + i * 12), start + 2 + i * 12]));
    const pointer = entries(long(4))[GPS];
    if (!pointer) return null;
    const tags = entries(long(pointer + 8));
    if (!tags[2] || !tags[4]) return null;
    const degrees = entry => [0, 1, 2].reduce((sum, part) => {
      const at = long(entry + 8) + part * 8;
      return sum + long(at) / long(at + 4) / 60 ** part;
    }, 0);
    const sign = (entry, negative) =>
      entry && String.fromCharCode(view.getUint8(tiff + entry + 8)) === negative ? -1 : 1;
    const lat = degrees(tags[2]) * sign(tags[1], "S"), lon = degrees(tags[4]) * sign(tags[3], "W");
    return Number.isFinite(lat) && Number.isFinite(lon) && (lat || lon) ? { lat, lon } : null;
  };

  globalThis.placeOfPhoto = async file => {
    const view = new DataView(await file.slice(0, 262144).arrayBuffer());
    if (view.byteLength < 12 || view.getUint16(0) !== 0xffd8) return null;
    for (let at = 2; at < view.byteLength - 10; at += 2 + view.getUint16(at + 2)) {
      if (view.getUint16(at) === 0xffe1 && view.getUint32(at + 4) === EXIF) return position(view, at + 10);
    }
    return null;
  };
})();
