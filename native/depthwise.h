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
 * Rows [begin, end) of one photo's output.
 * @param image, out the photo's maps
 * @param far each row is made where it is near, and then goes past the caches
 * @param after is told each row while it is near
 */
template <int K, int S, typename F>
inline void depthwiseRows(const Window& w, const float* image, const float* filter, const float* bias, int activation, int64_t begin,
                          int64_t end, float* out, bool far, F after) {
  const Bounds bounds(activation);
  constexpr int X = K == 3 ? 4 : 2;
  const auto [first, last] = insideOf(w);
  for (int64_t row = begin; row < end; row += 1) {
    float* goal = out + row * w.outWidth * w.channels;
    float* line = far ? kept<struct NearRow>(w.outWidth * w.channels) : goal;
    int64_t column = 0;
    for (; column < first; column += 1) atEdge<K, S>(w, image, filter, bias, bounds, line, row, column);
    for (; column + X <= last; column += X) inside<K, S, X>(w, image, filter, bias, bounds, line, row, column);
    for (; column < w.outWidth; column += 1) atEdge<K, S>(w, image, filter, bias, bounds, line, row, column);
    if (!isBounds(activation)) activateRows(line, w.outWidth, w.channels, w.channels, activation);
    after(line);
    if (far) sendRows(line, 0, 1, w.outWidth * w.channels, goal, 0);
  }
}

/**
 * activation(conv(x, filter) + bias)
 * @param moments is told what came out, `bandsOf` pieces a photo, while it is still near; null if nobody wants to know
 */
template <int K, int S>
void depthwise(const Window& w, const float* x, const float* filter, const float* bias, int activation, float* y,
               Moments* moments = nullptr) {
  const int64_t bands = bandsOf(w.outHeight);
  const bool far = isFar(y, w.batch * w.outHeight * w.outWidth * w.channels, w.channels);
  inPieces(w.batch * bands, [&](int64_t piece) {
    const int64_t photo = piece / bands, begin = piece % bands * rowsAtOnce;
    const float* image = x + photo * w.height * w.width * w.channels;
    float* out = y + photo * w.outHeight * w.outWidth * w.channels;
    const int64_t end = std::min(w.outHeight, begin + rowsAtOnce);
    depthwiseRows<K, S>(w, image, filter, bias, activation, begin, end, out, far, [&](const float* line) {
      if (moments) moments->add(piece, line, w.outWidth, 0, w.channels, w.channels);
    });
  });
}

/** The gradient of one photo of x, row by row, by a filter [K][K][channels]. */
template <int K, int S>
class DepthwiseInputGradient {
 public:
  DepthwiseInputGradient(const Window& w, const float* filter) : w_(w), filter_(filter), turned_() {
    if (S != 1) return;
    turned_.resize(static_cast<size_t>(K * K * w.channels));
    for (int64_t tap = 0; tap < K * K; tap += 1)
      std::memcpy(&turned_[tap * w.channels], filter + (K * K - 1 - tap) * w.channels, 4 * w.channels);
  }

  /** Rows of dy from the first to behind the last one that rows [begin, end) of x have a part in. */
  std::pair<int64_t, int64_t> seenBy(int64_t begin, int64_t end) const {
    const int64_t above = begin + w_.padding - K + 1;
    return {above <= 0 ? 0 : std::min(w_.outHeight, (above + S - 1) / S),
            std::min(w_.outHeight, (end - 1 + w_.padding) / S + 1)};
  }

  /** Rows [begin, end). With stride 1 the convolution of dy with the filter turned by half a turn; else each place asks for its own. */
  void rows(const float* dy, int64_t begin, int64_t end, float* dx) const {
    if constexpr (S == 1) {
      const Window back{w_.batch, w_.outHeight, w_.outWidth, w_.channels, w_.height, w_.width, K, 1, K - 1 - w_.padding};
      const bool far = isFar(dx, w_.batch * w_.height * w_.width * w_.channels, w_.channels);
      depthwiseRows<K, 1>(back, dy, turned_.data(), nullptr, none, begin, end, dx, far, [](const float*) {});
      return;
    }
    for (int64_t row = begin; row < end; row += 1)
      for (int64_t column = 0; column < w_.width; column += 1)
        place(dy, row, column, dx + (row * w_.width + column) * w_.channels);
  }

 private:
  void place(const float* dy, int64_t row, int64_t column, float* to) const {
    const float* found[K * K];
    const float* taps[K * K];
    int count = 0;
    for (int64_t ky = (row + w_.padding) % S; ky < K; ky += S)
      for (int64_t kx = (column + w_.padding) % S; kx < K; kx += S) {
        const int64_t y = (row + w_.padding - ky) / S, x = (column + w_.padding - kx) / S;
        if (row + w_.padding < ky || column + w_.padding < kx || y >= w_.outHeight || x >= w_.outWidth) continue;
        found[count] = dy + (y * w_.outWidth + x) * w_.channels;
        taps[count++] = filter_ + (ky * K + kx) * w_.channels;
      }
    for (int64_t c = 0; c < w_.channels; c += lanes) {
      const int64_t wide = w_.channels - c;
      Vector sum{};
      for (int i = 0; i < count; i += 1) sum += load(found[i] + c, wide) * load(taps[i] + c, wide);
      store(to + c, sum, wide);
    }
  }

