// 3×3 convolutions at stride 1 with a quarter of the multiplications: Winograd's F(4×4, 3×3), as in Lavin and Gray, "Fast Algorithms
// for Convolutional Neural Networks" (2015), Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A of each tile of 4×4 outputs, which sees 6×6 inputs. Some
// tiles at a time go the whole way while they are in the second cache.
#pragma once
#include <algorithm>
#include <vector>
#include "convolution.h"

namespace thaw {

/** The transforms' matrices: Toom and Cook's of some points and infinity (backend/kernels/winograd.ts says why these points). */
struct Winograd {
  static constexpr int outputs = 4, taps = 3, side = 6, places = side * side;
  float output[outputs][side]{}, filter[side][taps]{}, input[side][side]{};

  constexpr Winograd() {
    constexpr double points[side - 1] = {0, 0.75, -0.75, 1.5, -1.5};
    for (int i = 0; i < side; i += 1) {
      const bool isInfinite = i == side - 1;
      // Coefficients, lowest first, of the product of x − point over the other points; and its value at the point itself.
      double coefficients[side] = {1}, scale = 1;
      for (int other = 0, degree = 1; other < side - 1; other += 1) {
        if (other == i) continue;
        for (int power = degree; power > 0; power -= 1)
          coefficients[power] = coefficients[power - 1] - points[other] * coefficients[power];
        coefficients[0] *= -points[other];
        degree += 1;
        if (!isInfinite) scale *= points[i] - points[other];
      }
      // A row of `filter` and the same of `input` may be scaled against each other; powers of two cost no digit.
      double balance = 1;
      for (const double size = scale < 0 ? -scale : scale; !isInfinite && size / balance >= 1.41421356;) balance *= 2;
      for (int k = 0; k < side; k += 1) input[i][k] = static_cast<float>(coefficients[k] / balance);
      double power = balance / scale;
      for (int k = 0; k < taps; k += 1) {
        filter[i][k] = isInfinite ? (k == taps - 1 ? 1.0f : 0.0f) : static_cast<float>(power);
        if (!isInfinite) power *= points[i];
      }
      power = 1;
      for (int k = 0; k < outputs; k += 1) {
        output[k][i] = isInfinite ? (k == outputs - 1 ? 1.0f : 0.0f) : static_cast<float>(power);
        if (!isInfinite) power *= points[i];
      }
    }
  }
};
constexpr Winograd winograd{};

/** matrix · x · matrixᵀ, x [N, N] and the result [M, M]. */
template <int M, int N>
inline void transform(const float (&matrix)[M][N], const Vector (&x)[N][N], Vector (&y)[M][M]) {
  Vector half[M][N];
#pragma GCC unroll 6
  for (int i = 0; i < M; i += 1)
#pragma GCC unroll 6
    for (int j = 0; j < N; j += 1) {
      Vector sum{};
#pragma GCC unroll 6
      for (int k = 0; k < N; k += 1)
        if (matrix[i][k] != 0) sum += x[k][j] * matrix[i][k];
      half[i][j] = sum;
    }
#pragma GCC unroll 6
  for (int i = 0; i < M; i += 1)
#pragma GCC unroll 6
    for (int j = 0; j < M; j += 1) {
      Vector sum{};
#pragma GCC unroll 6
      for (int k = 0; k < N; k += 1)
        if (matrix[j][k] != 0) sum += half[i][k] * matrix[j][k];
      y[i][j] = sum;
    }
}

inline int64_t winogradSize(int64_t in, int64_t out) { return Winograd::places * in * upTo(out, tileColumns); }

/** The filter's transforms, 36 matrices [in, out] in panels as `Panels` has them. */
inline void transformFilter(const float* filter, int64_t in, int64_t out, float* made) {
  constexpr int taps = Winograd::taps, side = Winograd::side;
  const int64_t wide = upTo(out, tileColumns), block = 8;
  inPieces((in + block - 1) / block, [&](int64_t piece) {
    for (int64_t c = piece * block; c < std::min(in, (piece + 1) * block); c += 1)
      for (int64_t o = 0; o < wide; o += lanes) {
        Vector g[taps][taps], found[side][side];
        for (int tap = 0; tap < taps * taps; tap += 1) g[tap / taps][tap % taps] = load(filter + (tap * in + c) * out + o, out - o);
        transform(winograd.filter, g, found);
        float* to = made + (o / tileColumns * in + c) * tileColumns + o % tileColumns;
        for (int place = 0; place < Winograd::places; place += 1) store(to + place * in * wide, found[place / side][place % side]);
      }
  });
}

/** The same in memory that is kept, for the largest are 38 MB, which the system would have to clear each time; until it is asked again. */
inline const float* winogradFilter(const float* filter, int64_t in, int64_t out) {
  thread_local std::vector<float> kept;
  if (kept.size() < static_cast<size_t>(winogradSize(in, out))) kept.resize(static_cast<size_t>(winogradSize(in, out)));
  transformFilter(filter, in, out, kept.data());
  return kept.data();
}

/** activation(conv(x, filter) + bias), padding 1. @param filter as `transformFilter` makes it */
inline void winogradConvolution(const Window& w, const float* x, const float* filter, int64_t out, const float* bias,
                                int activation, float* y) {
  constexpr int outputs = Winograd::outputs, side = Winograd::side, places = Winograd::places;
  const int64_t in = w.channels, wide = upTo(out, tileColumns);
  const int64_t across = (w.width + outputs - 1) / outputs, tiles = w.batch * ((w.height + outputs - 1) / outputs) * across;
  // Tiles at once: as many as stay near. Filters that are not near themselves want to be read for more of them.
  const int64_t near = in * wide > (1 << 17) ? 28 : std::clamp<int64_t>((1 << 17) / (places * (in + wide)), 1, 2) * 14;
  const int64_t groups = std::max<int64_t>((tiles + near - 1) / near, std::min<int64_t>(8, tiles / 7));
  const int64_t share = (tiles + groups - 1) / groups;
  const Bounds bounds(activation);
  const Reach reach{in, in, 1, 0};
  const auto at = [&](int64_t tile, int64_t& photo, int64_t& top, int64_t& left) {
    const int64_t perPhoto = tiles / w.batch, place = tile % perPhoto;
    photo = tile / perPhoto;
    top = place / across * outputs;
    left = place % across * outputs;
  };
  inPieces(groups, [&](int64_t group) {
    const int64_t first = group * share, count = std::min(tiles, first + share) - first;
    if (count <= 0) return;
    float* seen = room(places * share * (in + wide));
    float* made = seen + places * share * in;
    for (int64_t tile = 0; tile < count; tile += 1) {
      int64_t photo, top, left;
      at(first + tile, photo, top, left);
      const float* image = x + photo * w.height * w.width * in;
      for (int64_t c = 0; c < in; c += lanes) {
        Vector d[side][side], found[side][side];
        for (int row = 0; row < side; row += 1)
          for (int column = 0; column < side; column += 1) {
            const int64_t py = top + row - 1, px = left + column - 1;
            const bool isInside = py >= 0 && py < w.height && px >= 0 && px < w.width;
            d[row][column] = isInside ? load(image + (py * w.width + px) * in + c, in - c) : Vector{};
          }
        transform(winograd.input, d, found);
        for (int place = 0; place < places; place += 1)
          store(seen + (place * share + tile) * in + c, found[place / side][place % side], in - c);
      }
    }
    for (int64_t place = 0; place < places; place += 1)
      for (int64_t column = 0; column < wide; column += tileColumns) {
        const float* panel = filter + (place * wide + column) * in;
        inTiles<tileRows>(count, [&](auto height, int64_t row) {
          constexpr int R = decltype(height)::value;
          thaw::tile<R, tileVectors>(seen + (place * share + row) * in, reach, panel, nullptr, Bounds(none),
                                     made + (place * share + row) * wide + column, wide, tileColumns, false);
        });
      }
    for (int64_t tile = 0; tile < count; tile += 1) {
      int64_t photo, top, left;
      at(first + tile, photo, top, left);
      for (int64_t o = 0; o < out; o += lanes) {
        Vector m[side][side], found[outputs][outputs];
        for (int place = 0; place < places; place += 1)
          m[place / side][place % side] = load(made + (place * share + tile) * wide + o);
        transform(winograd.output, m, found);
        const Vector own = bias ? load(bias + o, out - o) : Vector{};
        for (int64_t row = 0; row < std::min<int64_t>(outputs, w.height - top); row += 1)
          for (int64_t column = 0; column < std::min<int64_t>(outputs, w.width - left); column += 1)
            store(y + ((photo * w.height + top + row) * w.width + left + column) * out + o, bounds.of(found[row][column] + own), out - o);
      }
      if (!isBounds(activation))
        for (int64_t row = 0; row < std::min<int64_t>(outputs, w.height - top); row += 1)
          activateRows(y + ((photo * w.height + top + row) * w.width + left) * out, std::min<int64_t>(outputs, w.width - left), out,
                       out, activation);
    }
  });
}

}  // namespace thaw
