// What cuobjdump prints of the kernels in an object file: their resources, their machine code
// (SASS) and the launch bounds in their PTX.
//
//   cuobjdump -res-usage -ptx -sass matmul_int8.cu.o
#pragma once

#include <cxxabi.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace qutlass::test {

// `        /*0a30*/              @!P0 BRA 0x3b0 ;`
struct Instruction {
  int address;
  std::string_view opcode;  // "BRA"
  int target;               // of a branch, else -1
};

struct Kernel {
  std::string architecture;  // "sm_80"
  std::string symbol;
  std::string name;  // without namespaces and parameters: "stream_int8_kernel<1, false, true>"
  int registers = 0;
  int stack = 0;
  int shared = 0;
  int local = 0;
  std::vector<Instruction> instructions = {};
};

// A __launch_bounds__; without one a kernel may be launched with as many threads as a block can be.
struct LaunchBounds {
  int threads = 1024;
  int blocks = 1;  // on a multiprocessor at the same time
};

inline std::string kernel_name(const std::string& symbol) {
  int status = 0;
  char* demangled = abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status);
  std::string name = status == 0 ? demangled : symbol;
  std::free(demangled);
  for (const char* noise : {"void ", "(anonymous namespace)::", "qutlass::", "cuda::"}) {
    for (size_t at; (at = name.find(noise)) != std::string::npos;) {
      name.erase(at, std::string_view(noise).size());
    }
  }
  return name.substr(0, name.find('('));
}

// The kernels of one object file, once for each architecture.
class MachineCode {
 public:
  explicit MachineCode(const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    text_ = text.str();
    for (std::string_view rest = text_; !rest.empty();) {
      const size_t end = rest.find('\n');
      read_line(rest.substr(0, end));
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
  }
  // The instructions point into the text.
  MachineCode(const MachineCode&) = delete;
  MachineCode& operator=(const MachineCode&) = delete;

  const std::vector<Kernel>& kernels() const { return kernels_; }

  // Null where the object holds no PTX of the kernel.
  const LaunchBounds* bounds(const Kernel& kernel) const {
    const auto found = bounds_.find(kernel.symbol);
    return found == bounds_.end() ? nullptr : &found->second;
  }

 private:
  static std::string_view trimmed(std::string_view text) {
    const size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
  }

  // What follows `prefix`, up to one of `ends`; empty where the line starts otherwise.
  static std::string_view after(std::string_view line, std::string_view prefix,
                                const char* ends = " ") {
    if (line.substr(0, prefix.size()) != prefix) return {};
    const std::string_view rest = line.substr(prefix.size());
    return rest.substr(0, rest.find_first_of(ends));
  }

  void read_line(std::string_view line) {
    line = trimmed(line);
    if (line.substr(0, 2) == "/*") return read_instruction(line);
    if (const auto name = after(line, "arch = "); !name.empty()) architecture_ = name;
    if (const auto name = after(line, "Function : "); !name.empty()) {
      function_ = &kernel(std::string(name));
    } else if (const auto symbol = after(line, "Function ", ":"); !symbol.empty()) {
      function_ = &kernel(std::string(symbol));
    }
    if (!after(line, "REG:").empty()) read_resources(line);
    read_ptx(line);
  }

  // `REG:128 STACK:16 SHARED:0 LOCAL:0 CONSTANT[0]:548 TEXTURE:0 SURFACE:0 SAMPLER:0`
  void read_resources(std::string_view line) {
    if (!function_) return;
    std::sscanf(std::string(line).c_str(), "REG:%d STACK:%d SHARED:%d LOCAL:%d",
                &function_->registers, &function_->stack, &function_->shared, &function_->local);
  }

  // The first line of an instruction; its second has no address: `/* 0x000fe400078e00ff */`.
  void read_instruction(std::string_view line) {
    const size_t close = line.find("*/");
    if (!function_ || line[2] == ' ' || close == std::string_view::npos) return;
    const auto address = std::strtol(line.data() + 2, nullptr, 16);
    std::string_view words = trimmed(line.substr(close + 2, line.find(';') - close - 2));
    if (words.substr(0, 1) == "@") words = trimmed(words.substr(words.find(' ')));
    Instruction instruction{static_cast<int>(address), words.substr(0, words.find(' ')), -1};
    const size_t target = words.rfind("0x");
    if (instruction.opcode.substr(0, 3) == "BRA" && target != std::string_view::npos) {
      instruction.target = static_cast<int>(std::strtol(words.data() + target, nullptr, 16));
    }
    function_->instructions.push_back(instruction);
  }

  // `.visible .entry name(`, `.maxntid 256, 1, 1` and `.minnctapersm 2`.
  void read_ptx(std::string_view line) {
    constexpr std::string_view kEntry = ".entry ";
    if (const size_t at = line.find(kEntry); at != std::string_view::npos) {
      entry_ = &bounds_[std::string(after(line.substr(at), kEntry, "("))];
    }
    if (!entry_) return;
    int y = 1, z = 1;
    const std::string text(line.substr(0, 40));
    if (std::sscanf(text.c_str(), ".maxntid %d, %d, %d", &entry_->threads, &y, &z) > 0) {
      entry_->threads *= y * z;
    }
    std::sscanf(text.c_str(), ".minnctapersm %d", &entry_->blocks);
  }

  Kernel& kernel(const std::string& symbol) {
    for (Kernel& known : kernels_) {
      if (known.architecture == architecture_ && known.symbol == symbol) return known;
    }
    kernels_.push_back({architecture_, symbol, kernel_name(symbol)});
    return kernels_.back();
  }

  std::string text_;
  std::vector<Kernel> kernels_;
  std::map<std::string, LaunchBounds> bounds_;
  // Where in the text the reader is.
  std::string architecture_;
  Kernel* function_ = nullptr;
  LaunchBounds* entry_ = nullptr;
};

}  // namespace qutlass::test
