// A 1×1 convolution that widens a map and the depthwise convolution behind it, as inverted residuals have them, in one: the wide map
// is several times as large as what it is made of and what becomes of it, and no cache holds it. Here it is made for some channels of
// some rows at a time, and used while it is near. Every sum has the order that it has in `product` and `depthwise`, so that the bits
// are theirs.
#pragma once
#include <algorithm>
#include <vector>
#include "convolution.h"
#include "depthwise.h"

namespace thaw {

/** How the output is cut: bands of rows, such that what a band sees and the widened map of one panel stay in the second cache. */
struct ExpandedBands {
  int64_t rows, count;

  /** @param w the depthwise convolution's window */
  ExpandedBands(const Window& w, int64_t inner) {
    constexpr int64_t near = 72 * 1024;
    const int64_t line = w.width * inner + (w.width + 2 * w.side) * tileColumns;
    const int64_t most = std::max<int64_t>(1, (near / line - w.side) / w.stride + 1);
    count = (w.outHeight + most - 1) / most;
    rows = (w.outHeight + count - 1) / count;
    count = (w.outHeight + rows - 1) / rows;
  }
};

/** What of an activation is computed while the numbers are in registers: more would take those from the sums. */
template <int A>
inline Vector bounded(Vector x) {
  if constexpr (A == relu || A == relu6) return activate<A>(x);
  return x;
}

/** Activates `count` registers, some numbers apart, where `bounded` did not. @returns their sum */
template <int A>
__attribute__((noinline)) Vector activatePlaces(float* x, int64_t count, int64_t apart, int64_t wide) {
  Vector total{};
  for (int64_t i = 0; i < count; i += 1, x += apart) {
    const Vector made = bounded<A>(load(x, wide));
    const Vector whole = isBounds(A) ? made : activate<A>(made);
    total += whole;
    if (!isBounds(A)) store(x, whole, wide);
  }
  return total;
}

/** R rows · one panel, side by side. A function of its own, so that the sums have all registers: one in memory doubles the time. */
template <int R>
__attribute__((noinline)) void expandTile(const float* a, int64_t inner, const float* panel, const float* bias, int64_t count,
                                          float* c) {
  Vector sums[R][tileVectors];
#pragma GCC unroll 16
  for (int r = 0; r < R; r += 1)
#pragma GCC unroll 2
    for (int v = 0; v < tileVectors; v += 1) sums[r][v] = bias ? load(bias + v * lanes, count - v * lanes) : Vector{};
  for (int64_t k = 0; k < inner; k += 1, panel += tileColumns) {
    Vector b[tileVectors];
#pragma GCC unroll 2
    for (int v = 0; v < tileVectors; v += 1) b[v] = load(panel + v * lanes);
#pragma GCC unroll 16
    for (int r = 0; r < R; r += 1) {
      const Vector value = all(a[r * inner + k]);
#pragma GCC unroll 2
      for (int v = 0; v < tileVectors; v += 1) sums[r][v] += value * b[v];
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < R; r += 1)
#pragma GCC unroll 2
    for (int v = 0; v < tileVectors; v += 1) store(c + r * tileColumns + v * lanes, sums[r][v]);
}

/** Activates rows of one panel, and lays them from place `place` on into a map with a frame, whose lines have `width` places. */
template <int A>
__attribute__((noinline)) void framePlaces(const float* c, int64_t rows, int64_t place, int64_t width, int64_t line, float* to) {
  int64_t row = place / width, column = place % width;
  for (int64_t r = 0; r < rows; r += 1) {
    float* at = to + row * line + column * tileColumns;
#pragma GCC unroll 2
    for (int v = 0; v < tileVectors; v += 1) store(at + v * lanes, activate<A>(load(c + r * tileColumns + v * lanes)));
    if (++column == width) {
      column = 0;
      row += 1;
    }
  }
}

/** X places side by side of one row of the output, one register of channels. @param x the first window's corner in the framed map */
template <int K, int S, int X, int A>
inline void framedPlaces(const float* x, int64_t line, const float* taps, Vector bias, float* y, int64_t channels,
                         int64_t count) {
  Vector sums[X];
#pragma GCC unroll 8
  for (int i = 0; i < X; i += 1) sums[i] = bias;
#pragma GCC unroll 8
  for (int ky = 0; ky < K; ky += 1) {
    Vector own[K];
#pragma GCC unroll 8
    for (int kx = 0; kx < K; kx += 1) own[kx] = load(taps + (ky * K + kx) * lanes);
#pragma GCC unroll 32
    for (int at = 0; at < (X - 1) * S + K; at += 1) {
      const Vector value = load(x + ky * line + at * tileColumns);
#pragma GCC unroll 8
      for (int i = 0; i < X; i += 1) {
        const int kx = at - i * S;
        if (kx >= 0 && kx < K) sums[i] += value * own[kx];
      }
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < X; i += 1) {
    store(y + i * channels, bounded<A>(sums[i]), count);
  }
}

/**
 * activation(depthwise(activation(x · expand + expandBias), filter) + bias)
 * @param w the depthwise convolution's window; x has its sizes, and `inner` channels
 * @param means each photo's and channel's mean of y over the places, [batch, channels]; null if nobody wants to know
 */
template <int K, int S, int A>
void expandedDepthwise(const Window& w, const float* x, const Panels& expand, const float* expandBias, const float* filter,
                       const float* bias, float* y, float* means) {
  // Maps of photos of 224 pixels are so many times 7 wide.
  constexpr int X = 7;
  const int64_t inner = expand.inner, channels = w.channels, panels = upTo(channels, tileColumns) / tileColumns;
  const ExpandedBands bands(w, inner);
  const int64_t wide = std::max(w.width + w.padding, (w.outWidth - 1) * S + K), line = wide * tileColumns;
  std::vector<double> sums(means ? static_cast<size_t>(w.batch * bands.count * channels) : 0);
  inPieces(w.batch * bands.count, [&](int64_t piece) {
    const int64_t photo = piece / bands.count, first = piece % bands.count * bands.rows;
    const int64_t rows = std::min(bands.rows, w.outHeight - first);
    // Rows of x that the band sees, and those of them that there are.
    const int64_t top = first * S - w.padding, seen = (rows - 1) * S + K;
    const int64_t from = std::max<int64_t>(0, top), to = std::max(from, std::min(w.height, top + seen));
    float* framed = room(seen * line);
    std::fill(framed, framed + seen * line, 0.0f);
    const float* lines = x + (photo * w.height + from) * w.width * inner;
    float* inside = framed + (from - top) * line + w.padding * tileColumns;
    for (int64_t panel = 0; panel < panels; panel += 1) {
      const int64_t column = panel * tileColumns, left = std::min<int64_t>(tileColumns, channels - column);
      inTiles<tileRows>((to - from) * w.width, [&](auto height, int64_t place) {
        constexpr int R = decltype(height)::value;
        float sums[R * tileColumns];
        expandTile<R>(lines + place * inner, inner, expand.panel(panel), expandBias ? expandBias + column : nullptr, left, sums);
        framePlaces<A>(sums, R, place, w.width, line, inside);
      });
      for (int64_t c = 0; c < left; c += lanes) {
        float taps[K * K * lanes];
        for (int tap = 0; tap < K * K; tap += 1) store(taps + tap * lanes, load(filter + tap * channels + column + c, left - c));
        const Vector own = bias ? load(bias + column + c, left - c) : Vector{};
        for (int64_t row = 0; row < rows; row += 1) {
          const float* source = framed + row * S * line + c;
          float* made = y + ((photo * w.outHeight + first + row) * w.outWidth) * channels + column + c;
          int64_t place = 0;
          for (; place + X <= w.outWidth; place += X)
            framedPlaces<K, S, X, A>(source + place * S * tileColumns, line, taps, own, made + place * channels, channels, left - c);
          for (; place + 2 <= w.outWidth; place += 2)
            framedPlaces<K, S, 2, A>(source + place * S * tileColumns, line, taps, own, made + place * channels, channels, left - c);
          for (; place < w.outWidth; place += 1)
            framedPlaces<K, S, 1, A>(source + place * S * tileColumns, line, taps, own, made + place * channels, channels, left - c);
          if (isBounds(A) && !means) continue;
          const Vector total = activatePlaces<A>(made, w.outWidth, channels, left - c);
          if (means)
            for (int64_t i = 0; i < std::min<int64_t>(lanes, left - c); i += 1) sums[piece * channels + column + c + i] += total[i];
        }
      }
    }
  });
  if (!means) return;
  const double places = static_cast<double>(w.outHeight * w.outWidth);
  for (int64_t photo = 0; photo < w.batch; photo += 1)
    for (int64_t c = 0; c < channels; c += 1) {
      double sum = 0;
      for (int64_t band = 0; band < bands.count; band += 1) sum += sums[(photo * bands.count + band) * channels + c];
      means[photo * channels + c] = static_cast<float>(sum / places);
    }
}

/** Calls `f` with side, stride and activation as types. @returns false where that is not compiled */
template <typename F>
inline bool withExpanded(const Window& w, int activation, F f) {
  const auto withKnown = [&](auto known) {
    const int64_t which = w.side * 10 + w.stride;
    if (which == 31) f(Known<3>{}, Known<1>{}, known);
    else if (which == 32) f(Known<3>{}, Known<2>{}, known);
    else if (which == 51) f(Known<5>{}, Known<1>{}, known);
    else if (which == 52) f(Known<5>{}, Known<2>{}, known);
    else return false;
    return true;
  };
  if (activation == relu) return withKnown(Known<relu>{});
  if (activation == relu6) return withKnown(Known<relu6>{});
  if (activation == hardswish) return withKnown(Known<hardswish>{});
  if (activation == silu) return withKnown(Known<silu>{});
  return false;
}

}  // namespace thaw
