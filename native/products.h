// Products of matrices with what follows them – bias and activation – while the results are still in registers. Long and thin
// ones, as 1×1 convolutions are: rows are places of maps, columns channels.
#pragma once
#include <algorithm>
#include <memory>
#include <vector>
#include "activations.h"
#include "normalise.h"
#include "pool.h"

namespace thaw {

// A tile of results fills the registers: 14 × 32 numbers of AVX-512's 32, 6 × 16 of AVX2's 16.
#ifdef __AVX512F__
constexpr int tileRows = 14;
constexpr int gradientRows = 12;  // fits more networks' numbers of channels
#else
constexpr int tileRows = 6;
constexpr int gradientRows = 6;
#endif
constexpr int tileVectors = 2;
constexpr int tileColumns = tileVectors * lanes;
constexpr int linesAhead = 8;

inline int64_t upTo(int64_t value, int64_t multiple) { return (value + multiple - 1) / multiple * multiple; }

/** A matrix in panels of `tileColumns` columns, each [inner][tileColumns], the last filled up with zeros. */
struct Panels {
  std::unique_ptr<float[]> own;
  const float* numbers;
  int64_t inner, columns;

  /** @param transposed `from` is [columns, inner], else [inner, columns] */
  Panels(const float* from, int64_t inner, int64_t columns, bool transposed)
      : own(new float[sizeOf(inner, columns) + lineNumbers]), numbers(onLine(own.get())), inner(inner), columns(columns) {
    pack(from, inner, columns, transposed, onLine(own.get()));
  }
  /** Panels that were packed before. */
  Panels(const float* packed, int64_t inner, int64_t columns) : numbers(packed), inner(inner), columns(columns) {}

