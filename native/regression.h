// What logistic regression asks of a matrix of features again and again, each in one pass over memory: x [rows, columns] is float32
// and stays as it was read; its columns' means are taken off while it passes. In float32 to find the way, in float64 to know the place.
#pragma once
#include <algorithm>
#include <vector>
#include "pool.h"
#include "vectors.h"

namespace thaw {

/** As many float64 numbers as a register holds, and as many float32 that are widened to them. */
typedef double Doubles __attribute__((vector_size(4 * lanes)));
typedef float Half __attribute__((vector_size(2 * lanes)));

/** Registers of T, read from float32 or from T. */
template <typename T>
struct Register;

template <>
struct Register<float> {
  typedef Vector Type;
  static constexpr int count = lanes;
  static Vector load(const float* at) { return thaw::load(at); }
};

template <>
struct Register<double> {
  typedef Doubles Type;
  static constexpr int count = lanes / 2;
  static Doubles load(const double* at) {
    Doubles v;
    std::memcpy(&v, at, sizeof v);
    return v;
  }
  static Doubles load(const float* at) {
    Half v;
    std::memcpy(&v, at, sizeof v);
    return __builtin_convertvector(v, Doubles);
  }
};

template <typename T>
inline T sumOf(typename Register<T>::Type v) {
  T sum = 0;
  for (int i = 0; i < Register<T>::count; i += 1) sum += v[i];
  return sum;
}

template <typename T>
inline void addTo(T* at, typename Register<T>::Type v) {
  v += Register<T>::load(at);
  std::memcpy(at, &v, sizeof v);
}

/** Some rows of features and their columns' means. */
template <typename T>
struct Rows {
  const float* x;
  const T* mean;
  int64_t rows, columns;

