#include "cuda/tile_plan.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>

namespace qutlass::cuda {

namespace {

constexpr int64_t kMaxSplits = 16;

int64_t tile_count(const TileShape& tile, const ProductShape& product) {
  return ceil_div(product.m, tile.m) * ceil_div(product.n, tile.n);
}

int64_t step_count(const TileShape& tile, const ProductShape& product) {
  return ceil_div(product.k, tile.k);
}

// The first configuration that gives each multiprocessor a tile and wastes no half of its rows;
// where none does, the smallest that takes all rows, or 64 of them, at once.
int choose_tile(const TileMenu& menu, const ProductShape& product) {
  const int64_t multiprocessors = multiprocessor_count();
  const int64_t shared_bytes = multiprocessor_shared_bytes();
  int chosen = 0;
  for (int i = 0; i < menu.count; ++i) {
    const TileShape& tile = menu.tiles[i];
    if (tile.most_shared_bytes < shared_bytes) continue;
    if (tile.m < std::min<int64_t>(product.m, 64)) break;
    chosen = i;
    if (2 * product.m > tile.m && tile_count(tile, product) >= multiprocessors) break;
  }
  return chosen;
}

// Two blocks for each multiprocessor where there is not even a tile for each, as long as a part is
// worth its prologue.
int64_t choose_splits(const TileShape& tile, const ProductShape& product) {
  constexpr int64_t kMinStepsPerSplit = 4;
  const int64_t tiles = tile_count(tile, product);
  if (tiles >= multiprocessor_count()) return 1;
  const int64_t wanted = 2 * multiprocessor_count() / tiles;
  const int64_t worthwhile = step_count(tile, product) / kMinStepsPerSplit;
  return std::min(wanted, worthwhile);
}

// k divided into about `splits` parts, none of them empty.
TilePlan with_splits(const TileMenu& menu, const ProductShape& product, int config,
                     int64_t splits) {
  const int64_t steps = std::max<int64_t>(step_count(menu.tiles[config], product), 1);
  const int64_t per_split = ceil_div(steps, std::clamp<int64_t>(splits, 1, kMaxSplits));
  return TilePlan{config, static_cast<int>(ceil_div(steps, per_split)),
                  static_cast<int>(per_split)};
}

std::string names_of(const TileMenu& menu) {
  std::string names = "stream";
  for (int i = 0; i < menu.count; ++i) names += std::string(", ") + menu.tiles[i].name;
  return names;
}

const char* parse_plan(const char* op, const TileMenu& menu, const ProductShape& product,
                       const char* text, TilePlan* plan) {
  if (std::strcmp(text, "stream") == 0) {
    if (product.m > menu.max_stream_rows) {
      return failure(op, "%s=stream is for at most %lld rows, not %lld", menu.variable,
                     static_cast<long long>(menu.max_stream_rows),
                     static_cast<long long>(product.m));
    }
    *plan = TilePlan{TilePlan::kStream, 1, 0};
    return nullptr;
  }
  const char* slash = std::strchr(text, '/');
  const std::string name = slash ? std::string(text, slash) : text;
  for (int i = 0; i < menu.count; ++i) {
    if (name != menu.tiles[i].name) continue;
    char* end = nullptr;
    const long splits = slash ? std::strtol(slash + 1, &end, 10) : 1;
    if (slash && (*end != '\0' || splits < 1 || splits > kMaxSplits)) break;
    *plan = with_splits(menu, product, i, splits);
    return nullptr;
  }
  return failure(op, "%s=%s; expected one of %s, a tile with /1 ... /%lld splits if need be",
                 menu.variable, text, names_of(menu).c_str(), static_cast<long long>(kMaxSplits));
}

}  // namespace

bool is_plan_forced(const TileMenu& menu) {
  const char* forced = std::getenv(menu.variable);
  return forced && *forced;
}

const char* make_plan(const char* op, const TileMenu& menu, const ProductShape& product,
                      TilePlan* plan) {
  if (is_plan_forced(menu)) {
    return parse_plan(op, menu, product, std::getenv(menu.variable), plan);
  }
  if (product.m <= menu.max_stream_rows) {
    *plan = TilePlan{TilePlan::kStream, 1, 0};
    return nullptr;
  }
  const int config = choose_tile(menu, product);
  *plan = with_splits(menu, product, config, choose_splits(menu.tiles[config], product));
  return nullptr;
}

}  // namespace qutlass::cuda