  static size_t sizeOf(int64_t inner, int64_t columns) { return static_cast<size_t>(inner * upTo(columns, tileColumns)); }
  static void pack(const float* from, int64_t inner, int64_t columns, bool transposed, float* numbers) {
    inPieces(upTo(columns, tileColumns) / tileColumns, [&](int64_t panel) {
      packPanel(from, transposed ? inner : columns, inner, columns, transposed, panel, numbers + panel * inner * tileColumns);
    });
  }
  /** One panel, by whoever calls. @param apart how far the rows of `from` are apart */
  static void packPanel(const float* from, int64_t apart, int64_t inner, int64_t columns, bool transposed, int64_t panel,
                        float* to) {
    const int64_t first = panel * tileColumns;
    const int64_t count = std::min<int64_t>(tileColumns, columns - first);
    if (count < tileColumns) std::fill(to, to + inner * tileColumns, 0.0f);
    // A few lines of the panel at a time, which stay in the first cache until all their columns are written.
    constexpr int64_t near = 32;
    if (transposed)
      for (int64_t line = 0; line < inner; line += near)
        for (int64_t c = 0; c < count; c += 1)
          for (int64_t k = line; k < std::min(inner, line + near); k += 1) to[k * tileColumns + c] = from[(first + c) * apart + k];
    else
      for (int64_t k = 0; k < inner; k += 1) std::memcpy(to + k * tileColumns, from + k * apart + first, 4 * count);
  }
  const float* panel(int64_t index) const { return numbers + index * inner * tileColumns; }
};

/** Where a row's numbers lie: `pieces` of `length` side by side; and how far rows are apart. */
struct Reach {
  int64_t rowsApart, length, pieces, piecesApart;
};

/**
 * R rows · one panel; V vectors of it are wanted. What is needed soon is asked for early: the panel a few lines ahead, where the
 * results go, and, where they were not met before (`fresh`), the next tile's rows.
 */
template <int R, int V>
inline void tile(const float* a, const Reach& reach, const float* panel, const float* bias, Bounds bounds, float* c,
                 int64_t columns, int64_t count, bool fresh) {
  Vector sums[R][V];
#pragma GCC unroll 16
  for (int r = 0; r < R; r += 1)
#pragma GCC unroll 2
    for (int v = 0; v < V; v += 1) {
      __builtin_prefetch(c + r * columns + v * lanes, 1);
      sums[r][v] = bias ? load(bias + v * lanes, count - v * lanes) : Vector{};
    }
  const int64_t apart = reach.rowsApart;
  for (int64_t piece = 0; piece < reach.pieces; piece += 1, a += reach.piecesApart)
    for (int64_t k = 0; k < reach.length; k += 1, panel += tileColumns) {
      if (fresh && k % 16 == 0)
#pragma GCC unroll 16
        for (int r = 0; r < R; r += 1) __builtin_prefetch(a + (R + r) * apart + k);
      Vector b[V];
#pragma GCC unroll 2
      for (int v = 0; v < V; v += 1) {
        __builtin_prefetch(panel + linesAhead * tileColumns + v * lanes);
        b[v] = load(panel + v * lanes);
      }
#pragma GCC unroll 16
      for (int r = 0; r < R; r += 1) {
        const Vector value = all(a[r * apart + k]);
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

/** Calls `f` for tiles of H rows, then for the rows that are left, fewer at a time. */
template <int H, typename F>
inline void inTiles(int64_t rows, F f) {
  int64_t row = 0;
  for (; row + H <= rows; row += H) f(Known<H>{}, row);
  for (; row + H / 2 <= rows; row += H / 2) f(Known<H / 2>{}, row);
  for (; row + 2 <= rows; row += 2) f(Known<2>{}, row);
  for (; row < rows; row += 1) f(Known<1>{}, row);
}

/**
 * `rows` rows · one panel of b, by whoever calls.
 * @param c where the first row's results of this panel go; rows are `apart`
 * @param fresh its rows were not met before
 * @param after is told a tile's height, where its results lie, and how many each row has
 */
template <typename F>
inline void panelProduct(const float* a, const Reach& reach, int64_t rows, const Panels& b, int64_t panel, const float* bias,
                         Bounds bounds, float* c, int64_t apart, bool fresh, F after) {
  const int64_t column = panel * tileColumns, count = std::min<int64_t>(tileColumns, b.columns - column);
  const float* own = bias ? bias + column : nullptr;
  inTiles<tileRows>(rows, [&](auto height, int64_t row) {
    constexpr int R = decltype(height)::value;
    const float* from = a + row * reach.rowsApart;
    float* to = c + row * apart;
    if (count > lanes) tile<R, tileVectors>(from, reach, b.panel(panel), own, bounds, to, apart, count, fresh);
    else tile<R, 1>(from, reach, b.panel(panel), own, bounds, to, apart, count, fresh);
    after(R, to, count);
  });
}

inline void nothingElse(int, float*, int64_t) {}

/** c = a · b of one thread; rows of a and c are `aApart` and `cApart` apart. */
inline void rowsTimes(const float* a, int64_t aApart, int64_t rows, const Panels& b, float* c, int64_t cApart) {
  const Reach reach{aApart, b.inner, 1, 0};
  for (int64_t panel = 0; panel * tileColumns < b.columns; panel += 1)
    panelProduct(a, reach, rows, b, panel, nullptr, Bounds(none), c + panel * tileColumns, cApart, panel == 0, nothingElse);
}

/** Rows of one piece: such as stay in the second cache while panel after panel passes, and more than one piece for each thread. */
inline int64_t rowsOfPiece(int64_t rows, int64_t inner) {
  const int64_t near = std::clamp<int64_t>((1 << 15) / inner, 42, 112) / tileRows;
  return tileRows * std::min<int64_t>(near, std::max<int64_t>(1, rows / (tileRows * 8)));
}

/** A factor of each channel and photo, that a map is multiplied by: [photos, inner], and how many rows a photo has. */
struct Factors {
  const float* numbers;
  int64_t rowsOfPhoto;
};

/** Rows of a [rows, inner] from `first` on, times their photo's factors. */
inline void scaledRows(const float* a, int64_t first, int64_t count, int64_t inner, const Factors& factors, float* to) {
  for (int64_t row = first; row < first + count; row += 1, to += inner) {
    const float *from = a + row * inner, *own = factors.numbers + row / factors.rowsOfPhoto * inner;
    for (int64_t k = 0; k < inner; k += lanes) store(to + k, load(from + k, inner - k) * load(own + k, inner - k), inner - k);
  }
}

/**
 * c [rows, columns] = activation(a [rows, inner] · b + bias).
 * @param moments is told what came out, a piece of `rowsOfPiece` each, while it is still near; null if nobody wants to know
 * @param factors what a is multiplied by first; null for nothing
 */
inline void product(const float* a, const Panels& b, const float* bias, float* c, int64_t rows, int activation,
                    Moments* moments = nullptr, const Factors* factors = nullptr) {
  const int64_t inner = b.inner, columns = b.columns;
  const int64_t panels = upTo(columns, tileColumns) / tileColumns;
  const int64_t block = rowsOfPiece(rows, factors ? 2 * inner : inner);
  const Bounds bounds(activation);
  const Reach reach{inner, inner, 1, 0};
  const bool far = isFar(c, rows * columns, columns);
  inPieces((rows + block - 1) / block, [&](int64_t piece) {
    const int64_t first = piece * block, here = std::min(rows - first, block);
    const float* mine = a + first * inner;
    // What goes past the caches is made where it is near, and can be looked at.
    float* near = room((far ? here * tileColumns : 0) + (factors ? here * inner : 0));
    if (factors) {
      float* scaled = near + (far ? here * tileColumns : 0);
      scaledRows(a, first, here, inner, *factors, scaled);
      mine = scaled;
    }
    for (int64_t panel = 0; panel < panels; panel += 1) {
      const int64_t column = panel * tileColumns, count = std::min<int64_t>(tileColumns, columns - column);
      float* goal = c + first * columns + column;
      float* strip = far ? near : goal;
      const int64_t apart = far ? tileColumns : columns;
      const auto activated = [&](int height, float* made, int64_t wide) {
        if (!isBounds(activation)) activateRows(made, height, apart, wide, activation);
      };
      panelProduct(mine, reach, here, b, panel, bias, bounds, strip, apart, panel == 0, activated);
      if (moments) moments->add(piece, strip, here, column, count, apart);
      if (far) sendRows(near, tileColumns, here, count, goal, columns);
    }
  });
}

/** Places whose numbers are multiplied and added up: some lines of neighbours in each of some maps, and how far these lie apart. */
struct Places {
  int64_t maps, mapsApart, lines, linesApart, count, apart;
  int64_t all() const { return maps * lines * count; }
};

/** Places that are rows of a matrix. */
inline Places rowsApart(int64_t rows, int64_t apart) { return {1, 0, 1, 0, rows, apart}; }

/** As many places as are added up at once: their strips stay in the first cache, and float32 can add up their products. */
constexpr int64_t placesAtOnce = 128;

/** `count` numbers of each place, side by side [places][W], filled up with zeros. */
template <int W>
inline void strip(const float* from, const Places& in, int64_t count, float* to) {
  for (int64_t map = 0; map < in.maps; map += 1)
    for (int64_t line = 0; line < in.lines; line += 1) {
      const float* at = from + map * in.mapsApart + line * in.linesApart;
      for (int64_t place = 0; place < in.count; place += 1, at += in.apart, to += W) {
        if (count >= W) std::memcpy(to, at, 4 * W);
        else std::memcpy(to, at, 4 * count), std::fill(to + count, to + W, 0.0f);
      }
    }
}

/** `columns` numbers of each place as strips [columns / tileColumns][places][tileColumns]. */
inline void strips(const float* b, const Places& in, int64_t columns, float* to) {
  for (int64_t column = 0; column < columns; column += tileColumns, to += in.all() * tileColumns)
    strip<tileColumns>(b + column, in, columns - column, to);
}

/** R rows of aᵀ · b over all places, added to `sums` or put there. @param b [places][tileColumns] */
template <int R, int V>
inline void gradientTile(const float* a, const Places& in, const float* b, float* sums, int64_t apart, int64_t count, bool isFirst) {
  Vector found[R][V];
#pragma GCC unroll 16
  for (int r = 0; r < R; r += 1)
#pragma GCC unroll 2
    for (int v = 0; v < V; v += 1) {
      __builtin_prefetch(sums + r * apart + v * lanes, 1);
      found[r][v] = Vector{};
    }
  for (int64_t map = 0; map < in.maps; map += 1)
    for (int64_t line = 0; line < in.lines; line += 1) {
      const float* at = a + map * in.mapsApart + line * in.linesApart;
      for (int64_t place = 0; place < in.count; place += 1, at += in.apart, b += tileColumns) {
        Vector own[V];
#pragma GCC unroll 2
        for (int v = 0; v < V; v += 1) own[v] = load(b + v * lanes);
#pragma GCC unroll 16
        for (int r = 0; r < R; r += 1) {
          const Vector value = all(at[r]);
#pragma GCC unroll 2
          for (int v = 0; v < V; v += 1) found[r][v] += value * own[v];
        }
      }
    }
#pragma GCC unroll 16
  for (int r = 0; r < R; r += 1)
#pragma GCC unroll 2
    for (int v = 0; v < V; v += 1) {
      float* at = sums + r * apart + v * lanes;
      store(at, isFirst ? found[r][v] : load(at, count - v * lanes) + found[r][v], count - v * lanes);
    }
}

/**
 * Adds aᵀ · b over all places to `sums` [length, columns], or puts it there where it is the first.
 * @param length numbers of a, side by side at each place
 * @param b by `strips`, of `columns` numbers
 * @param apart how far rows of `sums` are apart
 * @param own room for places · gradientRows numbers of a, to lay them side by side first; null to read them where they lie
 */
inline void addGradient(const float* a, const Places& in, int64_t length, const float* b, int64_t columns, float* sums,
                        int64_t apart, bool isFirst, float* own) {
  const int64_t places = in.all();
  const Places inStrip = rowsApart(places, gradientRows);
  for (int64_t k = 0; k < length; k += gradientRows) {
    const int64_t rows = std::min<int64_t>(gradientRows, length - k);
    if (own) strip<gradientRows>(a + k, in, rows, own);
    const float* from = own ? own : a + k;
    const Places& inA = own ? inStrip : in;
    for (int64_t column = 0; column < columns; column += tileColumns)
      inTiles<gradientRows>(rows, [&](auto height, int64_t row) {
        constexpr int R = decltype(height)::value;
        const int64_t count = std::min<int64_t>(tileColumns, columns - column);
        float* at = sums + (k + row) * apart + column;
        if (count > lanes) gradientTile<R, tileVectors>(from + row, inA, b + column * places, at, apart, count, isFirst);
        else gradientTile<R, 1>(from + row, inA, b + column * places, at, apart, count, isFirst);
      });
  }
}

/** c = the sum of `parts` that lie one after the other. */
inline void addParts(const float* sums, int64_t parts, int64_t size, float* c) {
  const int64_t wide = lanes * 1024;
  inPieces((size + wide - 1) / wide, [&](int64_t piece) {
    for (int64_t i = piece * wide; i < std::min(size, (piece + 1) * wide); i += lanes) {
      Vector sum = load(sums + i, size - i);
      for (int64_t part = 1; part < parts; part += 1) sum += load(sums + part * size + i, size - i);
      store(c + i, sum, size - i);
    }
  });
}

/** In how many sums side by side a gradient is added up, and how much of what is added each gets, the last perhaps less. */
struct Shares {
  int64_t parts, share;
};

/** By the shapes alone, so that results do not depend on threads. @param most parts that there is enough for */
inline Shares sharesOfGradient(int64_t most, int64_t added, int64_t size) {
  const int64_t parts = std::max<int64_t>(1, std::min<int64_t>({8, most, (1 << 21) / size}));
  const int64_t share = std::max<int64_t>(1, (added + parts - 1) / parts);
  return {std::max<int64_t>(1, (added + share - 1) / share), share};
}

/** A gradient's sums, one for each part; where there is one, it is the gradient itself. */
class PartSums {
 public:
  PartSums(int64_t parts, int64_t size, float* gradient)
      : parts_(parts), size_(size), apart_(parts > 1 ? new float[static_cast<size_t>(parts * size)] : nullptr), gradient_(gradient) {}
  float* of(int64_t part) const { return (apart_ ? apart_.get() : gradient_) + part * size_; }
  /** When all parts are there: adds them up. */
  void total() const {
    if (apart_) addParts(apart_.get(), parts_, size_, gradient_);
  }

 private:
  int64_t parts_, size_;
  std::unique_ptr<float[]> apart_;
  float* gradient_;
};

/**
 * c [inner, columns] = aᵀ · b, a [rows, inner] and b [rows, columns]: the gradient of a matrix. Rows are added up in blocks, and
 * these in parts. Where those are few, as of small maps, they are cut by columns too: that changes no sum.
 */
inline void gradientProduct(const float* a, const float* b, float* c, int64_t rows, int64_t inner, int64_t columns) {
  const int64_t size = inner * columns;
  if (rows == 0 || size == 0) return std::fill(c, c + size, 0.0f);
  const Shares shares = sharesOfGradient(rows / 256, rows, size);
  const int64_t parts = shares.parts, share = shares.share;
  const int64_t panels = upTo(columns, tileColumns) / tileColumns, slices = std::min((7 + parts) / parts, panels);
  const int64_t wide = (panels + slices - 1) / slices * tileColumns;
  const PartSums sums(parts, size, c);
  inPieces(parts * slices, [&](int64_t piece) {
    const int64_t part = piece / slices, left = piece % slices * wide, here = std::min(columns - left, wide);
    if (here <= 0) return;
    float* panelsOfB = room(placesAtOnce * (upTo(here, tileColumns) + gradientRows));
    const int64_t begin = part * share, last = std::min(rows, begin + share);
    for (int64_t first = begin; first < last; first += placesAtOnce) {
      const int64_t count = std::min(placesAtOnce, last - first);
      strips(b + first * columns + left, rowsApart(count, columns), here, panelsOfB);
      addGradient(a + first * inner, rowsApart(count, inner), inner, panelsOfB, here, sums.of(part) + left, columns,
                  first == begin, panelsOfB + placesAtOnce * upTo(here, tileColumns));
    }
  });
  sums.total();
}

/** Whether `productNormGradient` has parts enough for every thread. */
inline bool suitsProductNorm(int64_t rows, int64_t inner, int64_t columns) {
  return sharesOfGradient(rows / 256, rows, inner * columns).parts == 8;
}

/**
 * The way back through activation(normalise(x · matrix)): the gradient of the product, [rows, columns], never is in memory, but some
 * rows of it while both gradients that come of it are made.
 * @param x [rows, inner], matrix [inner, columns]
 * @param dx [rows, inner], dMatrix [inner, columns]
 */
template <int A>
void productNormGradient(const NormGradient<A>& norm, int64_t rows, int64_t columns, const float* x, int64_t inner,
                         const float* matrix, float* dx, float* dMatrix) {
  const Shares shares = sharesOfGradient(rows / 256, rows, inner * columns);
  const Panels turned(matrix, columns, inner, true);
  const int64_t wide = upTo(columns, tileColumns);
  const int64_t block = std::clamp<int64_t>((1 << 15) / columns, 32, placesAtOnce);
  const PartSums sums(shares.parts, inner * columns, dMatrix);
  inPieces(shares.parts, [&](int64_t part) {
    float* own = room(block * (columns + wide + gradientRows));
    float *panels = own + block * columns, *strip = panels + block * wide;
    const int64_t begin = part * shares.share, last = std::min(rows, begin + shares.share);
    for (int64_t first = begin; first < last; first += block) {
      const int64_t count = std::min(block, last - first);
      norm.rows(first, first + count, own, false);
      rowsTimes(own, columns, count, turned, dx + first * inner, inner);
      strips(own, rowsApart(count, columns), columns, panels);
      addGradient(x + first * inner, rowsApart(count, inner), inner, panels, columns, sums.of(part), columns,
                  first == begin, strip);
    }
  });
  sums.total();
}

}  // namespace thaw
