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
  /** Transposed, for the gradient of the filter. */
  float outputTurned[side][outputs]{}, filterTurned[taps][side]{};

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
      for (int k = 0; k < outputs; k += 1) outputTurned[i][k] = output[k][i];
      for (int k = 0; k < taps; k += 1) filterTurned[k][i] = filter[i][k];
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

/**
 * G g Gᵀ of the filter [3, 3, in, out] for one panel of columns from `column` on and the rows [first, last).
 * @param to the panel's first row of the first place, [in][tileColumns] @param apart from a place to the next
 */
inline void transformPanel(const float* filter, int64_t in, int64_t out, int64_t column, int64_t first, int64_t last, float* to,
                           int64_t apart) {
  constexpr int taps = Winograd::taps, side = Winograd::side;
  for (int64_t c = first; c < last; c += 1)
    for (int64_t v = 0; v < tileColumns; v += lanes) {
      Vector g[taps][taps], found[side][side];
      for (int tap = 0; tap < taps * taps; tap += 1)
        g[tap / taps][tap % taps] = load(filter + (tap * in + c) * out + column + v, out - column - v);
      transform(winograd.filter, g, found);
      for (int place = 0; place < Winograd::places; place += 1)
        store(to + place * apart + c * tileColumns + v, found[place / side][place % side]);
    }
}

/** The filter's transforms, 36 matrices [in, out] in panels as `Panels` has them. */
inline void transformFilter(const float* filter, int64_t in, int64_t out, float* made) {
  constexpr int64_t block = 64;
  const int64_t wide = upTo(out, tileColumns), blocks = (in + block - 1) / block;
  inPieces(wide / tileColumns * blocks, [&](int64_t piece) {
    const int64_t column = piece / blocks * tileColumns, first = piece % blocks * block;
    transformPanel(filter, in, out, column, first, std::min(in, first + block), made + column * in, in * wide);
  });
}

/** The same in memory that is kept until it is asked again. */
inline const float* winogradFilter(const float* filter, int64_t in, int64_t out) {
  float* made = kept<struct TransformedFilter>(winogradSize(in, out));
  transformFilter(filter, in, out, made);
  return made;
}

/** Where a tile of 4×4 outputs lies. */
struct Tile {
  int64_t photo, top, left;
};

/** The tiles of all photos, one after the other. */
struct Tiles {
  int64_t across, perPhoto, count;

  explicit Tiles(const Window& w)
      : across((w.width + Winograd::outputs - 1) / Winograd::outputs),
        perPhoto((w.height + Winograd::outputs - 1) / Winograd::outputs * across),
        count(w.batch * perPhoto) {}
  Tile at(int64_t index) const {
    const int64_t place = index % perPhoto;
    return {index / perPhoto, place / across * Winograd::outputs, place % across * Winograd::outputs};
  }
};

/** A register's channels from c on of N×N places of maps, zeros beyond their edge. @param before places before the tile's first */
template <int N>
inline void loadTile(const Window& w, const float* maps, int64_t channels, const Tile& tile, int before, int64_t c, Vector (&d)[N][N]) {
  const float* map = maps + tile.photo * w.height * w.width * channels;
  for (int row = 0; row < N; row += 1)
    for (int column = 0; column < N; column += 1) {
      const int64_t y = tile.top + row - before, x = tile.left + column - before;
      const bool isInside = y >= 0 && y < w.height && x >= 0 && x < w.width;
      d[row][column] = isInside ? load(map + (y * w.width + x) * channels + c, channels - c) : Vector{};
    }
}

/** Where a convolution's results go: activation(· + bias) in y. */
struct Outputs {
  const Window& w;
  int64_t out;
  const float* bias;
  int activation;
  float* y;