  Rows from(int64_t first, int64_t last) const { return {x + first * columns, mean, last - first, columns}; }
};

/** Adds R rows · C lines of `weights` over columns [first, last), a multiple of a register apart, to z [rows, width]. */
template <int R, int C, typename T>
inline void logitTile(const float* x, const T* mean, int64_t columns, const T* weights, int64_t first, int64_t last, T* z,
                      int64_t width) {
  typedef Register<T> Own;
  typename Own::Type sums[R][C];
#pragma GCC unroll 8
  for (int r = 0; r < R; r += 1)
#pragma GCC unroll 8
    for (int c = 0; c < C; c += 1) sums[r][c] = typename Own::Type{};
  for (int64_t j = first; j < last; j += Own::count) {
    const typename Own::Type middle = Own::load(mean + j);
    typename Own::Type row[R];
#pragma GCC unroll 8
    for (int r = 0; r < R; r += 1) row[r] = Own::load(x + r * columns + j) - middle;
#pragma GCC unroll 8
    for (int c = 0; c < C; c += 1) {
      const typename Own::Type line = Own::load(weights + c * columns + j);
#pragma GCC unroll 8
      for (int r = 0; r < R; r += 1) sums[r][c] += row[r] * line;
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < R; r += 1)
#pragma GCC unroll 8
    for (int c = 0; c < C; c += 1) z[r * width + c] += sumOf<T>(sums[r][c]);
}

/** Adds lines [0, C) of aᵀ · x, V registers of columns, over all rows to sums [width, columns]. */
template <int C, int V, typename T>
inline void lineTile(const Rows<T>& it, const T* a, int64_t width, int64_t j, T* sums) {
  typedef Register<T> Own;
  typename Own::Type found[C][V], middle[V];
#pragma GCC unroll 8
  for (int v = 0; v < V; v += 1) middle[v] = Own::load(it.mean + j + v * Own::count);
#pragma GCC unroll 8
  for (int c = 0; c < C; c += 1)
#pragma GCC unroll 8
    for (int v = 0; v < V; v += 1) found[c][v] = typename Own::Type{};
  for (int64_t r = 0; r < it.rows; r += 1) {
    typename Own::Type row[V];
#pragma GCC unroll 8
    for (int v = 0; v < V; v += 1) row[v] = Own::load(it.x + r * it.columns + j + v * Own::count) - middle[v];
#pragma GCC unroll 8
    for (int c = 0; c < C; c += 1) {
      const T share = a[r * width + c];
#pragma GCC unroll 8
      for (int v = 0; v < V; v += 1) found[c][v] += share * row[v];
    }
  }
#pragma GCC unroll 8
  for (int c = 0; c < C; c += 1)
#pragma GCC unroll 8
    for (int v = 0; v < V; v += 1) addTo<T>(sums + c * it.columns + j + v * Own::count, found[c][v]);
}

/** Calls `f` with 5 lines at a time, then with those that are left: `width` is mostly small, and often a multiple of 5. */
template <typename F>
inline void inLines(int64_t width, F f) {
  int64_t line = 0;
  for (; line + 5 <= width; line += 5) f(std::integral_constant<int, 5>{}, line);
  switch (width - line) {
    case 4: return f(std::integral_constant<int, 4>{}, line);
    case 3: return f(std::integral_constant<int, 3>{}, line);
    case 2: return f(std::integral_constant<int, 2>{}, line);
    case 1: return f(std::integral_constant<int, 1>{}, line);
    default: return;
  }
}

/** Of so many columns the lines of a tile stay in the first cache. */
constexpr int64_t nearColumns = 512;

/** Adds x · weightsᵀ to z [rows, width]. */
template <typename T>
inline void addLogits(const Rows<T>& it, const T* weights, int64_t width, T* z) {
  const int64_t whole = it.columns / Register<T>::count * Register<T>::count;
  for (int64_t first = 0; first < whole; first += nearColumns) {
    const int64_t last = std::min(whole, first + nearColumns);
    inLines(width, [&](auto lines, int64_t k) {
      constexpr int C = decltype(lines)::value, R = C > 4 ? 2 : 3;
      const T* own = weights + k * it.columns;
      int64_t r = 0;
      for (; r + R <= it.rows; r += R)
        logitTile<R, C, T>(it.x + r * it.columns, it.mean, it.columns, own, first, last, z + r * width + k, width);
      for (; r < it.rows; r += 1)
        logitTile<1, C, T>(it.x + r * it.columns, it.mean, it.columns, own, first, last, z + r * width + k, width);
    });
  }
  for (int64_t j = whole; j < it.columns; j += 1)
    for (int64_t r = 0; r < it.rows; r += 1)
      for (int64_t k = 0; k < width; k += 1)
        z[r * width + k] += (T(it.x[r * it.columns + j]) - it.mean[j]) * weights[k * it.columns + j];
}

/** Adds aᵀ · x, a [rows, width], to sums [width, columns]. */
template <typename T>
inline void addLines(const Rows<T>& it, const T* a, int64_t width, T* sums) {
  constexpr int count = Register<T>::count;
  inLines(width, [&](auto lines, int64_t k) {
    constexpr int C = decltype(lines)::value, V = C > 4 ? 2 : 3;
    T* own = sums + k * it.columns;
    int64_t j = 0;
    for (; j + V * count <= it.columns; j += V * count) lineTile<C, V, T>(it, a + k, width, j, own);
    for (; j + count <= it.columns; j += count) lineTile<C, 1, T>(it, a + k, width, j, own);
    for (; j < it.columns; j += 1)
      for (int64_t r = 0; r < it.rows; r += 1)
        for (int c = 0; c < C; c += 1)
          own[c * it.columns + j] += a[r * width + k + c] * (T(it.x[r * it.columns + j]) - it.mean[j]);
  });
}

/** Rows shared out in parts, each added up by itself, block after block of rows that stay in the second cache: by the shape alone. */
struct RowParts {
  int64_t rows, block, count, share;

  RowParts(int64_t rows, int64_t columns)
      : rows(rows),
        block(std::clamp<int64_t>((1 << 16) / std::max<int64_t>(1, columns), 6, 96) / 6 * 6),
        count(std::clamp<int64_t>(rows / (4 * block), 1, 16)),
        share((rows + count - 1) / count) {}

  /** Calls `f` with the first and the last row of each block of a part. */
  template <typename F>
  void blocks(int64_t part, F f) const {
    const int64_t end = std::min(rows, (part + 1) * share);
    for (int64_t first = part * share; first < end; first += block) f(first, std::min(end, first + block));
  }
};

/** The sum of `count` parts of `size` numbers each, one after the other. */
template <typename T>
inline void sumParts(const std::vector<T>& parts, int64_t count, int64_t size, T* sums) {
  std::copy(parts.begin(), parts.begin() + size, sums);
  for (int64_t part = 1; part < count; part += 1)
    for (int64_t i = 0; i < size; i += 1) sums[i] += parts[part * size + i];
}

/** z [rows, width] = (x − mean) · weightsᵀ. */
template <typename T>
inline void centredLogits(const Rows<T>& all, const T* weights, int64_t width, T* z) {
  const RowParts parts(all.rows, all.columns);
  inPieces(parts.count, [&](int64_t part) {
    parts.blocks(part, [&](int64_t first, int64_t last) {
      std::fill(z + first * width, z + last * width, T(0));
      addLogits(all.from(first, last), weights, width, z + first * width);
    });
  });
}

/** lines [width, columns] = aᵀ · (x − mean). */
template <typename T>
inline void centredLines(const Rows<T>& all, const T* a, int64_t width, T* lines) {
  const RowParts parts(all.rows, all.columns);
  const int64_t size = width * all.columns;
  std::vector<T> own(static_cast<size_t>(parts.count * size));
  inPieces(parts.count, [&](int64_t part) {
    parts.blocks(part, [&](int64_t first, int64_t last) {
      addLines(all.from(first, last), a + first * width, width, &own[part * size]);
    });
  });
  sumParts(own, parts.count, size, lines);
}

/**
 * Softmax's second derivative times a direction, through (x − mean): lines [width, columns] and, of the biases, sums [width].
 * @param probabilities [rows, width]; a row that does not count has zeros. One column is the probability of the second of two classes
 */
inline void curvedLines(const Rows<float>& all, const float* probabilities, const float* weights, const float* biases,
                        int64_t width, float* lines, float* sums) {
  const RowParts parts(all.rows, all.columns);
  const int64_t size = width * all.columns + width;
  std::vector<float> own(static_cast<size_t>(parts.count * size));
  inPieces(parts.count, [&](int64_t part) {
    std::vector<float> bent(static_cast<size_t>(parts.block * width));
    float* ownLines = &own[part * size];
    float* ownSums = ownLines + width * all.columns;
    parts.blocks(part, [&](int64_t first, int64_t last) {
      const Rows<float> rows = all.from(first, last);
      for (int64_t r = 0; r < rows.rows; r += 1) std::copy(biases, biases + width, &bent[r * width]);
      addLogits(rows, weights, width, bent.data());
      for (int64_t r = 0; r < rows.rows; r += 1) {
        const float* p = probabilities + (first + r) * width;
        float* u = &bent[r * width];
        if (width == 1) u[0] *= p[0] * (1 - p[0]);
        else {
          float mean = 0;
          for (int64_t k = 0; k < width; k += 1) mean += p[k] * u[k];
          for (int64_t k = 0; k < width; k += 1) u[k] = p[k] * (u[k] - mean);
        }
        for (int64_t k = 0; k < width; k += 1) ownSums[k] += u[k];
      }
      addLines(rows, bent.data(), width, ownLines);
    });
  });
  std::vector<float> found(static_cast<size_t>(size));
  sumParts(own, parts.count, size, found.data());
  std::copy(found.begin(), found.begin() + width * all.columns, lines);
  std::copy(found.begin() + width * all.columns, found.end(), sums);
}

/** Sums of each column, and of its squared distances to `mean`, over rows whose `counts` is not 0. */
inline void columnSums(const Rows<double>& all, const float* counts, double* sums, double* squares) {
  const RowParts parts(all.rows, all.columns);
  const int64_t columns = all.columns;
  std::vector<double> own(static_cast<size_t>(parts.count * 2 * columns));
  inPieces(parts.count, [&](int64_t part) {
    double* to = &own[part * 2 * columns];
    parts.blocks(part, [&](int64_t first, int64_t last) {
      for (int64_t r = first; r < last; r += 1) {
        if (counts[r] == 0) continue;
        const float* row = all.x + r * columns;
        for (int64_t j = 0; j < columns; j += 1) {
          const double distance = row[j] - all.mean[j];
          to[j] += distance;
          to[columns + j] += distance * distance;
        }
      }
    });
  });
  std::vector<double> found(static_cast<size_t>(2 * columns));
  sumParts(own, parts.count, 2 * columns, found.data());
  std::copy(found.begin(), found.begin() + columns, sums);
  std::copy(found.begin() + columns, found.end(), squares);
}

/** y [width, size] with lower · lowerᵀ · y = b for each line of b; of `lower` [size, size] what is above its diagonal is not read. */
inline void solveByCholesky(const float* lower, const float* b, int64_t size, int64_t width, float* y) {
  const int64_t panels = (width + lanes - 1) / lanes;
  inPieces(panels, [&](int64_t panel) {
    const int64_t line = panel * lanes, count = std::min<int64_t>(lanes, width - line);
    std::vector<float> turned(static_cast<size_t>(size * lanes));
    float* own = turned.data();
    for (int64_t c = 0; c < count; c += 1)
      for (int64_t i = 0; i < size; i += 1) own[i * lanes + c] = b[(line + c) * size + i];
    for (int64_t i = 0; i < size; i += 1) {
      const float* row = lower + i * size;
      Vector sums[4] = {load(own + i * lanes), Vector{}, Vector{}, Vector{}};
      int64_t j = 0;
      for (; j + 4 <= i; j += 4)
#pragma GCC unroll 4
        for (int v = 0; v < 4; v += 1) sums[v] -= row[j + v] * load(own + (j + v) * lanes);
      for (; j < i; j += 1) sums[0] -= row[j] * load(own + j * lanes);
      store(own + i * lanes, ((sums[0] + sums[1]) + (sums[2] + sums[3])) / row[i]);
    }
    for (int64_t i = size - 1; i >= 0; i -= 1) {
      const float* row = lower + i * size;
      const Vector value = load(own + i * lanes) / row[i];
      store(own + i * lanes, value);
      for (int64_t j = 0; j < i; j += 1) store(own + j * lanes, load(own + j * lanes) - row[j] * value);
    }
    for (int64_t c = 0; c < count; c += 1)
      for (int64_t i = 0; i < size; i += 1) y[(line + c) * size + i] = own[i * lanes + c];
  });
}

}  // namespace thaw
