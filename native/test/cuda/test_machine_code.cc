// What the CUDA compiler made of the kernels, on every architecture. Needs no GPU.
#include <cctype>
#include <deque>
#include <set>

#include "test/check.h"
#include "test/cuda/machine_code.h"

namespace qutlass::test {
namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

std::string joined(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// The dumps of all object files of qutlass_cuda.
const std::deque<MachineCode>& objects() {
  static const std::deque<MachineCode> all = [] {
    std::deque<MachineCode> read;
    for (const std::string& dump : split(QUTLASS_MACHINE_CODE, ':')) read.emplace_back(dump);
    return read;
  }();
  return all;
}

template <typename Visit>
void for_each_kernel(const Visit& visit) {
  for (const MachineCode& object : objects()) {
    for (const Kernel& kernel : object.kernels()) {
      context() = kernel.name + " on " + kernel.architecture;
      visit(object, kernel);
    }
  }
  context().clear();
}

// The kernels that multiply matrices: one line a template.
struct Product {
  std::string_view name;  // how its instances' names begin
  std::string_view mma;   // the instruction that it lives by, where sm_90 has it
  // What is in the names of its instances that copy word by word, for operands of any alignment;
  // empty where there are none.
  std::string_view unaligned;
  // The memory it asks for at the launch may be all that a block can have, so whatever it declares
  // statically must have been left free by its launcher.
  int static_shared_bytes;
};

constexpr std::string_view kMmaInt8 = "IMMA.16832.S8.S8";
constexpr std::string_view kMmaWideA = "IMMA.16832.S8.U8";
constexpr std::string_view kMmaInt4 = "IMMA.16864.S4.S4";
constexpr std::string_view kMmaBf16 = "HMMA.16816.F32.BF16";

constexpr Product kProducts[] = {
    {"matmul_integers_kernel<Int8Elements<", kMmaInt8, ", false, 1> >", 0},
    {"matmul_integers_kernel<Int4Elements", kMmaInt4, ", false, 1> >", 0},
    {"matmul_integers_kernel<Int4WideA<", kMmaWideA, "", 0},
    {"matmul_int4_kernel<", kMmaBf16, "", 0},
    {"stream_integers_kernel<Int8Elements<", kMmaInt8, ", false>", 0},
    {"stream_integers_kernel<Int4Elements", kMmaInt4, ", false>", 0},
    {"stream_int4_kernel<", kMmaBf16, ", 8>", 0},
    {"stream_linear_kernel<Int8Elements<", kMmaInt8, ", false>", 384},
    {"stream_linear_kernel<Int4Elements", kMmaInt4, ", false>", 384},
};

int architecture_number(const Kernel& kernel) {
  return std::atoi(kernel.architecture.c_str() + std::strlen("sm_"));
}

const Product* product_of(const Kernel& kernel) {
  for (const Product& product : kProducts) {
    if (kernel.name.compare(0, product.name.size(), product.name) == 0) return &product;
  }
  return nullptr;
}

// Nothing takes a widened where tensor cores have int4.
bool is_empty(const Product& product, const Kernel& kernel) {
  return product.mma == kMmaWideA && architecture_number(kernel) < 90;
}

bool is_aligned(const Product& product, const Kernel& kernel) {
  return product.unaligned.empty() || kernel.name.find(product.unaligned) == std::string::npos;
}

// Addresses, both included: from where a branch backwards leads to the branch.
struct Loop {
  int begin;
  int end;

  bool holds(const Instruction& instruction) const {
    return begin <= instruction.address && instruction.address <= end;
  }
};

// The loops that hold such an instruction.
template <typename Predicate>
std::vector<Loop> loops_with(const Kernel& kernel, const Predicate& is_wanted) {
  std::vector<Loop> loops;
  for (const Instruction& branch : kernel.instructions) {
    if (branch.target < 0 || branch.target >= branch.address) continue;
    const Loop loop{branch.target, branch.address};
    for (const Instruction& instruction : kernel.instructions) {
      if (!loop.holds(instruction) || !is_wanted(instruction)) continue;
      loops.push_back(loop);
      break;
    }
  }
  return loops;
}

// From sm_90 on int4 goes by way of int8.
std::string_view mma_of(const Product& product, const Kernel& kernel) {
  const bool is_widened = product.mma == kMmaInt4 && architecture_number(kernel) >= 90;
  return is_widened ? kMmaInt8 : product.mma;
}

std::vector<Loop> main_loops(const Product& product, const Kernel& kernel) {
  const std::string_view mma = mma_of(product, kernel);
  return loops_with(kernel, [&](const Instruction& instruction) {
    return instruction.opcode.substr(0, mma.size()) == mma;
  });
}

// LDG.E.128.CONSTANT, LDGSTS.E.BYPASS.LTC128B.128
bool reads_16_bytes(const Instruction& instruction) {
  const std::string_view opcode = instruction.opcode;
  return opcode.substr(0, 3) == "LDG" && opcode.find(".128") != std::string_view::npos;
}

template <typename Predicate>
bool any_in(const std::vector<Loop>& loops, const Kernel& kernel, const Predicate& is_wanted) {
  for (const Instruction& instruction : kernel.instructions) {
    if (!is_wanted(instruction)) continue;
    for (const Loop& loop : loops) {
      if (loop.holds(instruction)) return true;
    }
  }
  return false;
}

// "80-real,86-real,90" is sm_80, sm_86 and sm_90; "90-virtual" is none. Of "native" and "all" only
// CMake knows what they are: then it is what one kernel has.
std::set<std::string> wanted_architectures() {
  std::set<std::string> names;
  for (const std::string& wanted : split(QUTLASS_CUDA_ARCHITECTURES, ',')) {
    const std::vector<std::string> words = split(wanted, '-');
    if (words.size() < 2 || words[1] != "virtual") names.insert("sm_" + words[0]);
  }
  if (std::isdigit(QUTLASS_CUDA_ARCHITECTURES[0])) return names;
  names.clear();
  const std::vector<Kernel>& kernels = objects().front().kernels();
  for (const Kernel& kernel : kernels) {
    if (kernel.symbol == kernels.front().symbol) names.insert(kernel.architecture);
  }
  return names;
}

TEST(every_architecture_has_every_kernel) {
  const std::set<std::string> wanted = wanted_architectures();
  for (const MachineCode& object : objects()) {
    std::map<std::string, std::set<std::string>> found;
    for (const Kernel& kernel : object.kernels()) {
      found[kernel.name].insert(kernel.architecture);
      CHECK(kernel.registers > 0 && !kernel.instructions.empty(),
            "%s on %s: the dump has %d registers and %zu instructions", kernel.name.c_str(),
            kernel.architecture.c_str(), kernel.registers, kernel.instructions.size());
    }
    CHECK(!found.empty(), "a dump without kernels");
    for (const auto& [name, architectures] : found) {
      CHECK(architectures == wanted, "%s is compiled for %s, expected %s", name.c_str(),
            joined(architectures).c_str(), joined(wanted).c_str());
    }
  }
}

// The largest int4 tile has 128 sums a thread, 64 registers of weights, and what leads to them: the
// compiler keeps a few words that are read once in 256 products in memory instead. Every tile that
// needs no memory for them is slower.
constexpr char kSpillingKernel[] = "matmul_int4_kernel<Int4Tile<128, 128,";
constexpr int kItsBytes = 32;
// Three blocks at a time leave it 40 registers: sm_86 and sm_89 need two more words.
constexpr char kQuantizer[] = "quantize_by_block";
// Two of 512 threads leave this one 64, which is one or two words too few.
constexpr char kRotatedQuantizer[] = "quantize_rotated_by_block<";
constexpr int kQuantizerBytes = 8;

int most_stack(const Kernel& kernel) {
  if (kernel.name.find(kSpillingKernel) != std::string::npos) return kItsBytes;
  const bool is_rotated = kernel.name.find(kRotatedQuantizer) == 0;
  return is_rotated || kernel.name == kQuantizer ? kQuantizerBytes : 0;
}

TEST(no_kernel_spills) {
  std::map<std::string, std::string> spills;
  for_each_kernel([&](const MachineCode&, const Kernel& kernel) {
    std::string& of_kernel = spills[kernel.name];
    if (kernel.stack + kernel.local <= most_stack(kernel)) return;
    of_kernel += format(" %s: %d bytes, %d registers;", kernel.architecture.c_str(),
                        kernel.stack + kernel.local, kernel.registers);
  });
  for (const auto& [name, where] : spills) {
    CHECK(where.empty(), "%s has more of a stack than expected:%s", name.c_str(), where.c_str());
  }
}

TEST(registers_suffice_for_the_launch_bounds) {
  constexpr int kRegisters = 65536;  // of a multiprocessor
  constexpr int kUnit = 8;           // they are given out so many a thread at a time
  bool has_ptx = false;
  for_each_kernel([&](const MachineCode& object, const Kernel& kernel) {
    const LaunchBounds* bounds = object.bounds(kernel);
    if (!bounds) return;
    has_ptx = true;
    const int given = (kernel.registers + kUnit - 1) / kUnit * kUnit;
    CHECK(given * bounds->threads * bounds->blocks <= kRegisters,
          "%d registers, for blocks of %d threads, %d at a time: a multiprocessor has %d", given,
          bounds->threads, bounds->blocks, kRegisters);
  });
  if (!has_ptx)
    skip("the launch bounds are in the PTX, and " QUTLASS_CUDA_ARCHITECTURES " has none");
}

// The memory that launches ask for is asserted against the limit where it is computed.
TEST(static_shared_memory_leaves_room_for_the_launch) {
  constexpr int kMostWithoutRequest = 48 * 1024;  // on every device
  constexpr int kReserved = 1024;                 // counted from sm_90 on
  for_each_kernel([](const MachineCode&, const Kernel& kernel) {
    const bool counts_reserved = architecture_number(kernel) >= 90;
    const int reserved = counts_reserved && kernel.shared >= kReserved ? kReserved : 0;
    const Product* product = product_of(kernel);
    const int most = product ? product->static_shared_bytes : kMostWithoutRequest;
    CHECK(kernel.shared - reserved <= most, "%d bytes of static shared memory, at most %d",
          kernel.shared - reserved, most);
  });
}

TEST(products_multiply_on_tensor_cores) {
  std::set<std::string_view> found;
  for_each_kernel([&](const MachineCode&, const Kernel& kernel) {
    const Product* product = product_of(kernel);
    if (!product) return;
    found.insert(product->name);
    if (is_empty(*product, kernel)) return;
    CHECK(!main_loops(*product, kernel).empty(), "no loop has %s", mma_of(*product, kernel).data());
  });
  for (const Product& product : kProducts) {
    CHECK(found.count(product.name), "there is no %s...>", product.name.data());
  }
}

TEST(products_read_16_bytes_at_a_time) {
  std::set<std::string_view> found;
  for_each_kernel([&](const MachineCode&, const Kernel& kernel) {
    const Product* product = product_of(kernel);
    if (!product || !is_aligned(*product, kernel)) return;
    found.insert(product->name);
    if (is_empty(*product, kernel)) return;
    CHECK(any_in(main_loops(*product, kernel), kernel, reads_16_bytes),
          "no loop with %s has loads of 16 bytes", mma_of(*product, kernel).data());
  });
  for (const Product& product : kProducts) {
    CHECK(found.count(product.name), "no %s...> is for aligned operands", product.name.data());
  }
}

TEST(tiles_are_read_by_ldmatrix) {
  for_each_kernel([](const MachineCode&, const Kernel& kernel) {
    const Product* product = product_of(kernel);
    if (!product || product->name.compare(0, 6, "matmul") != 0) return;
    if (is_empty(*product, kernel)) return;
    const auto is_ldmatrix = [](const Instruction& instruction) {
      return instruction.opcode == "LDSM.16.M88.4";
    };
    CHECK(any_in(main_loops(*product, kernel), kernel, is_ldmatrix),
          "no loop with %s has LDSM.16.M88.4", mma_of(*product, kernel).data());
  });
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