  /** Aᵀ m A of a tile, `count` channels from `first` on. @param apart how far a channel's 36 numbers of m are apart */
  void put(const Tile& tile, const float* m, int64_t apart, int64_t first, int64_t count) const {
    constexpr int outputs = Winograd::outputs, side = Winograd::side;
    const Bounds bounds(activation);
    const int64_t rows = std::min<int64_t>(outputs, w.height - tile.top), columns = std::min<int64_t>(outputs, w.width - tile.left);
    float* to = y + ((tile.photo * w.height + tile.top) * w.width + tile.left) * out + first;
    for (int64_t o = 0; o < count; o += lanes) {
      Vector read[side][side], found[outputs][outputs];
      for (int place = 0; place < Winograd::places; place += 1) read[place / side][place % side] = load(m + place * apart + o);
      transform(winograd.output, read, found);
      const Vector own = bias ? load(bias + first + o, count - o) : Vector{};
      for (int64_t row = 0; row < rows; row += 1)
        for (int64_t column = 0; column < columns; column += 1)
          store(to + (row * w.width + column) * out + o, bounds.of(found[row][column] + own), count - o);
    }
    if (!isBounds(activation))
      for (int64_t row = 0; row < rows; row += 1) activateRows(to + row * w.width * out, columns, out, count, activation);
  }
};

/** Bᵀ d B of a tile. @param apart how far a channel's 36 numbers are apart */
inline void transformSeen(const Window& w, const float* x, const Tile& tile, float* to, int64_t apart) {
  constexpr int side = Winograd::side;
  for (int64_t c = 0; c < w.channels; c += lanes) {
    Vector d[side][side], found[side][side];
    loadTile(w, x, w.channels, tile, 1, c, d);
    transform(winograd.input, d, found);
    for (int place = 0; place < Winograd::places; place += 1)
      store(to + place * apart + c, found[place / side][place % side], w.channels - c);
  }
}

/** `rows` tiles' products with a panel of the filter. @param seen [rows, in] @param apart how far rows of `made` are apart */
inline void tilesTimes(const float* seen, int64_t rows, int64_t in, const float* panel, float* made, int64_t apart) {
  inTiles<tileRows>(rows, [&](auto height, int64_t row) {
    constexpr int R = decltype(height)::value;
    thaw::tile<R, tileVectors>(seen + row * in, {in, in, 1, 0}, panel, nullptr, Bounds(none), made + row * apart, apart, tileColumns,
                               false);
  });
}

/** Some tiles go the whole way at once, while they are near. */
inline void winogradByTiles(const Outputs& to, const float* x, const float* filter) {
  constexpr int places = Winograd::places;
  const Window& w = to.w;
  const int64_t in = w.channels, wide = upTo(to.out, tileColumns);
  const Tiles tiles(w);
  // As many as stay near.
  const int64_t near = std::clamp<int64_t>((1 << 17) / (places * (in + wide)), 1, 2) * 14;
  const int64_t groups = std::max<int64_t>((tiles.count + near - 1) / near, std::min<int64_t>(8, tiles.count / 7));
  const int64_t share = (tiles.count + groups - 1) / groups;
  inPieces(groups, [&](int64_t group) {
    const int64_t first = group * share, count = std::min(tiles.count, first + share) - first;
    if (count <= 0) return;
    float* seen = room(places * share * (in + wide));
    float* made = seen + places * share * in;
    for (int64_t tile = 0; tile < count; tile += 1) transformSeen(w, x, tiles.at(first + tile), seen + tile * in, share * in);
    for (int64_t place = 0; place < places; place += 1)
      for (int64_t column = 0; column < wide; column += tileColumns)
        tilesTimes(seen + place * share * in, count, in, filter + (place * wide + column) * in, made + place * share * wide + column, wide);
    for (int64_t tile = 0; tile < count; tile += 1) to.put(tiles.at(first + tile), made + tile * wide, share * wide, 0, to.out);
  });
}

/** Tiles whose transforms stay in the third cache; their products can be added up in float32 at once. */
constexpr int64_t tilesAtOnce = 128;

/** A filter [3, 3, in, out], or what `transformFilter` makes of it. */
struct Filter {
  const float* numbers;
  bool isTransformed;
};

