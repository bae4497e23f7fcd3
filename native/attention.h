// Attention of transformers, a head of a photo at a time: the table of all pairs of tokens never is in memory, but some rows of it
// while they are near. Its gradient computes these rows again, which costs less than to keep and read them.
#pragma once
#include <algorithm>
#include <vector>
#include "activations.h"
#include "pool.h"
#include "products.h"

namespace thaw {

/** Query, key and value of each token lie side by side: [batch, tokens, 3 · heads · width]. */
struct AttentionShape {
  int64_t batch, tokens, heads, width;
  int64_t features() const { return heads * width; }
  int64_t apart() const { return 3 * features(); }
  /** As PyTorch: the query is scaled, not the products. */
  float factor() const { return static_cast<float>(1 / std::sqrt(static_cast<double>(width))); }
  /** Rows of the table that are made at once: they stay in the second cache with the panels that they are multiplied by. */
  int64_t block() const { return tileRows * std::clamp<int64_t>((1 << 14) / (tokens * tileRows), 1, 16); }
};

/** A thread's memory, given out piece by piece. */
class Room {
 public:
  explicit Room(int64_t size) : next_(room(size)) {}
  float* take(int64_t size) {
    float* taken = next_;
    next_ += size;
    return taken;
  }

 private:
  float* next_;
};

/** [inner, columns] in panels; or of rows that are columns. @param apart how far the rows of `from` are apart */
inline Panels packedFor(const float* from, int64_t apart, int64_t inner, int64_t columns, bool transposed, Room& memory) {
  float* numbers = memory.take(static_cast<int64_t>(Panels::sizeOf(inner, columns)));
  for (int64_t panel = 0; panel * tileColumns < columns; panel += 1)
    Panels::packPanel(from, apart, inner, columns, transposed, panel, numbers + panel * inner * tileColumns);
  return Panels(numbers, inner, columns);
}

/** to = from · factor; rows `fromApart` and `toApart` apart. */
inline void scaledBy(float factor, const float* from, int64_t fromApart, int64_t rows, int64_t width, float* to,
                     int64_t toApart) {
  for (int64_t row = 0; row < rows; row += 1)
    for (int64_t c = 0; c < width; c += lanes)
      store(to + row * toApart + c, load(from + row * fromApart + c, width - c) * factor, width - c);
}

/** Each number x of a row to e^(x − the largest). @returns 1 / what they add up to */
inline float exponentialRow(float* row, int64_t count) {
  float largest = row[0];
  int64_t c = 0;
  if (count >= lanes) {
    Vector most = load(row);
    for (c = lanes; c + lanes <= count; c += lanes) {
      const Vector it = load(row + c);
      most = it > most ? it : most;
    }
    for (int i = 0; i < lanes; i += 1) largest = std::max(largest, most[i]);
  }
  for (; c < count; c += 1) largest = std::max(largest, row[c]);
  Vector sum{};
  for (c = 0; c < count; c += lanes) {
    store(row + c, exponential(load(row + c, count - c) - largest), count - c);
    sum += load(row + c, count - c);
  }
  return static_cast<float>(1 / sumOf(sum));
}

/** y [batch, tokens, heads · width] = softmax(query · keyᵀ / √width) · value, head by head. */
inline void attention(const float* qkv, const AttentionShape& shape, float* y) {
  const int64_t tokens = shape.tokens, width = shape.width, features = shape.features(), apart = shape.apart();
  const int64_t block = shape.block();
  const int64_t size = block * (width + tokens) + static_cast<int64_t>(Panels::sizeOf(width, tokens) + Panels::sizeOf(tokens, width));
  inPieces(shape.batch * shape.heads, [&](int64_t piece) {
    const int64_t photo = piece / shape.heads, head = piece % shape.heads;
    const float* query = qkv + photo * tokens * apart + head * width;
    Room memory(size);
    const Panels keys = packedFor(query + features, apart, width, tokens, true, memory);
    const Panels values = packedFor(query + 2 * features, apart, tokens, width, false, memory);
    float *scaled = memory.take(block * width), *shares = memory.take(block * tokens);
    for (int64_t first = 0; first < tokens; first += block) {
      const int64_t rows = std::min(block, tokens - first);
      float* to = y + (photo * tokens + first) * features + head * width;
      scaledBy(shape.factor(), query + first * apart, apart, rows, width, scaled, width);
      rowsTimes(scaled, width, rows, keys, shares, tokens);
      float inverse[16 * tileRows];
      for (int64_t row = 0; row < rows; row += 1) inverse[row] = exponentialRow(shares + row * tokens, tokens);
      rowsTimes(shares, tokens, rows, values, to, features);
      for (int64_t row = 0; row < rows; row += 1)
        scaledBy(inverse[row], to + row * features, features, 1, width, to + row * features, features);
    }
  });
}

/** From the gradient of the shares, those of the scores before softmax, times `factor`: shares · (g − Σ g · shares) · factor. */
inline void softmaxGradientRow(const float* shares, float* g, int64_t count, float factor) {
  Vector sum{};
  for (int64_t c = 0; c < count; c += lanes) sum += load(shares + c, count - c) * load(g + c, count - c);
  const float mean = static_cast<float>(sumOf(sum));
  for (int64_t c = 0; c < count; c += lanes)
    store(g + c, load(shares + c, count - c) * (load(g + c, count - c) - mean) * factor, count - c);
}

/** The gradient of query, key and value side by side. @param dy [batch, tokens, heads · width] */
inline void attentionGradient(const float* dy, const float* qkv, const AttentionShape& shape, float* dx) {
  const int64_t tokens = shape.tokens, width = shape.width, features = shape.features(), apart = shape.apart();
  const int64_t block = shape.block(), ofHead = tokens * width;
  const int64_t wide = upTo(width, tileColumns);
  const int64_t size = block * (width + 2 * tokens + wide + gradientRows) + 2 * ofHead +
                       static_cast<int64_t>(2 * Panels::sizeOf(width, tokens) + Panels::sizeOf(tokens, width));
  inPieces(shape.batch * shape.heads, [&](int64_t piece) {
    const int64_t photo = piece / shape.heads, head = piece % shape.heads;
    const float *query = qkv + photo * tokens * apart + head * width, *key = query + features;
    const float* gradient = dy + photo * tokens * features + head * width;
    float* to = dx + photo * tokens * apart + head * width;
    Room memory(size);
    const Panels turnedKeys = packedFor(key, apart, width, tokens, true, memory);
    const Panels turnedValues = packedFor(key + features, apart, width, tokens, true, memory);
    const Panels keys = packedFor(key, apart, tokens, width, false, memory);
    float *scaled = memory.take(block * width), *shares = memory.take(block * tokens), *g = memory.take(block * tokens);
    float *dKey = memory.take(ofHead), *dValue = memory.take(ofHead);
    float *panels = memory.take(block * wide), *own = memory.take(block * gradientRows);
    for (int64_t first = 0; first < tokens; first += block) {
      const int64_t rows = std::min(block, tokens - first);
      const float *ownQuery = query + first * apart, *ownGradient = gradient + first * features;
      scaledBy(shape.factor(), ownQuery, apart, rows, width, scaled, width);
      rowsTimes(scaled, width, rows, turnedKeys, shares, tokens);
      rowsTimes(ownGradient, features, rows, turnedValues, g, tokens);
      for (int64_t row = 0; row < rows; row += 1) {
        float* ofRow = shares + row * tokens;
        scaledBy(exponentialRow(ofRow, tokens), ofRow, tokens, 1, tokens, ofRow, tokens);
        softmaxGradientRow(ofRow, g + row * tokens, tokens, shape.factor());
      }
      const Places inTable = rowsApart(rows, tokens);
      rowsTimes(g, tokens, rows, keys, to + first * apart, apart);
      strips(ownQuery, rowsApart(rows, apart), width, panels);
      addGradient(g, inTable, tokens, panels, width, dKey, width, first == 0, own);
      strips(ownGradient, rowsApart(rows, features), width, panels);
      addGradient(shares, inTable, tokens, panels, width, dValue, width, first == 0, own);
    }
    scaledBy(1, dKey, width, tokens, width, to + features, apart);
    scaledBy(1, dValue, width, tokens, width, to + 2 * features, apart);
  });
}

}  // namespace thaw
