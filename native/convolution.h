// Convolutions over all channels as products of matrices. In a map with zeros around it each row of a window lies in one piece, so
// that a result is a sum over as many pieces as the window is high, and nothing is laid out anew. Filters are
// [side, side, in, out], read as matrices [side · side · in, out].
#pragma once
#include <algorithm>
#include <vector>
#include "products.h"
#include "window.h"

namespace thaw {

/** How the output is cut: bands of rows, of a map that is cut no smaller than the cache asks for. */
struct Bands {
  /** Rows of the output in a band, and bands of a map. */
  int64_t rows, count;
  /** Numbers of a row of the framed map. */
  int64_t line;

  explicit Bands(const Window& w) : line(((w.outWidth - 1) * w.stride + w.side) * w.channels) {
    constexpr int64_t near = 1 << 16;
    const int64_t most = std::max<int64_t>(1, (near / line - w.side) / w.stride + 1);
    count = (w.outHeight + most - 1) / most;
    rows = (w.outHeight + count - 1) / count;
    count = (w.outHeight + rows - 1) / rows;
  }
  int64_t rowsOf(const Window& w, int64_t band) const { return std::min(rows, w.outHeight - band * rows); }
  int64_t size(const Window& w) const { return ((rows - 1) * w.stride + w.side) * line; }
};

/** What the windows of a band see, with the zeros around the map. */
inline void frame(const Window& w, const Bands& bands, const float* image, int64_t band, float* to) {
  const int64_t first = band * bands.rows * w.stride - w.padding;
  const int64_t rows = (bands.rowsOf(w, band) - 1) * w.stride + w.side;
  const int64_t before = w.padding * w.channels, inside = std::min(w.width * w.channels, bands.line - before);
  for (int64_t row = 0; row < rows; row += 1, to += bands.line) {
    const int64_t y = first + row;
    if (y < 0 || y >= w.height) {
      std::fill(to, to + bands.line, 0.0f);
      continue;
    }
    std::fill(to, to + before, 0.0f);
    std::memcpy(to + before, image + y * w.width * w.channels, 4 * inside);
    std::fill(to + before + inside, to + bands.line, 0.0f);
  }
}

inline int64_t convolutionPieces(const Window& w) { return w.batch * Bands(w).count; }

/**
 * y = activation(conv(x, filter) + bias)
 * @param moments is told what came out, `convolutionPieces` in all, while it is still near; null if nobody wants to know
 */
inline void convolution(const Window& w, const float* x, const Panels& filter, const float* bias, int activation, float* y,
                        Moments* moments = nullptr) {
  const Bands bands(w);
  const Bounds bounds(activation);
  const int64_t out = filter.columns, panels = upTo(out, tileColumns) / tileColumns;
  const Reach reach{w.stride * w.channels, w.side * w.channels, w.side, bands.line};
  inPieces(w.batch * bands.count, [&](int64_t piece) {
    const int64_t photo = piece / bands.count, band = piece % bands.count, rows = bands.rowsOf(w, band);
    float* framed = room(bands.size(w));
    frame(w, bands, x + photo * w.height * w.width * w.channels, band, framed);
    for (int64_t panel = 0; panel < panels; panel += 1) {
      const int64_t column = panel * tileColumns, count = std::min<int64_t>(tileColumns, out - column);
      float* strip = y + (photo * w.outHeight + band * bands.rows) * w.outWidth * out + column;
      for (int64_t row = 0; row < rows; row += 1)
        panelProduct(framed + row * w.stride * bands.line, reach, w.outWidth, filter, panel, bias, bounds,
                     strip + row * w.outWidth * out, out, false, nothingElse);
      if (!isBounds(activation)) activateRows(strip, rows * w.outWidth, out, count, activation);
      if (moments) moments->add(piece, strip, rows * w.outWidth, column, count, out);
    }
  });
}

/** A filter turned by half a turn, in and out exchanged: [taps, out, in]; in memory that is kept until it is asked again. */
inline const float* turnedFilter(const float* filter, int64_t taps, int64_t in, int64_t out) {
  float* turned = kept<struct TurnedFilter>(taps * in * out);
  constexpr int64_t block = 16;
  const int64_t blocks = (out + block - 1) / block;
  inPieces(taps * blocks, [&](int64_t piece) {
    const int64_t tap = piece / blocks, first = piece % blocks * block;
    const float* from = filter + (taps - 1 - tap) * in * out;
    float* to = turned + tap * in * out;
    for (int64_t i = 0; i < in; i += 1)
      for (int64_t o = first; o < std::min(out, first + block); o += 1) to[o * in + i] = from[i * out + o];
  });
  return turned;
}

/**
 * Adds what some places of the output give to the places of x that each has seen.
 * @param from a line for each place from `first` on: [side, side, channels]
 * @param to the photo's gradient
 */
inline void addToSeen(const Window& w, const float* from, int64_t first, int64_t count, float* to) {
  for (int64_t place = first; place < first + count; place += 1)
    for (int64_t tap = 0; tap < w.side * w.side; tap += 1, from += w.channels) {
      const int64_t y = place / w.outWidth * w.stride - w.padding + tap / w.side;
      const int64_t x = place % w.outWidth * w.stride - w.padding + tap % w.side;
      if (y < 0 || y >= w.height || x < 0 || x >= w.width) continue;
      float* seen = to + (y * w.width + x) * w.channels;
      for (int64_t c = 0; c < w.channels; c += lanes)
        store(seen + c, load(seen + c, w.channels - c) + load(from + c, w.channels - c), w.channels - c);
    }
}

/** The gradient of x with any stride: what each place gives to all that it has seen, as a product, and added up photo by photo. */
inline void stridedInputGradient(const Window& w, int64_t out, const float* dy, const float* filter, float* dx) {
  const int64_t wide = w.side * w.side * w.channels, places = w.outHeight * w.outWidth, size = w.height * w.width * w.channels;
  const Panels turned(filter, out, wide, true);
  const int64_t block = tileRows * std::clamp<int64_t>((1 << 17) / (wide * tileRows), 1, 16);
  inPieces(w.batch, [&](int64_t photo) {
    float *to = dx + photo * size, *given = room(block * wide);
    std::fill(to, to + size, 0.0f);
    for (int64_t first = 0; first < places; first += block) {
      const int64_t count = std::min(block, places - first);
      rowsTimes(dy + (photo * places + first) * out, out, count, turned, given, wide);
      addToSeen(w, given, first, count, to);
    }
  });
}

/** The gradient of x: with stride 1 the convolution of dy with the turned filter. */
inline void convolutionInputGradient(const Window& w, int64_t out, const float* dy, const float* filter, float* dx) {
  if (w.stride != 1) return stridedInputGradient(w, out, dy, filter, dx);
  const int64_t taps = w.side * w.side, in = w.channels;
  const float* turned = turnedFilter(filter, taps, in, out);
  const Window back{w.batch, w.outHeight, w.outWidth, out, w.height, w.width, w.side, 1, w.side - 1 - w.padding};
  convolution(back, dy, Panels(turned, taps * out, in, false), nullptr, none, dx);
}

/** The filter's gradient. Bands are added up in parts, whose number depends on the shapes alone. */
inline void convolutionFilterGradient(const Window& w, int64_t out, const float* x, const float* dy, float* gradient) {
  const Bands bands(w);
  const int64_t wide = w.side * w.channels, size = w.side * wide * out;
  // Of small maps several are taken at once: each sum is fetched and brought back once a group.
  const int64_t together = bands.count > 1 ? 1 : std::clamp<int64_t>((1 << 16) / bands.size(w), 1, 4);
  const int64_t groups = (w.batch + together - 1) / together * bands.count;
  if (groups == 0 || size == 0) return std::fill(gradient, gradient + size, 0.0f);
  const Shares shares = sharesOfGradient(groups, groups, size);
  const int64_t parts = shares.parts, share = shares.share;
  // Large filters have few parts, and are cut by their outputs too.
  const int64_t slice = parts >= 4 ? upTo(out, tileColumns) : tileColumns, slices = (out + slice - 1) / slice;
  // Lines of a map that are added up at once; small maps whole.
  const int64_t lines = std::max<int64_t>(1, placesAtOnce / w.outWidth);
  const int64_t most = together * w.outWidth * std::min(bands.rows, lines);
  const PartSums sums(parts, size, gradient);
  inPieces(parts * slices, [&](int64_t piece) {
    const int64_t part = piece / slices, first = piece % slices * slice, here = std::min(out - first, slice);
    float* framed = room(together * bands.size(w) + most * (upTo(here, tileColumns) + gradientRows));
    float *panels = framed + together * bands.size(w), *own = panels + most * upTo(here, tileColumns);
    // What is framed is near; but places far apart share few sets of the first cache, which counts where they are read several times.
    float* strip = w.stride * w.channels >= 64 && here > 3 * tileColumns ? own : nullptr;
    bool isFirst = true;
    for (int64_t group = part * share; group < std::min(groups, (part + 1) * share); group += 1) {
      const int64_t photo = group / bands.count * together, band = group % bands.count;
      const int64_t rows = bands.rowsOf(w, band), photos = std::min(together, w.batch - photo);
      for (int64_t i = 0; i < photos; i += 1)
        frame(w, bands, x + (photo + i) * w.height * w.width * w.channels, band, framed + i * bands.size(w));
      for (int64_t line = 0; line < rows; line += lines, isFirst = false) {
        const int64_t count = std::min(lines, rows - line);
        const Places inDy{photos, w.outHeight * w.outWidth * out, count, w.outWidth * out, w.outWidth, out};
        strips(dy + ((photo * w.outHeight + band * bands.rows + line) * w.outWidth) * out + first, inDy, here, panels);
        const Places inX{photos, bands.size(w), count, w.stride * bands.line, w.outWidth, w.stride * w.channels};
        for (int64_t ky = 0; ky < w.side; ky += 1)
          addGradient(framed + (line * w.stride + ky) * bands.line, inX, wide, panels, here,
                      sums.of(part) + ky * wide * out + first, out, isFirst, strip);
      }
    }
  });
  sums.total();
}

}  // namespace thaw