/**
 * A panel of the filter's columns at a time, for all tiles. Of one that is not transformed each panel is where it is used, and the whole,
 * up to 38 MB, never is.
 */
inline void winogradByColumns(const Outputs& to, const float* x, Filter filter) {
  constexpr int places = Winograd::places;
  const Window& w = to.w;
  const int64_t in = w.channels, wide = upTo(to.out, tileColumns), panelSize = in * tileColumns;
  const Tiles tiles(w);
  float* seen = kept<struct SeenByTiles>(places * std::min(tiles.count, tilesAtOnce) * in);
  for (int64_t first = 0; first < tiles.count; first += tilesAtOnce) {
    const int64_t count = std::min(tilesAtOnce, tiles.count - first);
    inPieces(count, [&](int64_t tile) { transformSeen(w, x, tiles.at(first + tile), seen + tile * in, count * in); });
    inPieces(wide / tileColumns, [&](int64_t piece) {
      const int64_t column = piece * tileColumns;
      float* made = room(places * (count * tileColumns + (filter.isTransformed ? 0 : panelSize)));
      float* own = made + places * count * tileColumns;
      if (!filter.isTransformed) transformPanel(filter.numbers, in, to.out, column, 0, in, own, panelSize);
      for (int64_t place = 0; place < places; place += 1)
        tilesTimes(seen + place * count * in, count, in,
                   filter.isTransformed ? filter.numbers + place * in * wide + column * in : own + place * panelSize,
                   made + place * count * tileColumns, tileColumns);
      for (int64_t tile = 0; tile < count; tile += 1)
        to.put(tiles.at(first + tile), made + tile * tileColumns, count * tileColumns, column,
               std::min<int64_t>(tileColumns, to.out - column));
    });
  }
}

/** activation(conv(x, filter) + bias), padding 1. */
inline void winogradConvolution(const Window& w, const float* x, Filter filter, int64_t out, const float* bias, int activation,
                                float* y) {
  const Outputs to{w, out, bias, activation, y};
  // The filter is larger than all that the tiles see, and what takes longest is to read it.
  if (out > 2 * Tiles(w).count) return winogradByColumns(to, x, filter);
  winogradByTiles(to, x, filter.isTransformed ? filter.numbers : winogradFilter(filter.numbers, w.channels, out));
}

/** Channels of x side by side: whole registers, and whole tiles of the gradient's rows. */
constexpr int64_t seenColumns = 4 * gradientRows;
static_assert(seenColumns % lanes == 0 && tileColumns % lanes == 0);

/** Some tiles of x and of dy, transformed: of each panel of W channels its 36 places, each [tiles][W], the last filled up with zeros. */
struct TransformedTiles {
  int64_t first, count;
  float *seen, *wanted;

  template <int64_t W>
  static float* at(float* all, int64_t channel, int64_t place) {
    return all + (channel / W * Winograd::places + place) * tilesAtOnce * W + channel % W;
  }
  static int64_t size(int64_t rows, int64_t columns) { return Winograd::places * tilesAtOnce * (rows + columns); }
};

/** Bᵀ d B of x and A dY Aᵀ of dy. */
inline void transformTiles(const Window& w, const float* x, const float* dy, int64_t out, const Tiles& tiles, TransformedTiles& to) {
  constexpr int outputs = Winograd::outputs, side = Winograd::side;
  inPieces(to.count, [&](int64_t tile) {
    const Tile where = tiles.at(to.first + tile);
    Vector found[side][side];
    for (int64_t c = 0; c < upTo(w.channels, seenColumns); c += lanes) {
      Vector d[side][side];
      loadTile(w, x, w.channels, where, 1, c, d);
      transform(winograd.input, d, found);
      float* at = TransformedTiles::at<seenColumns>(to.seen, c, 0) + tile * seenColumns;
      for (int place = 0; place < Winograd::places; place += 1)
        store(at + place * tilesAtOnce * seenColumns, found[place / side][place % side]);
    }
    for (int64_t o = 0; o < upTo(out, tileColumns); o += lanes) {
      Vector d[outputs][outputs];
      loadTile(w, dy, out, where, 0, o, d);
      transform(winograd.outputTurned, d, found);
      float* at = TransformedTiles::at<tileColumns>(to.wanted, o, 0) + tile * tileColumns;
      for (int place = 0; place < Winograd::places; place += 1)
        store(at + place * tilesAtOnce * tileColumns, found[place / side][place % side]);
    }
  });
}