  const Window w_;
  const float* filter_;
  std::vector<float> turned_;
};

template <int K, int S>
void depthwiseInputGradient(const Window& w, const float* dy, const float* filter, float* dx) {
  const DepthwiseInputGradient<K, S> gradient(w, filter);
  const int64_t bands = bandsOf(w.height);
  inPieces(w.batch * bands, [&](int64_t piece) {
    const int64_t photo = piece / bands, begin = piece % bands * rowsAtOnce;
    gradient.rows(dy + photo * w.outHeight * w.outWidth * w.channels, begin, std::min(w.height, begin + rowsAtOnce),
                  dx + photo * w.height * w.width * w.channels);
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

/** Adds what rows [begin, end) of one photo's dy give the filter's gradient to `sums` [K][K][channels]. */
template <int K, int S>
void filterGradientRows(const Window& w, const float* image, const float* dy, int64_t begin, int64_t end, float* sums) {
  constexpr int X = 4;
  const auto [first, last] = insideOf(w);
  for (int64_t row = begin; row < end; row += 1) {
    const float* out = dy + row * w.outWidth * w.channels;
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
}

/** A filter's gradient, float32 within a band of rows, of all `pieces` of them, added up in float64. */
inline void totalOfBands(const std::vector<float>& sums, int64_t pieces, int64_t size, float* gradient) {
  constexpr int64_t wide = 256;
  inPieces((size + wide - 1) / wide, [&](int64_t part) {
    const int64_t first = part * wide, count = std::min(wide, size - first);
    double total[wide] = {};
    for (int64_t piece = 0; piece < pieces; piece += 1)
      for (int64_t i = 0; i < count; i += 1) total[i] += sums[piece * size + first + i];
    for (int64_t i = 0; i < count; i += 1) gradient[first + i] = static_cast<float>(total[i]);
  });
}

template <int K, int S>
void depthwiseFilterGradient(const Window& w, const float* x, const float* dy, float* gradient) {
  const int64_t size = K * K * w.channels, bands = bandsOf(w.outHeight);
  std::vector<float> sums(static_cast<size_t>(w.batch * bands * size));
  inPieces(w.batch * bands, [&](int64_t piece) {
    const int64_t photo = piece / bands, begin = piece % bands * rowsAtOnce;
    filterGradientRows<K, S>(w, x + photo * w.height * w.width * w.channels, dy + photo * w.outHeight * w.outWidth * w.channels,
                             begin, std::min(w.outHeight, begin + rowsAtOnce), &sums[piece * size]);
  });
  totalOfBands(sums, w.batch * bands, size, gradient);
}

/**
 * The way back through activation(normalise(depthwise(x, filter))): the gradient of the convolution's output never is in memory, but a
 * band of its rows while both gradients that come of it are made, with the bits that they have apart.
 */
template <int K, int S, int A>
void depthwiseNormGradient(const NormGradient<A>& norm, const Window& w, const float* x, const float* filter, float* dx,
                           float* dFilter) {
  const DepthwiseInputGradient<K, S> back(w, filter);
  const int64_t size = K * K * w.channels, bands = bandsOf(w.outHeight), line = w.outWidth * w.channels;
  std::vector<float> sums(static_cast<size_t>(w.batch * bands * size));
  inPieces(w.batch * bands, [&](int64_t piece) {
    const int64_t photo = piece / bands, band = piece % bands;
    const int64_t begin = band * rowsAtOnce, end = std::min(w.outHeight, begin + rowsAtOnce);
    // The rows of x that this band makes: as many as its own take, and the last band all that are left.
    const int64_t top = std::min(w.height, begin * S), bottom = band + 1 == bands ? w.height : std::min(w.height, end * S);
    const auto [first, last] = back.seenBy(top, bottom);
    const int64_t above = std::min(first, begin), below = std::max(last, end);
    float* rows = room((below - above) * line);
    // Rows are counted from the photo's first one.
    const float* dz = rows - above * line;
    const int64_t photoOfX = photo * w.height * w.width * w.channels;
    int64_t made = above;
    const auto makeUntil = [&](int64_t row) {
      if (row <= made) return;
      const int64_t before = photo * w.outHeight;
      norm.rows((before + made) * w.outWidth, (before + row) * w.outWidth, rows + (made - above) * line, false);
      made = row;
    };
    // Row by row, so that what was made a moment ago is in the second cache still.
    int64_t done = top;
    for (int64_t row = begin; row < end; row += 1) {
      const int64_t until = row + 1 == end ? bottom : std::min(bottom, (row + 1) * S);
      makeUntil(std::max(row + 1, until > done ? back.seenBy(done, until).second : 0));
      filterGradientRows<K, S>(w, x + photoOfX, dz, row, row + 1, &sums[piece * size]);
      if (until > done) back.rows(dz, done, until, dx + photoOfX);
      done = std::max(done, until);
    }
  });
  totalOfBands(sums, w.batch * bands, size, dFilter);
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
