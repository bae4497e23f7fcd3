// Convolutions of each channel by a filter of its own. Maps are [batch, height, width, channels], filters [side, side, channels].
#pragma once
#include <algorithm>
#include <utility>
#include <vector>
#include "activations.h"
#include "normalise.h"
#include "pool.h"
#include "window.h"

namespace thaw {

/** Output rows that one piece of work has. */
constexpr int64_t rowsAtOnce = 8;
inline int64_t bandsOf(int64_t rows) { return (rows + rowsAtOnce - 1) / rowsAtOnce; }

/** Columns of the output whose windows do not reach over the edges: from the first one to behind the last one. */
inline std::pair<int64_t, int64_t> insideOf(const Window& w) {
  const int64_t first = std::min(w.outWidth, (w.padding + w.stride - 1) / w.stride);
  const int64_t room = w.width - w.side + w.padding;
  return {first, room < 0 ? first : std::max(first, std::min(w.outWidth, room / w.stride + 1))};
}

/** X places side by side, from column `x` on, all of whose windows lie between the left and the right edge. */
template <int K, int S, int X>
inline void inside(const Window& w, const float* image, const float* filter, const float* bias, Bounds bounds, float* out,
                   int64_t y, int64_t x) {
  const int64_t top = y * S - w.padding;
  const int64_t from = std::max<int64_t>(0, -top), to = std::min<int64_t>(K, w.height - top);
  const float* left = image + (x * S - w.padding) * w.channels;
  for (int64_t c = 0; c < w.channels; c += lanes) {
    const int64_t count = w.channels - c;
    Vector sums[X];
#pragma GCC unroll 8
    for (int i = 0; i < X; i += 1) sums[i] = bias ? load(bias + c, count) : Vector{};
    for (int64_t ky = from; ky < to; ky += 1) {
      const float* row = left + (top + ky) * w.width * w.channels + c;
      Vector taps[K];
#pragma GCC unroll 8
      for (int kx = 0; kx < K; kx += 1) taps[kx] = load(filter + (ky * K + kx) * w.channels + c, count);
#pragma GCC unroll 32
      for (int at = 0; at < (X - 1) * S + K; at += 1) {
        const Vector value = load(row + at * w.channels, count);
#pragma GCC unroll 8
        for (int i = 0; i < X; i += 1) {
          const int kx = at - i * S;
          if (kx >= 0 && kx < K) sums[i] += value * taps[kx];
        }
      }
    }
#pragma GCC unroll 8
    for (int i = 0; i < X; i += 1) store(out + (x + i) * w.channels + c, bounds.of(sums[i]), count);
  }
}

/** One place, of whose window a part may lie outside. */
template <int K, int S>
inline void atEdge(const Window& w, const float* image, const float* filter, const float* bias, Bounds bounds, float* out,
                   int64_t y, int64_t x) {
  const int64_t top = y * S - w.padding, left = x * S - w.padding;
  for (int64_t c = 0; c < w.channels; c += lanes) {
    const int64_t count = w.channels - c;
    Vector sum = bias ? load(bias + c, count) : Vector{};
    for (int64_t ky = std::max<int64_t>(0, -top); ky < std::min<int64_t>(K, w.height - top); ky += 1)
      for (int64_t kx = std::max<int64_t>(0, -left); kx < std::min<int64_t>(K, w.width - left); kx += 1)
        sum += load(image + ((top + ky) * w.width + left + kx) * w.channels + c, count) *
               load(filter + (ky * K + kx) * w.channels + c, count);
    store(out + x * w.channels + c, bounds.of(sum), count);
  }
}

/**
 * activation(conv(x, filter) + bias)
 * @param moments is told what came out, `bandsOf` pieces a photo, while it is still near; null if nobody wants to know
 */
template <int K, int S>
void depthwise(const Window& w, const float* x, const float* filter, const float* bias, int activation, float* y,
               Moments* moments = nullptr) {
  const Bounds bounds(activation);
  constexpr int X = K == 3 ? 4 : 2;
  const int64_t bands = bandsOf(w.outHeight);
  const auto [first, last] = insideOf(w);
  inPieces(w.batch * bands, [&](int64_t piece) {
    const int64_t photo = piece / bands, band = piece % bands;
    const float* image = x + photo * w.height * w.width * w.channels;
    for (int64_t row = band * rowsAtOnce; row < std::min(w.outHeight, (band + 1) * rowsAtOnce); row += 1) {
      float* out = y + (photo * w.outHeight + row) * w.outWidth * w.channels;
      int64_t column = 0;
      for (; column < first; column += 1) atEdge<K, S>(w, image, filter, bias, bounds, out, row, column);
      for (; column + X <= last; column += X) inside<K, S, X>(w, image, filter, bias, bounds, out, row, column);
      for (; column < w.outWidth; column += 1) atEdge<K, S>(w, image, filter, bias, bounds, out, row, column);
      if (!isBounds(activation)) activateRows(out, w.outWidth, w.channels, w.channels, activation);
      if (moments) moments->add(piece, out, w.outWidth, 0, w.channels);
    }
  });
}

/** The gradient of x with stride 1: the convolution of dy with the filter turned by half a turn; else each place of x asks for it. */
template <int K, int S>
void depthwiseInputGradient(const Window& w, const float* dy, const float* filter, float* dx) {
  if constexpr (S == 1) {
    std::vector<float> turned(static_cast<size_t>(K * K * w.channels));
    for (int64_t tap = 0; tap < K * K; tap += 1)
      std::memcpy(&turned[tap * w.channels], filter + (K * K - 1 - tap) * w.channels, 4 * w.channels);
    const Window back{w.batch, w.outHeight, w.outWidth, w.channels, w.height, w.width, K, 1, K - 1 - w.padding};
    depthwise<K, 1>(back, dy, turned.data(), nullptr, none, dx);
    return;
  }
  const int64_t bands = bandsOf(w.height);
  inPieces(w.batch * bands, [&](int64_t piece) {
    const int64_t photo = piece / bands, band = piece % bands;
    const float* image = dy + photo * w.outHeight * w.outWidth * w.channels;
    for (int64_t row = band * rowsAtOnce; row < std::min(w.height, (band + 1) * rowsAtOnce); row += 1)
      for (int64_t column = 0; column < w.width; column += 1) {
        const float* found[K * K];
        const float* taps[K * K];
        int count = 0;
        for (int64_t ky = (row + w.padding) % S; ky < K; ky += S)
          for (int64_t kx = (column + w.padding) % S; kx < K; kx += S) {
            const int64_t y = (row + w.padding - ky) / S, x = (column + w.padding - kx) / S;
            if (row + w.padding < ky || column + w.padding < kx || y >= w.outHeight || x >= w.outWidth) continue;
            found[count] = image + (y * w.outWidth + x) * w.channels;
            taps[count++] = filter + (ky * K + kx) * w.channels;
          }
        float* out = dx + ((photo * w.height + row) * w.width + column) * w.channels;
        for (int64_t c = 0; c < w.channels; c += lanes) {
          Vector sum{};
          for (int i = 0; i < count; i += 1) sum += load(found[i] + c, w.channels - c) * load(taps[i] + c, w.channels - c);
          store(out + c, sum, w.channels - c);
        }
      }
  });
}

/** Adds what X places side by side give the taps [K][channels] of one row of the filter. */
template <int K, int S, int X>
inline void tapsOf(int64_t channels, const float* x, const float* dy, float* sums) {
  for (int64_t c = 0; c < channels; c += lanes) {
    const int64_t count = channels - c;
    Vector found[K];
#pragma GCC unroll 8
    for (int kx = 0; kx < K; kx += 1) found[kx] = load(sums + kx * channels + c, count);
    Vector gradients[X];
#pragma GCC unroll 8
    for (int i = 0; i < X; i += 1) gradients[i] = load(dy + i * channels + c, count);
#pragma GCC unroll 32
    for (int at = 0; at < (X - 1) * S + K; at += 1) {
      const Vector value = load(x + at * channels + c, count);
#pragma GCC unroll 8
      for (int i = 0; i < X; i += 1) {
        const int kx = at - i * S;
        if (kx >= 0 && kx < K) found[kx] += value * gradients[i];
      }
    }
#pragma GCC unroll 8
    for (int kx = 0; kx < K; kx += 1) store(sums + kx * channels + c, found[kx], count);
  }
}

/** The filter's gradient: float32 within a band of rows, float64 over bands and photos. */
template <int K, int S>
void depthwiseFilterGradient(const Window& w, const float* x, const float* dy, float* gradient) {
  constexpr int X = 4;
  const int64_t size = K * K * w.channels, bands = bandsOf(w.outHeight);
  const auto [first, last] = insideOf(w);
  std::vector<float> partial(static_cast<size_t>(w.batch * bands * size));
  inPieces(w.batch * bands, [&](int64_t piece) {
    const int64_t photo = piece / bands, band = piece % bands;
    const float* image = x + photo * w.height * w.width * w.channels;
    float* sums = &partial[piece * size];
    for (int64_t row = band * rowsAtOnce; row < std::min(w.outHeight, (band + 1) * rowsAtOnce); row += 1) {
      const float* out = dy + (photo * w.outHeight + row) * w.outWidth * w.channels;
      for (int64_t ky = 0; ky < K; ky += 1) {
        const int64_t y = row * S - w.padding + ky;
        if (y < 0 || y >= w.height) continue;
        const float* line = image + y * w.width * w.channels;
        float* own = sums + ky * K * w.channels;
        const auto edge = [&](int64_t column) {
          for (int64_t kx = 0; kx < K; kx += 1) {
            const int64_t at = column * S - w.padding + kx;
            if (at < 0 || at >= w.width) continue;
            for (int64_t c = 0; c < w.channels; c += 1)
              own[kx * w.channels + c] += line[at * w.channels + c] * out[column * w.channels + c];
          }
        };
        int64_t column = 0;
        for (; column < first; column += 1) edge(column);
        for (; column + X <= last; column += X)
          tapsOf<K, S, X>(w.channels, line + (column * S - w.padding) * w.channels, out + column * w.channels, own);
        for (; column < w.outWidth; column += 1) edge(column);
      }
    }
  });
  for (int64_t i = 0; i < size; i += 1) {
    double sum = 0;
    for (int64_t piece = 0; piece < w.batch * bands; piece += 1) sum += partial[piece * size + i];
    gradient[i] = static_cast<float>(sum);
  }
}

/** Calls `f` with side and stride as types. @returns false for windows that are not compiled */
template <typename F>
inline bool withWindow(const Window& w, F f) {
  const int64_t which = w.side * 10 + w.stride;
  if (which == 31) f(Known<3>{}, Known<1>{});
  else if (which == 32) f(Known<3>{}, Known<2>{});
  else if (which == 51) f(Known<5>{}, Known<1>{});
  else if (which == 52) f(Known<5>{}, Known<2>{});
  else if (which == 71) f(Known<7>{}, Known<1>{});
  else return false;
  return true;
}

}  // namespace thaw