/** Adds Gᵀ S G of one panel of rows (channels of x from `row` on) and one of columns, S [36][gradientRows][tileColumns], to the gradient. */
inline void addTransformedBack(const float* sums, int64_t in, int64_t out, int64_t row, int64_t column, bool isFirst, float* gradient) {
  constexpr int side = Winograd::side, taps = Winograd::taps;
  for (int64_t r = 0; r < std::min<int64_t>(gradientRows, in - row); r += 1)
    for (int64_t v = 0; v < tileColumns && column + v < out; v += lanes) {
      Vector s[side][side], found[taps][taps];
      for (int place = 0; place < Winograd::places; place += 1)
        s[place / side][place % side] = load(sums + (place * gradientRows + r) * tileColumns + v);
      transform(winograd.filterTurned, s, found);
      for (int tap = 0; tap < taps * taps; tap += 1) {
        const int64_t left = out - column - v;
        float* at = gradient + (tap * in + row + r) * out + column + v;
        const Vector own = found[tap / taps][tap % taps];
        store(at, isFirst ? own : load(at, left) + own, left);
      }
    }
}

/**
 * The gradient of the filter [3, 3, in, out]: Gᵀ [ Σ of the tiles' (Bᵀ d B) ⊙ (A dY Aᵀ) ] G, where each of the 36 places is a product
 * [in, tiles] · [tiles, out]. A block of it goes the whole way before the next, so that the 36 sums, four times the gradient, never
 * reach memory; Gᵀ · G is linear, so that some tiles' gradients add up.
 * @param w x's, padding 1
 */
inline void winogradFilterGradient(const Window& w, const float* x, const float* dy, int64_t out, float* gradient) {
  constexpr int places = Winograd::places;
  const Tiles tiles(w);
  const int64_t in = w.channels, rows = upTo(in, seenColumns), columns = upTo(out, tileColumns);
  const int64_t rowPanels = upTo(in, gradientRows) / gradientRows;
  float* made = kept<TransformedTiles>(TransformedTiles::size(rows, columns));
  TransformedTiles now{0, 0, made, made + TransformedTiles::size(rows, 0)};
  // Each panel of columns stays near while panel after panel of rows passes; in some pieces, for there may be few.
  constexpr int64_t partsOfPanel = 4;
  const int64_t share = (rowPanels + partsOfPanel - 1) / partsOfPanel;
  for (; now.first < tiles.count; now.first += now.count) {
    now.count = std::min(tilesAtOnce, tiles.count - now.first);
    transformTiles(w, x, dy, out, tiles, now);
    inPieces(columns / tileColumns * partsOfPanel, [&](int64_t piece) {
      const int64_t column = piece / partsOfPanel * tileColumns, from = piece % partsOfPanel * share;
      float* sums = room(places * gradientRows * tileColumns);
      for (int64_t panel = from; panel < std::min(rowPanels, from + share); panel += 1) {
        const int64_t row = panel * gradientRows;
        for (int64_t place = 0; place < places; place += 1)
          gradientTile<gradientRows, tileVectors>(TransformedTiles::at<seenColumns>(now.seen, row, place),
                                                  rowsApart(now.count, seenColumns),
                                                  TransformedTiles::at<tileColumns>(now.wanted, column, place),
                                                  sums + place * gradientRows * tileColumns, tileColumns, tileColumns, true);
        addTransformedBack(sums, in, out, row, column, now.first == 0, gradient);
      }
    });
  }
}

}  // namespace thaw
