// Products of matrices with what follows them – bias and activation – while the results are still in registers. Long and thin
// ones, as 1×1 convolutions are: rows are places of maps, columns channels.
#pragma once
#include <algorithm>
#include <vector>
#include "activations.h"
#include "normalise.h"
#include "pool.h"

namespace thaw {

// A tile of results fills the registers: 12 × 32 numbers of AVX-512's 32, 6 × 16 of AVX2's 16.
#ifdef __AVX512F__
constexpr int tileRows = 12;
constexpr int tileVectors = 2;
#else
constexpr int tileRows = 6;
constexpr int tileVectors = 1;
#endif
constexpr int tileColumns = tileVectors * lanes;

inline int64_t upTo(int64_t value, int64_t multiple) { return (value + multiple - 1) / multiple * multiple; }

/** A matrix in panels of `tileColumns` columns, each [inner][tileColumns], the last filled up with zeros. */
struct Panels {
  std::vector<float> numbers;
  int64_t inner, columns;

  /** @param transposed `from` is [columns, inner], else [inner, columns] */
  Panels(const float* from, int64_t inner, int64_t columns, bool transposed)
      : numbers(static_cast<size_t>(inner * upTo(columns, tileColumns))), inner(inner), columns(columns) {
    inPieces(upTo(columns, tileColumns) / tileColumns, [&](int64_t panel) {
      float* to = &numbers[panel * inner * tileColumns];
      const int64_t first = panel * tileColumns;
      const int64_t count = std::min<int64_t>(tileColumns, columns - first);
      if (transposed)
        for (int64_t c = 0; c < count; c += 1)
          for (int64_t k = 0; k < inner; k += 1) to[k * tileColumns + c] = from[(first + c) * inner + k];
      else
        for (int64_t k = 0; k < inner; k += 1) std::memcpy(to + k * tileColumns, from + k * columns + first, 4 * count);
    });
  }
  const float* panel(int64_t index) const { return &numbers[index * inner * tileColumns]; }
};

/** R rows · one panel; `used` vectors of it are wanted. */
template <int R, int V>
inline void tile(const float* a, int64_t inner, const float* panel, const float* bias, Bounds bounds, float* c,
                 int64_t columns, int64_t count) {
  Vector sums[R][V];
#pragma GCC unroll 16
  for (int r = 0; r < R; r += 1)
#pragma GCC unroll 2
    for (int v = 0; v < V; v += 1) sums[r][v] = bias ? load(bias + v * lanes, count - v * lanes) : Vector{};
  for (int64_t k = 0; k < inner; k += 1) {
    // The next tile's rows, a line of memory at a time.
    if (k % lanes == 0)
#pragma GCC unroll 16
      for (int r = 0; r < R; r += 1) __builtin_prefetch(a + (R + r) * inner + k);
    Vector b[V];
#pragma GCC unroll 2
    for (int v = 0; v < V; v += 1) b[v] = load(panel + k * tileColumns + v * lanes);
#pragma GCC unroll 16
    for (int r = 0; r < R; r += 1) {
      const Vector value = all(a[r * inner + k]);
#pragma GCC unroll 2
      for (int v = 0; v < V; v += 1) sums[r][v] += value * b[v];
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < R; r += 1)
#pragma GCC unroll 2
    for (int v = 0; v < V; v += 1)
      store(c + r * columns + v * lanes, bounds.of(sums[r][v]), count - v * lanes);
}

/** Calls `f` for tiles of the height that is compiled, then for the rows that are left, a few at a time. */
template <typename F>
inline void inTiles(int64_t rows, F f) {
  int64_t row = 0;
  for (; row + tileRows <= rows; row += tileRows) f(Known<tileRows>{}, row);
  for (; row + 3 <= rows; row += 3) f(Known<3>{}, row);
  for (; row < rows; row += 1) f(Known<1>{}, row);
}

/** Rows of one piece: such as stay in the second cache while panel after panel passes, and more than one piece for each thread. */
inline int64_t rowsOfPiece(int64_t rows, int64_t inner) {
  const int64_t near = std::clamp<int64_t>((1 << 17) / (inner * tileRows), 1, 128);
  return tileRows * std::min<int64_t>(near, std::max<int64_t>(1, rows / (tileRows * 8)));
}

/**
 * c [rows, columns] = activation(a [rows, inner] · b + bias).
 * @param moments is told what came out, a piece of `rowsOfPiece` each, while it is still near; null if nobody wants to know
 */
inline void product(const float* a, const Panels& b, const float* bias, float* c, int64_t rows, int activation,
                    Moments* moments = nullptr) {
  const int64_t inner = b.inner, columns = b.columns;
  const int64_t panels = upTo(columns, tileColumns) / tileColumns;
  const int64_t block = rowsOfPiece(rows, inner);
  const Bounds bounds(activation);
  inPieces((rows + block - 1) / block, [&](int64_t piece) {
    const int64_t first = piece * block, here = std::min(rows - first, block);
    for (int64_t panel = 0; panel < panels; panel += 1) {
      const int64_t column = panel * tileColumns, count = std::min<int64_t>(tileColumns, columns - column);
      const float* own = bias ? bias + column : nullptr;
      float* strip = c + first * columns + column;
      inTiles(here, [&](auto height, int64_t row) {
        constexpr int R = decltype(height)::value;
        const float* from = a + (first + row) * inner;
        if (tileVectors == 1 || count > lanes)
          tile<R, tileVectors>(from, inner, b.panel(panel), own, bounds, strip + row * columns, columns, count);
        else tile<R, 1>(from, inner, b.panel(panel), own, bounds, strip + row * columns, columns, count);
      });
      if (!isBounds(activation)) activateRows(strip, here, columns, count, activation);
      if (moments) moments->add(piece, strip, here, column, count);
    }
  });
}

/** Adds R rows of aᵀ · b over `rows` rows. */
template <int R, int V>
inline void gradientTile(const float* a, int64_t inner, const float* b, int64_t columns, int64_t rows, float* sums,
                         int64_t count) {
  Vector found[R][V];
#pragma GCC unroll 16
  for (int r = 0; r < R; r += 1)
#pragma GCC unroll 2
    for (int v = 0; v < V; v += 1) found[r][v] = Vector{};
  for (int64_t row = 0; row < rows; row += 1) {
    Vector right[V];
#pragma GCC unroll 2
    for (int v = 0; v < V; v += 1) right[v] = load(b + row * columns + v * lanes, count - v * lanes);
#pragma GCC unroll 16
    for (int r = 0; r < R; r += 1) {
      const Vector value = all(a[row * inner + r]);
#pragma GCC unroll 2
      for (int v = 0; v < V; v += 1) found[r][v] += value * right[v];
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < R; r += 1)
#pragma GCC unroll 2
    for (int v = 0; v < V; v += 1) {
      float* at = sums + r * columns + v * lanes;
      store(at, load(at, count - v * lanes) + found[r][v], count - v * lanes);
    }
}

/**
 * c [inner, columns] = aᵀ · b, a [rows, inner] and b [rows, columns]: the gradient of a matrix. Rows are added up in blocks, and
 * these in parts whose number depends on the shapes alone.
 */
inline void gradientProduct(const float* a, const float* b, float* c, int64_t rows, int64_t inner, int64_t columns) {
  const int64_t size = inner * columns;
  const int64_t parts = std::max<int64_t>(1, std::min<int64_t>({8, rows / 256, (1 << 22) / size}));
  const int64_t share = (rows + parts - 1) / parts;
  // As many rows as stay in the second cache, and few enough to be added up in float32.
  const int64_t block = std::max<int64_t>(32, std::min<int64_t>(256, (1 << 16) / (inner + columns)));
  std::vector<float> sums(static_cast<size_t>(parts * size));
  inPieces(parts, [&](int64_t part) {
    float* own = &sums[part * size];
    const int64_t last = std::min(rows, (part + 1) * share);
    for (int64_t first = part * share; first < last; first += block) {
      const int64_t count = std::min(block, last - first);
      for (int64_t column = 0; column < columns; column += tileColumns)
        inTiles(inner, [&](auto height, int64_t k) {
          constexpr int R = decltype(height)::value;
          const float *left = a + first * inner + k, *right = b + first * columns + column;
          float* at = own + k * columns + column;
          if (tileVectors == 1 || columns - column > lanes)
            gradientTile<R, tileVectors>(left, inner, right, columns, count, at, columns - column);
          else gradientTile<R, 1>(left, inner, right, columns, count, at, columns - column);
        });
    }
  });
  const int64_t wide = lanes * 1024;
  inPieces((size + wide - 1) / wide, [&](int64_t piece) {
    for (int64_t i = piece * wide; i < std::min(size, (piece + 1) * wide); i += lanes) {
      Vector sum = load(&sums[i], size - i);
      for (int64_t part = 1; part < parts; part += 1) sum += load(&sums[part * size + i], size - i);
      store(c + i, sum, size - i);
    }
  });
}

}  // namespace thaw
